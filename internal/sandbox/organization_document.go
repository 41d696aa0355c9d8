package sandbox

import (
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
	// Verification is that verification while it waits for documents, or nil.
	Verification *onboarding.Verification
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
	out := OrganizationDocument{Document: d, VerificationID: d.VerificationID}
	if v := s.latestVerification(u, d.CustomerID); v != nil && out.VerificationID == "" && s.counts(v, d) {
		out.VerificationID = v.ID
	}
	if v := s.verifications.Get(u, out.VerificationID); v != nil && v.Open() {
		out.Verification = v
	}
	return out
}

// counts tells whether a verification rests on a document of the organization as
// such: it asks for it, and once approved it keeps what it has confirmed.
func (s *Sandbox) counts(v *onboarding.Verification, d *onboarding.Document) bool {
	return v.Requires(d.Type) && (d.State == onboarding.DocumentVerified || v.State != onboarding.VerificationApproved)
}

// UploadOrganizationDocument checks and keeps a document of an organization. It
// counts for the verification of the organization, the open one or the next. It
// refuses with CUSTOMER_NOT_ACTIVE for an organization that is suspended or closed, and
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
		if err := s.mayHandIn(u, c, organization); err != nil {
			return err
		}
		d := s.keepDocument(u, c, organizationID, "", "", checked)
		if err := s.papersChanged(u, d, by(c)); err != nil {
			return err
		}
		out = s.viewed(u, d)
		return nil
	})
	return out, err
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

// DeleteOrganizationDocument removes a document of an organization. A verification
// that needs it waits for another, also if its review had begun. A document that
// has been verified cannot go: PHASE_ORDER_BROKEN.
func (s *Sandbox) DeleteOrganizationDocument(c access.Caller, organizationID, id string) error {
	return s.do(c, func(u *engine.Unit) error {
		d, err := s.organizationDocument(u, c, organizationID, id)
		if err != nil {
			return err
		}
		if err := s.mayHandIn(u, c, s.customers.Get(u, organizationID)); err != nil {
			return err
		}
		if d.State == onboarding.DocumentVerified {
			return refusal.New(refusal.PhaseOrderBroken, "the document is VERIFIED").With("state", "VERIFIED")
		}
		s.documents.Remove(u, d)
		return s.papersChanged(u, d, by(c))
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
