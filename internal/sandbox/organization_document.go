package sandbox

import (
	"slices"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
)

// OrganizationDocument is a document of an organization, and the verification for
// which it counts, if there is one.
type OrganizationDocument struct {
	Document       *onboarding.Document
	VerificationID string
}

// OrganizationDocuments lists an organization's documents: a page of them, and
// how many there are.
func (s *Sandbox) OrganizationDocuments(c access.Caller, organizationID string, page, size int) (list []OrganizationDocument, total int, err error) {
	err = s.show(c, func(u *engine.Unit) error {
		if _, err := s.organization(u, c, organizationID); err != nil {
			return err
		}
		all := s.documents.By(u, "customer", organizationID)
		if err := s.lookAtDocuments(u, all); err != nil {
			return err
		}
		list, total = nil, len(all)
		for _, d := range all[min(total, page*size):min(total, page*size+size)] {
			list = append(list, s.viewed(u, d))
		}
		return nil
	})
	return list, total, err
}

func (s *Sandbox) viewed(u *engine.Unit, d *onboarding.Document) OrganizationDocument {
	out := OrganizationDocument{d, d.VerificationID}
	if v := s.latestVerification(u, d.CustomerID); v != nil && out.VerificationID == "" && s.counts(v, d) {
		out.VerificationID = v.ID
	}
	return out
}

// counts tells whether a verification rests on a document of the organization as
// such: it asks for it, and once approved it keeps what it has confirmed.
func (s *Sandbox) counts(v *onboarding.Verification, d *onboarding.Document) bool {
	return v.Requires(d.Type) && (d.State == onboarding.DocumentVerified || v.State != onboarding.VerificationApproved)
}

// ownDocuments are the documents of an organization that were not handed in for
// one particular verification, without those that were rejected. Persons have
// none.
func (s *Sandbox) ownDocuments(u *engine.Unit, customerID string) []*onboarding.Document {
	return slices.DeleteFunc(s.documents.By(u, "customer", customerID), func(d *onboarding.Document) bool {
		return d.VerificationID != "" || d.State == onboarding.DocumentRejected
	})
}

// countingDocuments are the documents of an organization that count for a
// verification, or without one for the next. One that was rejected counts for none.
func (s *Sandbox) countingDocuments(u *engine.Unit, organization *onboarding.Customer, v *onboarding.Verification) []*onboarding.Document {
	return slices.DeleteFunc(s.documents.By(u, "customer", organization.ID), func(d *onboarding.Document) bool {
		return d.State == onboarding.DocumentRejected || d.VerificationID != "" && (v == nil || d.VerificationID != v.ID)
	})
}

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

// UploadOrganizationDocument checks and keeps a document of an organization. It
// counts for the verification of the organization, the open one or the next. It
// refuses with PHASE_ORDER_BROKEN for an organization that is past onboarding, and
// with REQUEST_INVALID everything that is wrong with the file.
func (s *Sandbox) UploadOrganizationDocument(c access.Caller, organizationID string, in Upload) (OrganizationDocument, error) {
	checked, faults := in.check()
	if err := refusal.Invalid(faults); err != nil {
		return OrganizationDocument{}, err
	}
	var out OrganizationDocument
	err := s.do(c, func(u *engine.Unit) error {
		organization, err := s.organization(u, c, organizationID)
		if err != nil {
			return err
		}
		if err := organization.InOnboarding(); err != nil {
			return err
		}
		v := s.latestVerification(u, organizationID)
		if v != nil && v.Open() {
			if err := s.verifications.Fire(u, v, onboarding.AddDocument, by(c)); err != nil {
				return err
			}
			v.Submitted = append(v.Submitted, in.Type)
		}
		out = s.viewed(u, s.keepDocument(u, c, organizationID, "", checked))
		if v == nil || !v.Open() {
			return nil
		}
		return s.submitIfComplete(u, c, v)
	})
	return out, err
}

// submitIfComplete begins the review of a verification for which everything
// required has been handed in.
func (s *Sandbox) submitIfComplete(u *engine.Unit, c access.Caller, v *onboarding.Verification) error {
	if len(v.Missing()) > 0 {
		return nil
	}
	return s.verifications.Fire(u, v, onboarding.SubmitForReview, by(c))
}

// OrganizationDocument gives one document of an organization. It refuses with
// DOCUMENT_NOT_FOUND.
func (s *Sandbox) OrganizationDocument(c access.Caller, organizationID, id string) (OrganizationDocument, error) {
	var out OrganizationDocument
	err := s.show(c, func(u *engine.Unit) error {
		d, err := s.organizationDocument(u, c, organizationID, id)
		if err != nil {
			return err
		}
		if err := s.documents.Look(u, d); err != nil {
			return err
		}
		out = s.viewed(u, d)
		return nil
	})
	return out, err
}

// DeleteOrganizationDocument removes a document of an organization. It does not
// count any more for a verification that still waits for others; a review that has
// begun goes on. A document that has been verified cannot go: PHASE_ORDER_BROKEN.
func (s *Sandbox) DeleteOrganizationDocument(c access.Caller, organizationID, id string) error {
	return s.do(c, func(u *engine.Unit) error {
		d, err := s.organizationDocument(u, c, organizationID, id)
		if err != nil {
			return err
		}
		if err := s.customers.Get(u, organizationID).InOnboarding(); err != nil {
			return err
		}
		if d.State == onboarding.DocumentVerified {
			return refusal.New(refusal.PhaseOrderBroken, "the document is VERIFIED").With("state", "VERIFIED")
		}
		if v := s.latestVerification(u, organizationID); v != nil && v.Open() && d.State != onboarding.DocumentRejected {
			v.Withdraw(d.Type)
			s.verifications.Save(u, v)
		}
		if file := s.contents.Get(u, d.ID); file != nil {
			s.contents.Remove(u, file)
		}
		s.documents.Remove(u, d)
		return nil
	})
}

func (s *Sandbox) organizationDocument(u *engine.Unit, c access.Caller, organizationID, id string) (*onboarding.Document, error) {
	if _, err := s.organization(u, c, organizationID); err != nil {
		return nil, err
	}
	d := s.documents.Get(u, id)
	if d == nil || d.CustomerID != organizationID {
		return nil, refusal.New(refusal.DocumentNotFound, "the organization has no document %s", id).
			Try("listOrganizationDocuments", "lists them", "organizationId", organizationID)
	}
	return d, nil
}
