package console

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"

	"finhub-sandbox/internal/headers"
)

// cookieName is that of the cookie of who has shown the token.
const cookieName = "finhub_sandbox_console"

// maxForm bounds a form without a file.
const maxForm = 2 << 20

// pass is what the cookie says: whoever reads it cannot call the control API with it.
func (s *Console) pass() string {
	mac := hmac.New(sha256.New, []byte(s.Token))
	mac.Write([]byte(cookieName))
	return hex.EncodeToString(mac.Sum(nil))
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// admitted reports whether a request shows the token, or that somebody has.
func (s *Console) admitted(r *http.Request) bool {
	if s.Token == "" || same(headers.Bearer(r.Header), s.Token) {
		return true
	}
	cookie, err := r.Cookie(cookieName)
	return err == nil && same(cookie.Value, s.pass())
}

// closed asks for the token before a page.
func (s *Console) closed(page http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.admitted(r) {
			page(w, r)
			return
		}
		to := Path + "/"
		if r.Method == http.MethodGet {
			to = r.URL.RequestURI()
		}
		s.askForToken(w, to, "")
	}
}

type signInPage struct{ To, Wrong string }

func (s *Console) askForToken(w http.ResponseWriter, to, wrong string) {
	w.Header().Set("WWW-Authenticate", `Bearer realm="finhub-sandbox"`)
	s.write(w, http.StatusUnauthorized, "sign-in", "frame", &frame{Title: "Control token", Data: signInPage{to, wrong}})
}

// signIn gives the cookie to who sends the token.
func (s *Console) signIn(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	to := ownPath(r.PostFormValue("to"))
	if s.Token != "" && !same(r.PostFormValue("token"), s.Token) {
		s.askForToken(w, to, "This is another token than the one with which the sandbox was started.")
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: cookieName, Value: s.pass(), Path: Path, HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteStrictMode,
	})
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// ownPath is a path of the console, or its beginning in the place of any other.
func ownPath(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, Path+"/") || strings.Contains(to, "\\") {
		return Path + "/"
	}
	return u.RequestURI()
}
