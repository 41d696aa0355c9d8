package onboarding

import (
	"fmt"
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
)

// OrganizationFacts are what the activation of an organization looks at besides its
// verification and its consents.
type OrganizationFacts struct {
	// Directors, Employees and Admins count who is there; Owned is the sum of the
	// shares.
	Directors, Employees, Admins int
	Owned                        Share
	// PersonnelRequired reports whether missing personnel is in the way, which it is
	// only where the tenant's settings say so: production lets it pass with a warning.
	PersonnelRequired bool
	// People are the directors and beneficial owners, and Verified those of them who
	// are verified.
	People, Verified int
	// Required are the documents that are required, Uploaded and Proven those of them
	// that are there and that have been verified.
	Required, Uploaded, Proven int
	// Caller is who asks for the activation; nil if nobody in particular does.
	Caller *Caller
}

// Caller is who asks for something that only some roles may have.
type Caller struct {
	// Roles are those in which the caller acts, and Managers those of which it needs
	// one.
	Roles, Managers []string
	// Link is what binds the caller to the customer, in a word; empty for nothing.
	Link string
}

// MayManage refuses a caller without one of the roles that are needed.
func (c Caller) MayManage() *refusal.Error {
	if slices.ContainsFunc(c.Managers, func(r string) bool { return slices.Contains(c.Roles, r) }) {
		return nil
	}
	return refusal.New(refusal.PermissionDenied, "the roles are %s", strings.Join(c.Roles, ", ")).WithData("requiredRoles", c.Managers)
}

// The needs of activation that others ask about by their names.
const (
	VerificationIsApproved = "verification.approved"
	ConsentsAreAccepted    = "consents.accepted"
)

// activationNeeds are what an activation needs, in the order in which it is refused:
// the verification first, since it takes days, then the consents, and the people. Of
// a person only those two are asked.
func activationNeeds() []machine.Need[CustomerFacts] {
	type need = machine.Need[CustomerFacts]
	return []need{
		{Name: "verification.decided", Code: refusal.VerificationNotApproved, Unmet: CustomerFacts.undecided, State: CustomerFacts.verification},
		{Name: VerificationIsApproved, Code: refusal.VerificationNotApproved, Unmet: CustomerFacts.unverified, State: CustomerFacts.verification},
		{Name: ConsentsAreAccepted, Code: refusal.ConsentsMissing, Unmet: CustomerFacts.consentsMissing, Parts: consentNeeds()},
		{Name: "personnel.complete", Code: refusal.PersonnelIncomplete, Unmet: CustomerFacts.personnelIncomplete, Binds: ifPersonnelRequired, Parts: personnelNeeds()},
		{Name: "personnel.verified", Code: refusal.VerificationNotApproved, Unmet: CustomerFacts.peopleUnverified, State: CustomerFacts.people, Binds: ofOrganizations, Advisory: true},
		{Name: "documents.uploaded", Code: refusal.VerificationNotApproved, Unmet: CustomerFacts.documentsMissing, State: CustomerFacts.uploaded, Binds: ofOrganizations, Advisory: true},
		{Name: "documents.verified", Code: refusal.VerificationNotApproved, Unmet: CustomerFacts.documentsUnproven, State: CustomerFacts.proven, Binds: ofOrganizations, Advisory: true},
		{
			Name: "organization.pending", Code: refusal.PhaseOrderBroken, Unmet: CustomerFacts.notPending, Binds: ofOrganizations,
			State: func(f CustomerFacts) string { return string(f.State) }, Helpless: "the approval of its verification lets it wait for activation",
		},
		{
			Name: "caller.role", Code: refusal.PermissionDenied, Unmet: CustomerFacts.callerMayNot, Binds: ofCallers,
			State: CustomerFacts.callerRoles, Helpless: "another user has to ask",
		},
		{
			Name: "caller.linked", Code: refusal.CustomerAccessDenied, Unmet: CustomerFacts.callerStrange, Binds: ofCallers,
			State: CustomerFacts.callerLink, Helpless: "another user has to ask",
		},
	}
}

func ofOrganizations(f CustomerFacts) machine.Binding {
	if f.Organization == nil {
		return machine.Absent
	}
	return machine.Blocks
}

func ofCallers(f CustomerFacts) machine.Binding {
	if f.Organization == nil || f.Organization.Caller == nil {
		return machine.Absent
	}
	return machine.Blocks
}

func ifPersonnelRequired(f CustomerFacts) machine.Binding {
	if b := ofOrganizations(f); b == machine.Absent || f.Organization.PersonnelRequired {
		return b
	}
	return machine.Warns
}

func (f CustomerFacts) verification() string {
	if f.Verification.State == machine.None {
		return verificationNotStarted
	}
	return string(f.Verification.State)
}

// verificationNotStarted is the status of a verification that has not been opened.
const verificationNotStarted = "NOT_STARTED"

func (f CustomerFacts) undecided() *refusal.Error {
	if f.Verification.State != machine.None && !f.Verification.open() {
		return nil
	}
	return f.unverified()
}

func (f CustomerFacts) unverified() *refusal.Error {
	v := f.Verification
	switch {
	case v.State == VerificationApproved:
		return nil
	case v.State == machine.None:
		return f.verify(refusal.New(refusal.VerificationNotApproved, "no verification has been opened"), "open one")
	case v.open():
		return v.suggest(refusal.New(refusal.VerificationNotApproved, "verification %s is %s: %s", v.ID, v.State, v).
			WithData("verificationStatus", f.verification()))
	}
	return f.verify(refusal.New(refusal.VerificationNotApproved, "verification %s is %s", v.ID, v.State), "open a new attempt")
}

// verify adds to a refusal where a verification is opened.
func (f CustomerFacts) verify(e *refusal.Error, why string) *refusal.Error {
	operation := "createVerification"
	if f.Type == Organization {
		operation = "verifyOrganization"
	}
	return e.WithData("verificationStatus", f.verification()).Suggest(operation, why, "organizationId", f.CustomerID)
}

// consentNeeds are the consents, one by one.
func consentNeeds() []machine.Need[CustomerFacts] {
	var needs []machine.Need[CustomerFacts]
	for _, t := range ConsentTypes() {
		needs = append(needs, machine.Need[CustomerFacts]{
			Name: strings.ReplaceAll(t.Segment(), "-", "_") + ".accepted",
			Unmet: func(f CustomerFacts) *refusal.Error {
				if !slices.Contains(f.MissingConsents, t) {
					return nil
				}
				e := refusal.New(refusal.ConsentsMissing, "the consent to the %s is not given", t.Words())
				e.Next = []refusal.Call{f.giving(t)}
				return e
			},
			State: func(f CustomerFacts) string {
				if slices.Contains(f.MissingConsents, t) {
					return string(ConsentPending)
				}
				return string(ConsentAccepted)
			},
		})
	}
	return needs
}

// consentsMissing names every missing consent at once.
func (f CustomerFacts) consentsMissing() *refusal.Error {
	if len(f.MissingConsents) == 0 {
		return nil
	}
	e := refusal.New(refusal.ConsentsMissing, "%d of the three required consents are not accepted", len(f.MissingConsents))
	var missing []map[string]any
	for _, t := range f.MissingConsents {
		missing = append(missing, map[string]any{"type": string(t), "acceptUrl": f.accepting(t)})
		e.Next = append(e.Next, f.giving(t))
	}
	return e.WithData("missingConsents", missing)
}

// giving is the call by which a consent comes to count. Accepting one again whose
// acceptance waits for its confirmation would change nothing.
func (f CustomerFacts) giving(t ConsentType) refusal.Call {
	if id := f.Unconfirmed[t]; id != "" {
		return refusal.Call{Operation: "sendConsentMagicLink", Why: "sends the link by which the customer confirms " + string(t) + ", consentId " + id}
	}
	return f.accepting(t)
}

func (f CustomerFacts) accepting(t ConsentType) refusal.Call {
	operation := "acceptIndividualConsent"
	if f.Type == Organization {
		operation = "acceptOrganizationConsent"
	}
	return refusal.Call{Operation: operation, Why: "accept " + string(t), Params: map[string]string{
		"customerId": f.CustomerID, "organizationId": f.CustomerID, "consentType": t.Segment(),
	}}
}

// personnelNeeds are who must be there, one by one.
func personnelNeeds() []machine.Need[CustomerFacts] {
	type need = machine.Need[CustomerFacts]
	return []need{
		{Name: "director.present", Unmet: CustomerFacts.noDirector, State: func(f CustomerFacts) string { return count(f.Organization.Directors, "director") }},
		{Name: "admin_user.present", Unmet: CustomerFacts.noAdmin, State: func(f CustomerFacts) string {
			return count(f.Organization.Admins, "employee") + " with " + access.RoleAdminUser
		}},
		{Name: "ownership.complete", Unmet: CustomerFacts.notOwned, State: func(f CustomerFacts) string { return f.Organization.Owned.String() + " percent" }},
	}
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// personnelIncomplete names everybody who is missing, and the shares.
func (f CustomerFacts) personnelIncomplete() *refusal.Error {
	var missing []string
	var calls []refusal.Call
	for _, part := range machine.Stand(personnelNeeds(), f) {
		if !part.Met {
			missing = append(missing, strings.ToUpper(strings.ReplaceAll(part.Name, ".", "_")))
			calls = append(calls, part.Refusal.Next...)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	e := refusal.New(refusal.PersonnelIncomplete, "the tenant's setting personnel is required, and %d of the conditions are not met", len(missing)).
		WithData("missingPersonnel", missing)
	e.Next = calls
	return e.Suggest("checkOrganizationActivation", "shows every condition", "organizationId", f.CustomerID)
}

func (f CustomerFacts) noDirector() *refusal.Error {
	if f.Organization.Directors > 0 {
		return nil
	}
	return refusal.New(refusal.PersonnelIncomplete, "No director found - add one with POST /director").
		Suggest("addDirector", "add a director", "organizationId", f.CustomerID)
}

func (f CustomerFacts) noAdmin() *refusal.Error {
	if f.Organization.Admins > 0 {
		return nil
	}
	details := "No employee holds ADMIN_USER - give one the role"
	if f.Organization.Employees == 0 {
		details = "No employees found - consider adding employees with required roles"
	}
	return refusal.New(refusal.PersonnelIncomplete, "%s", details).Suggest("addEmployee", "add an employee with the role ADMIN_USER", "organizationId", f.CustomerID)
}

func (f CustomerFacts) notOwned() *refusal.Error {
	if f.Organization.Owned.Whole() {
		return nil
	}
	return refusal.New(refusal.PersonnelIncomplete, "Shareholders own %s percent - the whole must be 100", f.Organization.Owned).
		Suggest("addShareholders", "add who holds the rest", "organizationId", f.CustomerID)
}

func (f CustomerFacts) peopleUnverified() *refusal.Error {
	o := f.Organization
	return f.fewer(o.Verified, o.People, "Directors and beneficial owners are not verified - %d of %d are", "getPersonnelStatus", "shows who is not")
}

func (f CustomerFacts) documentsMissing() *refusal.Error {
	o := f.Organization
	return f.fewer(o.Uploaded, o.Required, "Required documents are missing - %d of %d are uploaded", "uploadOrganizationDocument", "uploads one")
}

// fewer refuses fewer than there must be; details words both numbers.
func (f CustomerFacts) fewer(are, must int, details, operation, why string) *refusal.Error {
	if are == must {
		return nil
	}
	return refusal.New(refusal.VerificationNotApproved, details, are, must).Suggest(operation, why, "organizationId", f.CustomerID)
}

// documentsUnproven suggests what brings the verification on, with which documents
// are verified.
func (f CustomerFacts) documentsUnproven() *refusal.Error {
	o := f.Organization
	if o.Proven == o.Required {
		return nil
	}
	e := refusal.New(refusal.VerificationNotApproved, "Required documents are not verified - %d of %d are", o.Proven, o.Required)
	if f.Verification.open() {
		return f.Verification.suggest(e)
	}
	return f.verify(e, "open one")
}

func (f CustomerFacts) people() string {
	return fmt.Sprintf("%d of %d verified", f.Organization.Verified, f.Organization.People)
}

func (f CustomerFacts) uploaded() string {
	return fmt.Sprintf("%d of %d uploaded", f.Organization.Uploaded, f.Organization.Required)
}

func (f CustomerFacts) proven() string {
	return fmt.Sprintf("%d of %d verified", f.Organization.Proven, f.Organization.Required)
}

func (f CustomerFacts) notPending() *refusal.Error {
	if f.State == CustomerPendingActivation {
		return nil
	}
	return refusal.New(refusal.PhaseOrderBroken, "the organization is %s", f.State)
}

func (f CustomerFacts) callerMayNot() *refusal.Error { return f.Organization.Caller.MayManage() }

func (f CustomerFacts) callerRoles() string {
	return strings.Join(f.Organization.Caller.Roles, ", ")
}

func (f CustomerFacts) callerStrange() *refusal.Error {
	if f.Organization.Caller.Link != "" {
		return nil
	}
	return refusal.New(refusal.CustomerAccessDenied, "the caller acts for another customer")
}

func (f CustomerFacts) callerLink() string { return f.Organization.Caller.Link }
