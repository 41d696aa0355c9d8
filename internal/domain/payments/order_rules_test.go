package payments_test

import (
	"errors"
	"slices"
	"testing"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
)

// prepareFacts are those of a transfer that everything allows.
func prepareFacts() payments.OrderFacts {
	payee := landlord(0)
	return payments.OrderFacts{
		Account: usable(), Now: start, ValidUntil: start.Add(payments.OrderLife),
		Order: &payments.Order{
			Operation: payments.Transfer, Network: payments.SEPA, Amount: euro(10_000), Fee: euro(150), Target: payee.IBAN,
		},
		Beneficiary: payee.Beneficiary, PayeeNamed: "Jonas", Consent: newConsent(nil),
		Limits: payments.LimitsOf("INDIVIDUAL_STANDARD"), Spending: &payments.Spending{}, Available: 10_150,
	}
}

func prepare(f payments.OrderFacts) error {
	_, err := payments.OrderTable().Fire(machine.None, payments.PrepareOrder, f)
	return err
}

// TestTheOrderOfChecks breaks one condition after the other, from the last to
// the first: each time the newly broken one must be the one that is told.
func TestTheOrderOfChecks(t *testing.T) {
	f := prepareFacts()
	if err := prepare(f); err != nil {
		t.Fatalf("nothing is wrong: %v", err)
	}
	find := func() {
		_, f.PayeeRefused = payments.PayeeOf(usable(), []payments.PayeeName{{Field: "beneficiaryId", Value: "b", Beneficiary: f.Beneficiary}})
	}
	for _, step := range []struct {
		want refusal.Code
		harm func()
	}{
		{refusal.InsufficientBalance, func() { f.Available-- }},
		{refusal.CategoryLimitExceeded, func() { f.Limits.Daily = euro(9_999) }},
		{refusal.DocumentNotFound, func() {
			f.Business, f.UnknownDocuments, f.Order.Amount = true, []string{"d"}, euro(payments.HighValue+1)
		}},
		{refusal.ConsentLimitExceeded, func() { f.Consent.Limits.PerDay = ptr(int64(9_999)) }},
		{refusal.PayeeNotAllowed, func() { f.Consent.Payees.Accounts = []string{otherIBAN} }},
		{refusal.PaymentConsentNotActive, func() { f.Consent.State = payments.PaymentConsentRevoked }},
		{refusal.PaymentConsentExpired, func() { f.Consent.State = payments.PaymentConsentExpired }},
		{refusal.PaymentConsentRequired, func() { f.Consent.Operation = payments.Topup }},
		{refusal.PaymentConsentRequired, func() { f.Consent = nil }},
		{refusal.PaymentConsentNotFound, func() { f.ConsentAsked = "unknown" }},
		{refusal.BeneficiaryNotActive, func() { f.Beneficiary.State = payments.BeneficiaryPending; find() }},
		{refusal.BeneficiaryNotFound, func() { f.Beneficiary = nil; find() }},
		{refusal.RequestInvalid, func() { f.Request = refusal.Invalid([]refusal.Fault{{Field: "amount.value"}}) }},
		{refusal.CurrencyMismatch, func() {
			f.Request = refusal.Join(f.Request, payments.WrongCurrency("amount.currency", "EUR", "USD"))
		}},
		{refusal.WalletNotActive, func() { f.Account.WalletState = payments.WalletSuspended }},
		{refusal.CustomerNotActive, func() { f.Account.CustomerActive = false }},
	} {
		step.harm()
		if err := prepare(f); code(err) != step.want {
			t.Errorf("got %v, want %s", err, step.want)
		}
	}
}

func TestATopupNeedsNeitherPayeeNorConsentNorMoney(t *testing.T) {
	f := prepareFacts()
	f.Order.Operation, f.Order.Fee, f.Beneficiary, f.Consent, f.Available = payments.Topup, euro(0), nil, nil, 0
	f.Limits = payments.TopupLimits()
	for _, test := range []struct {
		minor, before int64
		want          refusal.Code
	}{
		{5_000_000, 0, ""}, {5_000_001, 0, refusal.CategoryLimitExceeded}, {1_000, 0, ""}, {999, 0, refusal.RequestInvalid},
		{5_000_000, 5_000_000, ""}, {5_000_000, 5_000_001, refusal.CategoryLimitExceeded},
	} {
		f.Order.Amount, f.Spending = euro(test.minor), &payments.Spending{}
		f.Spending.Add(10_000_000, start) // what was sent does not count
		f.Spending.ToppedUp.Add(test.before, start)
		if err := prepare(f); code(err) != test.want {
			t.Errorf("%+v: %v", test, err)
		}
	}
}

func TestAWithdrawalNeedsMoneyAndKeepsToTheLimits(t *testing.T) {
	f := prepareFacts()
	f.Order.Operation, f.Beneficiary, f.Consent = payments.Withdrawal, nil, nil
	if err := prepare(f); err != nil {
		t.Error(err)
	}
	f.Available--
	if err := prepare(f); code(err) != refusal.InsufficientBalance {
		t.Errorf("got %v", err)
	}
	f.Spending.Add(f.Limits.Daily.Minor, start)
	if err := prepare(f); code(err) != refusal.CategoryLimitExceeded {
		t.Errorf("got %v", err)
	}
}

func TestAConsentThatIsNamedWithoutNeedIsCheckedAllTheSame(t *testing.T) {
	f := prepareFacts()
	f.Order.Operation, f.Beneficiary = payments.Withdrawal, nil
	if err := prepare(f); code(err) != refusal.PaymentConsentRequired {
		t.Errorf("a consent for transfers was taken: %v", err)
	}
	f.Consent.Operation = payments.Withdrawal
	f.Consent.Payees.Accounts = []string{otherIBAN}
	if err := prepare(f); code(err) != refusal.PayeeNotAllowed {
		t.Errorf("got %v", err)
	}
	f.Order.Target = otherIBAN
	if err := prepare(f); err != nil {
		t.Error(err)
	}
}

func TestRefusalsSayWhatToCallNext(t *testing.T) {
	f := prepareFacts()
	f.Consent, f.ConsentWaiting = nil, "waiting"
	var e *refusal.Error
	if err := prepare(f); !errors.As(err, &e) {
		t.Fatal(err)
	}
	var next []string
	for _, call := range e.Next {
		next = append(next, call.Operation)
	}
	if !slices.Equal(next, []string{"approvePaymentConsent", "createPaymentConsent"}) {
		t.Errorf("got %v", next)
	}
}

func TestExecution(t *testing.T) {
	confirmed := payments.Confirmation{Codes: []string{"123456"}, Sent: true, Confirmed: true, ConsentIDs: []string{"p"}}
	for _, test := range []struct {
		name    string
		consent func(*payments.PaymentConsent)
		without bool
		change  func(*payments.Confirmation)
		want    refusal.Code
	}{
		{name: "confirmed", change: func(*payments.Confirmation) {}},
		{name: "the older form", change: func(c *payments.Confirmation) { c.Sent, c.Confirmed = false, false }},
		{name: "no code", change: func(c *payments.Confirmation) { c.Codes = nil }, want: refusal.AuthenticationCodeInvalid},
		{name: "a wrong code", change: func(c *payments.Confirmation) { c.Codes = []string{"654321"} }, want: refusal.AuthenticationCodeInvalid},
		{name: "two codes, of which one is wrong", change: func(c *payments.Confirmation) { c.Codes = []string{"123456", "654321"} }, want: refusal.AuthenticationCodeInvalid},
		{name: "not confirmed", change: func(c *payments.Confirmation) { c.Confirmed = false }, want: refusal.ConsentConfirmationWrong},
		{name: "another consent", change: func(c *payments.Confirmation) { c.ConsentIDs = []string{"q"} }, want: refusal.ConsentConfirmationWrong},
		{name: "two consents", change: func(c *payments.Confirmation) { c.ConsentIDs = []string{"p", "q"} }, want: refusal.ConsentConfirmationWrong},
		{name: "no consent named", change: func(c *payments.Confirmation) { c.ConsentIDs = nil }, want: refusal.ConsentConfirmationWrong},
		{name: "no consent needed", without: true, change: func(c *payments.Confirmation) { *c = payments.Confirmation{} }},
		{name: "no consent needed, and not confirmed", without: true, change: func(c *payments.Confirmation) { *c = payments.Confirmation{Sent: true} }, want: refusal.ConsentConfirmationWrong},
		{name: "no consent needed, and one named", without: true, change: func(c *payments.Confirmation) { *c = payments.Confirmation{ConsentIDs: []string{"p"}} }, want: refusal.ConsentConfirmationWrong},
		{name: "revoked since", consent: func(p *payments.PaymentConsent) { p.State = payments.PaymentConsentRevoked }, change: func(*payments.Confirmation) {}, want: refusal.PaymentConsentNotActive},
		{name: "expired since", consent: func(p *payments.PaymentConsent) { p.State = payments.PaymentConsentExpired }, change: func(*payments.Confirmation) {}, want: refusal.PaymentConsentExpired},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := payments.OrderFacts{
				Account: usable(), Now: start, Confirmation: confirmed, Order: &payments.Order{Operation: payments.Transfer, Amount: euro(1)},
			}
			test.change(&f.Confirmation)
			if !test.without {
				f.Consent = newConsent(test.consent)
			}
			if _, err := payments.OrderTable().Fire(payments.OrderReady, payments.ExecuteOrder, f); code(err) != test.want {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}
