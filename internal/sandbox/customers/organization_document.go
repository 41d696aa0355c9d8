package customers

import (
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/sandbox/world"
)

// OrganizationDocument is a document of an organization, and the verification for
// which it counts, if there is one.
type OrganizationDocument struct {
	Document       *onboarding.Document
	VerificationID string
	// Verification is that verification while it waits for documents, or nil.
	Verification *onboarding.Verification
}

// ListOrganizationDocuments lists an organization's documents: a page of them, and
// how many there are.
func ListOrganizationDocuments(act *world.Act, organizationID string, page, size int) (list []OrganizationDocument, total int, err error) {
	if _, err := findOrganization(act, organizationID); err != nil {
		return list, total, err
	}
	all := act.Documents.By(act.Unit, "customer", organizationID)
	if err := lookAtDocuments(act, all); err != nil {
		return list, total, err
	}
	list, total = nil, len(all)
	for _, d := range all[min(total, page*size):min(total, page*size+size)] {
		list = append(list, viewed(act, d))
	}
	return list, total, nil
}

func viewed(act *world.Act, d *onboarding.Document) OrganizationDocument {
	out := OrganizationDocument{Document: d, VerificationID: d.VerificationID}
	if v := LatestVerification(act, d.CustomerID); v != nil && out.VerificationID == "" && counts(v, d) {
		out.VerificationID = v.ID
	}
	if v := act.Verifications.Get(act.Unit, out.VerificationID); v != nil && v.Open() {
		out.Verification = v
	}
	return out
}

// counts reports whether a verification rests on a document of the organization as
// such: it asks for it, and once approved it keeps what it has confirmed.
func counts(v *onboarding.Verification, d *onboarding.Document) bool {
	return v.Requires(d.Type) && (d.State == onboarding.DocumentVerified || v.State != onboarding.VerificationApproved)
}

// UploadOrganizationDocument checks and keeps a document of an organization. It
// counts for the verification of the organization, the open one or the next. It
// refuses with CUSTOMER_NOT_ACTIVE for an organization that is suspended or closed, and
// with REQUEST_INVALID everything that is wrong with the file.
func UploadOrganizationDocument(act *world.Act, organizationID string, in Upload) (out OrganizationDocument, err error) {
	checked, faults := in.check()
	if err := refusal.Invalid(faults); err != nil {
		return OrganizationDocument{}, err
	}

	organization, err := findOrganization(act, organizationID)
	if err != nil {
		return out, err
	}
	if err := mayHandIn(act, organization); err != nil {
		return out, err
	}
	d := KeepDocument(act, organizationID, "", "", checked)
	if err := papersChanged(act, d, world.By(act)); err != nil {
		return out, err
	}
	return viewed(act, d), nil
}

// DocumentCategory is the category of a type of document that was sent without.
func DocumentCategory(documentType string) string {
	switch documentType {
	case "CERTIFICATE_OF_INCORPORATION", "ARTICLES_OF_ASSOCIATION", "PARTNERSHIP_AGREEMENT":
		return "INCORPORATION"
	case "SHAREHOLDER_REGISTER", "BENEFICIAL_OWNERSHIP", "BENEFICIAL_OWNER_DECLARATION", "BENEFICIAL_OWNERS_DECLARATION":
		return "OWNERSHIP"
	case "DIRECTOR_ID", "DIRECTOR_IDS", "PARTNER_ID", "PARTNER_IDS", "OWNER_ID", "PASSPORT", "GOVERNMENT_ID", "NATIONAL_ID":
		return "IDENTITY"
	case "PROOF_OF_ADDRESS", "PROOF_OF_REGISTERED_ADDRESS":
		return "ADDRESS"
	case "BANK_STATEMENT", "BANK_REFERENCE_LETTER", "FINANCIAL_STATEMENTS":
		return "FINANCIAL"
	case "BUSINESS_LICENSE", "BUSINESS_LICENCE":
		return "LICENSE"
	case "TAX_CLEARANCE_CERTIFICATE":
		return "TAX"
	case "INVOICE", "CONTRACT":
		return "TRANSACTION"
	}
	return "OTHER"
}

// GetOrganizationDocument gives one document of an organization. It refuses with
// DOCUMENT_NOT_FOUND.
func GetOrganizationDocument(act *world.Act, organizationID, id string) (out OrganizationDocument, err error) {
	d, err := findOrganizationDocument(act, organizationID, id)
	if err != nil {
		return out, err
	}
	if err := act.Documents.CountRead(act.Unit, d); err != nil {
		return out, err
	}
	return viewed(act, d), nil
}

// DeleteOrganizationDocument removes a document of an organization. A verification
// that needs it waits for another, also if its review had begun. A document that
// has been verified cannot go: PHASE_ORDER_BROKEN.
func DeleteOrganizationDocument(act *world.Act, organizationID, id string) error {
	d, err := findOrganizationDocument(act, organizationID, id)
	if err != nil {
		return err
	}
	if err := mayHandIn(act, act.Customers.Get(act.Unit, organizationID)); err != nil {
		return err
	}
	if d.State == onboarding.DocumentVerified {
		return refusal.New(refusal.PhaseOrderBroken, "the document is VERIFIED").WithData("state", "VERIFIED")
	}
	act.Documents.Remove(act.Unit, d)
	return papersChanged(act, d, world.By(act))
}

func findOrganizationDocument(act *world.Act, organizationID, id string) (*onboarding.Document, error) {
	if _, err := findOrganization(act, organizationID); err != nil {
		return nil, err
	}
	d := act.Documents.Get(act.Unit, id)
	if d == nil || d.CustomerID != organizationID {
		return nil, refusal.New(refusal.DocumentNotFound, "the organization has no document %s", id).
			Suggest("listOrganizationDocuments", "lists them", "organizationId", organizationID)
	}
	return d, nil
}
