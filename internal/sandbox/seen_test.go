package sandbox

import (
	"strings"
	"testing"
	"time"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/scenario"
	"finhub-sandbox/internal/setting"
	"finhub-sandbox/internal/store"
)

// stolenSessions is a world in which it is decided of each session whether it is
// ended again at once: a choice of a kind that has none.
func stolenSessions(t *testing.T) *World {
	t.Helper()
	state, _, err := store.Open(store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w, err := assemble(Config{Store: state, Wall: func() time.Time { return payday }, Seed: "stolen", Settings: setting.Settings{DelayScale: new(1.0)}})
	if err != nil {
		t.Fatal(err)
	}
	w.sessions.Table.Rows[0].Arms = []machine.Choice[access.SessionFacts]{{
		Point: "session.theft", Options: []machine.Option{{Name: "STOLEN", Trigger: access.EndSession}},
	}}
	return w
}

// A choice point on a kind that had none needs a row of its table and what is seen of
// the kind, and nothing else.
func TestAChoicePointOfAnotherKind(t *testing.T) {
	w := stolenSessions(t)
	see(w, w.sessions, seen[access.Session]{
		owner: func(e *access.Session) string { return e.CustomerID },
		tells: []telling[access.Session]{{scenario.AboutRequest, func(_ *Act, e *access.Session, f *scenario.Facts) { f.Request.User = e.UserID }}},
	})
	if err := w.open(); err != nil {
		t.Fatal(err)
	}
	states := map[string]machine.State{"anna": access.SessionEnded, "jonas": access.SessionOpen, "eva": access.SessionOpen}
	_, err := Do(w, access.Caller{Sort: access.Staff, Tenant: "t"}, func(act *Act) (struct{}, error) {
		_, err := SetTenantScenarioText(act, `name: thief
rules: [{on: session.theft, decide: STOLEN, when: 'customer.name startsWith "Anna" and wallet.balance == 0 and wallet.purpose == "product" and request.user == "anna"'}]`)
		for name := range states {
			if err == nil {
				err = openStolen(act, name)
			}
		}
		return struct{}{}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = Show(w, access.Caller{Sort: access.Staff, Tenant: "t"}, func(act *Act) (struct{}, error) {
		for name, want := range states {
			if e := act.sessions.Get(act.Unit, name); e.State != want {
				t.Errorf("the session of %s is %s", name, e.State)
			}
		}
		return struct{}{}, nil
	})
}

// openStolen opens a session of a customer with a wallet, who is called Anna but for one.
func openStolen(act *Act, user string) error {
	name := "Anna"
	if user == "jonas" {
		name = "Jonas"
	}
	c := &onboarding.Customer{Life: newLife(act, "customer"), Type: onboarding.Individual, Name: name}
	wallet, err := openWallets(act, c)
	if err != nil {
		return err
	}
	c.WalletID = wallet.ID
	act.customers.Add(act.Unit, c)
	e := &access.Session{Life: machine.Life{ID: user, Seq: act.Next()}, CustomerID: c.ID, UserID: user}
	return act.sessions.Create(act.Unit, e, access.OpenSession, machine.Cause{})
}

// A kind that decides and of which nothing is seen would let rules pass every check
// and never act: the world does not open.
func TestAChoicePointOfWhichNothingIsSeen(t *testing.T) {
	err := stolenSessions(t).open()
	if err == nil || !strings.Contains(err.Error(), "session.theft") || !strings.Contains(err.Error(), "the kind session") {
		t.Errorf("opened with %v", err)
	}
}

// A link to a kind of which nothing is seen would panic when something is decided.
func TestALinkToWhatIsNotSeen(t *testing.T) {
	w := stolenSessions(t)
	see(w, w.sessions, seen[access.Session]{
		owner: func(e *access.Session) string { return e.CustomerID },
		links: []link[access.Session]{{"user", func(e *access.Session) string { return e.UserID }}},
	})
	err := w.open()
	if err == nil || !strings.Contains(err.Error(), "a session belongs to a user, of which nothing is seen") {
		t.Errorf("opened with %v", err)
	}
}

// What a kind tells wins over its owner's, and its link's over its own.
func TestTheNearestTells(t *testing.T) {
	b := newBank(t, "STANDARD")
	_ = b.do(b.staff, func(act *Act) error {
		w := act.wallets.Get(act.Unit, b.wallets[0])
		c := act.customers.Get(act.Unit, w.CustomerID)
		other := *w
		other.Balance = 4200
		var f scenario.Facts
		chain{act, c, thing{"wallet", &other}}.tell(&f, scenario.AboutWallet)
		if f.Wallet.Balance != 4200 {
			t.Errorf("the wallet itself has %d", f.Wallet.Balance)
		}
		return nil
	})
}
