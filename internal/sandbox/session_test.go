package sandbox

import (
	"testing"

	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/sessions"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/store"
)

// size counts what is stored.
func (g *stage) size() (keys, bytes int) {
	g.Helper()
	g.ok(g.Config.Store.View(g.Context(), "t", func(tx store.Tx) error {
		tx.Range(nil, nil, func(key []byte, text string) bool {
			keys, bytes = keys+1, bytes+len(key)+len(text)
			return true
		})
		return nil
	}))
	return keys, bytes
}

func (g *stage) login(r customers.Registered) sessions.Login {
	g.Helper()
	login, err := g.LogIn(g.staff, onboarding.Individual, r.Customer.ID, r.User.ID, sessions.Credentials{Username: r.User.Username, Password: "p", TenantKey: "key", TenantSecret: "secret"})
	g.ok(err)
	return login
}

// TestLoginsDoNotFillTheStore logs in and out again and again, rightly and wrongly:
// after a while nothing is added any more.
func TestLoginsDoNotFillTheStore(t *testing.T) {
	g := newStage(t, world.Config{})
	anna := g.register("anna@example.com", "")
	rounds := func(n int) {
		for i := range n {
			login := g.login(anna)
			if i%3 == 0 {
				g.ok(g.EndSession(g.staff, anna.Customer.ID, anna.User.ID, login.Session.ID))
			}
			_, err := g.RefreshSession(g.staff, anna.Customer.ID, anna.User.ID, login.Session.ID, "")
			if i%3 == 0 {
				g.refused(err, refusal.SessionEnded)
			} else {
				g.ok(err)
			}
			_, err = g.LogIn(g.staff, onboarding.Individual, anna.Customer.ID, anna.User.ID, sessions.Credentials{Username: anna.User.Username, Password: "wrong", TenantKey: "key", TenantSecret: "secret"})
			g.refused(err, refusal.CredentialsInvalid)
			_, err = g.LogInAdmin(g.staff, "headquarters", "chief", sessions.Credentials{Username: "chief", Password: "p", TenantKey: "key", TenantSecret: "secret"})
			g.ok(err)
		}
	}
	rounds(120)
	keys, bytes := g.size()
	rounds(600)
	if more, now := g.size(); more != keys || now > bytes+bytes/10 {
		t.Errorf("%d keys with %d bytes after 120 logins, %d with %d after 600 more", keys, bytes, more, now)
	}
}

// TestWhichSessionsAreForgotten: the oldest, one with each login, and whoever holds
// its token is told to log in again.
func TestWhichSessionsAreForgotten(t *testing.T) {
	g := newStage(t, world.Config{})
	anna := g.register("anna@example.com", "")
	holds := func(l sessions.Login) error {
		_, err := g.Identify("t", l.Token, true)
		return err
	}
	g.login(anna)
	first := g.login(anna)
	const kept = 100
	for range kept - 1 {
		g.login(anna)
	}
	g.ok(holds(first))
	last := g.login(anna)
	g.refused(holds(first), refusal.SessionEnded)
	g.ok(holds(last))
}
