package sandbox

import (
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
)

// StatusChange is a status into which an operator brings a customer or a wallet,
// and why. The reason is one of those that the tables list, or empty.
type StatusChange struct {
	Status machine.State
	Reason string
}

// SetCustomerStatus suspends an active customer, lets it be active again, or
// closes it. A customer that has the status already stays as it is. It refuses
// with CUSTOMER_NOT_FOUND, and with PHASE_ORDER_BROKEN what the customer's table
// does not allow.
func SetCustomerStatus(act *Act, id string, in StatusChange) (customer *onboarding.Customer, err error) {
	if customer, err = findCustomer(act, id); err != nil || customer.State == in.Status {
		return customer, err
	}
	return customer, setStatus(act.customers, act.Unit, customer, onboarding.CustomerTriggers(), in, by(act))
}

// setStatus fires the trigger that leads to a status, with a reason that its
// table knows.
func setStatus[T, F any](k *engine.Kind[T, F], u *engine.Unit, e *T, triggers map[machine.State]machine.Trigger, in StatusChange, cause machine.Cause) error {
	reasons := machine.Reasons(k.Table, triggers[in.Status])
	if in.Reason != "" && !slices.Contains(reasons, in.Reason) {
		message := "has no place here: " + string(in.Status) + " has no reasons"
		if len(reasons) > 0 {
			message = "must be one of " + strings.Join(reasons, ", ") + ", the reasons of " + string(in.Status)
		}
		return refusal.Invalid([]refusal.Fault{{Field: "reason", Pointer: "/reason", Message: message}})
	}
	cause.Reason = in.Reason
	return k.Fire(u, e, triggers[in.Status], cause)
}

// endVerifications lets the open verifications of a customer who is closed expire,
// and with an organization's those of its people: nobody will decide them.
func endVerifications(act *Act, customer *onboarding.Customer, cause machine.Cause) {
	ids := []string{customer.ID}
	for _, p := range act.personnel.By(act.Unit, "organization", customer.ID) {
		if p.CustomerID != "" && !slices.Contains(ids, p.CustomerID) {
			ids = append(ids, p.CustomerID)
		}
	}
	for _, id := range ids {
		for _, v := range act.verifications.By(act.Unit, "customer", id) {
			if v.Open() {
				act.verifications.Then(act.Unit, v, onboarding.Expire, machine.Cause{By: cause.By, Reason: cause.Reason})
			}
		}
	}
}

// inBusiness refuses what concerns a customer who is suspended or closed, or one
// of the people of such an organization.
func inBusiness(act *Act, customer *onboarding.Customer) error {
	if err := customer.InBusiness(); err != nil {
		return err
	}
	if organization := rootOf(act, customer); organization != customer {
		return organization.InBusiness()
	}
	return nil
}
