package customers

import (
	"errors"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/sandbox/world"
)

// ActivationStands tells how the activation of a customer stands, and with what it
// would be refused; nil if it would succeed.
func ActivationStands(act *world.Act, customer *onboarding.Customer, _ string) ([]machine.Standing, error) {
	return act.Customers.Needs(act.Unit, customer, onboarding.Activate, machine.Cause{})
}

// DecisionStands tells how the approval of a verification stands, for a power tenant;
// of none it is the customer's latest.
func DecisionStands(act *world.Act, customer *onboarding.Customer, id string) ([]machine.Standing, error) {
	v := act.Verifications.Get(act.Unit, id)
	if v == nil {
		v = LatestVerification(act, customer.ID)
	}
	if v == nil {
		return ActivationStands(act, customer, id)
	}
	return act.Verifications.Needs(act.Unit, v, onboarding.Approve, world.By(act))
}

// BusinessStands tells whether anything can be changed about a customer: that it is
// neither suspended nor closed.
func BusinessStands(act *world.Act, customer *onboarding.Customer, _ string) ([]machine.Standing, error) {
	s := machine.Standing{Name: "customer.in_business", Met: true, State: string(customer.State)}
	err := InBusiness(act, customer)
	if errors.As(err, &s.Refusal) {
		s.Met = false
	}
	return []machine.Standing{s}, err
}
