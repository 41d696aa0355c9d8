package sandbox

import (
	"fmt"
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
)

type caller func(operation, why string, params ...string) refusal.Call

// personnelConditions are those that look at the people of an organization.
func personnelConditions(d OrganizationDetail, required bool, call caller) []Condition {
	var directors, admins, toVerify, verified int
	var owners []onboarding.Owner
	for _, m := range d.Personnel {
		switch m.Record.Position {
		case onboarding.Director:
			directors++
		case onboarding.Employee:
			if slices.Contains(m.Record.Roles, onboarding.RoleAdminUser) {
				admins++
			}
		case onboarding.Shareholder:
			owners = append(owners, *m.Record.Owner)
		}
		if m.Verification != nil {
			toVerify++
			if m.Verification.State == onboarding.VerificationApproved {
				verified++
			}
		}
	}
	sum := onboarding.Sum(owners)
	return []Condition{
		{Code: "DIRECTOR", Description: "At least one director", State: fmt.Sprintf("%d directors", directors),
			Met: directors > 0, Blocking: required, Call: call("addDirector", "adds one")},
		{Code: "ADMIN_USER", Description: "At least one employee with ADMIN_USER", State: fmt.Sprintf("%d such employees", admins),
			Met: admins > 0, Blocking: required, Call: call("addEmployee", "adds one")},
		{Code: "OWNERSHIP", Description: "The shareholders own exactly 100 %", State: sum.String() + " %",
			Met: sum.Whole(), Blocking: required, Call: call("addShareholders", "adds them")},
		{Code: "PERSONNEL_VERIFIED", Description: "All directors and ultimate beneficial owners are verified",
			State: fmt.Sprintf("%d of %d verified", verified, toVerify), Met: verified == toVerify,
			Call: call("getPersonnelStatus", "shows whose verification is open")},
	}
}

// documentConditions are those that look at the required documents.
func documentConditions(d OrganizationDetail, call caller) []Condition {
	var submitted []string
	for _, document := range d.Documents {
		submitted = append(submitted, document.Type)
	}
	approved := false
	if d.Verification != nil {
		submitted = append(submitted, d.Verification.Submitted...)
		approved = d.Verification.State == onboarding.VerificationApproved
	}
	var missing []string
	for _, need := range d.Needs {
		if !need.SatisfiedBy(submitted) {
			missing = append(missing, need.Type)
		}
	}
	state := "all uploaded"
	if len(missing) > 0 {
		state = "missing " + strings.Join(missing, ", ")
	}
	return []Condition{
		{Code: "DOCUMENTS_UPLOADED", Description: "The required documents are uploaded", State: state, Met: len(missing) == 0,
			Call: call("uploadOrganizationDocument", "uploads one")},
		{Code: "DOCUMENTS_VERIFIED", Description: "The required documents are verified", State: state, Met: len(missing) == 0 && approved,
			Call: call("getVerificationRequirements", "shows what is required")},
	}
}
