package sandbox

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/setting"
	"finhub-sandbox/internal/store"
)

// failer is what both testing.T and rapid.T are.
type failer interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

var payday = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)

const (
	outsideIBAN = "DE89370400440532013000"
	swiftIBAN   = "GB29NWBK60161331926819"
)

// bankTest is a sandbox with a frozen clock and active customers in tenant t.
type bankTest struct {
	failer
	opened
	staff   access.Caller
	wallets []string
	// settle answers the next settlements; nil completes them at once.
	settle func() machine.Decision
}

func newBank(t failer, categories ...string) *bankTest {
	t.Helper()
	state, _, err := store.Open(store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := &bankTest{failer: t, staff: access.Caller{Sort: access.Staff, Tenant: "t", UserID: "staff"}}
	if b.World, err = New(world.Config{Store: state, Wall: func() time.Time { return payday }, Seed: "bank", Settings: setting.Settings{DelayScale: new(1.0)}}); err != nil {
		t.Fatal(err)
	}
	choose := b.Engine().Choose
	b.Engine().Choose = func(u *engine.Unit, kind string, aggregate any, p machine.Pending) (machine.Decision, error) {
		if p.Point == "settlement.outcome" && b.settle != nil {
			return b.settle(), nil
		}
		return choose(u, kind, aggregate, p)
	}
	if _, err := b.Engine().Freeze(context.Background(), "t", &payday); err != nil {
		t.Fatal(err)
	}
	for _, category := range categories {
		b.wallets = append(b.wallets, b.customer(category))
	}
	return b
}

// customer makes an active customer and gives its product wallet.
func (b *bankTest) customer(category string) (walletID string) {
	b.Helper()
	b.ok(b.do(b.staff, func(act *world.Act) error {
		c := &onboarding.Customer{Life: world.NewLife(act, "customer"), Type: onboarding.Individual, Category: category, Name: "Anna Kowalska"}
		c.State = onboarding.CustomerActive
		w, err := accounts.OpenWallets(act, c)
		if err != nil {
			return err
		}
		c.WalletID = w.ID
		act.Customers.Add(act.Unit, c)
		walletID = w.ID
		return accounts.ActivateWallets(act, c)
	}))
	return walletID
}

func (b *bankTest) ok(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bankTest) refused(err error, want refusal.Code) refusal.Error {
	b.Helper()
	var e *refusal.Error
	if !errors.As(err, &e) || e.Code != want {
		b.Fatalf("got %v, want %s", err, want)
	}
	return *e
}

func (b *bankTest) fund(wallet string, minor int64) {
	b.Helper()
	_, _, err := b.Fund(b.staff, wallet, euros(minor))
	b.ok(err)
}

func (b *bankTest) payeeOf(wallet, iban, network string) *payments.Beneficiary {
	b.Helper()
	p, err := b.RegisterBeneficiary(b.staff, wallet, accounts.Description{Texts: map[string]string{
		"partyType": payments.BusinessParty, "companyName": "Nordwind", "iban": iban, "currency": "EUR", "networkName": network, "country": iban[:2],
	}})
	b.ok(err)
	return p
}

func (b *bankTest) consentOf(wallet string, change func(*accounts.PaymentConsentRequest)) accounts.PaymentConsentDetail {
	b.Helper()
	in := accounts.PaymentConsentRequest{Operation: payments.Transfer, Until: payday.AddDate(1, 0, 0), UntilField: "validTo"}
	if change != nil {
		change(&in)
	}
	d, err := b.CreatePaymentConsent(b.staff, wallet, in)
	b.ok(err)
	if d.Consent.RequiresApproval() {
		for i := range d.Consent.Approval.Approvers {
			signer := b.user(wallet, fmt.Sprint("signer", i), access.RoleApprover)
			approved, err := b.ApprovePaymentConsent(signer, d.Consent.ID)
			b.ok(err)
			d.Consent = approved.Consent
		}
	}
	return d
}

func (b *bankTest) prepare(wallet string, o payments.Operation, minor int64, iban string) (accounts.OrderState, error) {
	return b.Prepare(b.staff, accounts.Preparation{
		AccountID: wallet, Way: payments.Way{Operation: o}, Payees: byIBAN(iban), PayeeNames: []accounts.Naming{{Field: "target.name", Value: "Nordwind", By: accounts.ByText}},
		Amount: euros(minor),
	})
}

func (b *bankTest) execute(s accounts.OrderState, code string) (accounts.Executed, error) {
	in := accounts.Execution{AccountID: s.Order.WalletID, OrderID: s.Order.ID, Way: payments.Way{Operation: s.Order.Operation}}
	if s.Order.ConsentID != "" {
		in.Confirmation = payments.Confirmation{Codes: []string{code}, ConsentIDs: []string{s.Order.ConsentID}}
	}
	return b.Execute(b.staff, in)
}

func (b *bankTest) wallet(id string) *payments.Wallet {
	b.Helper()
	balance, err := b.GetBalance(b.staff, id)
	b.ok(err)
	return balance.Wallet
}

func (b *bankTest) advance(d time.Duration) []engine.Event {
	b.Helper()
	happened, err := b.Engine().Advance(context.Background(), "t", engine.Target{By: d})
	b.ok(err)
	return happened.Events
}

func (b *bankTest) holds(wallet string, balance, reserved, pending int64) {
	b.Helper()
	if w := b.wallet(wallet); w.Balance != balance || w.Reserved != reserved || w.Pending != pending {
		b.Errorf("wallet has %d, %d reserved, %d pending; want %d, %d, %d", w.Balance, w.Reserved, w.Pending, balance, reserved, pending)
	}
}

func TestATransferFromPrepareToTheLedger(t *testing.T) {
	b := newBank(t, "INDIVIDUAL_STANDARD")
	w := b.wallets[0]
	b.fund(w, 500_000)
	payee := b.payeeOf(w, outsideIBAN, "SEPA")
	if payee.State != payments.BeneficiaryActive || payee.Screening != payments.ScreeningVerified {
		t.Errorf("the payee is %s, screened %s", payee.State, payee.Screening)
	}
	consent := b.consentOf(w, nil)
	order, err := b.prepare(w, payments.Transfer, 100_000, outsideIBAN)
	b.ok(err)
	b.holds(w, 500_000, 100_150, 0)
	if o := order.Order; o.State != payments.OrderReady || o.Network != payments.SEPA || o.ConsentID != consent.Consent.ID || !o.ValidUntil.Equal(payday.Add(2*time.Hour)) {
		t.Errorf("got %+v", o)
	}
	done, err := b.execute(order, consent.Consent.Answer)
	b.ok(err)
	b.holds(w, 399_850, 0, 0)
	if done.Order.State != payments.OrderCompleted || done.Before != (accounts.Money{Available: 399_850, Current: 500_000}) || done.After != (accounts.Money{Available: 399_850, Current: 399_850}) {
		t.Errorf("got %+v", done)
	}
	page, err := b.ListTransactions(b.staff, accounts.Statement{WalletIDs: []string{w}, Limit: 10})
	b.ok(err)
	if line := page.Items[0]; page.Total != 2 || line.ID != done.Order.TransactionID || line.Status != payments.OrderCompleted || line.BalanceAfter.Minor != 399_850 || line.Moved() != -100_150 {
		t.Errorf("%d lines, the newest %+v", page.Total, line)
	}
	detail, err := b.GetPaymentConsent(b.staff, w, consent.Consent.ID)
	b.ok(err)
	if detail.Consent.Used != 1 || detail.Windows.Day.Minor != 100_000 {
		t.Errorf("the payment consent has %d uses, %d in the day", detail.Consent.Used, detail.Windows.Day.Minor)
	}
	b.refused(errOf(b.execute(order, consent.Consent.Answer)), refusal.OrderAlreadyExecuted)
}

func errOf[T any](_ T, err error) error { return err }

func TestAnInternalTransferCreditsThePayeeInTheSameCommit(t *testing.T) {
	b := newBank(t, "INDIVIDUAL_STANDARD", "INDIVIDUAL_STANDARD")
	payer, payee := b.wallets[0], b.wallets[1]
	b.fund(payer, 10_000)
	iban := b.wallet(payee).IBAN
	b.payeeOf(payer, iban, "SEPA")
	consent := b.consentOf(payer, nil)
	order, err := b.prepare(payer, payments.Transfer, 10_000, iban)
	b.ok(err)
	if order.Order.Network != payments.Internal || order.Order.Fee.Minor != 0 {
		t.Errorf("got %s for %s", order.Order.Network, order.Order.Fee)
	}
	_, err = b.execute(order, consent.Consent.Answer)
	b.ok(err)
	b.holds(payer, 0, 0, 0)
	b.holds(payee, 10_000, 0, 0)
	page, err := b.ListTransactions(b.staff, accounts.Statement{CustomerID: b.wallet(payee).CustomerID, Limit: 10})
	b.ok(err)
	if page.Total != 1 || page.Items[0].Direction != payments.Credit || page.Items[0].CounterpartyIBAN != b.wallet(payer).IBAN {
		t.Errorf("the payee's ledger has %d lines", page.Total)
	}
}

func TestAnOrderExpiresAndGivesEverythingBack(t *testing.T) {
	b := newBank(t, "STANDARD_INDIVIDUAL")
	w := b.wallets[0]
	b.fund(w, 1_000_150)
	b.payeeOf(w, outsideIBAN, "SEPA")
	consent := b.consentOf(w, func(in *accounts.PaymentConsentRequest) { in.CountPerDay = 1 })
	order, err := b.prepare(w, payments.Transfer, 500_000, outsideIBAN)
	b.ok(err)
	b.refused(errOf(b.prepare(w, payments.Transfer, 1, outsideIBAN)), refusal.ConsentLimitExceeded)
	if events := b.advance(2*time.Hour - time.Millisecond); len(events) != 0 {
		t.Errorf("too early: %v", events)
	}
	if events := b.advance(time.Millisecond); len(events) != 1 || events[0].Type != "transaction.expired" {
		t.Errorf("got %v", events)
	}
	b.holds(w, 1_000_150, 0, 0)
	e := b.refused(errOf(b.execute(order, consent.Consent.Answer)), refusal.OrderExpired)
	if e.Data["orderStatus"] != "EXPIRED" || len(e.Next) == 0 {
		t.Errorf("got %+v", e)
	}
	if allowed, err := b.GetAllowedOperations(b.staff, w, false); err != nil || allowed.UsedToday != 0 {
		t.Errorf("%d count, %v", allowed.UsedToday, err)
	}
	_, err = b.prepare(w, payments.Transfer, 500_000, outsideIBAN)
	b.ok(err)
}

func TestASettlementThatFailsGivesTheMoneyBack(t *testing.T) {
	b := newBank(t, "INDIVIDUAL_STANDARD")
	w := b.wallets[0]
	b.settle = func() machine.Decision {
		return machine.Decision{Option: "FAILED", Reason: "ACCOUNT_CLOSED", After: time.Hour}
	}
	b.fund(w, 10_150)
	b.payeeOf(w, outsideIBAN, "SEPA")
	order, err := b.prepare(w, payments.Withdrawal, 10_000, outsideIBAN)
	b.ok(err)
	running, err := b.execute(order, "")
	b.ok(err)
	b.holds(w, 10_150, 0, 10_150)
	if running.Order.State != payments.OrderProcessing || !running.Settles.Equal(payday.Add(time.Hour)) || running.Line.Status != payments.OrderProcessing {
		t.Errorf("got %+v", running)
	}
	b.advance(time.Hour)
	b.holds(w, 10_150, 0, 0)
	state, err := b.GetOrder(b.staff, w, order.Order.ID)
	b.ok(err)
	if state.Order.State != payments.OrderFailed || state.Order.FailureReason != "ACCOUNT_CLOSED" || state.Line.Status != payments.OrderFailed || state.Line.Moved() != 0 {
		t.Errorf("got %+v", state)
	}
	var passed []machine.State
	for _, p := range state.Order.History {
		passed = append(passed, p.Status)
	}
	if len(passed) != 3 || passed[0] != payments.OrderReady || passed[1] != payments.OrderProcessing || passed[2] != payments.OrderFailed {
		t.Errorf("it went through %v", passed)
	}
}

func TestAPaymentConsentIsUsedUp(t *testing.T) {
	b := newBank(t, "INDIVIDUAL_STANDARD")
	w := b.wallets[0]
	b.fund(w, 100_000)
	b.payeeOf(w, outsideIBAN, "SEPA")
	consent := b.consentOf(w, func(in *accounts.PaymentConsentRequest) { in.MaxUses = 1 })
	first, err := b.prepare(w, payments.Transfer, 1_000, outsideIBAN)
	b.ok(err)
	second, err := b.prepare(w, payments.Transfer, 1_000, outsideIBAN)
	b.ok(err)
	_, err = b.execute(first, consent.Consent.Answer)
	b.ok(err)
	b.refused(errOf(b.execute(second, consent.Consent.Answer)), refusal.PaymentConsentNotActive)
	detail, err := b.GetPaymentConsent(b.staff, w, consent.Consent.ID)
	b.ok(err)
	if detail.Consent.State != payments.PaymentConsentExhausted {
		t.Errorf("it is %s", detail.Consent.State)
	}
	b.refused(errOf(b.prepare(w, payments.Transfer, 1_000, outsideIBAN)), refusal.PaymentConsentRequired)
}

func TestAPaymentConsentExpiresAndIsRevoked(t *testing.T) {
	b := newBank(t, "INDIVIDUAL_STANDARD")
	w := b.wallets[0]
	short := b.consentOf(w, func(in *accounts.PaymentConsentRequest) { in.Until = payday.Add(time.Hour) })
	long := b.consentOf(w, nil)
	if events := b.advance(time.Hour); len(events) != 1 || events[0].Type != "payment_consent.expired" || events[0].ID != short.Consent.ID {
		t.Errorf("got %v", events)
	}
	b.refused(errOf(b.RevokePaymentConsent(b.staff, w, short.Consent.ID)), refusal.PaymentConsentExpired)
	b.refused(errOf(b.ApprovePaymentConsent(b.staff, short.Consent.ID)), refusal.PaymentConsentExpired)
	verified, err := b.ApprovePaymentConsent(b.staff, long.Consent.ID)
	b.ok(err)
	if verified.Consent.State != payments.PaymentConsentActive || !verified.Consent.Verified() {
		t.Errorf("got %+v", verified.Consent)
	}
	b.refused(errOf(b.ApprovePaymentConsent(b.staff, long.Consent.ID)), refusal.PaymentConsentDecided)
	_, err = b.RevokePaymentConsent(b.staff, w, long.Consent.ID)
	b.ok(err)
	b.refused(errOf(b.RevokePaymentConsent(b.staff, w, long.Consent.ID)), refusal.PaymentConsentDecided)
}
