package world

import (
	"errors"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
)

func sign(t *testing.T, w *World, subject string) string {
	t.Helper()
	token, err := w.Sign(map[string]any{"sub": subject})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// TestTokensAreRememberedByTheirBytes holds that a token is read once, and that one
// which differs in a byte, or which another sandbox has signed, is another token.
func TestTokensAreRememberedByTheirBytes(t *testing.T) {
	w, other := &World{key: derivedKey("a")}, &World{key: derivedKey("b")}
	token := sign(t, w, "anna")
	read := func(token string) (string, error) {
		c, err := ReadToken[jwt.RegisteredClaims](w, token)
		return c.Subject, err
	}
	for range 2 {
		if subject, err := read(token); subject != "anna" || err != nil {
			t.Errorf("the token is of %q, %v", subject, err)
		}
	}
	if n := testing.AllocsPerRun(10, func() { _, _ = read(token) }); n > 0 {
		t.Errorf("a known token is read with %v allocations", n)
	}
	head, signature, _ := strings.Cut(token, ".")
	forged := sign(t, other, "anna")
	for _, wrong := range []string{forged, strings.ToUpper(head) + "." + signature, token + "A", token[:len(token)-1], token[:len(token)-4] + "AAAA"} {
		for range 2 {
			if _, err := read(wrong); err == nil {
				t.Errorf("%s is taken", wrong)
			}
		}
	}
	if _, err := read(forged); !errors.Is(err, jwt.ErrTokenSignatureInvalid) {
		t.Errorf("a token of another sandbox is refused with %v", err)
	}
}

// TestTokensAreForgotten holds that what is remembered has a bound, and that a token
// in use is not forgotten for others.
func TestTokensAreForgotten(t *testing.T) {
	var r readTokens
	for n := range 10 * maxTokens {
		r.keep(strings.Repeat("x", n%7)+string(rune(n)), n)
		if n == 0 {
			r.keep("used", true)
		}
		if r.find("used") == nil {
			t.Fatalf("after %d others the token is forgotten", n)
		}
		if kept := len(r.newer) + len(r.older); kept > 2*maxTokens {
			t.Fatalf("%d tokens are remembered", kept)
		}
	}
}
