package payments_test

import (
	"testing"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
)

const (
	landlordIBAN = "LT263500098765432109"
	otherIBAN    = "DE89370400440532013000"
)

// newConsent is an active consent for transfers, made at the start.
func newConsent(change func(*payments.PaymentConsent)) *payments.PaymentConsent {
	p := &payments.PaymentConsent{
		Life:     machine.Life{ID: "p", State: payments.PaymentConsentActive, Created: start},
		WalletID: "w", Operation: payments.Transfer, Currency: "EUR", ValidFrom: start, ValidUntil: start.AddDate(1, 0, 0), Answer: "123456",
	}
	if change != nil {
		change(p)
	}
	return p
}

// landlord is a payee who was registered before or after the start.
func landlord(registered time.Duration) *payments.Payee {
	return &payments.Payee{IBAN: landlordIBAN, Operation: payments.Transfer, Network: payments.SEPA, Beneficiary: &payments.Beneficiary{
		Life: machine.Life{ID: "b", State: payments.BeneficiaryActive, Created: start.Add(registered)}, AssetID: "a", IBAN: landlordIBAN,
	}}
}

func ptr[T any](v T) *T { return &v }

func TestWhomAConsentAllows(t *testing.T) {
	earlier, later := landlord(-time.Hour), landlord(time.Hour)
	for _, test := range []struct {
		name   string
		payees payments.PaymentConsentPayees
		payee  *payments.Payee
		allows bool
	}{
		{"anybody", payments.PaymentConsentPayees{}, later, true},
		{"a listed IBAN", payments.PaymentConsentPayees{Accounts: []string{otherIBAN, landlordIBAN}}, later, true},
		{"a listed IBAN with blanks, in lower case", payments.PaymentConsentPayees{Accounts: []string{"lt26 3500 0987 6543 2109"}}, later, true},
		{"a listed id", payments.PaymentConsentPayees{Accounts: []string{"b"}}, later, true},
		{"a listed asset id", payments.PaymentConsentPayees{Accounts: []string{"a"}}, later, true},
		{"another IBAN", payments.PaymentConsentPayees{Accounts: []string{otherIBAN}}, earlier, false},
		{"another IBAN, no new payees", payments.PaymentConsentPayees{Accounts: []string{otherIBAN}, AllowNew: ptr(false)}, earlier, false},
		{"another IBAN, new payees too", payments.PaymentConsentPayees{Accounts: []string{otherIBAN}, AllowNew: ptr(true)}, later, true},
		{"no new payees, an old one", payments.PaymentConsentPayees{AllowNew: ptr(false)}, earlier, true},
		{"no new payees, a new one", payments.PaymentConsentPayees{AllowNew: ptr(false)}, later, false},
		{"no new payees, a new one that is listed", payments.PaymentConsentPayees{AllowNew: ptr(false), Accounts: []string{landlordIBAN}}, later, true},
		{"a name is demanded", payments.PaymentConsentPayees{RequireName: true}, earlier, false},
		{"a type that fits", payments.PaymentConsentPayees{Types: []string{"INTERNAL", "SEPA"}}, earlier, true},
		{"an operation that fits", payments.PaymentConsentPayees{Types: []string{"sepa_transfer_external"}}, earlier, true},
		{"any transfer", payments.PaymentConsentPayees{Types: []string{"topup", "transfer"}}, earlier, true},
		{"the documented operation", payments.PaymentConsentPayees{Types: []string{"sepa_transfer_internal"}}, earlier, true},
		{"an operation over another network", payments.PaymentConsentPayees{Types: []string{"sepa_instant_payment"}}, earlier, false},
		{"another operation", payments.PaymentConsentPayees{Types: []string{"withdrawal"}}, earlier, false},
		{"a reference is demanded", payments.PaymentConsentPayees{RequireReference: true}, earlier, false},
		{"a type that does not", payments.PaymentConsentPayees{Types: []string{"SWIFT"}}, earlier, false},
		{"internal only", payments.PaymentConsentPayees{Types: []string{"INTERNAL"}}, earlier, false},
		{"a type that is none", payments.PaymentConsentPayees{Types: []string{"GOODS"}}, earlier, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newConsent(func(p *payments.PaymentConsent) { p.Payees = test.payees })
			list := p.Objections(euro(1), test.payee, payments.Windows{}, start)
			if (len(list) == 0) != test.allows {
				t.Errorf("got %v", list)
			}
			for _, e := range list {
				if e.Code != refusal.PayeeNotAllowed {
					t.Errorf("got %v", e)
				}
			}
		})
	}
	named := *earlier
	named.Named = "Jonas"
	if list := newConsent(func(p *payments.PaymentConsent) { p.Payees.RequireName = true }).Objections(euro(1), &named, payments.Windows{}, start); len(list) > 0 {
		t.Errorf("a name was given: %v", list)
	}
	referred := *earlier
	referred.Reference = "INV-1"
	if list := newConsent(func(p *payments.PaymentConsent) { p.Payees.RequireReference = true }).Objections(euro(1), &referred, payments.Windows{}, start); len(list) > 0 {
		t.Errorf("a reference was given: %v", list)
	}
	inside := *earlier
	inside.Network = payments.Internal
	if list := newConsent(func(p *payments.PaymentConsent) { p.Payees.Types = []string{"SEPA"} }).Objections(euro(1), &inside, payments.Windows{}, start); len(list) > 0 {
		t.Errorf("a payer cannot know that the payee is inside: %v", list)
	}
}

func TestWhenAConsentCanBeUsed(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*payments.PaymentConsent)
		want   refusal.Code
	}{
		{"active", nil, ""},
		{"not begun", func(p *payments.PaymentConsent) { p.ValidFrom = start.Add(1) }, refusal.PaymentConsentNotActive},
		{"pending", func(p *payments.PaymentConsent) { p.State = payments.PaymentConsentPending }, refusal.PaymentConsentNotActive},
		{"revoked", func(p *payments.PaymentConsent) { p.State = payments.PaymentConsentRevoked }, refusal.PaymentConsentNotActive},
		{"exhausted", func(p *payments.PaymentConsent) { p.State = payments.PaymentConsentExhausted }, refusal.PaymentConsentNotActive},
		{"expired", func(p *payments.PaymentConsent) { p.State = payments.PaymentConsentExpired }, refusal.PaymentConsentExpired},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newConsent(test.change)
			var got refusal.Code
			for _, e := range p.Objections(euro(1), nil, payments.Windows{}, start) {
				got = e.Code
			}
			if got != test.want || p.Usable(start) != (test.want == "") {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestConsentLimits(t *testing.T) {
	day := func(minor, count int64) payments.Windows {
		w := payments.Window{Minor: minor, Count: count}
		return payments.Windows{Day: w, Week: w, Month: w}
	}
	for _, test := range []struct {
		name    string
		limits  payments.PaymentConsentLimits
		windows payments.Windows
		want    string
	}{
		{"none", payments.PaymentConsentLimits{}, day(1_000_000, 1000), ""},
		{"a transaction at its limit", payments.PaymentConsentLimits{PerTransaction: ptr(int64(100))}, day(0, 0), ""},
		{"a transaction past it", payments.PaymentConsentLimits{PerTransaction: ptr(int64(99))}, day(0, 0), "TRANSACTION"},
		{"nothing at all", payments.PaymentConsentLimits{PerTransaction: ptr(int64(0))}, day(0, 0), "TRANSACTION"},
		{"a day at its limit", payments.PaymentConsentLimits{PerDay: ptr(int64(300))}, day(200, 2), ""},
		{"a day past it", payments.PaymentConsentLimits{PerDay: ptr(int64(299))}, day(200, 2), "DAILY"},
		{"a month at its limit", payments.PaymentConsentLimits{PerMonth: ptr(int64(300))}, day(200, 2), ""},
		{"a month past it", payments.PaymentConsentLimits{PerMonth: ptr(int64(299))}, day(200, 2), "MONTHLY"},
		{"one more in a day", payments.PaymentConsentLimits{CountPerDay: 3}, day(0, 2), ""},
		{"no more in a day", payments.PaymentConsentLimits{CountPerDay: 2}, day(0, 2), "DAILY"},
		{"no more in a week", payments.PaymentConsentLimits{CountPerWeek: 2}, day(0, 2), "WEEKLY"},
		{"no more in a month", payments.PaymentConsentLimits{CountPerMonth: 2}, day(0, 2), "MONTHLY"},
		{"everything at once", payments.PaymentConsentLimits{PerTransaction: ptr(int64(99)), PerDay: ptr(int64(1)), CountPerWeek: 1}, day(200, 2), "TRANSACTION DAILY WEEKLY"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newConsent(func(p *payments.PaymentConsent) { p.Limits = test.limits })
			got := ""
			for _, e := range p.Objections(euro(100), nil, test.windows, start) {
				if e.Code != refusal.ConsentLimitExceeded {
					t.Errorf("got %v", e)
				}
				if got != "" {
					got += " "
				}
				got += e.Data["window"].(string)
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestWhichOrdersAConsentCovers(t *testing.T) {
	for _, test := range []struct {
		consent, order payments.Operation
		network        payments.Network
		want           bool
	}{
		{payments.Transfer, payments.Transfer, payments.SEPA, true},
		{payments.Transfer, payments.Transfer, payments.Internal, true},
		{payments.Transfer, payments.Withdrawal, payments.SEPA, false},
		{payments.InternalTransfer, payments.Transfer, payments.Internal, true},
		{payments.InternalTransfer, payments.Transfer, payments.SEPA, false},
		{payments.ExternalTransfer, payments.Transfer, payments.SWIFT, true},
		{payments.ExternalTransfer, payments.Transfer, payments.Internal, false},
		{payments.Topup, payments.Topup, payments.SEPA, true},
		{payments.Withdrawal, payments.Withdrawal, payments.SEPA, true},
		{payments.Payment, payments.Transfer, payments.SEPA, true},
		{payments.Payment, payments.Topup, payments.SEPA, false},
	} {
		if got := test.consent.Covers(test.order, test.network); got != test.want {
			t.Errorf("%s covers %s over %s: %v", test.consent, test.order, test.network, got)
		}
	}
}
