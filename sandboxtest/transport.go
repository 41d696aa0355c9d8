package sandboxtest

import (
	"net/http"
	"strings"

	"finhub-sandbox/internal/headers"
)

// transport fills in the headers that the documentation asks for.
type transport struct {
	sandbox *Sandbox
	token   string
}

// RoundTrip sends a request to the sandbox with what it lacks, and one to anybody
// else as it is.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != t.sandbox.ControlAddr {
		return http.DefaultTransport.RoundTrip(r)
	}
	r = r.Clone(r.Context())
	for name, value := range map[string]string{
		headers.Tenant: t.sandbox.Tenant, headers.Authorization: "Bearer " + t.token, headers.ForwardedFor: "127.0.0.1",
		"X-Forwarded-From": "sandboxtest", headers.Platform: "go", headers.Device: "sandboxtest", headers.UserAgent: "sandboxtest",
	} {
		if r.Header.Get(name) == "" {
			r.Header.Set(name, value)
		}
	}
	reply, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && strings.HasPrefix(r.URL.Path, "/api/") {
		if path := reply.Header.Get(headers.Explain); path != "" {
			t.sandbox.refused.Store(&path)
		}
	}
	return reply, err
}
