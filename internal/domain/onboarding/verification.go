package onboarding

import (
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
	StartReview      machine.Trigger = "start"
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
)

// Verification is one attempt to verify a customer (KYC) or a company (KYB).
type Verification struct {
	machine.Life
	CustomerID string `json:"customerId"`
	// Subject is the type of the customer that is verified.
	Subject CustomerType `json:"subject"`
	// Type is the documented verification type, such as IDENTITY_VERIFICATION.
	Type string `json:"type"`
	// Requested is the level that was asked for, Level the one that was reached.
	Requested string `json:"requested"`
	Level     string `json:"level,omitempty"`
	HighRisk  bool   `json:"highRisk,omitempty"`
	// RiskReasons say why the risk is high.
	RiskReasons []RiskReason `json:"riskReasons,omitempty"`
	Attempt     int          `json:"attempt"`
	Priority    string       `json:"priority,omitempty"`
	Notes       string       `json:"notes,omitempty"`
	// Required are the documents that the review needs, each with the types
	// that satisfy it.
	Required  []Requirement `json:"required"`
	Submitted []string      `json:"submitted,omitempty"`
	OpenedBy  string        `json:"openedBy,omitempty"`
	DueAt     time.Time     `json:"dueAt,omitzero"`
	DecidedBy string        `json:"decidedBy,omitempty"`
	DecidedAt time.Time     `json:"decidedAt,omitzero"`
	Reason    string        `json:"reason,omitempty"`
	Comment   string        `json:"comment,omitempty"`
}

// Missing lists the required documents that have not been handed in.
func (v *Verification) Missing() []string {
	var missing []string
	for _, r := range v.Required {
		if !r.SatisfiedBy(v.Submitted) {
			missing = append(missing, r.Type)
		}
	}
	return missing
}

// Requires tells whether a type of document counts for the verification.
func (v *Verification) Requires(documentType string) bool {
	return slices.ContainsFunc(v.Required, func(r Requirement) bool { return slices.Contains(r.AnyOf, documentType) })
}

// Withdraw takes a document back that was handed in, unless everything that is
// required is there: then the review has begun with it.
func (v *Verification) Withdraw(documentType string) {
	if i := slices.Index(v.Submitted, documentType); i >= 0 && len(v.Missing()) > 0 {
		v.Submitted = slices.Delete(v.Submitted, i, i+1)
	}
}

// Open tells whether the verification is not decided yet.
func (v *Verification) Open() bool {
	return v.State == VerificationPending || v.State == VerificationInProgress
}

// VerificationFacts are what the verification's table needs to know.
type VerificationFacts struct {
	ID          string
	HighRisk    bool
	RiskReasons []RiskReason
	// PowerTenant tells whether a power tenant decides; decisions of the world
	// are made by whoever is entitled to.
	PowerTenant bool
	Complete    bool
}

// rejectionReasons are those that a reviewer gives.
func rejectionReasons() []string {
	return []string{"DOCUMENT_BLURRED", "DOCUMENT_EXPIRED", "DOCUMENT_UNREADABLE", "DATA_MISMATCH", "SANCTIONS_HIT", "SUSPECTED_FRAUD"}
}

// outcomePoint is the choice of a verification's decision.
const outcomePoint = "verification.outcome"

// VerificationTable is the life of a verification. Its outcome is pending from
// the moment at which everything required has been handed in: an application
// that forgets a document waits here as it would in production. A document that
// is rejected is missing again, and the decision waits for another.
func VerificationTable() *machine.Table[VerificationFacts] {
	outcome := []machine.Choice[VerificationFacts]{{
		Point: outcomePoint, Default: "APPROVED", After: 24 * time.Hour,
		Options: []machine.Option{
			{Name: "APPROVED", Trigger: Approve},
			{Name: "REJECTED", Trigger: Reject, Reasons: rejectionReasons()},
			{Name: "EXPIRED", Trigger: Expire},
		},
	}}
	open := []machine.State{VerificationPending, VerificationInProgress}
	decided := []machine.State{VerificationApproved, VerificationRejected, VerificationExpired}
	return &machine.Table[VerificationFacts]{
		Name:      "verification",
		Otherwise: refusal.PhaseOrderBroken,
		Rows: []machine.Row[VerificationFacts]{
			{From: []machine.State{machine.None}, On: OpenVerification, To: VerificationPending, Emit: "verification.created"},
			{From: open, On: StartReview, To: VerificationInProgress},
			{From: []machine.State{VerificationPending}, On: AddDocument, To: VerificationPending},
			{From: []machine.State{VerificationInProgress}, On: AddDocument, To: VerificationInProgress},
			{From: []machine.State{VerificationPending}, On: LoseDocument, To: VerificationPending},
			{From: []machine.State{VerificationInProgress}, On: LoseDocument, To: VerificationInProgress, Disarms: []string{outcomePoint}},
			{From: open, On: SubmitForReview, To: VerificationInProgress, Arms: outcome},
			{From: open, On: Approve, To: VerificationApproved, Guard: powerTenantIfHighRisk, Emit: "verification.approved"},
			{From: open, On: Reject, To: VerificationRejected, Guard: powerTenantIfHighRisk, Emit: "verification.rejected"},
			{From: open, On: Expire, To: VerificationExpired, Emit: "verification.expired"},
			{From: decided, On: StartReview, Refuse: refusal.VerificationDecided},
			{From: decided, On: AddDocument, Refuse: refusal.VerificationDecided},
			{From: decided, On: LoseDocument, Refuse: refusal.VerificationDecided},
			{From: decided, On: SubmitForReview, Refuse: refusal.VerificationDecided},
			{From: decided, On: Approve, Refuse: refusal.VerificationDecided},
			{From: decided, On: Reject, Refuse: refusal.VerificationDecided},
			{From: decided, On: Expire, Refuse: refusal.VerificationDecided},
		},
	}
}

func powerTenantIfHighRisk(f VerificationFacts) error {
	if f.HighRisk && !f.PowerTenant {
		return refusal.New(refusal.PowerTenantRequired, "the customer is of high risk (%s), and the caller belongs to the tenant", words(f.RiskReasons)).
			Try("approveVerification", "decide with a power tenant's token", "verificationId", f.ID)
	}
	return nil
}

func words(reasons []RiskReason) string {
	var list []string
	for _, r := range reasons {
		list = append(list, r.String())
	}
	return strings.Join(list, ", ")
}
