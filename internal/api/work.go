package api

import (
	"net/http"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox"
)

// Within makes one act of each request to the product: of one that looks, where
// its method says so, which changes something all the same where it must.
func Within(w *sandbox.World) func(*rest.Call, func(rest.Work) error) error {
	return func(c *rest.Call, fn func(rest.Work) error) error {
		open := sandbox.Do[struct{}]
		if c.Method == http.MethodGet || c.Method == http.MethodHead {
			open = sandbox.Show[struct{}]
		}
		_, err := open(w, access.Caller{Tenant: c.Tenant}, func(act *sandbox.Act) (struct{}, error) {
			return struct{}{}, fn(work{act})
		})
		return err
	}
}

// work is an act as the steps of a request see it.
type work struct{ *sandbox.Act }

// Identify finds out who holds a token (sandbox.Identify).
func (w work) Identify(token string, lapsed bool) (access.Caller, error) {
	return sandbox.Identify(w.Act, token, lapsed)
}

// Relaxed reports whether the tenant's header policy is the relaxed one.
func (w work) Relaxed() bool { return sandbox.Relaxed(w.Act) }

// Keyless reports whether logins may leave out the tenant's key and secret.
func (w work) Keyless() bool { return sandbox.KeylessLogins(w.Act) }

// Past refuses a date that does not lie in the past of the tenant's clock.
func (w work) Past(date string) error { return sandbox.CheckPast(w.Act, date) }
