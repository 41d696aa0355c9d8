package sandbox

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/government"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/scenario"
	"finhub-sandbox/internal/setting"
	"finhub-sandbox/internal/store"
)

// stolenSessions is a world in which it is decided of each session whether it is
// ended again at once: a choice of a kind that has none.
func stolenSessions(t *testing.T) *world.World {
	t.Helper()
	state, _, err := store.Open(store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w, err := assemble(world.Config{Store: state, Wall: func() time.Time { return payday }, Seed: "stolen", Settings: setting.Settings{DelayScale: new(1.0)}})
	if err != nil {
		t.Fatal(err)
	}
	w.Sessions.Table.Rows[0].Arms = []machine.Choice[access.SessionFacts]{{
		Point: "session.theft", Options: []machine.Option{{Name: "STOLEN", Trigger: access.EndSession}},
	}}
	return w
}

// A choice point on a kind that had none needs a row of its table and what is seen of
// the kind, and nothing else.
func TestAChoicePointOfAnotherKind(t *testing.T) {
	w := stolenSessions(t)
	world.See(w, w.Sessions, world.Seen[access.Session]{
		Owner: func(e *access.Session) string { return e.CustomerID },
		Tells: []world.Telling[access.Session]{{About: scenario.AboutRequest, Tell: func(_ *world.Act, e *access.Session, f *scenario.Facts) { f.Request.User = e.UserID }}},
	})
	if err := open(w); err != nil {
		t.Fatal(err)
	}
	states := map[string]machine.State{"anna": access.SessionEnded, "jonas": access.SessionOpen, "eva": access.SessionOpen}
	_, err := world.Do(t.Context(), w, access.Caller{Sort: access.Staff, Tenant: "t"}, func(act *world.Act) (struct{}, error) {
		_, err := world.SetTenantScenarioText(act, `name: thief
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
	_, _ = world.Show(t.Context(), w, access.Caller{Sort: access.Staff, Tenant: "t"}, func(act *world.Act) (struct{}, error) {
		for name, want := range states {
			if e := act.Sessions.Get(act.Unit, name); e.State != want {
				t.Errorf("the session of %s is %s", name, e.State)
			}
		}
		return struct{}{}, nil
	})
}

// openStolen opens a session of a customer with a wallet, who is called Anna but for one.
func openStolen(act *world.Act, user string) error {
	name := "Anna"
	if user == "jonas" {
		name = "Jonas"
	}
	c := &onboarding.Customer{Life: world.NewLife(act, "customer"), Type: onboarding.Individual, Name: name}
	wallet, err := accounts.OpenWallets(act, c)
	if err != nil {
		return err
	}
	c.WalletID = wallet.ID
	act.Customers.Add(act.Unit, c)
	e := &access.Session{Life: machine.Life{ID: user, Seq: act.Next()}, CustomerID: c.ID, UserID: user}
	return act.Sessions.Create(act.Unit, e, access.OpenSession, machine.Cause{})
}

// A kind that decides and of which nothing is seen would let rules pass every check
// and never act: the world does not open.
func TestAChoicePointOfWhichNothingIsSeen(t *testing.T) {
	err := open(stolenSessions(t))
	if err == nil || !strings.Contains(err.Error(), "session.theft") || !strings.Contains(err.Error(), "the kind session") {
		t.Errorf("opened with %v", err)
	}
}

// A link to a kind of which nothing is seen would panic when something is decided.
func TestALinkToWhatIsNotSeen(t *testing.T) {
	w := stolenSessions(t)
	world.See(w, w.Sessions, world.Seen[access.Session]{
		Owner: func(e *access.Session) string { return e.CustomerID },
		Links: []world.Link[access.Session]{{Kind: "user", ID: func(e *access.Session) string { return e.UserID }}},
	})
	err := open(w)
	if err == nil || !strings.Contains(err.Error(), "a session belongs to a user, of which nothing is seen") {
		t.Errorf("opened with %v", err)
	}
}

// What a kind tells wins over its owner's, and its link's over its own.
func TestTheNearestTells(t *testing.T) {
	b := newBank(t, "STANDARD")
	_ = b.do(b.staff, func(act *world.Act) error {
		w := act.Wallets.Get(act.Unit, b.wallets[0])
		c := act.Customers.Get(act.Unit, w.CustomerID)
		other := *w
		other.Balance = 4200
		var f scenario.Facts
		world.Chain{Act: act, Customer: c, About: world.Thing{Kind: "wallet", Aggregate: &other}}.Tell(&f, scenario.AboutWallet)
		if f.Wallet.Balance != 4200 {
			t.Errorf("the wallet itself has %d", f.Wallet.Balance)
		}
		return nil
	})
}

// What rules answered is undone with a verb that is refused, and stays with one that
// keeps what it has done; a rule that refused has acted all the same.
func TestRulesOfWhatIsUndoneHaveNotActed(t *testing.T) {
	shut, answered := machine.Rule{Scenario: "s", Name: "shut"}, machine.Rule{Scenario: "s", Name: "answered"}
	b := newBank(t)
	for name, c := range map[string]struct {
		counted, keeps, passes bool
		want                   []machine.Rule
	}{
		"refused":              {want: []machine.Rule{shut}},
		"refused and counted":  {counted: true, want: []machine.Rule{shut}},
		"refused and kept":     {keeps: true, want: []machine.Rule{shut, answered}},
		"kept and counted":     {counted: true, keeps: true, want: []machine.Rule{shut, answered}},
		"answered":             {passes: true, want: []machine.Rule{shut, answered}},
		"answered and counted": {counted: true, passes: true, want: []machine.Rule{shut, answered}},
	} {
		_ = b.do(b.staff, func(act *world.Act) error {
			act.Counted = c.counted
			act.NoteRule(shut)
			act.NoteRule(machine.Rule{})
			_, err := government.Under(act, government.Injection{}, func() (struct{}, error) {
				act.NoteRule(answered)
				switch {
				case c.passes:
					return struct{}{}, nil
				case c.keeps:
					return struct{}{}, act.RefuseAndKeep(errors.New("kept"))
				}
				return struct{}{}, errors.New("undone")
			})
			if (err == nil) != c.passes || !slices.Equal(act.Rules, c.want) {
				t.Errorf("%s: %v, %v", name, act.Rules, err)
			}
			return err
		})
	}
}
