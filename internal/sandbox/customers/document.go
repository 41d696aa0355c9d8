package customers

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"strings"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/scenario"
)

// DocumentKind makes the kind of the documents of verifications.
func DocumentKind(s *world.World) *engine.Kind[onboarding.Document, onboarding.DocumentFacts] {
	return world.See(s, &engine.Kind[onboarding.Document, onboarding.DocumentFacts]{
		Collection: engine.Collection[onboarding.Document]{Name: "document", Indexes: []engine.Index[onboarding.Document]{
			{Name: "verification", Of: func(d *onboarding.Document) []string { return []string{d.VerificationID} }},
			{Name: "customer", Of: func(d *onboarding.Document) []string { return []string{d.CustomerID} }},
		}},
		Table: onboarding.DocumentTable(),
		Facts: func(*engine.Unit, *onboarding.Document, machine.Cause) onboarding.DocumentFacts {
			return onboarding.DocumentFacts{}
		},
		Effect: world.Effect(s, documentEffect),
		Subject: func(d *onboarding.Document) engine.Subject {
			return engine.Subject{Customer: d.CustomerID, Data: map[string]string{"customerId": d.CustomerID, "verificationId": d.VerificationID}}
		},
	}, seenDocument())
}

func seenDocument() world.Seen[onboarding.Document] {
	return world.Seen[onboarding.Document]{
		Owner: func(d *onboarding.Document) string { return d.CustomerID },
		Tells: []world.Telling[onboarding.Document]{
			{About: scenario.AboutDocument, Tell: func(act *world.Act, d *onboarding.Document, f *scenario.Facts) {
				f.Document = documentFacts(act.Unit, d)
			}},
		},
		Links: []world.Link[onboarding.Document]{{Kind: "verification", ID: func(d *onboarding.Document) string { return d.VerificationID }}},
	}
}

// documentEffect looks again, when a document is rejected, at the verifications
// for which it may have counted.
func documentEffect(act *world.Act, d *onboarding.Document, step machine.Step, cause machine.Cause) error {
	if step.On == onboarding.RejectDocument {
		d.Reason = cmp.Or(cause.Reason, onboarding.DefaultRejection)
		act.After(func() error { return papersChanged(act, d, cause) })
	}
	return nil
}

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
	// Expiry is the day after which the paper does not hold, Number and Country are
	// those of the paper, if they were told.
	Expiry, Number, Country string
}

// File is a document that has been decoded and checked. What it was is kept and not
// the file itself: no call gives it back, and a few would fill the memory.
type File struct {
	Upload
	size int
}

// check decodes the file and finds everything that is wrong with it.
func (in Upload) check() (File, []refusal.Fault) {
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
	return File{in, len(content)}, faults
}

// Uploaded is a document with the verification to which it was added.
type Uploaded struct {
	VerificationDetail
	Document *onboarding.Document
}

// UploadDocument checks and keeps a document of a verification. The last one
// that is required starts the review. It refuses with VERIFICATION_NOT_FOUND,
// PERMISSION_DENIED, VERIFICATION_DECIDED, PHASE_ORDER_BROKEN, and REQUEST_INVALID
// with everything that is wrong with the file.
func UploadDocument(act *world.Act, verificationID string, about About, in Upload) (Uploaded, error) {
	checked, faults := in.check()
	if in.Nested {
		faults = within("document", faults)
	}
	if err := refusal.Invalid(faults); err != nil {
		return Uploaded{}, err
	}
	var out Uploaded
	var err error
	out.VerificationDetail, err = withVerification(act, func() (*onboarding.Verification, error) {
		v, err := findVerification(act, verificationID)
		if err != nil {
			return nil, err
		}
		if err := about.check(v); err != nil {
			return nil, err
		}
		if err := mayHandIn(act, act.Customers.Get(act.Unit, v.CustomerID)); err != nil {
			return nil, err
		}
		out.Document, err = addDocument(act, v, checked)
		return v, err
	})
	return out, err
}

// addDocument adds one checked document to a verification.
func addDocument(act *world.Act, v *onboarding.Verification, f File) (*onboarding.Document, error) {
	if err := act.Verifications.Fire(act.Unit, v, onboarding.AddDocument, world.By(act)); err != nil {
		return nil, err
	}
	d := KeepDocument(act, v.CustomerID, v.ID, "", f)
	return d, papersChanged(act, d, world.By(act))
}

// addDocuments adds the pictures of one paper to a verification.
func addDocuments(act *world.Act, v *onboarding.Verification, files []File) error {
	if err := act.Verifications.Fire(act.Unit, v, onboarding.AddDocument, world.By(act)); err != nil {
		return err
	}
	var paper string
	for _, f := range files {
		of := paper
		if f.Type == selfie {
			of = ""
		}
		d := KeepDocument(act, v.CustomerID, v.ID, of, f)
		if paper == "" && f.Type != selfie {
			paper, d.Paper = d.ID, d.ID
		}
	}
	return reviewIfComplete(act, v, world.By(act))
}

// KeepDocument stores a checked document and lets it be reviewed.
// Nothing refuses that: an error would be a fault of the sandbox.
func KeepDocument(act *world.Act, customerID, verificationID, paper string, f File) *onboarding.Document {
	document := &onboarding.Document{
		Life: world.NewLife(act, "document"), VerificationID: verificationID, CustomerID: customerID,
		Type: f.Type, FileName: f.FileName, MimeType: f.MimeType, Size: f.size, Description: f.Description,
		Paper: paper, Expiry: f.Expiry, Number: f.Number, Country: f.Country, Category: f.Category, Details: f.Details, UploadedBy: act.Caller.UserID, UploadedAt: act.Now(),
	}
	act.Note(act.Documents.Create(act.Unit, document, onboarding.UploadDocument, world.By(act)))
	return document
}

// selfie is the type of a picture that shows the person and not a paper.
const selfie = "SELFIE"

// files checks the pictures of a submission; without any, the paper's data
// alone are the document, if it is an identity paper.
func (in Submission) files() ([]File, error) {
	var files []File
	var faults []refusal.Fault
	pictured := false
	for _, image := range in.Images {
		if image.Data == "" {
			continue
		}
		kind := in.DocumentType
		if strings.HasSuffix(image.Field, "selfieImage") {
			kind = selfie
		}
		checked, found := Upload{Type: kind, FileName: strings.ToLower(kind), Base64: image.Data, Expiry: in.Expiry, Number: in.DocumentNumber, Country: in.Country, Details: in.Details}.check()
		for _, fault := range found {
			faults = append(faults, refusal.Fault{Field: image.Field, Pointer: pointer(image.Field), Message: fault.Message})
		}
		files, pictured = append(files, checked), pictured || kind != selfie
	}
	if !pictured && !onboarding.IdentityPaper(in.DocumentType) {
		field := "verificationData.documentFrontImage"
		faults = append(faults, refusal.Fault{Field: field, Pointer: pointer(field),
			Message: fmt.Sprintf("is required: the data alone stand for an identity paper, a %s must be seen", in.DocumentType)})
	}
	if !pictured {
		data := File{Upload{Type: in.DocumentType, FileName: in.DocumentNumber, MimeType: "application/json", Expiry: in.Expiry, Number: in.DocumentNumber, Country: in.Country, Details: in.Details}, 0}
		files = append([]File{data}, files...)
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
