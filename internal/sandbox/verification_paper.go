package sandbox

import (
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
)

// papers are the documents that a verification shows: those that were handed in
// for it, and those of the organization that it asks for, until it is approved
// and keeps what it has confirmed.
func (s *Sandbox) papers(u *engine.Unit, v *onboarding.Verification) []*onboarding.Document {
	return slices.DeleteFunc(s.documents.By(u, "customer", v.CustomerID), func(d *onboarding.Document) bool {
		if d.VerificationID != "" {
			return d.VerificationID != v.ID
		}
		return !s.counts(v, d)
	})
}

// counting are the documents that a verification's requirements look at: its
// papers, and for somebody who belongs to an organization those of the
// organization as well, from the moment at which its own review begins.
func (s *Sandbox) counting(u *engine.Unit, v *onboarding.Verification) []*onboarding.Document {
	papers := s.papers(u, v)
	customer := s.customers.Get(u, v.CustomerID)
	if customer == nil || customer.MemberOf == "" || !v.Decisive() {
		return papers
	}
	company := s.latestVerification(u, customer.MemberOf)
	if v.State == onboarding.VerificationPending && (company == nil || company.State == onboarding.VerificationPending) {
		return papers
	}
	return append(papers, s.documents.By(u, "customer", customer.MemberOf)...)
}

// countingDocuments are the documents of an organization that count for a
// verification, or without one for the next. One that was rejected counts for none.
func (s *Sandbox) countingDocuments(u *engine.Unit, organization *onboarding.Customer, v *onboarding.Verification) []*onboarding.Document {
	return slices.DeleteFunc(s.documents.By(u, "customer", organization.ID), func(d *onboarding.Document) bool {
		return d.State == onboarding.DocumentRejected || d.VerificationID != "" && (v == nil || d.VerificationID != v.ID)
	})
}

// reviewIfComplete is the one place in which a review begins: when every required
// document is there, by whichever call they came. One that has begun waits again
// when a required document is not there any more; nothing else stops it.
func (s *Sandbox) reviewIfComplete(u *engine.Unit, v *onboarding.Verification, cause machine.Cause) error {
	if !v.Open() {
		return nil
	}
	v.Missing = onboarding.Missing(v.Required, s.counting(u, v))
	s.verifications.Save(u, v)
	s.noteStanding(u, v, len(v.Missing) > 0)
	switch {
	case len(v.Missing) == 0:
		return s.verifications.Fire(u, v, onboarding.SubmitForReview, cause)
	case v.State == onboarding.VerificationInProgress:
		return s.verifications.Fire(u, v, onboarding.LoseDocument, cause)
	}
	return nil
}

// papersChanged looks again at every verification for which a document counts
// that was handed in, rejected or withdrawn: its own, or for one of an organization
// as such all of the organization's, and those of the organization's people.
func (s *Sandbox) papersChanged(u *engine.Unit, d *onboarding.Document, cause machine.Cause) error {
	for _, v := range s.verifications.By(u, "customer", d.CustomerID) {
		if d.VerificationID != "" && d.VerificationID != v.ID {
			continue
		}
		if err := s.reviewIfComplete(u, v, cause); err != nil {
			return err
		}
	}
	return s.reviewMembers(u, d.CustomerID, cause)
}

// reviewMembers looks again at the verifications of the people of an organization,
// which rest on its papers. A person has none.
func (s *Sandbox) reviewMembers(u *engine.Unit, organizationID string, cause machine.Cause) error {
	if customer := s.customers.Get(u, organizationID); customer == nil || customer.Type != onboarding.Organization {
		return nil
	}
	for _, p := range s.activePersonnel(u, organizationID) {
		v := s.latestVerification(u, p.CustomerID)
		if v == nil {
			continue
		}
		if err := s.reviewIfComplete(u, v, cause); err != nil {
			return err
		}
	}
	return nil
}

// verifyDocuments makes the documents that a verification rests on VERIFIED
// together with it: an organization's are those that it asked for.
func (s *Sandbox) verifyDocuments(u *engine.Unit, v *onboarding.Verification, cause machine.Cause) {
	for _, d := range s.papers(u, v) {
		asked := v.Subject != onboarding.Organization || v.Requires(d.Type)
		sentBack := cause.World && d.Expired(u.Now())
		if asked && !sentBack && d.State == onboarding.DocumentUploaded {
			s.documents.Then(u, d, onboarding.VerifyDocument, cause)
		}
	}
}

// rejectExpired sends the papers back that a review finds expired.
func (s *Sandbox) rejectExpired(u *engine.Unit, v *onboarding.Verification, cause machine.Cause) {
	cause.Reason = onboarding.DocumentExpired
	for _, d := range s.papers(u, v) {
		if d.State == onboarding.DocumentUploaded && d.Expired(u.Now()) {
			s.documents.Then(u, d, onboarding.RejectDocument, cause)
		}
	}
}

// outlook is how a verification stands for somebody who waits for it.
func (s *Sandbox) outlook(u *engine.Unit, v *onboarding.Verification) onboarding.Outlook {
	o := onboarding.Outlook{ID: v.ID, State: v.State, HighRisk: v.HighRisk}
	if !v.Open() {
		return o
	}
	o.Missing, o.Wait = v.Missing, awaited(u, v.Lives(), onboarding.OutcomePoint)
	if len(v.Missing) > 0 {
		o.Rejected = slices.DeleteFunc(s.papers(u, v), func(d *onboarding.Document) bool { return d.State != onboarding.DocumentRejected })
	}
	return o
}

// awaited is the decision of a choice that is pending on an aggregate, or nil.
func awaited(u *engine.Unit, life *machine.Life, point string) *refusal.Wait {
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
func (s *Sandbox) mayHandIn(u *engine.Unit, c access.Caller, customer *onboarding.Customer) error {
	if err := s.inBusiness(u, customer); err != nil {
		return err
	}
	if customer.Type == onboarding.Organization && !c.HasAny(officers()) {
		return refusal.New(refusal.PermissionDenied, "the token's roles are %s", strings.Join(c.Roles, ", ")).With("requiredRoles", officers())
	}
	return nil
}

// officers are the roles of which one is needed to hand in or withdraw the papers
// of an organization.
func officers() []string {
	return []string{access.RoleAdmin, access.RoleAdminUser, access.RoleCompliance}
}
