package customers

import (
	"slices"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/sandbox/world"
)

// SetCustomerStatus suspends an active customer, lets it be active again, or
// closes it. A customer that has the status already stays as it is. It refuses
// with CUSTOMER_NOT_FOUND, and with PHASE_ORDER_BROKEN what the customer's table
// does not allow.
func SetCustomerStatus(act *world.Act, id string, in world.StatusChange) (customer *onboarding.Customer, err error) {
	if customer, err = FindCustomer(act, id); err != nil || customer.State == in.Status {
		return customer, err
	}
	return customer, world.SetStatus(act.Customers, act.Unit, customer, onboarding.CustomerTriggers(), in, world.By(act))
}

// endVerifications lets the open verifications of a customer who is closed expire,
// and with an organization's those of its people: nobody will decide them.
func endVerifications(act *world.Act, customer *onboarding.Customer, cause machine.Cause) {
	ids := []string{customer.ID}
	for _, p := range act.Personnel.By(act.Unit, "organization", customer.ID) {
		if p.CustomerID != "" && !slices.Contains(ids, p.CustomerID) {
			ids = append(ids, p.CustomerID)
		}
	}
	for _, id := range ids {
		for _, v := range act.Verifications.By(act.Unit, "customer", id) {
			if v.Open() {
				act.Verifications.Then(act.Unit, v, onboarding.Expire, machine.Cause{By: cause.By, Reason: cause.Reason})
			}
		}
	}
}

// InBusiness refuses what concerns a customer who is suspended or closed, or one
// of the people of such an organization.
func InBusiness(act *world.Act, customer *onboarding.Customer) error {
	if err := customer.InBusiness(); err != nil {
		return err
	}
	if organization := world.RootOf(act, customer); organization != customer {
		return organization.InBusiness()
	}
	return nil
}
