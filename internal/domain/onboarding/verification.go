package onboarding

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
)

// The states of a verification.
const (
	VerificationPending    machine.State = "PENDING"
	VerificationInProgress machine.State = "IN_PROGRESS"
	VerificationApproved   machine.State = "APPROVED"
	VerificationRejected   machine.State = "REJECTED"
	VerificationExpired    machine.State = "EXPIRED"
)

// What can be asked of a verification.
const (
	OpenVerification machine.Trigger = "open"
	SubmitForReview  machine.Trigger = "submit"
	AddDocument      machine.Trigger = "add_document"
	LoseDocument     machine.Trigger = "lose_document"
	Approve          machine.Trigger = "approve"
	Reject           machine.Trigger = "reject"
	Expire           machine.Trigger = "expire"
)

// The levels of a verification: who vouches for it.
const (
	TenantVerified      = "TENANT_VERIFIED"
	PowerTenantVerified = "POWER_TENANT_VERIFIED"
	FinHubVerified      = "FINHUB_VERIFIED"
)

// The types of verification that decide about a customer: who a person is (KYC),
// and what a company is (KYB).
const (
	IdentityVerification = "IDENTITY_VERIFICATION"
	BusinessVerification = "BUSINESS_VERIFICATION"
)

// VerificationTypes lists the types that fit a kind of customer. The first is the
// one that decides about the customer; the others neither replace nor block it.
func VerificationTypes(t CustomerType) []string {
	decisive := IdentityVerification
	if t == Organization {
		decisive = BusinessVerification
	}
	return []string{decisive, "DOCUMENT_VERIFICATION", "ENHANCED_DUE_DILIGENCE", "SANCTIONS_CHECK", "CUSTOMER_DUE_DILIGENCE"}
}

// CheckVerificationType refuses a type that does not fit the kind of customer.
func CheckVerificationType(name string, t CustomerType) error {
	fitting := VerificationTypes(t)
	if slices.Contains(fitting, name) {
		return nil
	}
	return refusal.Invalid([]refusal.Fault{{Field: "type", Pointer: "/type",
		Message: fmt.Sprintf("%s does not fit a customer of type %s, who has %s", name, t, strings.Join(fitting, ", "))}})
}

// Verification is one attempt to verify a customer (KYC) or a company (KYB).
type Verification struct {
	machine.Life
	CustomerID string `json:"customerId"`
	// Subject is the type of the customer that is verified.
	Subject CustomerType `json:"subject"`
	// Type is the documented verification type, such as IDENTITY_VERIFICATION.
	Type string `json:"type"`
	// Asked is the level that the request named, Requested the one that the review
	// aims at, Level the one that was reached.
	Asked     string `json:"asked,omitempty"`
	Requested string `json:"requested"`
	Level     string `json:"level,omitempty"`
	HighRisk  bool   `json:"highRisk,omitempty"`
	// RiskReasons say why the risk is high.
	RiskReasons []RiskReason `json:"riskReasons,omitempty"`
	Attempt     int          `json:"attempt"`
	Priority    string       `json:"priority,omitempty"`
	Notes       string       `json:"notes,omitempty"`
	// Why is the reason that the request gave, and Depth how thorough it wants the
	// review to be.
	Why   string `json:"why,omitempty"`
	Depth string `json:"depth,omitempty"`
	// Data are what else was told of a company, as it was sent.
	Data map[string]any `json:"data,omitempty"`
	// Required are the documents that the review needs, each with the types
	// that satisfy it.
	Required []Requirement `json:"required"`
	// Missing are those of them that are not there, by their names. It is kept up
	// to date wherever documents change.
	Missing   []string  `json:"missing,omitempty"`
	OpenedBy  string    `json:"openedBy,omitempty"`
	DueAt     time.Time `json:"dueAt,omitzero"`
	DecidedBy string    `json:"decidedBy,omitempty"`
	DecidedAt time.Time `json:"decidedAt,omitzero"`
	Reason    string    `json:"reason,omitempty"`
	Comment   string    `json:"comment,omitempty"`
}

// Decisive reports whether it is this verification by which a customer becomes
// verified, and not a further one.
func (v *Verification) Decisive() bool { return v.Type == VerificationTypes(v.Subject)[0] }

// Requires reports whether a type of document counts for the verification.
func (v *Verification) Requires(documentType string) bool {
	return slices.ContainsFunc(v.Required, func(r Requirement) bool { return slices.Contains(r.AnyOf, documentType) })
}

// Open reports whether the verification is not decided yet.
func (v *Verification) Open() bool {
	return v.State == VerificationPending || v.State == VerificationInProgress
}

// VerificationFacts are what the verification's table needs to know.
type VerificationFacts struct {
	ID          string
	HighRisk    bool
	RiskReasons []RiskReason
	// PowerTenant reports whether a power tenant decides; decisions of the world
	// are made by whoever is entitled to.
	PowerTenant bool
	// Missing are the required documents that are not there.
	Missing []string
}

// rejectionReasons are those that a reviewer gives.
func rejectionReasons() []string {
	return []string{
		"DOCUMENT_BLURRED", DocumentExpired, "DOCUMENT_UNREADABLE", "DOCUMENT_NOT_ACCEPTED", "DATA_MISMATCH", "SANCTIONS_HIT", "SUSPECTED_FRAUD",
		"UNDERAGE", "COUNTRY_NOT_SUPPORTED", "PEP_NOT_ACCEPTED", "OWNERSHIP_UNCLEAR",
	}
}

// OutcomePoint is the choice of a verification's decision, and the options that
// an expired document turns into each other.
const (
	OutcomePoint    = "verification.outcome"
	OutcomeApproved = "APPROVED"
	OutcomeRejected = "REJECTED"
)

// VerificationTable is the life of a verification. The review begins, and its
// outcome is pending, from the moment at which everything required is there: an
// application that forgets a document waits here as it would in production. A
// required document that is rejected or withdrawn is missing again, and the
// decision waits for another.
func VerificationTable() *machine.Table[VerificationFacts] {
	outcome := []machine.Choice[VerificationFacts]{{
		Point: OutcomePoint, Default: OutcomeApproved, After: 24 * time.Hour,
		Options: []machine.Option{
			{Name: OutcomeApproved, Trigger: Approve},
			{Name: OutcomeRejected, Trigger: Reject, Reasons: rejectionReasons()},
			{Name: "EXPIRED", Trigger: Expire},
		},
	}}
	open := in{VerificationPending, VerificationInProgress}
	return &machine.Table[VerificationFacts]{
		Name:      "verification",
		Otherwise: refusal.PhaseOrderBroken,
		Rows: []machine.Row[VerificationFacts]{
			{From: in{machine.None}, On: on{OpenVerification}, To: VerificationPending, Emit: "verification.created"},
			{From: open, On: on{AddDocument}, To: machine.Same},
			{From: in{VerificationInProgress}, On: on{LoseDocument}, To: machine.Same, Disarms: []string{OutcomePoint}},
			{From: open, On: on{SubmitForReview}, To: VerificationInProgress, Needs: reviewNeeds(), Arms: outcome},
			{From: open, On: on{Approve}, To: VerificationApproved, Needs: decisionNeeds(), Emit: "verification.approved"},
			{From: open, On: on{Reject}, To: VerificationRejected, Needs: decisionNeeds(), Emit: "verification.rejected"},
			{From: open, On: on{Expire}, To: VerificationExpired, Emit: "verification.expired"},
			{From: in{VerificationApproved, VerificationRejected, VerificationExpired}, On: on{AddDocument, SubmitForReview, Approve, Reject, Expire},
				Refuse: refusal.VerificationDecided},
		},
	}
}

// reviewNeeds are what a review needs to begin.
func reviewNeeds() []machine.Need[VerificationFacts] {
	return []machine.Need[VerificationFacts]{{Name: "documents.complete", Code: refusal.PhaseOrderBroken, Unmet: func(f VerificationFacts) *refusal.Error {
		if len(f.Missing) == 0 {
			return nil
		}
		return refusal.New(refusal.PhaseOrderBroken, "the verification waits for %s", strings.Join(f.Missing, ", ")).
			WithData("missingDocuments", f.Missing).
			Suggest("uploadVerificationDocument", "hands one in", "verificationId", f.ID)
	}}}
}

// decisionNeeds are what a decision needs of who makes it.
func decisionNeeds() []machine.Need[VerificationFacts] {
	return []machine.Need[VerificationFacts]{{Name: "decider.entitled", Code: refusal.PowerTenantRequired, Unmet: func(f VerificationFacts) *refusal.Error {
		if !f.HighRisk || f.PowerTenant {
			return nil
		}
		return refusal.New(refusal.PowerTenantRequired, "the customer is of high risk (%s), and the caller belongs to the tenant", words(f.RiskReasons)).
			Suggest("approveVerification", "decide with a power tenant's token", "verificationId", f.ID)
	}}}
}

func words(reasons []RiskReason) string {
	var list []string
	for _, r := range reasons {
		list = append(list, r.String())
	}
	return strings.Join(list, ", ")
}
