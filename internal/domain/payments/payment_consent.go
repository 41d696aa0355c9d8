package payments

import (
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
	CreatePaymentConsent  machine.Trigger = "create"
	ApprovePaymentConsent machine.Trigger = "approve"
	AwaitApproval         machine.Trigger = "await_approval"
	UsePaymentConsent     machine.Trigger = "use"
	ExhaustPaymentConsent machine.Trigger = "exhaust"
	ExpirePaymentConsent  machine.Trigger = "expire"
	RevokePaymentConsent  machine.Trigger = "revoke"
)

// PaymentConsent is what a customer allows to be paid from an account.
type PaymentConsent struct {
	machine.Life
	WalletID   string    `json:"walletId"`
	CustomerID string    `json:"customerId"`
	Operation  Operation `json:"operation"`
	// Kind is empty where the request names none.
	Kind ConsentKind `json:"kind,omitempty"`
	// PaymentType is the request's own word for the operation.
	PaymentType string        `json:"paymentType,omitempty"`
	Title       string        `json:"title,omitempty"`
	Description string        `json:"description,omitempty"`
	Currency    string        `json:"currency"`
	ValidFrom   time.Time     `json:"validFrom"`
	ValidUntil  time.Time     `json:"validUntil"`
	Limits      ConsentLimits `json:"limits"`
	Payees      ConsentPayees `json:"payees"`
	// Approval is nil where the request does not speak of approval.
	Approval *ConsentApproval `json:"approval,omitempty"`
	// MaxUses is how often it can be used; 0 is without limit. Used counts the
	// orders executed under it, whatever became of them.
	MaxUses int64 `json:"maxUses,omitempty"`
	Used    int64 `json:"used"`
	// Windows are the orders that count against the limits.
	Windows Windows `json:"windows"`
	// Answer is the authentication code of its orders.
	Answer     string    `json:"answer"`
	ApprovedAt time.Time `json:"approvedAt,omitzero"`
	// Details are further members of the request, kept as they came.
	Details map[string]any `json:"details,omitempty"`
}

// ConsentLimits bound the payments under a consent. Amounts are minor units;
// nil and zero counts are without limit.
type ConsentLimits struct {
	PerTransaction *int64 `json:"perTransaction,omitempty"`
	PerDay         *int64 `json:"perDay,omitempty"`
	PerMonth       *int64 `json:"perMonth,omitempty"`
	CountPerDay    int64  `json:"countPerDay,omitempty"`
	CountPerWeek   int64  `json:"countPerWeek,omitempty"`
	CountPerMonth  int64  `json:"countPerMonth,omitempty"`
}

// ConsentPayees says who can be paid under a consent.
type ConsentPayees struct {
	// Accounts are IBANs, or ids or asset ids of beneficiaries, as sent.
	Accounts []string `json:"accounts,omitempty"`
	// Types are networks, or operations whose names tell the network.
	Types []string `json:"types,omitempty"`
	// AllowNew is nil where the request does not say.
	AllowNew    *bool `json:"allowNew,omitempty"`
	RequireName bool  `json:"requireName,omitempty"`
}

// PaymentConsentFacts are what the payment consent's table needs to know.
type PaymentConsentFacts struct {
	Account    Account
	ValidUntil time.Time
	// Fault refuses the terms of a new consent.
	Fault error
}

// The options of a new payment consent's outcome.
const (
	OutcomeActive        = "ACTIVE"
	OutcomeNeedsApproval = "NEEDS_APPROVAL"
)

// PaymentConsentTable is the life of a payment consent. A new one is approved
// in the same commit unless the scenario lets it wait for somebody.
func PaymentConsentTable() *machine.Table[PaymentConsentFacts] {
	type row = machine.Row[PaymentConsentFacts]
	expiry := machine.Choice[PaymentConsentFacts]{
		Point: "payment_consent.expiry", Default: "EXPIRED",
		Options: []machine.Option{{Name: "EXPIRED", Trigger: ExpirePaymentConsent}},
		Until:   func(f PaymentConsentFacts) time.Time { return f.ValidUntil },
	}
	outcome := machine.Choice[PaymentConsentFacts]{
		Point: "payment_consent.outcome", Default: OutcomeActive,
		Options: []machine.Option{
			{Name: OutcomeActive, Trigger: ApprovePaymentConsent},
			{Name: OutcomeNeedsApproval, Trigger: AwaitApproval},
		},
	}
	open := []machine.State{PaymentConsentPending, PaymentConsentActive}
	closed := []machine.State{PaymentConsentExhausted, PaymentConsentRevoked}
	expired := []machine.State{PaymentConsentExpired}
	return &machine.Table[PaymentConsentFacts]{
		Name:      "payment_consent",
		Otherwise: refusal.PaymentConsentDecided,
		Rows: []row{
			{From: []machine.State{machine.None}, On: CreatePaymentConsent, To: PaymentConsentPending, Guard: mayCreateConsent,
				Emit: "payment_consent.created", Arms: []machine.Choice[PaymentConsentFacts]{outcome, expiry}},
			{From: []machine.State{PaymentConsentPending}, On: ApprovePaymentConsent, To: PaymentConsentActive,
				Emit: "payment_consent.activated", Arms: []machine.Choice[PaymentConsentFacts]{expiry}},
			{From: []machine.State{PaymentConsentPending}, On: AwaitApproval, To: PaymentConsentPending},
			{From: []machine.State{PaymentConsentActive}, On: UsePaymentConsent, To: PaymentConsentActive},
			{From: []machine.State{PaymentConsentActive}, On: ExhaustPaymentConsent, To: PaymentConsentExhausted, Emit: "payment_consent.exhausted"},
			{From: open, On: ExpirePaymentConsent, To: PaymentConsentExpired, Emit: "payment_consent.expired"},
			{From: open, On: RevokePaymentConsent, To: PaymentConsentRevoked, Emit: "payment_consent.revoked"},
			{From: expired, On: ApprovePaymentConsent, Refuse: refusal.PaymentConsentExpired},
			{From: expired, On: RevokePaymentConsent, Refuse: refusal.PaymentConsentExpired},
			{From: expired, On: UsePaymentConsent, Refuse: refusal.PaymentConsentExpired},
			{From: append([]machine.State{PaymentConsentPending}, closed...), On: UsePaymentConsent, Refuse: refusal.PaymentConsentNotActive},
		},
	}
}

func mayCreateConsent(f PaymentConsentFacts) error {
	if err := f.Account.Usable(); err != nil {
		return err
	}
	return f.Fault
}

// Covers tells whether an order can use the consent.
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

// UsedUp tells whether the last use is spent.
func (c *PaymentConsent) UsedUp() bool { return c.MaxUses > 0 && c.Used >= c.MaxUses }

// Explain adds to a refusal which payment consent it is about, and what may
// help.
func (c *PaymentConsent) Explain(err error) error {
	return explain(err, func(e *refusal.Error) {
		switch e.Code {
		case refusal.PaymentConsentDecided:
			e.Try("getPaymentConsent", "shows its state", "accountId", c.WalletID, "consentId", c.ID)
		case refusal.PaymentConsentNotActive:
			if c.State == PaymentConsentPending {
				e.Try("approvePaymentConsent", "approves it", "consentId", c.ID)
			}
			c.another(e, "creates a new one")
		case refusal.PaymentConsentExpired:
			c.another(e, "creates a new one with a later end")
		case refusal.PayeeNotAllowed:
			c.another(e, "creates one that allows this payee")
		case refusal.ConsentLimitExceeded:
			e.Try("getPaymentConsent", "shows what is left of its limits", "accountId", c.WalletID, "consentId", c.ID)
			c.another(e, "creates one with a higher limit")
		default:
			return
		}
		e.With("consentId", c.ID).With("consentStatus", string(c.State))
	})
}

func (c *PaymentConsent) another(e *refusal.Error, why string) {
	e.Try("createPaymentConsent", why, "accountId", c.WalletID, "operationType", c.Operation.Segment())
}
