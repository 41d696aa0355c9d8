package payments_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/golden"
)

var start = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)

func euro(minor int64) money.Amount {
	return money.Amount{Minor: minor, Currency: payments.Currency}
}

func code(err error) refusal.Code {
	var e *refusal.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// usable is an account on which everything may happen.
func usable() payments.Account {
	return payments.Account{
		CustomerID: "c", CustomerState: "ACTIVE", CustomerActive: true,
		WalletID: "w", WalletState: payments.WalletActive,
	}
}

// matrix writes what every trigger does in every state, one line each: where it
// leads, the event, or the refusal.
func matrix[F any](t *machine.Table[F], facts F) string {
	var b strings.Builder
	for _, from := range append([]machine.State{machine.None}, t.States()...) {
		for _, on := range t.Triggers() {
			name := string(from)
			if from == machine.None {
				name = "-"
			}
			step, err := t.Fire(from, on, facts)
			if err != nil {
				fmt.Fprintf(&b, "%s %s: %s\n", name, on, code(err))
				continue
			}
			fmt.Fprintf(&b, "%s %s: -> %s", name, on, step.To)
			if step.Emit != "" {
				fmt.Fprintf(&b, " / %s", step.Emit)
			}
			for _, p := range step.Arms {
				fmt.Fprintf(&b, " + %s", p.Point)
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// TestEveryTriggerInEveryState holds each table to what was written down when it
// was read last.
func TestEveryTriggerInEveryState(t *testing.T) {
	consent := &payments.PaymentConsent{Life: machine.Life{ID: "p", State: payments.PaymentConsentActive}, Operation: payments.Topup, Answer: "123456"}
	orders := payments.OrderFacts{
		Account: usable(), Now: start, ValidUntil: start.Add(payments.OrderLife),
		Order:    &payments.Order{Operation: payments.Topup, Amount: euro(1_000)},
		Limits:   payments.TopupLimits(),
		Spending: &payments.Spending{}, Consent: consent,
		Confirmation: payments.Confirmation{Codes: []string{"123456"}, ConsentIDs: []string{"p"}},
	}
	waiting := orders
	waiting.Order = &payments.Order{
		Life:      machine.Life{ID: "o", State: payments.OrderProcessing},
		Operation: payments.Topup, Amount: euro(1), ExecutedBy: "initiator",
		Approval: &payments.OrderApproval{Required: 1, Roles: []string{"TRANSACTION_APPROVER"}},
	}
	waiting.Approver = payments.Approver{UserID: "approver", Roles: []string{"TRANSACTION_APPROVER"}}
	waiting.Consent = &payments.PaymentConsent{
		Life: consent.Life, Operation: payments.Topup, Answer: "123456",
		Approval: &payments.PaymentConsentApproval{Required: true, Roles: []string{"TRANSACTION_APPROVER"}, Approvers: 1},
	}
	check(t, "order_waiting.txt", matrix(payments.OrderTable(), waiting))
	for _, m := range []struct {
		validate    error
		description machine.Description
		matrix      string
	}{
		{payments.WalletTable().Validate(), payments.WalletTable().Describe(), matrix(payments.WalletTable(), payments.WalletFacts{})},
		{payments.BeneficiaryTable().Validate(), payments.BeneficiaryTable().Describe(),
			matrix(payments.BeneficiaryTable(), payments.BeneficiaryFacts{Account: usable(), Currency: "EUR", Asked: "EUR"})},
		{payments.PaymentConsentTable().Validate(), payments.PaymentConsentTable().Describe(),
			matrix(payments.PaymentConsentTable(), payments.PaymentConsentFacts{Account: usable(), ValidUntil: start})},
		{payments.OrderTable().Validate(), payments.OrderTable().Describe(), matrix(payments.OrderTable(), orders)},
	} {
		t.Run(m.description.Name, func(t *testing.T) {
			if m.validate != nil {
				t.Error(m.validate)
			}
			check(t, m.description.Name+".txt", m.matrix)
		})
	}
}

func check(t *testing.T, name, got string) {
	t.Helper()
	golden.Check(t, filepath.Join("testdata", "machines", name), got)
}
