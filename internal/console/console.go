// Package console shows the sandbox to people, in a browser: pages that the server
// makes of the control API's answers, and buttons each of which is one control call.
// It must not decide anything about the product itself.
package console

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"finhub-sandbox/internal/client"
	"finhub-sandbox/internal/headers"
	"finhub-sandbox/internal/journal"
	"finhub-sandbox/internal/recording"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/world"
)

// Path is where the console stands.
const Path = "/_sandbox/ui"

// Config is what the console shows, and to whom.
type Config struct {
	// API answers control calls, without keeping out pages: the console has done that.
	API http.Handler
	// World is what is shown of which there is no control call.
	World *world.World
	// Journal wakes pages that show the last requests; nil is none.
	Journal *journal.Journal
	// Recorder knows which tenants are recorded.
	Recorder *recording.Recorder
	// ProductAddr is where the product listens, if that is elsewhere than the console.
	ProductAddr string
	// Token is the control API's; empty asks nobody.
	Token string
	// Wait waits in real time.
	Wait func(context.Context, time.Duration) error
}

// Console answers requests for pages.
type Console struct {
	Config
	mux       *http.ServeMux
	templates func() map[string]*pageTemplate
	notices   notices
	// watching counts the pages that are kept up to date.
	watching atomic.Int64
}

// New makes the console.
func New(c Config) *Console {
	s := &Console{Config: c, mux: http.NewServeMux(), templates: sync.OnceValue(readTemplates)}
	for name, kind := range map[string]string{"console.css": "text/css; charset=utf-8", "console.js": "text/javascript; charset=utf-8"} {
		s.mux.Handle("GET "+Path+"/"+name, asset(name, kind))
	}
	s.mux.HandleFunc("POST "+Path+"/sign-in", s.signIn)
	s.mux.HandleFunc(Path+"/", s.closed(s.enter))
	for _, p := range pages {
		s.mux.HandleFunc("GET "+Path+"/tenants/{tenant}/"+p.path, s.closed(func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, p) }))
	}
	s.mux.HandleFunc("GET "+Path+"/tenants/{tenant}/download/{what}", s.closed(s.download))
	s.mux.HandleFunc("POST "+Path+"/tenants/{tenant}/do/{action}", s.closed(s.do))
	return s
}

// policy is what a page may load and where its forms may go.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// ServeHTTP answers with a page.
func (s *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Security-Policy", policy)
	header.Set("Referrer-Policy", "same-origin")
	header.Set("Cache-Control", "no-store")
	s.mux.ServeHTTP(w, r)
}

// Entrance answers at /: browsers are led to the console, and programs are told where
// everything is. The addresses are those of the listeners; empty is where it was asked.
func Entrance(productAddr, controlAddr string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		product, control := origin(productAddr, r), origin(controlAddr, r)
		w.Header().Set("Vary", "Accept")
		if strings.Contains(r.Header.Get(headers.Accept), "text/html") {
			http.Redirect(w, r, control+Path+"/", http.StatusFound)
			return
		}
		w.Header().Set(headers.ContentType, "application/json")
		w.WriteHeader(http.StatusOK)
		// Who does not take it has left.
		_, _ = w.Write([]byte(`{"api":"` + product + `/api/v2.1","documents":{"product":"` + control + `/_sandbox/openapi.json","control":"` + control +
			`/_sandbox/control.json","viewer":"` + control + `/_sandbox/docs"},"health":"` + control + `/_sandbox/health","console":"` + control + Path + `/"}` + "\n"))
	})
}

// origin is the beginning of the URLs of what listens at an address, for who made a request.
func origin(addr string, r *http.Request) string {
	if addr == "" {
		return ""
	}
	return "http://" + client.Reach(addr, r.Host)
}

// enter leads to the tenant that is asked for, or to one that there is.
func (s *Console) enter(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != Path && r.URL.Path != Path+"/" {
		s.fail(w, r, &visit{console: s, request: r, tenant: rest.DefaultTenant}, &refused{Status: http.StatusNotFound, Message: "There is no such page"})
		return
	}
	tenant := r.URL.Query().Get("tenant")
	if tenant == "" {
		tenant = rest.DefaultTenant
		if list := s.tenants(r.Context()); len(list) == 1 {
			tenant = list[0]
		}
	}
	http.Redirect(w, r, tenantPath(tenant), http.StatusSeeOther)
}

// tenants lists those that there are.
func (s *Console) tenants(ctx context.Context) []string {
	list, err := s.World.Engine().Tenants(ctx)
	if err != nil {
		return nil // The page says by itself what is wrong.
	}
	return list
}

func tenantPath(tenant string) string { return Path + "/tenants/" + url.PathEscape(tenant) + "/" }
