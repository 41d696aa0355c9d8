package sandbox

import (
	"fmt"
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/setting"
)

// Condition is one thing that the activation of an organization looks at.
type Condition struct {
	Code, Description, State string
	// Warning words a condition that is not met and does not block.
	Warning       string
	Met, Blocking bool
	// Call would meet it; without an operation no call helps.
	Call refusal.Call
}

// conditions are the fourteen documented prerequisites of an organization's
// activation, in their order. Which of them block follows FinHub's newest runs:
// the status, the verification, the consents and the caller always, the
// personnel where the tenant's settings say so.
func (s *Sandbox) conditions(u *engine.Unit, c access.Caller, r Readiness) ([]Condition, error) {
	set, err := s.policy(u)
	if err != nil {
		return nil, err
	}
	id := r.Customer.ID
	verification := machine.State(notStarted)
	verify := refusal.Call{Operation: "verifyOrganization", Params: map[string]string{"organizationId": id}}
	// What is open waits for its documents, and then for its decision; what was
	// refused needs a new attempt.
	decide := verify
	if r.Verification != nil {
		verification = r.Verification.State
		switch {
		case r.Verification.Open() && len(r.Verification.Missing) > 0:
			decide = refusal.Call{Operation: "uploadVerificationDocument", Params: map[string]string{"verificationId": r.Verification.ID}}
		case r.Verification.Open():
			decide = refusal.Call{Operation: "approveVerification", Params: map[string]string{"verificationId": r.Verification.ID}}
		}
	}
	list := []Condition{{
		Code: "ORGANIZATION_STATUS", Description: "The organization waits for its activation.", State: string(r.Customer.State),
		Met: r.Customer.State == onboarding.CustomerPendingActivation, Blocking: true,
	}}
	list = append(list, personnelConditions(id, s.headCount(u, id), set.Personnel == setting.Required)...)
	list = append(list,
		Condition{Code: "KYB_COMPLETED", Description: "The business verification is decided.", State: string(verification),
			Met: r.Verification != nil && !r.Verification.Open(), Blocking: true, Call: decide},
		Condition{Code: "VERIFICATION_APPROVED", Description: "The business verification is approved.", State: string(verification),
			Met: verification == onboarding.VerificationApproved, Blocking: true, Call: decide},
		s.membersVerified(u, id),
	)
	list = append(list, consentConditions(id, r.Missing)...)
	list = append(list, s.documentConditions(u, r, decide)...)
	return append(list, callerConditions(c)...), nil
}

// notStarted is the status of a verification that has not been opened.
const notStarted = "NOT_STARTED"

func personnelConditions(id string, h head, required bool) []Condition {
	call := func(operation string) refusal.Call {
		return refusal.Call{Operation: operation, Params: map[string]string{"organizationId": id}}
	}
	noAdmin := "No employee holds ADMIN_USER - give one the role"
	if h.employees == 0 {
		noAdmin = "No employees found - consider adding employees with required roles"
	}
	return []Condition{
		{Code: directorPresent, Description: "There is a director.", State: count(h.directors, "director"), Met: h.directors > 0,
			Blocking: required, Warning: "No director found - add one with POST /director", Call: call("addDirector")},
		{Code: adminUserPresent, Description: "An employee holds ADMIN_USER.", State: count(h.admins, "employee") + " with ADMIN_USER",
			Met: h.admins > 0, Blocking: required, Warning: noAdmin, Call: call("addEmployee")},
		{Code: ownershipComplete, Description: "Shareholders own exactly 100 percent.", State: h.owned.String() + " percent",
			Met: h.owned.Whole(), Blocking: required, Warning: "Shareholders own " + h.owned.String() + " percent - the whole must be 100", Call: call("addShareholders")},
	}
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// membersVerified looks at the verifications of directors and beneficial owners.
func (s *Sandbox) membersVerified(u *engine.Unit, id string) Condition {
	var people []string
	for _, p := range s.activePersonnel(u, id) {
		if p.Position == onboarding.Director {
			people = append(people, p.CustomerID)
		}
	}
	for _, b := range s.beneficialOwners(u, id) {
		if record := s.recordOf(u, id, b); record != nil {
			people = append(people, record.CustomerID)
		}
	}
	slices.Sort(people)
	people = slices.Compact(people)
	verified := 0
	for _, customer := range people {
		if v := s.latestVerification(u, customer); v != nil && v.State == onboarding.VerificationApproved {
			verified++
		}
	}
	return Condition{
		Code: "PERSONNEL_VERIFIED", Description: "Directors and beneficial owners are verified.",
		State: fmt.Sprintf("%d of %d verified", verified, len(people)), Met: verified == len(people),
		Warning: fmt.Sprintf("Directors and beneficial owners are not verified - %d of %d are", verified, len(people)),
		Call:    refusal.Call{Operation: "getPersonnelStatus", Params: map[string]string{"organizationId": id}},
	}
}

func consentConditions(id string, missing []onboarding.ConsentType) []Condition {
	var list []Condition
	for _, t := range onboarding.ConsentTypes() {
		c := Condition{
			Code:        strings.ReplaceAll(strings.ToUpper(t.Segment()), "-", "_") + "_ACCEPTED",
			Description: "Consent to the " + t.Words() + " is given.", State: string(onboarding.ConsentAccepted), Met: true, Blocking: true,
			Call: refusal.Call{Operation: "acceptOrganizationConsent", Params: map[string]string{"organizationId": id, "consentType": t.Segment()}},
		}
		for _, m := range missing {
			if m == t {
				c.Met, c.State = false, string(onboarding.ConsentPending)
			}
		}
		list = append(list, c)
	}
	return list
}

// documentConditions look at the required documents: those of the verification,
// or of the one that would be opened.
func (s *Sandbox) documentConditions(u *engine.Unit, r Readiness, decide refusal.Call) []Condition {
	needs, _ := s.verificationNeeds(u, r.Customer, onboarding.BusinessVerification, asked(r.Verification))
	var uploadedTypes, verifiedTypes []string
	for _, d := range s.countingDocuments(u, r.Customer, r.Verification) {
		uploadedTypes = append(uploadedTypes, d.Type)
		if d.State == onboarding.DocumentVerified {
			verifiedTypes = append(verifiedTypes, d.Type)
		}
	}
	uploaded, verified := 0, 0
	for _, need := range needs {
		if need.SatisfiedBy(uploadedTypes) {
			uploaded++
		}
		if need.SatisfiedBy(verifiedTypes) {
			verified++
		}
	}
	return []Condition{
		{Code: "DOCUMENTS_UPLOADED", Description: "The required documents are uploaded.", State: fmt.Sprintf("%d of %d uploaded", uploaded, len(needs)),
			Met: uploaded == len(needs), Warning: fmt.Sprintf("Required documents are missing - %d of %d are uploaded", uploaded, len(needs)),
			Call: refusal.Call{Operation: "uploadOrganizationDocument", Params: map[string]string{"organizationId": r.Customer.ID}}},
		{Code: "DOCUMENTS_VERIFIED", Description: "The required documents are verified.", State: fmt.Sprintf("%d of %d verified", verified, len(needs)),
			Met: verified == len(needs), Warning: fmt.Sprintf("Required documents are not verified - %d of %d are", verified, len(needs)), Call: decide},
	}
}

func callerConditions(c access.Caller) []Condition {
	roles := c.Roles
	if len(c.ActingRoles) > 0 {
		roles = c.ActingRoles
	}
	link := "tenant"
	if c.Sort == access.Customer {
		link = "organization"
	}
	return []Condition{
		{Code: "CALLER_ROLE", Description: "The caller holds a role that may activate.", State: strings.Join(roles, ", "), Met: mayManage(c) == nil, Blocking: true},
		{Code: "CALLER_LINKED", Description: "The caller belongs to the organization or to its tenant.", State: link, Met: true, Blocking: true},
	}
}

// The conditions of activation that look at the people.
const (
	directorPresent   = "DIRECTOR_PRESENT"
	adminUserPresent  = "ADMIN_USER_PRESENT"
	ownershipComplete = "OWNERSHIP_COMPLETE"
)

// head counts who is there for an organization's activation.
type head struct {
	directors, employees, admins int
	owned                        onboarding.Share
}

func (s *Sandbox) headCount(u *engine.Unit, organizationID string) head {
	h := head{owned: onboarding.Sum(s.owners(u, organizationID))}
	for _, p := range s.activePersonnel(u, organizationID) {
		switch p.Position {
		case onboarding.Director:
			h.directors++
		case onboarding.Employee:
			h.employees++
			if slices.Contains(p.Roles, onboarding.RoleAdminUser) {
				h.admins++
			}
		}
	}
	return h
}

// missing gives the conditions that are not met.
func (h head) missing() []string {
	var codes []string
	if h.directors == 0 {
		codes = append(codes, directorPresent)
	}
	if h.admins == 0 {
		codes = append(codes, adminUserPresent)
	}
	if !h.owned.Whole() {
		codes = append(codes, ownershipComplete)
	}
	return codes
}
