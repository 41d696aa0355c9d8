package sandbox

import (
	"testing"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
)

func TestALinkDoesNotConfirmForASuspendedCustomer(t *testing.T) {
	g := played(t, `rules: [{on: consent.confirmation, when: 'consent.version == "2.0"', decide: NEEDS_CONFIRMATION}]`)
	id := g.ready()
	_, err := g.Activate(g.staff, id, customers.Activation{})
	g.ok(err)
	g.advance("366d")
	_, err = world.Show(t.Context(), g.World, g.staff, func(act *world.Act) (customers.Template, error) {
		return customers.CreateTemplate(act, onboarding.ConsentTemplate{Type: onboarding.Terms, Version: "2.0"})
	})
	g.ok(err)
	consent, err := g.AcceptConsent(g.staff, onboarding.Individual, id, onboarding.Terms, customers.Acceptance{Version: "2.0"})
	g.ok(err)
	link, err := g.SendConsentLink(g.staff, customers.LinkRequest{CustomerID: id, ConsentID: consent.ID, Channel: customers.ByEmail, Life: 1 << 40})
	g.ok(err)
	_, err = g.SetCustomerStatus(g.staff, id, world.StatusChange{Status: onboarding.CustomerSuspended})
	g.ok(err)
	_, err = g.ConfirmConsent(g.staff, link.Token)
	g.refused(err, refusal.CustomerNotActive)
	_, err = g.SendConsentLink(g.staff, customers.LinkRequest{CustomerID: id, ConsentID: consent.ID, Channel: customers.ByEmail, Life: 1 << 40})
	g.refused(err, refusal.CustomerNotActive)
}

// TestStatusesAreThoseOfTheTables holds what an operator can ask for to the
// tables: each status has a trigger that leads to it.
func TestStatusesAreThoseOfTheTables(t *testing.T) {
	customers, wallets := onboarding.CustomerTable(), payments.WalletTable()
	for status, trigger := range onboarding.CustomerTriggers() {
		checkTrigger(t, customers.Describe(), status, trigger)
	}
	for status, trigger := range payments.WalletTriggers() {
		checkTrigger(t, wallets.Describe(), status, trigger)
	}
}

func checkTrigger(t *testing.T, d machine.Description, status machine.State, trigger machine.Trigger) {
	t.Helper()
	found := false
	for _, row := range d.Transitions {
		if row.Trigger == trigger && row.To != "" {
			found = true
			if row.To != status {
				t.Errorf("%s of a %s leads to %s, not to %s", trigger, d.Name, row.To, status)
			}
		}
	}
	if !found {
		t.Errorf("nothing leads a %s to %s", d.Name, status)
	}
}
