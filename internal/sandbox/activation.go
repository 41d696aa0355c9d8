package sandbox

import (
	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/engine"
)

// Readiness is whether a customer can be activated, and why not.
type Readiness struct {
	Customer     *onboarding.Customer
	Category     onboarding.Category
	Verification *onboarding.Verification
	Missing      []onboarding.ConsentType
	// Refusal is what activation would answer now; nil if it would succeed.
	Refusal error
}

// CheckActivation tells whether a customer is ready to be activated.
func (s *Sandbox) CheckActivation(c access.Caller, customerID string) (Readiness, error) {
	var r Readiness
	err := s.read(c, func(u *engine.Unit) (err error) {
		if r.Customer, err = s.customer(u, c, customerID); err != nil {
			return err
		}
		r.Category, _ = onboarding.FindCategory(r.Customer.Category)
		r.Verification = s.latestVerification(u, customerID)
		r.Missing = s.missingConsents(u, customerID)
		r.Refusal = s.customers.Can(u, r.Customer, onboarding.Activate, by(c))
		return nil
	})
	return r, err
}

// Activated is an active customer with the wallet that it can use.
type Activated struct {
	Customer *onboarding.Customer
	Wallet   *payments.Wallet
}

// Activate makes a customer active, and its wallet with it. It refuses with
// VERIFICATION_NOT_APPROVED, CONSENTS_MISSING and CUSTOMER_ALREADY_ACTIVE.
func (s *Sandbox) Activate(c access.Caller, customerID string) (Activated, error) {
	var out Activated
	err := s.do(c, func(u *engine.Unit) (err error) {
		if out.Customer, err = s.customer(u, c, customerID); err != nil {
			return err
		}
		if err := s.customers.Fire(u, out.Customer, onboarding.Activate, by(c)); err != nil {
			return err
		}
		out.Wallet = s.wallets.Get(u, out.Customer.WalletID)
		return nil
	})
	return out, err
}
