package payments

import (
	"slices"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
)

// The states of a payment consent.
const (
	PaymentConsentPending   machine.State = "PENDING"
	PaymentConsentActive    machine.State = "ACTIVE"
	PaymentConsentExhausted machine.State = "EXHAUSTED"
	PaymentConsentExpired   machine.State = "EXPIRED"
	PaymentConsentRevoked   machine.State = "REVOKED"
)

// What can be asked of a payment consent.
const (
	CreatePaymentConsent   machine.Trigger = "create"
	ActivatePaymentConsent machine.Trigger = "activate"
	ApprovePaymentConsent  machine.Trigger = "approve"
	AwaitApproval          machine.Trigger = "await_approval"
	UsePaymentConsent      machine.Trigger = "use"
	ExhaustPaymentConsent  machine.Trigger = "exhaust"
	ExpirePaymentConsent   machine.Trigger = "expire"
	RevokePaymentConsent   machine.Trigger = "revoke"
)

// PaymentConsent is what a customer allows to be paid from an account.
type PaymentConsent struct {
	machine.Life
	WalletID   string    `json:"walletId"`
	CustomerID string    `json:"customerId"`
	Operation  Operation `json:"operation"`
	// Kind is empty where the request names none.
	Kind PaymentConsentKind `json:"kind,omitempty"`
	// PaymentType is the request's own word for the operation.
	PaymentType string               `json:"paymentType,omitempty"`
	Title       string               `json:"title,omitempty"`
	Description string               `json:"description,omitempty"`
	Currency    string               `json:"currency"`
	ValidFrom   time.Time            `json:"validFrom"`
	ValidUntil  time.Time            `json:"validUntil"`
	Limits      PaymentConsentLimits `json:"limits"`
	Payees      PaymentConsentPayees `json:"payees"`
	// Approval is nil where the request does not speak of approval.
	Approval *PaymentConsentApproval `json:"approval,omitempty"`
	// MaxUses is how often it can be used; 0 is without limit. Used counts the
	// orders executed under it, whatever became of them.
	MaxUses int64 `json:"maxUses,omitempty"`
	Used    int64 `json:"used"`
	// Windows are the orders that count against the limits.
	Windows Windows `json:"windows"`
	// Answer is the authentication code of its orders.
	Answer string `json:"answer"`
	// CreatedBy is the user who made it, who cannot approve it where it demands
	// approval. Given are the approvals, and ApprovedAt is when they were enough.
	CreatedBy  string     `json:"createdBy,omitempty"`
	Given      []Approval `json:"given,omitempty"`
	ApprovedAt time.Time  `json:"approvedAt,omitzero"`
	// Details are further members of the request, kept as they came.
	Details map[string]any `json:"details,omitempty"`
}

// PaymentConsentLimits bound the payments under a consent. Amounts are minor units;
// nil and zero counts are without limit.
type PaymentConsentLimits struct {
	PerTransaction *int64 `json:"perTransaction,omitempty"`
	PerDay         *int64 `json:"perDay,omitempty"`
	PerMonth       *int64 `json:"perMonth,omitempty"`
	CountPerDay    int64  `json:"countPerDay,omitempty"`
	CountPerWeek   int64  `json:"countPerWeek,omitempty"`
	CountPerMonth  int64  `json:"countPerMonth,omitempty"`
}

// PaymentConsentPayees says who can be paid under a consent.
type PaymentConsentPayees struct {
	// Accounts are IBANs, or ids or asset ids of beneficiaries, as sent.
	Accounts []string `json:"accounts,omitempty"`
	// Types are networks and operations, as sent.
	Types []string `json:"types,omitempty"`
	// AllowNew is nil where the request does not say.
	AllowNew    *bool `json:"allowNew,omitempty"`
	RequireName bool  `json:"requireName,omitempty"`
	// RequireReference demands an invoice reference of each payment.
	RequireReference bool `json:"requireReference,omitempty"`
}

// PaymentConsentFacts are what the payment consent's table needs to know.
type PaymentConsentFacts struct {
	Account    Account
	ValidUntil time.Time
	// Fault refuses the terms of a new consent.
	Fault error
	// Consent is the payment consent itself.
	Consent *PaymentConsent
	// Asked reports whether somebody asks, and not the world; the account is known
	// then. Approver is who approves.
	Asked    bool
	Approver Approver
}

// undemanding reports whether a new consent leaves it to the world how it begins.
func (f PaymentConsentFacts) undemanding() bool {
	return f.Consent == nil || !f.Consent.RequiresApproval()
}

// The options of a new payment consent's outcome.
const (
	OutcomeActive        = "ACTIVE"
	OutcomeNeedsApproval = "NEEDS_APPROVAL"
)

// PaymentConsentTable is the life of a payment consent. A new one is ACTIVE in the
// same commit unless it demands approval, or the scenario lets it wait for
// somebody. Approval verifies one that is ACTIVE, and is what a PENDING one waits
// for.
func PaymentConsentTable() *machine.Table[PaymentConsentFacts] {
	expiry := machine.Choice[PaymentConsentFacts]{
		Point: "payment_consent.expiry", Default: "EXPIRED",
		Options: []machine.Option{{Name: "EXPIRED", Trigger: ExpirePaymentConsent}},
		Until:   func(f PaymentConsentFacts) time.Time { return f.ValidUntil },
	}
	outcome := machine.Choice[PaymentConsentFacts]{
		Point: "payment_consent.outcome", Default: OutcomeActive, If: PaymentConsentFacts.undemanding,
		Options: []machine.Option{
			{Name: OutcomeActive, Trigger: ActivatePaymentConsent},
			{Name: OutcomeNeedsApproval, Trigger: AwaitApproval},
		},
	}
	open := in{PaymentConsentPending, PaymentConsentActive}
	return &machine.Table[PaymentConsentFacts]{
		Name:      "payment_consent",
		Otherwise: refusal.PaymentConsentDecided,
		Rows: []machine.Row[PaymentConsentFacts]{
			{From: in{machine.None}, On: on{CreatePaymentConsent}, To: PaymentConsentPending, Needs: createConsentNeeds(),
				Emit: "payment_consent.created", Arms: []machine.Choice[PaymentConsentFacts]{outcome, expiry}},
			{From: in{PaymentConsentPending}, On: on{ActivatePaymentConsent}, To: PaymentConsentActive,
				Emit: "payment_consent.activated", Arms: []machine.Choice[PaymentConsentFacts]{expiry}},
			{From: open, On: on{ApprovePaymentConsent}, To: machine.Same, Needs: approveConsentNeeds()},
			{From: in{PaymentConsentPending}, On: on{AwaitApproval}, To: machine.Same},
			{From: in{PaymentConsentActive}, On: on{UsePaymentConsent}, To: machine.Same},
			{From: in{PaymentConsentActive}, On: on{ExhaustPaymentConsent}, To: PaymentConsentExhausted, Emit: "payment_consent.exhausted"},
			{From: open, On: on{ExpirePaymentConsent}, To: PaymentConsentExpired, Emit: "payment_consent.expired"},
			{From: open, On: on{RevokePaymentConsent}, To: PaymentConsentRevoked, Needs: decideConsentNeeds(), Emit: "payment_consent.revoked"},
			{From: in{PaymentConsentExpired}, On: on{ApprovePaymentConsent, RevokePaymentConsent, UsePaymentConsent}, Refuse: refusal.PaymentConsentExpired},
			{From: in{PaymentConsentPending, PaymentConsentExhausted, PaymentConsentRevoked}, On: on{UsePaymentConsent}, Refuse: refusal.PaymentConsentNotActive},
		},
	}
}

// createConsentNeeds are what a new payment consent needs.
func createConsentNeeds() []machine.Need[PaymentConsentFacts] {
	return append(machine.Of(PaymentConsentFacts.account, usableNeeds()), requestNeeds(func(f PaymentConsentFacts) error { return f.Fault })...)
}

// decideConsentNeeds hold whoever approves or revokes a payment consent to the
// account, as everything else that changes something on it.
func decideConsentNeeds() []machine.Need[PaymentConsentFacts] {
	return machine.Of(PaymentConsentFacts.askedAccount, usableNeeds())
}

// approveConsentNeeds are what an approval needs besides.
func approveConsentNeeds() []machine.Need[PaymentConsentFacts] {
	return slices.Concat(decideConsentNeeds(), []machine.Need[PaymentConsentFacts]{{
		Name: "approval.outstanding", Code: refusal.PaymentConsentDecided, Unmet: PaymentConsentFacts.approved, Helpless: "it has been approved",
	}}, machine.Of(PaymentConsentFacts.admission, admissionNeeds()))
}

func (f PaymentConsentFacts) account() Account { return f.Account }

// askedAccount is the account on which somebody decides; the world is not held to it.
func (f PaymentConsentFacts) askedAccount() Account {
	if !f.Asked {
		return free()
	}
	return f.Account
}

func (f PaymentConsentFacts) approved() *refusal.Error {
	if !f.Asked || f.Consent == nil || !f.Consent.Verified() {
		return nil
	}
	return refusal.New(refusal.PaymentConsentDecided, "the payment consent was approved at %s", f.Consent.ApprovedAt.Format(time.RFC3339))
}

// admission is the approval that is to be given; anybody may where the consent does
// not demand it.
func (f PaymentConsentFacts) admission() admission {
	if !f.Asked || f.Consent == nil || !f.Consent.RequiresApproval() {
		return admission{}
	}
	return admission{f.Consent.quorum(), f.Approver}
}

// quorum is the approval that the consent itself demands.
func (c *PaymentConsent) quorum() quorum {
	q := quorum{what: "payment consent", began: "created", initiators: []string{c.CreatedBy}, required: 1, given: c.Given}
	if c.RequiresApproval() {
		q.required, q.roles = c.Approval.Approvers, c.Approval.Roles
	}
	return q
}

// Approve records an approval and reports whether it was the last that is needed.
func (c *PaymentConsent) Approve(by string, at time.Time) (enough bool) {
	enough = c.quorum().complete()
	c.Given = append(c.Given, Approval{UserID: by, At: at})
	if enough {
		c.ApprovedAt = at
	}
	return enough
}

// Approvals is how many users have to approve the consent.
func (c *PaymentConsent) Approvals() int { return c.quorum().required }

// Verified reports whether enough have approved the consent.
func (c *PaymentConsent) Verified() bool { return !c.ApprovedAt.IsZero() }

// The states of a payment consent's verification.
const (
	ConsentUnverified = "PENDING"
	ConsentVerified   = "VERIFIED"
)

// Verification is the state of the consent's verification.
func (c *PaymentConsent) Verification() string {
	if c.Verified() {
		return ConsentVerified
	}
	return ConsentUnverified
}

// Covers reports whether an order can use the consent.
func (c *PaymentConsent) Covers(o Operation, n Network) bool {
	return c.Operation.Covers(o, n) && c.Kind.Covers(o, n)
}

// Misfit says why an order that the consent does not cover cannot use it.
func (c *PaymentConsent) Misfit(o Operation, n Network) string {
	purpose := string(c.Operation)
	if c.Kind != "" && string(c.Kind) != purpose {
		purpose = string(c.Kind) + " " + purpose
	}
	return "payment consent " + c.ID + " is for " + purpose + ", and the order is a " + string(o) + " over " + string(n)
}

// UsedUp reports whether the last use is spent.
func (c *PaymentConsent) UsedUp() bool { return c.MaxUses > 0 && c.Used >= c.MaxUses }

// Explain adds to a refusal which payment consent it is about, and what may
// help.
func (c *PaymentConsent) Explain(err error) error {
	return explain(err, func(e *refusal.Error) {
		switch e.Code {
		case refusal.PaymentConsentDecided:
			e.Suggest("getPaymentConsent", "shows its state", "accountId", c.WalletID, "consentId", c.ID)
		case refusal.PaymentConsentNotActive:
			c.another(e, "creates a new one")
		case refusal.PaymentConsentExpired:
			c.another(e, "creates a new one with a later end")
		case refusal.PayeeNotAllowed:
			e.Suggest("getPaymentConsent", "shows whom it allows and what it demands", "accountId", c.WalletID, "consentId", c.ID)
			c.another(e, "creates one that allows this payment")
		case refusal.InitiatorCannotApprove, refusal.ApprovalDuplicate:
		case refusal.ConsentLimitExceeded:
			e.Suggest("getPaymentConsent", "shows what is left of its limits", "accountId", c.WalletID, "consentId", c.ID)
			c.another(e, "creates one with a higher limit")
		default:
			return
		}
		e.WithData("consentId", c.ID).WithData("consentStatus", string(c.State))
	})
}

// explained is Explain for a refusal that may be none.
func (c *PaymentConsent) explained(e *refusal.Error) *refusal.Error {
	if e != nil {
		_ = c.Explain(e)
	}
	return e
}

func (c *PaymentConsent) another(e *refusal.Error, why string) {
	e.Suggest("createPaymentConsent", why, "accountId", c.WalletID, "operationType", c.Operation.Segment())
}
