package customers

import (
	"slices"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/sandbox/world"
)

// UpdateOrganization changes what an organization is. It refuses with CUSTOMER_NOT_FOUND,
// CUSTOMER_NOT_ACTIVE, and with REQUEST_INVALID another registration number than its own.
func UpdateOrganization(act *world.Act, id string, in onboarding.Amendment) (OrganizationDetail, error) {
	customer, err := findOrganization(act, id)
	if err != nil {
		return OrganizationDetail{}, err
	}
	if err := InBusiness(act, customer); err != nil {
		return OrganizationDetail{}, err
	}
	other := onboarding.Company{RegistrationNumber: in.RegistrationNumber}
	if in.RegistrationNumber != "" && other.RegistrationKey() != customer.Company.RegistrationKey() {
		return OrganizationDetail{}, refusal.Invalid([]refusal.Fault{{
			Field: "registrationNumber", Pointer: "/registrationNumber",
			Message: "must be the registered one, " + customer.Company.RegistrationNumber + ": register a company of another number by itself",
		}})
	}
	customer.Amend(in)
	if err := act.Customers.Fire(act.Unit, customer, onboarding.AmendCustomer, world.By(act)); err != nil {
		return OrganizationDetail{}, err
	}
	return organizationDetail(act, id)
}

// SetOrganizationStatus does what SetCustomerStatus does, for organizations: of a reason that
// the status does not have nothing is kept.
func SetOrganizationStatus(act *world.Act, id string, in world.StatusChange) (OrganizationDetail, error) {
	if _, err := findOrganization(act, id); err != nil {
		return OrganizationDetail{}, err
	}
	if !slices.Contains(machine.Reasons(act.Customers.Table, onboarding.CustomerTriggers()[in.Status]), in.Reason) {
		in.Reason = ""
	}
	if _, err := SetCustomerStatus(act, id, in); err != nil {
		return OrganizationDetail{}, err
	}
	return organizationDetail(act, id)
}
