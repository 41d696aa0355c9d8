package customers

import (
	"cmp"
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/sandbox/world"
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

// CheckActivation reports whether a customer is ready to be activated.
func CheckActivation(act *world.Act, customerID string) (r Readiness, err error) {
	return readiness(act, customerID, findIndividual)
}

// finder finds a customer on whose behalf the caller may act: a person, or an
// organization.
type finder func(*world.Act, string) (*onboarding.Customer, error)

func readiness(act *world.Act, customerID string, find finder) (Readiness, error) {
	customer, err := find(act, customerID)
	if err != nil {
		return Readiness{}, err
	}
	if err := act.Customers.CountRead(act.Unit, customer); err != nil {
		return Readiness{}, err
	}
	r := Readiness{Customer: customer, Verification: LatestVerification(act, customerID), Missing: missingConsents(act, customerID)}
	r.Category, _ = onboarding.FindCategory(customer.Category)
	_, reasons := verificationNeeds(act, customer, onboarding.VerificationTypes(customer.Type)[0], asked(r.Verification))
	r.HighRisk = len(reasons) > 0
	if r.Verification != nil && !r.Verification.Open() {
		r.HighRisk = r.Verification.HighRisk
	}
	r.Needs, r.Refusal = act.Customers.Needs(act.Unit, customer, onboarding.Activate, world.By(act))
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
func Activate(act *world.Act, customerID string, in Activation) (Activated, error) {
	return activate(act, customerID, in, findIndividual)
}

// hasUser refuses a user, by id or name, who is not the customer's: who is neither
// its own nor, of an organization, one of its people's.
func hasUser(act *world.Act, customer *onboarding.Customer, name string) error {
	users := act.Users.By(act.Unit, "customer", customer.ID)
	if customer.Type == onboarding.Organization {
		for _, p := range activePersonnel(act, customer.ID) {
			users = append(users, act.Users.By(act.Unit, "customer", p.CustomerID)...)
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

func activate(act *world.Act, customerID string, in Activation, find finder) (out Activated, err error) {
	if out.Customer, err = find(act, customerID); err != nil {
		return out, err
	}
	if in.User != "" {
		if err := hasUser(act, out.Customer, in.User); err != nil {
			return out, err
		}
	}
	cause := world.By(act)
	if out.Customer.Type == onboarding.Organization {
		needs, _ := act.Customers.Needs(act.Unit, out.Customer, onboarding.Activate, cause)
		out.Warnings = Warnings(needs)
	}
	cause.By = cmp.Or(in.By, cause.By)
	if err := act.Customers.Fire(act.Unit, out.Customer, onboarding.Activate, cause); err != nil {
		return out, err
	}
	out.Wallet = act.Wallets.Get(act.Unit, out.Customer.WalletID)
	return out, nil
}
