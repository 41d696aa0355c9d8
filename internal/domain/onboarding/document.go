package onboarding

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
)

// Requirement is a document that a review needs.
type Requirement struct {
	// Type is how the requirement is named; AnyOf are the document types that
	// satisfy it, Type among them.
	Type  string   `json:"type"`
	AnyOf []string `json:"anyOf"`
	// Reason is what makes an organization need it.
	Reason string `json:"reason,omitempty"`
}

// SatisfiedBy reports whether one of the submitted documents will do.
func (r Requirement) SatisfiedBy(submitted []string) bool {
	return slices.ContainsFunc(submitted, func(t string) bool { return slices.Contains(r.AnyOf, t) })
}

// identity are the papers that prove who somebody is; the documentation asks
// for a passport or a government id and shows the others in its samples.
func identity() []string {
	return []string{"GOVERNMENT_ID", "PASSPORT", "NATIONAL_ID", "ID_CARD", "DRIVERS_LICENSE"}
}

// IdentityPaper reports whether a type of document proves who somebody is. The
// data of such a paper stand for it; of every other document there must be a file.
func IdentityPaper(documentType string) bool { return slices.Contains(identity(), documentType) }

// Missing lists the requirements that no standing document among the papers
// meets, by their names.
func Missing(needs []Requirement, papers []*Document) []string {
	var types []string
	for _, d := range papers {
		if d.standing(papers) {
			types = append(types, d.Type)
		}
	}
	missing := []string{}
	for _, r := range needs {
		if !r.SatisfiedBy(types) {
			missing = append(missing, r.Type)
		}
	}
	return missing
}

func only(name string) Requirement { return Requirement{Type: name, AnyOf: []string{name}} }

// Formats gives the content types that a type of document may have, and its
// largest size in bytes.
func Formats(documentType string) (mimeTypes []string, maxSize int) {
	f := formOf(documentType)
	return f.mimeTypes, f.maxSize
}

// IndividualRequirements are the documents that the verification of a person
// needs: by the risk of its category and by the type of the verification.
func IndividualRequirements(verificationType string, risk Risk) []Requirement {
	needs := []Requirement{{Type: "GOVERNMENT_ID", AnyOf: identity()}}
	if risk == MediumRisk || risk == HighRisk {
		needs = append(needs, only("PROOF_OF_ADDRESS"), only("SOURCE_OF_FUNDS"))
	}
	if risk == HighRisk {
		needs = append(needs, only("BENEFICIAL_OWNERSHIP"), only("PEP_DECLARATION"))
	}
	add := func(name string) {
		if !slices.ContainsFunc(needs, func(r Requirement) bool { return r.Type == name }) {
			needs = append(needs, only(name))
		}
	}
	switch verificationType {
	case "DOCUMENT_VERIFICATION":
		add("PROOF_OF_ADDRESS")
	case "ENHANCED_DUE_DILIGENCE":
		add("SOURCE_OF_FUNDS")
		add("BENEFICIAL_OWNERSHIP")
		add("PEP_DECLARATION")
	case "SANCTIONS_CHECK":
		add("PROOF_OF_ADDRESS")
		add("SOURCE_OF_FUNDS")
		add("BENEFICIAL_OWNERSHIP")
		add("PEP_DECLARATION")
	}
	return needs
}

// MemberRequirements are the documents that the identity verification of
// somebody needs who belongs to an organization: a paper of the person's own, or
// one that the organization has handed in about its people.
func MemberRequirements() []Requirement {
	return []Requirement{{Type: "GOVERNMENT_ID", AnyOf: append(identity(), peoplePapers()...)}}
}

// peoplePapers are the documents of an organization that prove who its directors,
// partners and owners are.
func peoplePapers() []string {
	return []string{"DIRECTOR_ID", "DIRECTOR_IDS", "PARTNER_ID", "PARTNER_IDS", "OWNER_ID",
		"BENEFICIAL_OWNERSHIP", "BENEFICIAL_OWNER_DECLARATION", "BENEFICIAL_OWNERS_DECLARATION"}
}

// The states of a document.
const (
	DocumentUploaded machine.State = "UPLOADED"
	DocumentVerified machine.State = "VERIFIED"
	DocumentRejected machine.State = "REJECTED"
)

// What can be asked of a document.
const (
	UploadDocument machine.Trigger = "upload"
	DeferDocument  machine.Trigger = "defer"
	VerifyDocument machine.Trigger = "verify"
	RejectDocument machine.Trigger = "reject"
)

// Document is a file that was handed in for a verification.
type Document struct {
	machine.Life
	// VerificationID is the verification for which the document was handed in;
	// empty for one of an organization as such.
	VerificationID string `json:"verificationId,omitempty"`
	CustomerID     string `json:"customerId"`
	Type           string `json:"type"`
	// Paper joins the pictures of one paper: it is the same for all of them, and
	// empty for a document that is whole by itself.
	Paper string `json:"paper,omitempty"`
	// Expiry is the day after which the paper does not hold, if it was told.
	Expiry string `json:"expiry,omitempty"`
	// Number and Country are those of the paper, if they were told.
	Number      string `json:"number,omitempty"`
	Country     string `json:"country,omitempty"`
	FileName    string `json:"fileName"`
	MimeType    string `json:"mimeType"`
	Size        int    `json:"size"`
	Description string `json:"description,omitempty"`
	Category    string `json:"category,omitempty"`
	// Details are the further members that organizations send along.
	Details    map[string]any `json:"details,omitempty"`
	UploadedBy string         `json:"uploadedBy,omitempty"`
	UploadedAt time.Time      `json:"uploadedAt"`
	// Reason is why it was rejected.
	Reason string `json:"reason,omitempty"`
}

// standing reports whether a document can count: neither it nor another picture
// of the same paper has been rejected.
func (d *Document) standing(papers []*Document) bool {
	return !slices.ContainsFunc(papers, func(other *Document) bool {
		return other.State == DocumentRejected && (other.ID == d.ID || other.Paper != "" && other.Paper == d.Paper)
	})
}

// Expired reports whether the paper does not hold any more at an instant. It holds
// through the day that it names.
func (d *Document) Expired(at time.Time) bool {
	return d.Expiry != "" && at.UTC().Format(time.DateOnly) > d.Expiry
}

// Unexpired are the documents that hold at an instant.
func Unexpired(papers []*Document, at time.Time) []*Document {
	return slices.DeleteFunc(slices.Clone(papers), func(d *Document) bool { return d.Expired(at) })
}

// DocumentExpired is the reason for which a review rejects a paper that does not
// hold any more, and with it what rests on the paper.
const DocumentExpired = "DOCUMENT_EXPIRED"

// DocumentFacts are what the document's table needs to know: nothing, since the
// verification has looked at the file before it is kept.
type DocumentFacts struct{}

// DefaultRejection is the reason of a document that is rejected without one.
const DefaultRejection = "DOCUMENT_UNREADABLE"

// documentReasons are those with which a document can be rejected.
func documentReasons() []string {
	return []string{"DOCUMENT_BLURRED", DocumentExpired, DefaultRejection, "DOCUMENT_NOT_ACCEPTED", "DATA_MISMATCH"}
}

// DocumentTable is the life of a document. Mostly it is decided together with
// the verification that it serves; a scenario can have it looked at before.
func DocumentTable() *machine.Table[DocumentFacts] {
	return &machine.Table[DocumentFacts]{
		Name:      "document",
		Otherwise: refusal.PhaseOrderBroken,
		Rows: []machine.Row[DocumentFacts]{
			{From: in{machine.None}, On: on{UploadDocument}, To: DocumentUploaded, Arms: []machine.Choice[DocumentFacts]{{
				Point: "document.review", Default: "WITH_VERIFICATION",
				Options: []machine.Option{
					{Name: "WITH_VERIFICATION", Trigger: DeferDocument},
					{Name: "VERIFIED", Trigger: VerifyDocument},
					{Name: "REJECTED", Trigger: RejectDocument, Reasons: documentReasons()},
				},
			}}},
			{From: in{DocumentUploaded}, On: on{DeferDocument}, To: machine.Same},
			{From: in{DocumentUploaded}, On: on{VerifyDocument}, To: DocumentVerified},
			{From: in{DocumentUploaded}, On: on{RejectDocument}, To: DocumentRejected},
		},
	}
}

// MaxDocument is the largest document of any type, decoded, in bytes.
const MaxDocument = 10 << 20

const megabyte = 1 << 20

// form is what a type of document may look like.
type form struct {
	mimeTypes []string
	maxSize   int
}

// formOf gives the documented formats and sizes; types without a documented
// rule may be of any known format, up to 10 MB.
func formOf(documentType string) form {
	switch documentType {
	case "PASSPORT", "GOVERNMENT_ID":
		return form{[]string{"application/pdf", "image/jpeg", "image/png"}, 5 * megabyte}
	case "PROOF_OF_ADDRESS":
		return form{[]string{"application/pdf", "image/jpeg"}, 5 * megabyte}
	case "SOURCE_OF_FUNDS":
		return form{[]string{"application/pdf"}, 10 * megabyte}
	case "PEP_DECLARATION", "CERTIFICATE_OF_INCORPORATION", "BUSINESS_LICENSE", "BUSINESS_LICENCE",
		"BENEFICIAL_OWNERS_DECLARATION", "BENEFICIAL_OWNER_DECLARATION", "BANK_REFERENCE_LETTER", "TAX_CLEARANCE_CERTIFICATE":
		return form{[]string{"application/pdf"}, 5 * megabyte}
	case "ARTICLES_OF_ASSOCIATION":
		return form{[]string{"application/pdf"}, 10 * megabyte}
	case "FINANCIAL_STATEMENTS":
		// Documented with 20 MB; no document is larger than MaxDocument here.
		return form{[]string{"application/pdf"}, MaxDocument}
	case "DIRECTOR_ID", "DIRECTOR_IDS", "PROOF_OF_REGISTERED_ADDRESS":
		return form{[]string{"application/pdf", "image/jpeg"}, 5 * megabyte}
	}
	return form{[]string{"application/pdf", "image/jpeg", "image/png"}, MaxDocument}
}

// CheckDocument finds everything that is wrong with a file: its size, whether
// its type may be handed in in this format, and whether its first bytes are of
// that format at all. Without a mime type the file's own format is taken.
func CheckDocument(documentType, mimeType string, content []byte) (format string, faults []refusal.Fault) {
	allowed := formOf(documentType)
	found := sniff(content)
	if mimeType == "" {
		mimeType = found
	}
	fault := func(field, message string, args ...any) {
		faults = append(faults, refusal.Fault{Field: field, Pointer: "/" + field, Message: fmt.Sprintf(message, args...)})
	}
	if len(content) == 0 {
		fault("fileContent", "must not be empty")
	}
	if len(content) > allowed.maxSize {
		fault("fileContent", "has %d bytes; a %s has at most %d", len(content), documentType, allowed.maxSize)
	}
	if !slices.Contains(allowed.mimeTypes, mimeType) && (mimeType != "" || found != "") {
		fault("mimeType", "a %s must be %s, not %s", documentType, strings.Join(allowed.mimeTypes, " or "), mimeType)
	}
	if len(content) > 0 && (found == "" || found != mimeType) {
		fault("fileContent", "is not of the type %s", orElse(mimeType, strings.Join(allowed.mimeTypes, " or ")))
	}
	return mimeType, faults
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

// sniff tells a file's format by its first bytes.
func sniff(content []byte) string {
	for _, f := range []struct{ mimeType, magic string }{
		{"application/pdf", "%PDF-"}, {"image/png", "\x89PNG\r\n\x1a\n"}, {"image/jpeg", "\xff\xd8\xff"},
	} {
		if strings.HasPrefix(string(content[:min(len(content), 8)]), f.magic) {
			return f.mimeType
		}
	}
	return ""
}
