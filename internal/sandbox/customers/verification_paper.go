package customers

import (
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/sandbox/world"
)

// papersOf are the documents that a verification shows: those that were handed in
// for it, and those of the organization that it asks for, until it is approved
// and keeps what it has confirmed.
func papersOf(act *world.Act, v *onboarding.Verification) []*onboarding.Document {
	return slices.DeleteFunc(act.Documents.By(act.Unit, "customer", v.CustomerID), func(d *onboarding.Document) bool {
		if d.VerificationID != "" {
			return d.VerificationID != v.ID
		}
		return !counts(v, d)
	})
}

// Counting are the documents that a verification's requirements look at: its
// papers, and for somebody who belongs to an organization those of the
// organization as well, from the moment at which its own review begins.
func Counting(act *world.Act, v *onboarding.Verification) []*onboarding.Document {
	papers := papersOf(act, v)
	customer := act.Customers.Get(act.Unit, v.CustomerID)
	if customer == nil || customer.MemberOf == "" || !v.Decisive() {
		return papers
	}
	company := LatestVerification(act, customer.MemberOf)
	if v.State == onboarding.VerificationPending && (company == nil || company.State == onboarding.VerificationPending) {
		return papers
	}
	return append(papers, act.Documents.By(act.Unit, "customer", customer.MemberOf)...)
}

// countingDocuments are the documents of an organization that count for a
// verification, or without one for the next. One that was rejected counts for none.
func countingDocuments(act *world.Act, organization *onboarding.Customer, v *onboarding.Verification) []*onboarding.Document {
	return slices.DeleteFunc(act.Documents.By(act.Unit, "customer", organization.ID), func(d *onboarding.Document) bool {
		return d.State == onboarding.DocumentRejected || d.VerificationID != "" && (v == nil || d.VerificationID != v.ID)
	})
}

// reviewIfComplete is the one place in which a review begins: when every required
// document is there, by whichever call they came. One that has begun waits again
// when a required document is not there any more; nothing else stops it.
func reviewIfComplete(act *world.Act, v *onboarding.Verification, cause machine.Cause) error {
	if !v.Open() {
		return nil
	}
	v.Missing = onboarding.Missing(v.Required, Counting(act, v))
	act.Verifications.Save(act.Unit, v)
	noteStanding(act, v, len(v.Missing) > 0)
	switch {
	case len(v.Missing) == 0:
		return act.Verifications.Fire(act.Unit, v, onboarding.SubmitForReview, cause)
	case v.State == onboarding.VerificationInProgress:
		return act.Verifications.Fire(act.Unit, v, onboarding.LoseDocument, cause)
	}
	return nil
}

// papersChanged looks again at every verification for which a document counts
// that was handed in, rejected or withdrawn: its own, or for one of an organization
// as such all of the organization's, and those of the organization's people.
func papersChanged(act *world.Act, d *onboarding.Document, cause machine.Cause) error {
	for _, v := range act.Verifications.By(act.Unit, "customer", d.CustomerID) {
		if d.VerificationID != "" && d.VerificationID != v.ID {
			continue
		}
		if err := reviewIfComplete(act, v, cause); err != nil {
			return err
		}
	}
	return reviewMembers(act, d.CustomerID, cause)
}

// reviewMembers looks again at the verifications of the people of an organization,
// which rest on its papers. A person has none.
func reviewMembers(act *world.Act, organizationID string, cause machine.Cause) error {
	if customer := act.Customers.Get(act.Unit, organizationID); customer == nil || customer.Type != onboarding.Organization {
		return nil
	}
	for _, p := range activePersonnel(act, organizationID) {
		v := LatestVerification(act, p.CustomerID)
		if v == nil {
			continue
		}
		if err := reviewIfComplete(act, v, cause); err != nil {
			return err
		}
	}
	return nil
}

// verifyDocuments makes the documents that a verification rests on VERIFIED
// together with it: an organization's are those that it asked for.
func verifyDocuments(act *world.Act, v *onboarding.Verification, cause machine.Cause) {
	for _, d := range papersOf(act, v) {
		asked := v.Subject != onboarding.Organization || v.Requires(d.Type)
		sentBack := cause.World && d.Expired(act.Now())
		if asked && !sentBack && d.State == onboarding.DocumentUploaded {
			act.Documents.Then(act.Unit, d, onboarding.VerifyDocument, cause)
		}
	}
}

// rejectExpired sends the papers back that a review finds expired.
func rejectExpired(act *world.Act, v *onboarding.Verification, cause machine.Cause) {
	cause.Reason = onboarding.DocumentExpired
	for _, d := range papersOf(act, v) {
		if d.State == onboarding.DocumentUploaded && d.Expired(act.Now()) {
			act.Documents.Then(act.Unit, d, onboarding.RejectDocument, cause)
		}
	}
}

// outlook is how a verification stands for somebody who waits for it.
func outlook(act *world.Act, v *onboarding.Verification) onboarding.Outlook {
	o := onboarding.Outlook{ID: v.ID, State: v.State, HighRisk: v.HighRisk}
	if !v.Open() {
		return o
	}
	o.Missing, o.Wait = v.Missing, Awaited(act.Unit, v.Lives(), onboarding.OutcomePoint)
	if len(v.Missing) > 0 {
		o.Rejected = slices.DeleteFunc(papersOf(act, v), func(d *onboarding.Document) bool { return d.State != onboarding.DocumentRejected })
	}
	return o
}

// Awaited is the decision of a choice that is pending on an aggregate, or nil.
func Awaited(u *engine.Unit, life *machine.Life, point string) *refusal.Wait {
	for _, a := range life.Armed {
		if a.Point == point {
			return &refusal.Wait{Due: a.Due, Reads: a.Reads, Frozen: u.Frozen()}
		}
	}
	return nil
}

// asked is the level that the request for a verification named, if there was one.
func asked(v *onboarding.Verification) string {
	if v == nil {
		return ""
	}
	return v.Asked
}

// About is whom and what a request says that it is about, beside its path.
type About struct{ CustomerID, OrganizationID, Type string }

// check refuses a request about a verification that names another customer or type
// than the verification has.
func (a About) check(v *onboarding.Verification) error {
	var faults []refusal.Fault
	compare := func(field, sent, has string) {
		if sent != "" && sent != has {
			faults = append(faults, refusal.Fault{Field: field, Pointer: "/" + field, Message: "is " + sent + "; the verification has " + has})
		}
	}
	compare("customerId", a.CustomerID, v.CustomerID)
	compare("organizationId", a.OrganizationID, v.CustomerID)
	kind := map[onboarding.CustomerType]string{onboarding.Individual: "KYC", onboarding.Organization: "KYB"}
	if a.Type == "KYC" || a.Type == "KYB" {
		compare("verificationType", a.Type, kind[v.Subject])
	}
	if slices.Contains(onboarding.VerificationTypes(v.Subject), a.Type) || slices.Contains([]string{onboarding.IdentityVerification, onboarding.BusinessVerification}, a.Type) {
		compare("verificationType", a.Type, v.Type)
	}
	return refusal.Invalid(faults)
}

// mayHandIn refuses papers, and their withdrawal, for a customer who is suspended or
// closed, and from somebody who may not act for an organization in that way.
func mayHandIn(act *world.Act, customer *onboarding.Customer) error {
	if err := InBusiness(act, customer); err != nil {
		return err
	}
	if customer.Type == onboarding.Organization && !act.Caller.HasAny(officers()) {
		return refusal.New(refusal.PermissionDenied, "the token's roles are %s", strings.Join(act.Caller.Roles, ", ")).WithData("requiredRoles", officers())
	}
	return nil
}

// officers are the roles of which one is needed to hand in or withdraw the papers
// of an organization.
func officers() []string {
	return []string{access.RoleAdmin, access.RoleAdminUser, access.RoleCompliance}
}
