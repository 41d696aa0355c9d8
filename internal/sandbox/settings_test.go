package sandbox

import (
	"testing"
	"time"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/setting"
)

const governed = `
name: governed
description: Sets everything that a scenario can set.
tenant:
  headers: relaxed
  personnel: required
  delayScale: 0.5
  orderLife: 5m
  openingBalance: 250.00
  limits: {perTransaction: 100.00, daily: 150.00}
  fees: {SEPA: 0.10}
`

func TestAScenarioSetsWhatTheTenantHasNot(t *testing.T) {
	g := newStage(t, world.Config{}, governed)
	if g.Relaxed("t") {
		t.Error("relaxed before")
	}
	g.ok(g.SetTenantScenario("t", "governed"))
	if !g.Relaxed("t") || g.Relaxed("other") {
		t.Error("the header policy is not the scenario's")
	}
	_, err := g.ChangeSettings("t", func(s *setting.Settings) { s.Headers = "strict" })
	g.ok(err)
	if g.Relaxed("t") {
		t.Error("the tenant's own header policy does not win")
	}

	b := &bankTest{failer: t, opened: g.opened, staff: g.staff}
	id := g.ready()
	out, err := g.Activate(g.staff, id, customers.Activation{})
	g.ok(err)
	w := out.Wallet.ID
	b.holds(w, 25_000, 0, 0)
	books, err := g.Books("t")
	g.ok(err)
	if books.Funded != 25_000 || books.Unaccounted() != 0 {
		t.Errorf("the books: %+v", books)
	}
	page, err := g.ListTransactions(g.staff, accounts.Statement{WalletIDs: []string{w}, Limit: 10})
	g.ok(err)
	if len(page.Items) != 1 || page.Items[0].Type != payments.FundTransaction {
		t.Errorf("got %+v", page.Items)
	}

	b.payeeOf(w, outsideIBAN, "SEPA")
	b.consentOf(w, nil)
	order, err := b.prepare(w, payments.Transfer, 10_000, outsideIBAN)
	g.ok(err)
	if o := order.Order; o.Fee.Minor != 10 || !o.ValidUntil.Equal(payday.Add(5*time.Minute)) {
		t.Errorf("got fee %v, valid until %v", o.Fee, o.ValidUntil)
	}
	b.refused(errOf(b.prepare(w, payments.Transfer, 10_001, outsideIBAN)), refusal.CategoryLimitExceeded)
	b.refused(errOf(b.prepare(w, payments.Transfer, 5_001, outsideIBAN)), refusal.CategoryLimitExceeded)
	allowed, err := g.GetAllowedOperations(g.staff, w, false)
	g.ok(err)
	if allowed.Limits.Daily.Minor != 15_000 || allowed.Limits.Monthly.Minor != 10_000_000 || allowed.Fees.Of(payments.SEPA) != 10 || allowed.Fees.Of(payments.SWIFT) != 2_500 {
		t.Errorf("shown: %+v", allowed)
	}
	limits, err := g.CategoryLimits("t", "INDIVIDUAL_STANDARD")
	g.ok(err)
	if limits.PerTransaction.Minor != 10_000 {
		t.Errorf("shown: %+v", limits)
	}

	_, err = g.ChangeSettings("t", func(s *setting.Settings) { s.OrderLife = 60 })
	g.ok(err)
	order, err = b.prepare(w, payments.Transfer, 100, outsideIBAN)
	g.ok(err)
	if !order.Order.ValidUntil.Equal(payday.Add(time.Minute)) {
		t.Errorf("the tenant's own life of orders does not win: %v", order.Order.ValidUntil)
	}
}

// A tenant works by its own settings, then its scenario's, then the server's,
// and at last those that are built in.
func TestWhoseSettingsHold(t *testing.T) {
	g := newStage(t, world.Config{Settings: setting.Settings{Headers: setting.Strict, TenantKey: "server's"}}, "name: speaks\ndescription: Under test.\ntenant: {headers: relaxed, orderLife: 5m}\n")
	holds := func(headers, key string, life time.Duration) {
		t.Helper()
		p, err := g.policyOf("t")
		g.ok(err)
		if p.Headers != headers || p.TenantKey != key || p.OrderLife.Duration() != life || p.Personnel != setting.Advisory {
			t.Errorf("the policy is %+v", p.Settings)
		}
	}
	holds(setting.Strict, "server's", 2*time.Hour)
	g.ok(g.SetTenantScenario("t", "speaks"))
	holds(setting.Relaxed, "server's", 5*time.Minute)
	_, err := g.ChangeSettings("t", func(s *setting.Settings) { s.Headers, s.TenantKey, s.OrderLife = setting.Strict, "own", 60 })
	g.ok(err)
	holds(setting.Strict, "own", time.Minute)
	g.Config.Settings.Headers = setting.Relaxed
	holds(setting.Strict, "own", time.Minute)
	_, err = g.ChangeSettings("t", func(s *setting.Settings) { *s = setting.Settings{} })
	g.ok(err)
	g.ok(g.SetTenantScenario("t", ""))
	holds(setting.Relaxed, "server's", 2*time.Hour)
}

func TestAScenarioSetsTheDelayScale(t *testing.T) {
	g := newStage(t, world.Config{}, governed)
	g.ok(g.Engine().Run(t.Context(), "t"))
	due := func(name string) time.Duration {
		t.Helper()
		id := g.register(name+"@example.com", "").Customer.ID
		v := g.open(id)
		g.upload(v.ID)
		var d time.Duration
		g.ok(g.do(g.staff, func(act *world.Act) error {
			d = act.Verifications.Get(act.Unit, v.ID).Armed[0].Due.Sub(act.Now())
			return nil
		}))
		return d
	}
	if got := due("a"); got != 24*time.Hour {
		t.Errorf("without the scenario: %v", got)
	}
	g.ok(g.SetTenantScenario("t", "governed"))
	if got := due("b"); got != 12*time.Hour {
		t.Errorf("with it: %v", got)
	}
}

func TestAScenarioRequiresPersonnel(t *testing.T) {
	g := newStage(t, world.Config{}, governed)
	g.ok(g.SetTenantScenario("t", "governed"))
	c := access.Caller{Sort: access.Staff, Tenant: "t"}
	if r, err := g.personnelPolicy(c); err != nil || r != setting.Required {
		t.Errorf("got %q, %v", r, err)
	}
	_, err := g.ChangeSettings("t", func(s *setting.Settings) { s.Personnel = "advisory" })
	g.ok(err)
	if r, err := g.personnelPolicy(c); err != nil || r != "advisory" {
		t.Errorf("got %q, %v", r, err)
	}
}

func (g *stage) personnelPolicy(c access.Caller) (string, error) {
	set, err := g.policyOf(c.Tenant)
	if err != nil {
		return "", err
	}
	return set.Personnel, nil
}
