package api

import (
	"strings"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
)

type organizationDocumentView struct {
	DocumentID        string        `json:"documentId"`
	ID                string        `json:"id"`
	TenantID          string        `json:"tenantId"`
	OrganizationID    string        `json:"organizationId"`
	CustomerID        string        `json:"customerId"`
	VerificationID    string        `json:"verificationId,omitzero"`
	Category          string        `json:"category"`
	DocumentType      string        `json:"documentType"`
	Type              string        `json:"type"`
	Description       string        `json:"description,omitzero"`
	FileName          string        `json:"fileName"`
	FileType          string        `json:"fileType"`
	ContentType       string        `json:"contentType"`
	MimeType          string        `json:"mimeType"`
	FileSize          int           `json:"fileSize"`
	Status            machine.State `json:"status"`
	Reason            string        `json:"rejectionReason,omitzero"`
	Verified          bool          `json:"verified"`
	UploadedAt        string        `json:"uploadedAt"`
	UploadDate        int64         `json:"uploadDate"`
	UploadedBy        string        `json:"uploadedBy"`
	AccountID         any           `json:"accountId,omitzero"`
	TransactionAmount any           `json:"transactionAmount,omitzero"`
	Currency          any           `json:"currency,omitzero"`
	Purpose           any           `json:"purpose,omitzero"`
	DocID             any           `json:"docId,omitzero"`
	MissingDocuments  []string      `json:"missingDocuments,omitempty"`
	UploadURL         string        `json:"uploadUrl,omitzero"`
}

func viewOrganizationDocument(c *rest.Call, o customers.OrganizationDocument) organizationDocumentView {
	d, tenant := o.Document, c.Tenant
	view := organizationDocumentView{
		DocumentID: d.ID, ID: d.ID, TenantID: tenant, OrganizationID: d.CustomerID, CustomerID: d.CustomerID, VerificationID: o.VerificationID, Category: d.Category,
		DocumentType: d.Type, Type: d.Type, Description: d.Description, FileName: d.FileName, FileType: fileType(d), ContentType: d.MimeType,
		MimeType: d.MimeType, FileSize: d.Size, Status: d.State, Reason: d.Reason, Verified: d.State == onboarding.DocumentVerified, UploadedAt: machine.Instant(d.UploadedAt),
		UploadDate: d.UploadedAt.UnixMilli(), UploadedBy: d.UploadedBy,
		AccountID: d.Details["accountId"], TransactionAmount: d.Details["transactionAmount"], Currency: d.Details["currency"], Purpose: d.Details["purpose"],
		DocID: d.Details["docId"],
	}
	if o.Verification != nil {
		waiting := viewWaiting(c, o.Verification)
		view.MissingDocuments, view.UploadURL = waiting.MissingDocuments, waiting.UploadURL
	}
	return view
}

// listOrganizationDocuments lists a page of the documents of an organization.
func listOrganizationDocuments(c *rest.Call, act *world.Act) (rest.Reply, error) {
	page, size := c.QueryInt("page", 0), c.QueryInt("size", 20)
	list, total, err := customers.ListOrganizationDocuments(act, c.Path("organizationId"), page, size)
	documents := []organizationDocumentView{}
	for _, d := range list {
		documents = append(documents, viewOrganizationDocument(c, d))
	}
	return rest.Reply{Extra: succeeded(), Data: map[string]any{
		"documents": documents, "pagination": map[string]any{"total": total, "page": page, "size": size},
	}}, err
}

// uploadOrganizationDocument keeps a base64 document of an organization, with the
// metadata that accompany one for a payment. It refuses with REQUEST_INVALID a
// file that is no base64, too large, or not of its type
// (customer-apis/organization/documents).
func uploadOrganizationDocument(c *rest.Call, act *world.Act) (rest.Reply, error) {
	in, err := readOrganizationUpload(c)
	if err != nil {
		return rest.Reply{}, err
	}
	d, err := customers.UploadOrganizationDocument(act, c.Path("organizationId"), in)
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Extra: succeeded(), Data: new(viewOrganizationDocument(c, d))}, nil
}

func readOrganizationUpload(c *rest.Call) (customers.Upload, error) {
	var faults []refusal.Fault
	details := map[string]any{}
	keep(c.Body, details, "accountId", "currency", "purpose", "docId")
	if c.Body.Has("transactionAmount") {
		amount, err := money.ParseMajor(c.Body.Get("transactionAmount"), payments.Currency)
		if err != nil {
			faults = append(faults, fault("transactionAmount", err.Error()))
		}
		details["transactionAmount"] = amount.Decimal()
	}
	in := customers.Upload{
		Type: documentType(c.Body, "documentType"), FileName: c.Body.Str("fileName"), MimeType: c.Body.Str("mimeType"),
		Base64: c.Body.Str("fileContent", "file"), Description: c.Body.Str("description"), Category: c.Body.Str("category", "documentCategory"), Details: details,
	}
	if in.FileName == "" {
		in.FileName = strings.ToLower(in.Type)
	}
	if in.Category == "" {
		in.Category = customers.DocumentCategory(in.Type)
	}
	if !c.Body.Has("fileContent") {
		in.Member = "file"
	}
	return in, refusal.Invalid(faults)
}

// getOrganizationDocument shows a document. It refuses with DOCUMENT_NOT_FOUND.
func getOrganizationDocument(c *rest.Call, act *world.Act) (rest.Reply, error) {
	d, err := customers.GetOrganizationDocument(act, c.Path("organizationId"), c.Path("documentId"))
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Extra: succeeded(), Data: new(viewOrganizationDocument(c, d))}, nil
}

// deleteOrganizationDocument removes a document. It refuses with
// DOCUMENT_NOT_FOUND.
func deleteOrganizationDocument(c *rest.Call, act *world.Act) (rest.Reply, error) {
	return noContent(customers.DeleteOrganizationDocument(act, c.Path("organizationId"), c.Path("documentId")))
}
