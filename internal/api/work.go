package api

import (
	"net/http"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/sessions"
	"finhub-sandbox/internal/sandbox/world"
)

// Within makes one act of each request to the product: of one that looks, where
// its method or the document says so, which changes something all the same where it must.
func Within(w *world.World) func(*rest.Call, func(*rest.Call, rest.Work) error) error {
	return func(c *rest.Call, fn func(*rest.Call, rest.Work) error) error {
		open := world.Do[struct{}]
		if c.Method == http.MethodGet || c.Method == http.MethodHead || c.Operation.Looks {
			open = world.Show[struct{}]
		}
		_, err := open(c.Context(), w, access.Caller{Tenant: c.Tenant}, func(act *world.Act) (struct{}, error) {
			c.Instant, c.Behind = act.Now(), act.LastEvent()
			return struct{}{}, fn(c, work{act})
		})
		return err
	}
}

// work is an act as the steps of a request see it.
type work struct{ *world.Act }

// Identify finds out who holds a token (sandbox.Identify).
func (w work) Identify(token string, lapsed bool) (access.Caller, error) {
	return sessions.Identify(w.Act, token, lapsed)
}

// Relaxed reports whether the tenant's header policy is the relaxed one.
func (w work) Relaxed() bool { return world.Relaxed(w.Act) }

// Keyless reports whether logins may leave out the tenant's key and secret.
func (w work) Keyless() bool { return world.KeylessLogins(w.Act) }

// Past refuses a date that does not lie in the past of the tenant's clock.
func (w work) Past(date string) error { return customers.CheckPast(w.Act, date) }
