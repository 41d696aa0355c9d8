package sandbox

import (
	"time"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/engine"
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
	Consents                 []ConsentDetail
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

// AllowedOperations says what may be done on an account. Beneficiaries are only
// looked up if they are asked for.
func (s *Sandbox) AllowedOperations(c access.Caller, accountID string, beneficiaries bool) (Allowance, error) {
	var out Allowance
	err := s.read(c, func(u *engine.Unit) error {
		a, err := s.readableAccount(u, c, accountID)
		if err != nil {
			return err
		}
		set, err := s.policy(u)
		if err != nil {
			return err
		}
		out = Allowance{
			Wallet: a.wallet, Customer: a.customer, Enabled: a.facts().Usable() == nil,
			Limits: set.limits(a.customer.Category), Topups: set.limitsFor(payments.Topup, a.customer.Category), Fees: set.Fees, At: u.Now(),
		}
		out.UsedToday, out.UsedThisMonth = s.spending(u, a.customer.ID).Used(u.Now())
		if beneficiaries {
			for _, b := range s.beneficiaries.Newest(u, "wallet", a.wallet.ID, maxOfAccount) {
				payee := AllowedPayee{Beneficiary: b}
				if w := s.walletByIBAN(u, b.IBAN); w != nil {
					payee.Wallet = w.ID
				}
				out.Beneficiaries = append(out.Beneficiaries, payee)
			}
		}
		for _, p := range s.paymentConsents.Newest(u, "wallet", a.wallet.ID, maxOfAccount) {
			out.Consents = append(out.Consents, s.consentDetail(u, p))
		}
		return nil
	})
	return out, err
}
