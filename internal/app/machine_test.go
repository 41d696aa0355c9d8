package app_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/golden"
	"finhub-sandbox/spec"
)

// table is a machine's table without its type of facts.
type table struct {
	machine.Description
	// fire applies a trigger with the least facts, as the table stands or with its
	// needs taken away.
	fire func(from machine.State, on machine.Trigger, needing bool) (machine.Step, error)
}

func tableOf[F any](t *machine.Table[F]) table {
	var nothing F
	return tableWith(t, nothing)
}

// tableWith is for a table whose facts are never empty: facts are the least that
// there is.
func tableWith[F any](t *machine.Table[F], facts F) table {
	open := *t
	open.Rows = slices.Clone(t.Rows)
	for i := range open.Rows {
		open.Rows[i].Needs = nil
	}
	return table{t.Describe(), func(from machine.State, on machine.Trigger, needing bool) (machine.Step, error) {
		if needing {
			return t.Fire(from, on, facts)
		}
		return open.Fire(from, on, facts)
	}}
}

// tables are all of the sandbox's. That none is missing is what
// TestTablesAreThoseOfTheEngine looks at.
func tables() []table {
	return []table{
		tableOf(onboarding.CustomerTable()), tableOf(access.UserTable()), tableOf(access.SessionTable()),
		tableOf(onboarding.VerificationTable()), tableOf(onboarding.ConsentTable()), tableOf(onboarding.DocumentTable()), tableOf(onboarding.PersonnelTable()),
		tableOf(payments.WalletTable()), tableOf(payments.BeneficiaryTable()),
		tableOf(payments.PaymentConsentTable()), tableWith(payments.OrderTable(), payments.OrderFacts{Order: &payments.Order{}}),
		tableOf(delivery.SubscriptionTable()), tableOf(delivery.Table()),
	}
}

// TestEveryStateMeetsEveryTrigger fires every trigger in every state of every
// table: a row that moves must move to its state, everything else must be
// refused with a code of the list and an empty step.
func TestEveryStateMeetsEveryTrigger(t *testing.T) {
	for _, m := range tables() {
		t.Run(m.Name, func(t *testing.T) {
			for _, from := range append([]machine.State{machine.None}, m.States...) {
				for _, on := range m.Triggers {
					m.checkCell(t, from, on)
				}
			}
		})
	}
}

func (m table) checkCell(t *testing.T, from machine.State, on machine.Trigger) {
	t.Helper()
	var rows []machine.Transition
	for _, row := range m.Transitions {
		if row.Trigger == on && slices.Contains(row.From, from) {
			rows = append(rows, row)
		}
	}
	if len(rows) > 1 {
		t.Fatalf("%s in %q has %d rows", on, from, len(rows))
	}
	allowed := len(rows) == 1 && rows[0].Refusal == ""
	step, err := m.fire(from, on, false)
	if allowed {
		if err != nil || step.From != from || step.On != on || step.To != rows[0].To || step.Emit != rows[0].Event {
			t.Errorf("%s in %q: got %+v and %v, the row says %+v", on, from, step, err, rows[0])
		}
		if rows[0].Guarded {
			// Empty facts stand for a world in which nothing is in order. The needs
			// may let them pass, but if one refuses, nothing must be left over.
			if step, err := m.fire(from, on, true); err != nil {
				checkRefused(t, from, on, step, err)
			}
		}
		return
	}
	code := checkRefused(t, from, on, step, err)
	if len(rows) == 1 && string(code) != rows[0].Refusal {
		t.Errorf("%s in %q is refused with %s, the row says %s", on, from, code, rows[0].Refusal)
	}
}

// checkRefused checks that a trigger was refused and did nothing else, and gives
// the code.
func checkRefused(t *testing.T, from machine.State, on machine.Trigger, step machine.Step, err error) refusal.Code {
	t.Helper()
	var e *refusal.Error
	if !errors.As(err, &e) {
		t.Errorf("%s in %q: want a refusal, got %v", on, from, err)
		return ""
	}
	if !slices.ContainsFunc(refusal.All(), func(d refusal.Definition) bool { return d.Code == e.Code }) {
		t.Errorf("%s in %q is refused with %q, which is not in the list", on, from, e.Code)
	}
	if e.Details == "" && len(e.Faults) == 0 {
		t.Errorf("%s in %q is refused with %s and does not say why", on, from, e.Code)
	}
	if step.From != "" || step.To != "" || step.On != "" || step.Emit != "" || len(step.Arms) > 0 {
		t.Errorf("%s in %q is refused, yet there is a step: %+v", on, from, step)
	}
	return e.Code
}

// TestTablesAreThoseOfTheEngine compares the tables of this test with those that
// the running sandbox publishes.
func TestTablesAreThoseOfTheEngine(t *testing.T) {
	var tested, running []string
	for _, m := range tables() {
		tested = append(tested, m.Name)
	}
	for _, m := range openApp(t).World().Engine().Machines() {
		running = append(running, m.Name)
	}
	slices.Sort(tested)
	slices.Sort(running)
	if !slices.Equal(tested, running) {
		t.Errorf("the engine runs %v, tested are %v", running, tested)
	}
}

// TestStatesAreThoseOfTheDocument compares the states of each machine with the
// enum that the document gives them, both ways.
func TestStatesAreThoseOfTheDocument(t *testing.T) {
	document, err := contract.Load(spec.Product(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for schema, name := range map[string]string{
		"CustomerStatus": "customer", "VerificationStatus": "verification", "ConsentStatus": "consent",
		"WalletStatus": "wallet", "BeneficiaryStatus": "beneficiary", "PaymentConsentStatus": "payment_consent",
		"OrderStatus": "order", "DocumentStatus": "document",
	} {
		var states []string
		for _, m := range tables() {
			if m.Name == name {
				for _, s := range m.States {
					states = append(states, string(s))
				}
			}
		}
		documented := document.Enum(schema)
		for _, s := range states {
			if !slices.Contains(documented, s) {
				t.Errorf("machine %s has the state %s, which schema %s does not list", name, s, schema)
			}
		}
		for _, s := range documented {
			if !slices.Contains(states, s) {
				t.Errorf("schema %s lists %s, which machine %s does not have", schema, s, name)
			}
		}
	}
}

// TestReasonsAreThoseOfTheDocuments compares the reasons that tables give with the
// enums that the documents give them, both ways.
func TestReasonsAreThoseOfTheDocuments(t *testing.T) {
	product, control := documents(t)
	for _, c := range []struct {
		schema              string
		documented, reasons []string
	}{
		{"FailureReason", product.Enum("FailureReason"), payments.FailureReasons()},
		{"CustomerStatusReason", control.Enum("CustomerStatusReason"), slices.Concat(onboarding.SuspensionReasons(), onboarding.ClosingReasons())},
		{"WalletStatusReason", control.Enum("WalletStatusReason"), payments.WalletReasons()},
	} {
		slices.Sort(c.documented)
		slices.Sort(c.reasons)
		if reasons := slices.Compact(c.reasons); !slices.Equal(c.documented, reasons) {
			t.Errorf("schema %s lists %v, the tables have %v", c.schema, c.documented, reasons)
		}
	}
}

// TestEventsAreThoseThatArePromised holds the events of the machines to the
// closed list that receivers of webhooks were promised.
func TestEventsAreThoseThatArePromised(t *testing.T) {
	promised := []string{
		"customer.created", "customer.updated", "customer.activated", "customer.suspended",
		"verification.created", "verification.approved", "verification.rejected", "verification.expired",
		"consent.accepted", "consent.expired", "wallet.activated", "beneficiary.created",
		"payment_consent.created", "payment_consent.activated", "payment_consent.revoked", "payment_consent.exhausted",
		"payment_consent.expired",
		"transaction.prepared", "transaction.processing", "transaction.completed", "transaction.failed", "transaction.expired",
		// What happens to an organization itself is promised as organization.*,
		// with the words of a customer.
		"personnel.added", "personnel.removed",
	}
	emitted := map[string]bool{}
	for _, m := range tables() {
		for _, event := range m.Events() {
			emitted[event] = true
			if !slices.Contains(promised, event) {
				t.Errorf("machine %s emits %s, which nobody was promised", m.Name, event)
			}
		}
	}
	for _, event := range promised {
		if !emitted[event] {
			t.Errorf("no machine emits %s", event)
		}
	}
}

// TestDiagramsAreUpToDate compares each machine's diagram with the one in
// testdata/machines, so that a change of a table is seen as a change of a
// picture.
func TestDiagramsAreUpToDate(t *testing.T) {
	dir := filepath.Join(moduleRoot, "testdata", "machines")
	known := map[string]bool{}
	for _, m := range tables() {
		name := filepath.Join(dir, m.Name+".mmd")
		known[filepath.Base(name)] = true
		golden.Check(t, name, m.Mermaid())
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !known[f.Name()] {
			t.Errorf("testdata/machines/%s shows no machine", f.Name())
		}
	}
}
