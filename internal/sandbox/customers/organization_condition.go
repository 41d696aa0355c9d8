package customers

import (
	"slices"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/setting"
)

// organizationFacts are what the activation of an organization looks at besides its
// verification and its consents.
func organizationFacts(act *world.Act, organization *onboarding.Customer, cause machine.Cause) *onboarding.OrganizationFacts {
	set, err := world.PolicyOf(act)
	act.Note(err)
	f := &onboarding.OrganizationFacts{
		PersonnelRequired: set.Personnel == setting.Required,
		Owned:             onboarding.Sum(owners(act, organization.ID)),
	}
	for _, p := range activePersonnel(act, organization.ID) {
		switch p.Position {
		case onboarding.Director:
			f.Directors++
		case onboarding.Employee:
			f.Employees++
			if p.Admin() {
				f.Admins++
			}
		}
	}
	countVerified(act, organization.ID, f)
	countDocuments(act, organization, f)
	if c, ok := cause.Input.(access.Caller); ok {
		caller := managing(c)
		f.Caller = &caller
	}
	return f
}

// countVerified looks at the verifications of directors and beneficial owners.
func countVerified(act *world.Act, id string, f *onboarding.OrganizationFacts) {
	var people []string
	for _, p := range activePersonnel(act, id) {
		if p.Position == onboarding.Director {
			people = append(people, p.CustomerID)
		}
	}
	for _, b := range beneficialOwners(act, id) {
		if record := recordOf(act, id, b); record != nil {
			people = append(people, record.CustomerID)
		}
	}
	slices.Sort(people)
	people = slices.Compact(people)
	f.People = len(people)
	for _, customer := range people {
		if v := LatestVerification(act, customer); v != nil && v.State == onboarding.VerificationApproved {
			f.Verified++
		}
	}
}

// countDocuments looks at the required documents: those of the verification, or of
// the one that would be opened.
func countDocuments(act *world.Act, organization *onboarding.Customer, f *onboarding.OrganizationFacts) {
	verification := LatestVerification(act, organization.ID)
	needs := onboarding.OrganizationRequirements(organization.Company)
	var uploaded, proven []string
	for _, d := range countingDocuments(act, organization, verification) {
		uploaded = append(uploaded, d.Type)
		if d.State == onboarding.DocumentVerified {
			proven = append(proven, d.Type)
		}
	}
	f.Required = len(needs)
	for _, need := range needs {
		if need.SatisfiedBy(uploaded) {
			f.Uploaded++
		}
		if need.SatisfiedBy(proven) {
			f.Proven++
		}
	}
}

// managing is a caller as the rule about the managers' roles sees it: staff act with
// the roles that the request's X-User-Roles names, users with their own.
func managing(c access.Caller) onboarding.Caller {
	caller := onboarding.Caller{Roles: c.Roles, Managers: managers(), Link: "tenant"}
	if len(c.ActingRoles) > 0 {
		caller.Roles = c.ActingRoles
	}
	if c.Sort == access.Customer {
		caller.Link = "organization"
	}
	return caller
}

// Warnings words the needs that are not met and do not stand in the way.
func Warnings(needs []machine.Standing) []string {
	var list []string
	for _, n := range needs {
		switch {
		case n.Binding != machine.Warns:
		case len(n.Parts) > 0:
			list = append(list, Warnings(n.Parts)...)
		case !n.Met:
			list = append(list, n.Refusal.Details)
		}
	}
	return list
}
