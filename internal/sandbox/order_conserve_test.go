package sandbox

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/world"
)

// TestNoOrderOfEventsLosesMoney lets two customers do anything in any order, and
// adds everything up after each step without using the sandbox's own sums.
func TestNoOrderOfEventsLosesMoney(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBank(t, "HIGH_RISK_INDIVIDUAL", "LOW_RISK_INDIVIDUAL")
		b.settle = func() machine.Decision {
			return machine.Decision{
				Option: rapid.SampledFrom([]string{"COMPLETED", "FAILED"}).Draw(t, "outcome"),
				After:  time.Duration(rapid.SampledFrom([]int{0, 0, 1, 30}).Draw(t, "delay")) * time.Hour,
			}
		}
		answers := map[string]string{}
		ibans := []string{b.wallet(b.wallets[0]).IBAN, b.wallet(b.wallets[1]).IBAN, outsideIBAN, swiftIBAN}
		for _, w := range b.wallets {
			for i, iban := range ibans {
				b.payeeOf(w, iban, []string{"SEPA", "SEPA", "SEPA", "SWIFT"}[i])
			}
			limit := func(minor int64) *payments.AskedAmount { return &payments.AskedAmount{Field: "limit", Value: minor} }
			d := b.consentOf(w, func(in *accounts.PaymentConsentRequest) {
				in.PerDay, in.PerMonth, in.CountPerWeek, in.MaxUses = limit(150_000), limit(900_000), 12, 20
			})
			answers[d.Consent.ID] = d.Consent.Answer
		}
		var orders []accounts.OrderState
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			w := rapid.SampledFrom(b.wallets).Draw(t, "wallet")
			switch rapid.SampledFrom([]string{"fund", "prepare", "prepare", "prepare", "execute", "execute", "wait"}).Draw(t, "step") {
			case "fund":
				b.fund(w, rapid.Int64Range(1, 300_000).Draw(t, "funds"))
			case "prepare":
				o := rapid.SampledFrom([]payments.Operation{payments.Transfer, payments.Transfer, payments.Withdrawal, payments.Topup}).Draw(t, "operation")
				order, err := b.prepare(w, o, rapid.Int64Range(1, 120_000).Draw(t, "amount"), rapid.SampledFrom(ibans).Draw(t, "payee"))
				if b.mayRefuse(err) {
					orders = append(orders, order)
				}
			case "execute":
				if len(orders) > 0 {
					order := rapid.SampledFrom(orders).Draw(t, "order")
					_, err := b.execute(order, answers[order.Order.ConsentID])
					b.mayRefuse(err)
				}
			case "wait":
				b.advance(time.Duration(rapid.IntRange(1, 200).Draw(t, "hours")) * time.Hour)
			}
			b.audit(orders)
		}
	})
}

// mayRefuse reports whether something was done; an error that is no refusal is a
// fault.
func (b *bankTest) mayRefuse(err error) bool {
	b.Helper()
	var e *refusal.Error
	if err != nil && (!errors.As(err, &e) || e.Code == refusal.Internal) {
		b.Fatal(err)
	}
	return err == nil
}

// audit adds up ledgers and orders and compares the sums with what the wallets,
// the books, the limits and the payment consents say.
func (b *bankTest) audit(orders []accounts.OrderState) {
	b.Helper()
	books, err := b.Books("t")
	b.ok(err)
	if books.Unaccounted() != 0 {
		b.Fatalf("%d are unaccounted for: %+v", books.Unaccounted(), books)
	}
	b.ok(b.do(b.staff, func(act *world.Act) error {
		for _, w := range act.Wallets.All(act.Unit) {
			b.auditWallet(act, w, orders)
		}
		return nil
	}))
}

func (b *bankTest) auditWallet(act *world.Act, w *payments.Wallet, orders []accounts.OrderState) {
	b.Helper()
	var balance, reserved, pending, today, counted int64
	for n := int64(1); n <= w.Transactions; n++ {
		line := accounts.Transaction(act, w, n)
		if balance += line.Moved(); balance < 0 {
			b.Fatalf("the ledger goes below zero at %+v", line)
		}
	}
	consent := ""
	for _, known := range orders {
		if known.Order.WalletID != w.ID {
			continue
		}
		o := act.Orders.Get(act.Unit, known.Order.ID)
		switch o.State {
		case payments.OrderReady:
			reserved += o.Held()
		case payments.OrderProcessing:
			pending += o.Held()
		case payments.OrderExpired, payments.OrderFailed:
			continue
		}
		if o.Operation.Outgoing() && o.Created.Format(time.DateOnly) == act.Now().Format(time.DateOnly) {
			today += o.Amount.Minor
		}
		if o.ConsentID != "" && o.Created.After(act.Now().Add(-24*time.Hour)) {
			counted += o.Amount.Minor
			consent = o.ConsentID
		}
	}
	if w.Balance != balance || w.Reserved != reserved || w.Pending != pending {
		b.Fatalf("wallet has %d/%d/%d, ledger and orders say %d/%d/%d", w.Balance, w.Reserved, w.Pending, balance, reserved, pending)
	}
	if used, _ := accounts.Spending(act, w.CustomerID).Used(act.Now()); w.Purpose == payments.Product && used != today {
		b.Fatalf("%d count against the category today, orders say %d", used, today)
	}
	if consent != "" {
		if got := accounts.WindowsOf(act, act.PaymentConsents.Get(act.Unit, consent)).Day.Minor; got != counted || got > 150_000 {
			b.Fatalf("%d count against the payment consent, orders say %d", got, counted)
		}
	}
}
