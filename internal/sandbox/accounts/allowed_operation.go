package accounts

import (
	"time"

	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/sandbox/world"
)

// Allowance is what may be done on an account now.
type Allowance struct {
	Wallet   *payments.Wallet
	Customer *onboarding.Customer
	// Enabled is false while the wallet or the customer is not ACTIVE.
	Enabled bool
	// Limits are those of what is sent, and Topups those of what comes in.
	Limits, Topups payments.Limits
	Fees           payments.Fees
	// UsedToday and UsedThisMonth count against the limits of what is sent.
	UsedToday, UsedThisMonth int64
	Beneficiaries            []AllowedPayee
	Consents                 []PaymentConsentDetail
	At                       time.Time
}

// AllowedPayee is a payee of the account, and where it is paid: a wallet of the
// tenant, or else empty.
type AllowedPayee struct {
	*payments.Beneficiary
	Wallet string
}

// LimitsOf are the limits of an operation.
func (a Allowance) LimitsOf(o payments.Operation) payments.Limits {
	if o.Outgoing() {
		return a.Limits
	}
	return a.Topups
}

// Missing says what stands in the way of a transfer to a payee over a network; empty is
// nothing.
func (a Allowance) Missing(p AllowedPayee, n payments.Network) string {
	switch {
	case !a.Enabled:
		return "the customer or the wallet is not ACTIVE"
	case p.State != payments.BeneficiaryActive:
		return "the beneficiary is " + string(p.State)
	}
	for _, d := range a.Consents {
		if d.Consent.Usable(a.At) && d.Consent.Covers(payments.Transfer, n) {
			return ""
		}
	}
	return "no ACTIVE payment consent covers it"
}

// GetAllowedOperations says what may be done on an account. Beneficiaries are only
// looked up if they are asked for.
func GetAllowedOperations(act *world.Act, accountID string, beneficiaries bool) (out Allowance, err error) {
	a, err := findReadableAccount(act, accountID)
	if err != nil {
		return out, err
	}
	set, err := world.PolicyOf(act)
	if err != nil {
		return out, err
	}
	out = Allowance{
		Wallet: a.Wallet, Customer: a.Customer, Enabled: a.facts().Usable() == nil,
		Limits: set.Limits(a.Customer.Category), Topups: set.LimitsFor(payments.Topup, a.Customer.Category), Fees: set.Fees, At: act.Now(),
	}
	out.UsedToday, out.UsedThisMonth = Spending(act, a.Customer.ID).Used(act.Now())
	if beneficiaries {
		for _, b := range act.Beneficiaries.Newest(act.Unit, "wallet", a.Wallet.ID, maxOfAccount) {
			payee := AllowedPayee{Beneficiary: b}
			if w := walletByIBAN(act, b.IBAN); w != nil {
				payee.Wallet = w.ID
			}
			out.Beneficiaries = append(out.Beneficiaries, payee)
		}
	}
	for _, p := range act.PaymentConsents.Newest(act.Unit, "wallet", a.Wallet.ID, maxOfAccount) {
		out.Consents = append(out.Consents, paymentConsentDetail(act, p))
	}
	return out, nil
}
