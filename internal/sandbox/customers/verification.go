package customers

import (
	"cmp"
	"slices"
	"time"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/scenario"
)

// How long the verification of a person, and of an organization, may take before
// it is due.
const (
	personReview  = 3 * 24 * time.Hour
	companyReview = 5 * 24 * time.Hour
)

// VerificationKind makes the kind of verifications.
func VerificationKind(s *world.World) *engine.Kind[onboarding.Verification, onboarding.VerificationFacts] {
	return world.See(s, &engine.Kind[onboarding.Verification, onboarding.VerificationFacts]{
		Collection: engine.Collection[onboarding.Verification]{Name: "verification", Indexes: []engine.Index[onboarding.Verification]{
			{Name: "customer", Of: func(v *onboarding.Verification) []string { return []string{v.CustomerID} }},
		}},
		Table: onboarding.VerificationTable(),
		Facts: func(_ *engine.Unit, v *onboarding.Verification, cause machine.Cause) onboarding.VerificationFacts {
			caller, _ := cause.Input.(access.Caller)
			// A decision of the world is made by whoever is entitled to it.
			return onboarding.VerificationFacts{ID: v.ID, HighRisk: v.HighRisk, RiskReasons: v.RiskReasons, PowerTenant: cause.World || caller.PowerTenant, Missing: v.Missing}
		},
		Effect: world.Effect(s, verificationEffect),
		Subject: func(v *onboarding.Verification) engine.Subject {
			return engine.Subject{Customer: v.CustomerID, Data: map[string]string{
				"customerId": v.CustomerID, "verificationId": v.ID, "verificationType": v.Type,
			}}
		},
	}, seenVerification())
}

func seenVerification() world.Seen[onboarding.Verification] {
	return world.Seen[onboarding.Verification]{
		Owner: func(v *onboarding.Verification) string { return v.CustomerID },
		Tells: []world.Telling[onboarding.Verification]{
			{About: scenario.AboutVerification, Tell: func(_ *world.Act, v *onboarding.Verification, f *scenario.Facts) { toldVerification(f, v) }},
			{About: scenario.AboutPapers, Tell: func(act *world.Act, v *onboarding.Verification, f *scenario.Facts) {
				f.Verification.Documents = paperFacts(act, v)
			}},
		},
	}
}

func verificationEffect(act *world.Act, v *onboarding.Verification, step machine.Step, cause machine.Cause) error {
	switch step.On {
	case onboarding.Approve, onboarding.Reject, onboarding.Expire:
		v.DecidedBy, v.DecidedAt, v.Reason = cause.By, act.Now(), cause.Reason
		noteStanding(act, v, false)
	}
	if v.Decisive() && v.Subject == onboarding.Organization && step.Moved() && (step.To == onboarding.VerificationInProgress || step.To == onboarding.VerificationApproved) {
		act.After(func() error { return reviewMembers(act, v.CustomerID, cause) })
	}
	switch step.On {
	case onboarding.Approve:
		return verified(act, v, cause)
	case onboarding.Reject:
		if cause.Reason == onboarding.DocumentExpired {
			rejectExpired(act, v, cause)
		}
	}
	return nil
}

// verified passes on what an approval means: for the documents on which it rests,
// and, if it is the decisive one, for the customer.
func verified(act *world.Act, v *onboarding.Verification, cause machine.Cause) error {
	if cause.World {
		rejectExpired(act, v, cause)
	}
	verifyDocuments(act, v, cause)
	v.Level = onboarding.TenantVerified
	if v.HighRisk {
		v.Level = onboarding.PowerTenantVerified
	}
	if !v.Decisive() {
		return nil
	}
	customer := act.Customers.Get(act.Unit, v.CustomerID)
	act.Customers.Then(act.Unit, customer, onboarding.CustomerVerified, cause)
	if organization := cmp.Or(customer.MemberOf, customer.ID); customer.MemberOf != "" || customer.Type == onboarding.Organization {
		act.After(func() error { return confirmShareholders(act, organization) })
	}
	return nil
}

// VerificationRequest is what a verification is opened with.
type VerificationRequest struct {
	Type, Level, Notes, Priority string
	// Why is the reason that was given, By who asks, Depth how thorough the review is
	// to be, and Kind what the request calls the verification; all may be empty.
	Why, By, Depth, Kind string
	// Data are what else is told of an organization.
	Data map[string]any
	// Complete adds to the data of an organization.
	Complete func(*onboarding.Company)
	// Again continues the open verification of the type instead of refusing a
	// second one.
	Again bool
}

// OpenVerification opens an attempt to verify a customer. It refuses with
// CUSTOMER_NOT_FOUND, and with VERIFICATION_EXISTS while one of the same type is
// open or approved; after a rejection the next attempt is counted up. That of an
// organization needs one of the managers' roles.
func OpenVerification(act *world.Act, customerID string, in VerificationRequest) (VerificationDetail, error) {
	return withVerification(act, func() (*onboarding.Verification, error) {
		customer, err := FindCustomer(act, customerID)
		if err != nil {
			return nil, err
		}
		if customer.Type == onboarding.Organization {
			if err := mayManage(act.Caller); err != nil {
				return nil, err
			}
		}
		return openVerification(act, customer, in)
	})
}

// VerificationDetail is a verification with what was handed in for it.
type VerificationDetail struct {
	Verification *onboarding.Verification
	Documents    []*onboarding.Document
	// CustomerState is the status of whom it concerns.
	CustomerState machine.State
	// At is the tenant's time of the reply.
	At time.Time
}

// withVerification runs a verb about one verification and gives it in full.
func withVerification(act *world.Act, verb func() (*onboarding.Verification, error)) (d VerificationDetail, err error) {
	if d.Verification, err = verb(); err != nil {
		return d, err
	}
	d.Documents, d.At = papersOf(act, d.Verification), act.Now()
	d.CustomerState = act.Customers.Get(act.Unit, d.Verification.CustomerID).State
	return d, nil
}

func openVerification(act *world.Act, customer *onboarding.Customer, in VerificationRequest) (*onboarding.Verification, error) {
	if err := InBusiness(act, customer); err != nil {
		return nil, err
	}
	in.Type = cmp.Or(in.Type, onboarding.VerificationTypes(customer.Type)[0])
	if err := onboarding.CheckVerificationType(in.Type, customer.Type); err != nil {
		return nil, err
	}
	attempt := 1
	for _, other := range act.Verifications.By(act.Unit, "customer", customer.ID) {
		if other.Type != in.Type {
			continue
		}
		if other.Open() && in.Again {
			return other, nil
		}
		if other.Open() || other.State == onboarding.VerificationApproved {
			return nil, outlook(act, other).Exists(in.Type)
		}
		attempt++
	}
	needs, riskReasons := verificationNeeds(act, customer, in.Type, in.Level)
	v := &onboarding.Verification{
		Life: world.NewLife(act, "verification"), CustomerID: customer.ID, Subject: customer.Type, Type: in.Type,
		Asked: in.Level, Requested: in.Level, HighRisk: len(riskReasons) > 0, RiskReasons: riskReasons, Attempt: attempt,
		Priority: in.Priority, Notes: in.Notes, Why: in.Why, Depth: in.Depth, Data: in.Data, OpenedBy: cmp.Or(in.By, act.Caller.UserID), DueAt: act.Now().Add(personReview),
		Required: needs,
	}
	if customer.Type == onboarding.Organization {
		v.DueAt = act.Now().Add(companyReview)
	}
	if v.Priority == "" {
		v.Priority = "NORMAL"
	}
	if v.Requested == "" {
		v.Requested = onboarding.TenantVerified
		if v.HighRisk {
			v.Requested = onboarding.PowerTenantVerified
		}
	}
	if err := (About{Type: in.Kind}).check(v); err != nil {
		return nil, err
	}
	if err := act.Verifications.Create(act.Unit, v, onboarding.OpenVerification, world.By(act)); err != nil {
		return nil, err
	}
	// What has been uploaded before counts.
	return v, reviewIfComplete(act, v, world.By(act))
}

// verificationNeeds gives the documents that a verification needs which is asked
// for at a level, and why it is of high risk, if it is.
func verificationNeeds(act *world.Act, customer *onboarding.Customer, verificationType, asked string) ([]onboarding.Requirement, []onboarding.RiskReason) {
	category, _ := onboarding.FindCategory(customer.Category)
	if customer.Type == onboarding.Organization {
		reasons := onboarding.OrganizationRisk(category, customer.Company, peopleRisk(act, customer))
		return onboarding.OrganizationRequirements(customer.Company), onboarding.Risks(customer, asked, reasons)
	}
	reasons := onboarding.CategoryRisk(category)
	if customer.MemberOf != "" {
		reasons = append(reasons, peopleRisk(act, customer)...)
	}
	reasons = onboarding.Risks(customer, asked, reasons)
	if customer.MemberOf != "" && verificationType == onboarding.IdentityVerification {
		return onboarding.MemberRequirements(), reasons
	}
	risk := category.Risk
	if len(reasons) > 0 {
		risk = onboarding.HighRisk
	}
	return onboarding.IndividualRequirements(verificationType, risk), reasons
}

// InitiateVerification opens the identity verification of a customer. It refuses
// as OpenVerification does.
func InitiateVerification(act *world.Act, customerID string) (VerificationDetail, error) {
	return withVerification(act, func() (*onboarding.Verification, error) {
		customer, err := findIndividual(act, customerID)
		if err != nil {
			return nil, err
		}
		return openVerification(act, customer, VerificationRequest{})
	})
}

// Submission is the data of an identity paper.
type Submission struct {
	DocumentType, DocumentNumber, Notes string
	// Expiry is the day after which the paper does not hold, Country where it was
	// issued.
	Expiry, Country string
	// Depth is how thorough the review is to be, and Details are what else is told
	// of the paper.
	Depth   string
	Details map[string]any
	// Images are data URLs; empty ones are left out.
	Images []Image
}

// Image is a picture within a body, with the member in which it stands.
type Image struct{ Field, Data string }

// SubmitVerification hands the data of a customer's paper in, as one document. The
// open identity verification is used, or one is opened. Pictures are checked as
// documents are; the data alone stand for an identity paper, and for no other.
func SubmitVerification(act *world.Act, customerID string, in Submission) (VerificationDetail, error) {
	files, err := in.files()
	if err != nil {
		return VerificationDetail{}, err
	}
	return withVerification(act, func() (*onboarding.Verification, error) {
		customer, err := findIndividual(act, customerID)
		if err != nil {
			return nil, err
		}
		v, err := openVerification(act, customer, VerificationRequest{Again: true, Notes: in.Notes, Depth: in.Depth})
		if err != nil {
			return nil, err
		}
		return v, addDocuments(act, v, files)
	})
}

// GetVerification gives a verification with its documents.
func GetVerification(act *world.Act, id string) (d VerificationDetail, err error) {
	if d.Verification, err = findVerification(act, id); err != nil {
		return d, err
	}
	if err := lookAtVerification(act, d.Verification); err != nil {
		return d, err
	}
	d.Documents, d.At = papersOf(act, d.Verification), act.Now()
	return d, nil
}

// lookAtVerification counts that somebody looks at a verification with its
// documents.
func lookAtVerification(act *world.Act, v *onboarding.Verification) error {
	if err := lookAtDocuments(act, papersOf(act, v)); err != nil {
		return err
	}
	return act.Verifications.CountRead(act.Unit, v)
}

func lookAtDocuments(act *world.Act, list []*onboarding.Document) error {
	for _, d := range list {
		if err := act.Documents.CountRead(act.Unit, d); err != nil {
			return err
		}
	}
	return nil
}

// Decision is what a member of staff decides about a verification.
type Decision struct {
	// About is whom and what the request says that it decides about.
	About           About
	Reject          bool
	Reason, Comment string
	// By names who decides, if the request says so.
	By string
}

// DecideVerification approves or rejects a verification at once and cancels its
// pending outcome. It refuses with VERIFICATION_DECIDED, and with
// POWER_TENANT_REQUIRED for a high-risk customer.
func DecideVerification(act *world.Act, id string, in Decision) (VerificationDetail, error) {
	return withVerification(act, func() (*onboarding.Verification, error) {
		v, err := findVerification(act, id)
		if err != nil {
			return nil, err
		}
		if err := in.About.check(v); err != nil {
			return nil, err
		}
		on, cause := onboarding.Approve, world.By(act)
		if in.Reject {
			on = onboarding.Reject
		}
		cause.Reason = in.Reason
		if in.By != "" {
			cause.By = in.By
		}
		v.Comment = in.Comment
		return v, act.Verifications.Fire(act.Unit, v, on, cause)
	})
}

// findVerification finds a verification of a customer for whom the caller may act.
func findVerification(act *world.Act, id string) (*onboarding.Verification, error) {
	v := act.Verifications.Get(act.Unit, id)
	if v == nil || !act.Caller.MayActFor(v.CustomerID) {
		return nil, refusal.New(refusal.VerificationNotFound, "the tenant has no verification %s", id).
			Suggest("createVerification", "opens one")
	}
	return v, nil
}

// LatestVerification is the one that decides about a customer: an approved one if
// there is any, else the newest.
func LatestVerification(act *world.Act, customerID string) *onboarding.Verification {
	list := slices.DeleteFunc(act.Verifications.By(act.Unit, "customer", customerID), func(v *onboarding.Verification) bool { return !v.Decisive() })
	if len(list) == 0 {
		return nil
	}
	approved := slices.IndexFunc(list, func(v *onboarding.Verification) bool { return v.State == onboarding.VerificationApproved })
	if approved >= 0 {
		return list[approved]
	}
	return list[len(list)-1]
}

// PresentVerification gives the id of the verification that decides about a person. It refuses
// with CUSTOMER_NOT_FOUND, and with VERIFICATION_NOT_FOUND if none has been opened.
func PresentVerification(act *world.Act, customerID string) (id string, err error) {
	customer, err := findCustomerOfType(act, onboarding.Individual, customerID)
	if err != nil {
		return "", err
	}
	v := LatestVerification(act, customer.ID)
	if v == nil {
		return "", refusal.New(refusal.VerificationNotFound, "nobody has opened a verification of the customer").
			Suggest("initiateIndividualVerification", "opens one", "customerId", customer.ID)
	}
	return v.ID, nil
}
