package sandbox

import (
	"cmp"
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
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
	// HighRisk reports whether only a power tenant may approve the verification.
	HighRisk bool
	// Needs are how what activation needs stands.
	Needs []machine.Standing
	// Refusal is what activation would answer now; nil if it would succeed.
	Refusal error
}

// CheckActivation tells whether a customer is ready to be activated.
func (s *Sandbox) CheckActivation(c access.Caller, customerID string) (Readiness, error) {
	var r Readiness
	err := s.show(c, func(u *engine.Unit) (err error) {
		r, err = s.readiness(u, c, customerID, s.individual)
		return err
	})
	return r, err
}

// finder finds a customer on whose behalf the caller may act: a person, or an
// organization.
type finder func(*engine.Unit, access.Caller, string) (*onboarding.Customer, error)

func (s *Sandbox) readiness(u *engine.Unit, c access.Caller, customerID string, find finder) (Readiness, error) {
	customer, err := find(u, c, customerID)
	if err != nil {
		return Readiness{}, err
	}
	if err := s.customers.Look(u, customer); err != nil {
		return Readiness{}, err
	}
	r := Readiness{Customer: customer, Verification: s.latestVerification(u, customerID), Missing: s.missingConsents(u, customerID)}
	r.Category, _ = onboarding.FindCategory(customer.Category)
	_, reasons := s.verificationNeeds(u, customer, onboarding.VerificationTypes(customer.Type)[0], asked(r.Verification))
	r.HighRisk = len(reasons) > 0
	if r.Verification != nil && !r.Verification.Open() {
		r.HighRisk = r.Verification.HighRisk
	}
	r.Needs, r.Refusal = s.customers.Needs(u, customer, onboarding.Activate, by(c))
	return r, nil
}

// Activated is an active customer with the wallet that it can use.
type Activated struct {
	Customer *onboarding.Customer
	Wallet   *payments.Wallet
	// Warnings say what is missing and did not stand in the way.
	Warnings []string
}

// Activation is what a request says of an activation.
type Activation struct {
	// User is a user of the customer, by id or name, and By who activates; both may
	// be empty.
	User, By string
}

// Activate makes a customer active, and its wallet with it. The user whom the
// request names, if it names one, must be the customer's. It refuses with
// USER_NOT_FOUND, VERIFICATION_NOT_APPROVED, CONSENTS_MISSING and
// CUSTOMER_ALREADY_ACTIVE.
func (s *Sandbox) Activate(c access.Caller, customerID string, in Activation) (Activated, error) {
	return s.activate(c, customerID, in, s.individual)
}

// hasUser refuses a user, by id or name, who is not the customer's: who is neither
// its own nor, of an organization, one of its people's.
func (s *Sandbox) hasUser(u *engine.Unit, customer *onboarding.Customer, name string) error {
	users := s.users.By(u, "customer", customer.ID)
	if customer.Type == onboarding.Organization {
		for _, p := range s.activePersonnel(u, customer.ID) {
			users = append(users, s.users.By(u, "customer", p.CustomerID)...)
		}
	}
	is := func(user *access.User) bool {
		return strings.EqualFold(user.ID, name) || strings.EqualFold(user.Username, name)
	}
	if slices.ContainsFunc(users, is) {
		return nil
	}
	return access.NoSuchUser(name)
}

func (s *Sandbox) activate(c access.Caller, customerID string, in Activation, find finder) (Activated, error) {
	var out Activated
	err := s.do(c, func(u *engine.Unit) (err error) {
		if out.Customer, err = find(u, c, customerID); err != nil {
			return err
		}
		if in.User != "" {
			if err := s.hasUser(u, out.Customer, in.User); err != nil {
				return err
			}
		}
		cause := by(c)
		if out.Customer.Type == onboarding.Organization {
			needs, _ := s.customers.Needs(u, out.Customer, onboarding.Activate, cause)
			out.Warnings = Warnings(needs)
		}
		cause.By = cmp.Or(in.By, cause.By)
		if err := s.customers.Fire(u, out.Customer, onboarding.Activate, cause); err != nil {
			return err
		}
		out.Wallet = s.wallets.Get(u, out.Customer.WalletID)
		return nil
	})
	return out, err
}
