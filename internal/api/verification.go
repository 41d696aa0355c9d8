package api

import (
	"cmp"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
)

type verificationView struct {
	ID                  string        `json:"id"`
	VerificationID      string        `json:"verificationId"`
	CustomerID          string        `json:"customerId"`
	TenantID            string        `json:"tenantId"`
	Type                string        `json:"type"`
	VerificationType    string        `json:"verificationType"`
	VerificationTypes   []string      `json:"verificationTypes"`
	Status              machine.State `json:"status"`
	VerificationLevel   string        `json:"verificationLevel"`
	RequestedLevel      string        `json:"requestedLevel"`
	Level               string        `json:"level"`
	PerformedBy         string        `json:"performedBy"`
	PerformedByID       string        `json:"performedById"`
	AppliesToSubtenants bool          `json:"appliesToSubtenants"`
	RequiredDocuments   []string      `json:"requiredDocuments"`
	waitingView
	Documents      []documentView    `json:"documents"`
	Attempt        int               `json:"attempt"`
	StartedAt      string            `json:"startedAt"`
	CreatedAt      string            `json:"createdAt"`
	DueDate        string            `json:"dueDate"`
	InitiatedBy    string            `json:"initiatedBy,omitzero"`
	DecidedAt      string            `json:"decidedAt,omitzero"`
	ApprovedBy     string            `json:"approvedBy,omitzero"`
	ApprovedAt     string            `json:"approvedAt,omitzero"`
	Reason         string            `json:"reason,omitzero"`
	Comment        string            `json:"comment,omitzero"`
	Notes          string            `json:"notes,omitzero"`
	Verified       bool              `json:"verified"`
	Priority       string            `json:"priority"`
	AdditionalData map[string]string `json:"additionalData"`
}

// createVerification opens a verification of a person (KYC) or a company (KYB).
// It refuses with CUSTOMER_NOT_FOUND and VERIFICATION_EXISTS
// (verification-compliance/create-verification).
func createVerification(c *rest.Call, act *world.Act) (rest.Reply, error) {
	detail, err := customers.OpenVerification(act, c.Body.Str("customerId", "organizationId"), customers.VerificationRequest{
		Type: c.Body.Str("type"), Level: c.Body.Str("requestedLevel"), Kind: c.Body.Str("verificationType"),
		Notes: c.Body.Str("notes", "additionalData.verificationReason", "additionalData.description"), Why: c.Body.Str("additionalData.verificationReason", "additionalData.description"),
		Priority: c.Body.Str("additionalData.priority"), By: c.Body.Str("requestedByUserId", "userId"),
	})
	return openedReply(c, detail, err)
}

// initiateIndividualVerification opens the identity verification of a customer
// (customer-apis/individual/verification).
func initiateIndividualVerification(c *rest.Call, act *world.Act) (rest.Reply, error) {
	detail, err := customers.InitiateVerification(act, c.Path("customerId"))
	reply, err := openedReply(c, detail, err)
	reply.Message = "Verification initiated successfully"
	return reply, err
}

// submitIndividualVerification hands in the data of a paper, with its pictures if
// there are any; the review begins if nothing else is missing (integration/flows/individual-customer/verification).
func submitIndividualVerification(c *rest.Call, act *world.Act) (rest.Reply, error) {
	data, details := c.Body.Object("verificationData"), map[string]any{}
	keep(data, details, "documentNumber", "issuingCountry", "issuingAuthority", "issueDate", "expiryDate", "additionalData")
	detail, err := customers.SubmitVerification(act, c.Path("customerId"), customers.Submission{
		DocumentType: documentType(data, "documentType"), DocumentNumber: data.Str("documentNumber"),
		Notes: c.Body.Str("notes", "adminNotes"), Expiry: dateOnly(data.Str("expiryDate")), Country: data.Str("issuingCountry"),
		Depth: submittedDepth(c.Body.Str("verificationType")), Details: details,
		Images: []customers.Image{
			{Field: "verificationData.documentFrontImage", Data: data.Str("documentFrontImage")},
			{Field: "verificationData.documentBackImage", Data: data.Str("documentBackImage")},
			{Field: "verificationData.selfieImage", Data: data.Str("selfieImage")},
		},
	})
	reply, err := verificationReply(c, detail, err)
	reply.Message = "Verification submitted successfully"
	return reply, err
}

// submittedDepth is how thorough a kind of submission wants the review to be.
func submittedDepth(kind string) string {
	switch kind {
	case "SIMPLIFIED":
		return "BASIC"
	case "STANDARD", "ENHANCED":
		return kind
	}
	return ""
}

// getVerification shows a verification; clients poll it.
func getVerification(c *rest.Call, act *world.Act) (rest.Reply, error) {
	detail, err := customers.GetVerification(act, c.Path("verificationId"))
	return verificationReply(c, detail, err)
}

// approveVerification approves a verification, or rejects it with status
// REJECTED. It refuses with VERIFICATION_DECIDED and POWER_TENANT_REQUIRED
// (verification-compliance/approve-verification).
func approveVerification(c *rest.Call, act *world.Act) (rest.Reply, error) {
	detail, err := customers.DecideVerification(act, c.Path("verificationId"), customers.Decision{
		About:  readAbout(c.Body),
		Reject: c.Body.Str("status") == "REJECTED", Reason: c.Body.Str("reason"),
		Comment: c.Body.Str("comment", "notes"), By: c.Body.Str("userId", "approvedBy"),
	})
	return verificationReply(c, detail, err)
}

// openedReply has the members that older pages have beside the envelope's.
func openedReply(c *rest.Call, d customers.VerificationDetail, err error) (rest.Reply, error) {
	reply, err := verificationReply(c, d, err)
	reply.Extra = &extra{Success: true, Timestamp: machine.Instant(d.At)}
	return reply, err
}

func verificationReply(c *rest.Call, d customers.VerificationDetail, err error) (rest.Reply, error) {
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: new(viewVerification(c, d))}, nil
}

// waitingView names the documents for which a verification waits, and where they
// are handed in.
type waitingView struct {
	MissingDocuments []string `json:"missingDocuments"`
	UploadURL        string   `json:"uploadUrl,omitzero"`
}

func viewWaiting(c *rest.Call, v *onboarding.Verification) waitingView {
	view := waitingView{MissingDocuments: v.Missing}
	if v.Open() && len(v.Missing) > 0 {
		view.UploadURL = c.Link("uploadVerificationDocument", "verificationId", v.ID)
	}
	return view
}

func viewVerification(c *rest.Call, d customers.VerificationDetail) verificationView {
	v, tenant := d.Verification, c.Tenant
	view := verificationView{
		ID: v.ID, VerificationID: v.ID, CustomerID: v.CustomerID, TenantID: tenant, Type: v.Type, VerificationType: kycOrKYB(v.Subject),
		VerificationTypes: []string{v.Type}, Status: v.State, VerificationLevel: v.Requested, RequestedLevel: v.Requested,
		Level: v.Level, PerformedBy: "TENANT", PerformedByID: tenant, waitingView: viewWaiting(c, v), Attempt: v.Attempt,
		StartedAt: machine.Instant(v.Created), CreatedAt: machine.Instant(v.Created), DueDate: machine.Instant(v.DueAt), InitiatedBy: v.OpenedBy, DecidedAt: instantOrNone(v.DecidedAt),
		Reason: v.Reason, Comment: v.Comment, Notes: v.Notes, Verified: v.State == onboarding.VerificationApproved,
		Priority: v.Priority, AdditionalData: map[string]string{},
	}
	if v.HighRisk {
		view.PerformedBy = "POWER_TENANT"
	}
	if view.Verified {
		view.ApprovedBy, view.ApprovedAt = v.DecidedBy, view.DecidedAt
		view.VerificationLevel = v.Level
	} else {
		view.Level = depth(v)
	}
	if why := cmp.Or(v.Why, v.Notes); why != "" {
		view.AdditionalData["verificationReason"], view.AdditionalData["description"] = why, why
		view.AdditionalData["priority"] = v.Priority
	}
	for _, r := range v.Required {
		view.RequiredDocuments = append(view.RequiredDocuments, r.Type)
	}
	for _, document := range d.Documents {
		view.Documents = append(view.Documents, viewDocument(c, document, v))
	}
	return view
}

func kycOrKYB(t onboarding.CustomerType) string {
	if t == onboarding.Organization {
		return "KYB"
	}
	return "KYC"
}

// depth is how thorough an undecided verification is.
func depth(v *onboarding.Verification) string {
	if v.HighRisk || v.Type == "ENHANCED_DUE_DILIGENCE" {
		return "ENHANCED"
	}
	return cmp.Or(v.Depth, "STANDARD")
}

type documentView struct {
	DocumentID         string        `json:"documentId"`
	ID                 string        `json:"id"`
	TenantID           string        `json:"tenantId"`
	CustomerID         string        `json:"customerId"`
	VerificationID     string        `json:"verificationId"`
	DocumentType       string        `json:"documentType"`
	Type               string        `json:"type"`
	FileName           string        `json:"fileName"`
	FileType           string        `json:"fileType"`
	ContentType        string        `json:"contentType"`
	FileSize           int           `json:"fileSize"`
	Status             machine.State `json:"status"`
	Reason             string        `json:"rejectionReason,omitzero"`
	UploadDate         int64         `json:"uploadDate"`
	UploadedAt         string        `json:"uploadedAt"`
	UploadedBy         string        `json:"uploadedBy"`
	Description        string        `json:"description,omitzero"`
	Verified           bool          `json:"verified"`
	VerificationStatus machine.State `json:"verificationStatus"`
	Category           string        `json:"documentCategory,omitzero"`
	// Details are the members that have no rule, as they were sent.
	Details map[string]any `json:",embed"`
}

// uploadVerificationDocument keeps a base64 document of a verification. It
// refuses with VERIFICATION_DECIDED, and with REQUEST_INVALID a file that is no
// base64, too large, or not of its type
// (verification-compliance/upload-verification-document).
func uploadVerificationDocument(c *rest.Call, act *world.Act) (rest.Reply, error) {
	out, err := customers.UploadDocument(act, c.Path("verificationId"), readAbout(c.Body), readUpload(c.Body))
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: new(viewUploaded(c, out))}, nil
}

func readUpload(b rest.Body) customers.Upload {
	in := customers.Upload{
		Type: documentType(b, "documentType", "document.documentType"), FileName: b.Str("fileName", "document.fileName"),
		MimeType: b.Str("mimeType", "document.mimeType"), Base64: b.Str("fileContent", "document.fileContent"),
		Description: b.Str("description"), Nested: b.Has("document"), Category: b.Str("documentCategory"), Details: map[string]any{},
	}
	keep(b, in.Details, "docId", "filePath", "context")
	keep(b.Object("document"), in.Details, "context")
	return in
}

// readAbout reads whom and what a body about a verification says that it concerns.
func readAbout(b rest.Body) customers.About {
	return customers.About{CustomerID: b.Str("customerId"), OrganizationID: b.Str("organizationId"), Type: b.Str("verificationType")}
}

// uploadedView is a document that has just been handed in, with what is still
// missing.
type uploadedView struct {
	documentView
	waitingView
}

func viewUploaded(c *rest.Call, out customers.Uploaded) uploadedView {
	return uploadedView{viewDocument(c, out.Document, out.Verification), viewWaiting(c, out.Verification)}
}

// documentType reads a type of document, which every page but the newest writes
// without a prefix.
func documentType(b rest.Body, names ...string) string {
	return strings.TrimPrefix(b.Str(names...), "DT_")
}

func viewDocument(c *rest.Call, d *onboarding.Document, v *onboarding.Verification) documentView {
	return documentView{
		DocumentID: d.ID, ID: d.ID, TenantID: c.Tenant, CustomerID: d.CustomerID, VerificationID: v.ID,
		DocumentType: "DT_" + d.Type, Type: d.Type, FileName: d.FileName, FileType: fileType(d), ContentType: d.MimeType,
		FileSize: d.Size, Status: d.State, Reason: d.Reason, UploadDate: d.UploadedAt.UnixMilli(), UploadedAt: machine.Instant(d.UploadedAt), UploadedBy: d.UploadedBy,
		Description: d.Description, Verified: d.State == onboarding.DocumentVerified, VerificationStatus: v.State,
		Category: d.Category, Details: toldOf(d),
	}
}

// toldOf are the members of a document that have no rule, as they were sent.
func toldOf(d *onboarding.Document) map[string]any {
	told := map[string]any{}
	for _, name := range []string{"docId", "filePath", "context", "documentNumber", "issuingCountry", "issuingAuthority", "issueDate", "expiryDate", "additionalData"} {
		if value, sent := d.Details[name]; sent {
			told[name] = value
		}
	}
	return told
}

// dateOnly is the day of a date or of an instant.
func dateOnly(text string) string { return text[:min(len(text), len(time.DateOnly))] }

func fileType(d *onboarding.Document) string {
	return d.MimeType[strings.LastIndexByte(d.MimeType, '/')+1:]
}
