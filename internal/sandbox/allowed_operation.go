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
	Limits  payments.Limits
	Fees    payments.Fees
	// UsedToday and UsedThisMonth count against the limits.
	UsedToday, UsedThisMonth int64
	Beneficiaries            []*payments.Beneficiary
	Consents                 []ConsentDetail
	At                       time.Time
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
		set, err := s.rules(u)
		if err != nil {
			return err
		}
		out = Allowance{
			Wallet: a.wallet, Customer: a.customer, Enabled: a.facts().Usable() == nil,
			Limits: set.limits(a.customer.Category), Fees: set.fees(), At: u.Now(),
		}
		out.UsedToday, out.UsedThisMonth = s.spending(u, a.customer.ID).Used(u.Now())
		if beneficiaries {
			out.Beneficiaries = s.beneficiaries.By(u, "wallet", a.wallet.ID)
		}
		for _, p := range s.paymentConsents.By(u, "wallet", a.wallet.ID) {
			out.Consents = append(out.Consents, s.consentDetail(u, p))
		}
		return nil
	})
	return out, err
}
