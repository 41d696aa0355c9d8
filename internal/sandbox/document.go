package sandbox

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
)

func (s *Sandbox) documentKind() *engine.Kind[onboarding.Document, onboarding.DocumentFacts] {
	return &engine.Kind[onboarding.Document, onboarding.DocumentFacts]{
		Collection: engine.Collection[onboarding.Document]{Name: "document", Indexes: []engine.Index[onboarding.Document]{
			{Name: "verification", Of: func(d *onboarding.Document) []string { return []string{d.VerificationID} }},
			{Name: "customer", Of: func(d *onboarding.Document) []string { return []string{d.CustomerID} }},
		}},
		Table: onboarding.DocumentTable(),
		Facts: func(*engine.Unit, *onboarding.Document, machine.Cause) onboarding.DocumentFacts {
			return onboarding.DocumentFacts{}
		},
		Effect: s.documentEffect,
		Subject: func(d *onboarding.Document) engine.Subject {
			return engine.Subject{Customer: d.CustomerID, Data: map[string]string{"customerId": d.CustomerID, "verificationId": d.VerificationID}}
		},
	}
}

// documentEffect takes a document that is rejected out of the verification for
// which it counted.
func (s *Sandbox) documentEffect(u *engine.Unit, d *onboarding.Document, step machine.Step, cause machine.Cause) error {
	if step.On != onboarding.RejectDocument {
		return nil
	}
	d.Reason = cmp.Or(cause.Reason, onboarding.DefaultRejection)
	v := s.verificationOf(u, d)
	if v == nil || !v.Open() {
		return nil
	}
	if i := slices.Index(v.Submitted, d.Type); i >= 0 {
		v.Submitted = slices.Delete(v.Submitted, i, i+1)
		s.verifications.Then(u, v, onboarding.LoseDocument, cause)
	}
	return nil
}

// verificationOf is the verification for which a document counts, or nil: its
// own, or for a document of an organization as such the organization's.
func (s *Sandbox) verificationOf(u *engine.Unit, d *onboarding.Document) *onboarding.Verification {
	if d.VerificationID == "" {
		return s.latestVerification(u, d.CustomerID)
	}
	return s.verifications.Get(u, d.VerificationID)
}

// verifyDocuments makes the documents that a verification rests on VERIFIED
// together with it: an organization's are those that it asked for.
func (s *Sandbox) verifyDocuments(u *engine.Unit, v *onboarding.Verification, cause machine.Cause) {
	for _, d := range s.papers(u, v) {
		asked := v.Subject != onboarding.Organization || v.Requires(d.Type)
		if asked && d.State == onboarding.DocumentUploaded {
			s.documents.Then(u, d, onboarding.VerifyDocument, cause)
		}
	}
}

// content is the file of a document. It stands apart, so that looking at a
// verification does not read megabytes.
type content struct {
	ID   string `json:"id"`
	Seq  int64  `json:"seq"`
	File []byte `json:"file"`
}

// Key is what the content is stored under: the id of its document.
func (c *content) Key() (id string, seq int64) { return c.ID, c.Seq }

// Upload is a document as it is handed in.
type Upload struct {
	Type, FileName, MimeType, Description string
	// Base64 is the file, with or without the head of a data URL.
	Base64 string
	// Nested tells that the file stands in the body's document member, and Member
	// is the one that has its content where that is not fileContent.
	Nested bool
	Member string
	// Category and Details are what organizations send along.
	Category string
	Details  map[string]any
}

// file is a document that has been decoded and checked.
type file struct {
	Upload
	content []byte
}

// check decodes the file and finds everything that is wrong with it.
func (in Upload) check() (file, []refusal.Fault) {
	content, mimeType, faults := decodeFile(in)
	if len(faults) == 0 {
		mimeType, faults = onboarding.CheckDocument(in.Type, mimeType, content)
	}
	for i, f := range faults {
		if in.Member != "" && f.Field == "fileContent" {
			faults[i] = refusal.Fault{Field: in.Member, Pointer: pointer(in.Member), Message: f.Message}
		}
	}
	in.Base64, in.MimeType = "", mimeType
	return file{in, content}, faults
}

// UploadDocument checks and keeps a document of a verification. The last one
// that is required starts the review. It refuses with VERIFICATION_NOT_FOUND,
// VERIFICATION_DECIDED, and REQUEST_INVALID with everything that is wrong with
// the file.
func (s *Sandbox) UploadDocument(c access.Caller, verificationID string, in Upload) (*onboarding.Document, *onboarding.Verification, error) {
	checked, faults := in.check()
	if in.Nested {
		faults = within("document", faults)
	}
	if err := refusal.Invalid(faults); err != nil {
		return nil, nil, err
	}
	var document *onboarding.Document
	detail, err := s.withVerification(c, func(u *engine.Unit) (*onboarding.Verification, error) {
		v, err := s.verification(u, c, verificationID)
		if err != nil {
			return nil, err
		}
		if document, err = s.addDocument(u, c, v, checked); err != nil {
			return nil, err
		}
		return v, s.submitIfComplete(u, c, v)
	})
	return document, detail.Verification, err
}

// addDocument keeps a checked document with its file.
func (s *Sandbox) addDocument(u *engine.Unit, c access.Caller, v *onboarding.Verification, f file) (*onboarding.Document, error) {
	if err := s.verifications.Fire(u, v, onboarding.AddDocument, by(c)); err != nil {
		return nil, err
	}
	v.Submitted = append(v.Submitted, f.Type)
	return s.keepDocument(u, c, v.CustomerID, v.ID, f), nil
}

// keepDocument stores a checked document with its file and lets it be reviewed.
// Nothing refuses that: an error would be a fault of the sandbox.
func (s *Sandbox) keepDocument(u *engine.Unit, c access.Caller, customerID, verificationID string, f file) *onboarding.Document {
	document := &onboarding.Document{
		Life: s.newLife(u, "document"), VerificationID: verificationID, CustomerID: customerID,
		Type: f.Type, FileName: f.FileName, MimeType: f.MimeType, Size: len(f.content), Description: f.Description,
		Category: f.Category, Details: f.Details, UploadedBy: c.UserID, UploadedAt: u.Now(),
	}
	s.contents.Add(u, &content{ID: document.ID, Seq: document.Seq, File: f.content})
	u.Note(s.documents.Create(u, document, onboarding.UploadDocument, by(c)))
	return document
}

// files checks the pictures of a submission; without any, the paper's data
// alone are the document.
func (in Submission) files() ([]file, error) {
	var files []file
	var faults []refusal.Fault
	for _, image := range in.Images {
		if image.Data == "" {
			continue
		}
		kind := in.DocumentType
		if strings.HasSuffix(image.Field, "selfieImage") {
			kind = "SELFIE"
		}
		checked, found := Upload{Type: kind, FileName: strings.ToLower(kind), Base64: image.Data}.check()
		for _, fault := range found {
			faults = append(faults, refusal.Fault{Field: image.Field, Pointer: pointer(image.Field), Message: fault.Message})
		}
		files = append(files, checked)
	}
	if len(files) == 0 {
		files = []file{{Upload{Type: in.DocumentType, FileName: in.DocumentNumber, MimeType: "application/json"}, nil}}
	}
	return files, refusal.Invalid(faults)
}

// within moves faults into a member of the body.
func within(member string, faults []refusal.Fault) []refusal.Fault {
	for i, f := range faults {
		field := member + "." + f.Field
		faults[i] = refusal.Fault{Field: field, Pointer: pointer(field), Message: f.Message}
	}
	return faults
}

func pointer(field string) string { return "/" + strings.ReplaceAll(field, ".", "/") }

// decodeFile decodes the base64 of a file strictly: padding and alphabet must be
// right, since production refuses what a lenient decoder would let pass.
func decodeFile(in Upload) (content []byte, mimeType string, faults []refusal.Fault) {
	text, mimeType := in.Base64, in.MimeType
	if head, rest, ok := strings.Cut(text, ","); ok && strings.HasPrefix(head, "data:") {
		text = rest
		if mimeType == "" {
			mimeType = strings.TrimSuffix(strings.TrimPrefix(head, "data:"), ";base64")
		}
	}
	fault := func(message string) []refusal.Fault {
		return []refusal.Fault{{Field: "fileContent", Pointer: "/fileContent", Message: message}}
	}
	if base64.StdEncoding.DecodedLen(len(text)) > onboarding.MaxDocument+2 {
		return nil, mimeType, fault("has more than 10 MiB")
	}
	content, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") {
		return nil, mimeType, fault("is not valid base64")
	}
	return content, mimeType, nil
}
