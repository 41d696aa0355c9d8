package sandbox

import (
	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
)

// OrganizationDocument is a document of an organization, and whether the
// verification of the organization has confirmed it.
type OrganizationDocument struct {
	Document *onboarding.Document
	Verified bool
}

// OrganizationDocuments lists an organization's documents: a page of them, and
// how many there are.
func (s *Sandbox) OrganizationDocuments(c access.Caller, organizationID string, page, size int) (list []OrganizationDocument, total int, err error) {
	err = s.read(c, func(u *engine.Unit) error {
		if _, err := s.organization(u, c, organizationID); err != nil {
			return err
		}
		all := s.documents.By(u, "organization", organizationID)
		total = len(all)
		for _, d := range all[min(total, page*size):min(total, page*size+size)] {
			list = append(list, s.viewed(u, d))
		}
		return nil
	})
	return list, total, err
}

func (s *Sandbox) viewed(u *engine.Unit, d *onboarding.Document) OrganizationDocument {
	v := s.latestVerification(u, d.CustomerID)
	return OrganizationDocument{d, v != nil && v.State == onboarding.VerificationApproved && !d.UploadedAt.After(v.DecidedAt)}
}

// UploadOrganizationDocument checks and keeps a document of an organization. It
// counts for the verification of the organization, the open one or the next. It
// refuses with REQUEST_INVALID everything that is wrong with the file.
func (s *Sandbox) UploadOrganizationDocument(c access.Caller, organizationID string, in Upload) (OrganizationDocument, error) {
	checked, faults := in.check()
	if err := refusal.Invalid(faults); err != nil {
		return OrganizationDocument{}, err
	}
	var out OrganizationDocument
	err := s.do(c, func(u *engine.Unit) error {
		if _, err := s.organization(u, c, organizationID); err != nil {
			return err
		}
		out = s.viewed(u, s.keepDocument(u, c, organizationID, "", checked))
		v := s.latestVerification(u, organizationID)
		if v == nil || !v.Open() {
			return nil
		}
		if err := s.verifications.Fire(u, v, onboarding.AddDocument, by(c)); err != nil {
			return err
		}
		v.Submitted = append(v.Submitted, in.Type)
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
	err := s.read(c, func(u *engine.Unit) error {
		d, err := s.organizationDocument(u, c, organizationID, id)
		if err == nil {
			out = s.viewed(u, d)
		}
		return err
	})
	return out, err
}

// DeleteOrganizationDocument removes a document of an organization. What was
// counted for a verification stays counted. A document that has been verified
// cannot go: PHASE_ORDER_BROKEN.
func (s *Sandbox) DeleteOrganizationDocument(c access.Caller, organizationID, id string) error {
	return s.do(c, func(u *engine.Unit) error {
		d, err := s.organizationDocument(u, c, organizationID, id)
		if err != nil {
			return err
		}
		if s.viewed(u, d).Verified {
			return refusal.New(refusal.PhaseOrderBroken, "the document is VERIFIED").With("state", "VERIFIED")
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
