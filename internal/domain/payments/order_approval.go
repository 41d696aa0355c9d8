package payments

import (
	"slices"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/refusal"
)

// ApprovalLife is how long an executed order waits for its approvals.
const ApprovalLife = 24 * time.Hour

// ApprovalExpired is the reason of an order that was not approved in time.
const ApprovalExpired = "APPROVAL_EXPIRED"

// PaymentConsentApproval says which orders under a payment consent others than their
// initiator have to approve, and who.
type PaymentConsentApproval struct {
	Required bool `json:"required,omitempty"`
	// Threshold is the highest amount that needs no approval, in minor units;
	// with nil every order needs it.
	Threshold *int64 `json:"threshold,omitempty"`
	// Roles are those of which an approver needs one.
	Roles []string `json:"roles"`
	// Approvers is how many have to approve.
	Approvers int `json:"approvers"`
}

// RequiresApproval reports whether there are orders that others have to approve.
func (c *PaymentConsent) RequiresApproval() bool { return c.Approval != nil && c.Approval.Required }

// NeedsApproval reports whether an order of an amount is one of them.
func (c *PaymentConsent) NeedsApproval(amount money.Amount) bool {
	return c.RequiresApproval() && (c.Approval.Threshold == nil || amount.Minor > *c.Approval.Threshold)
}

// OrderApproval is what an executed order waits for. It is taken from the
// payment consent at execution and does not change with it.
type OrderApproval struct {
	Required int        `json:"required"`
	Roles    []string   `json:"roles"`
	Deadline time.Time  `json:"deadline"`
	Given    []Approval `json:"given,omitempty"`
}

// Approval is the approval of one user.
type Approval struct {
	UserID string    `json:"userId"`
	At     time.Time `json:"at"`
}

// Approver is who approves, with the roles in which it acts.
type Approver struct {
	UserID string
	Roles  []string
}

// Waiting reports whether the order is executed and has not all its approvals.
func (o *Order) Waiting() bool {
	return o.State == OrderProcessing && o.Approval != nil && len(o.Approval.Given) < o.Approval.Required
}

// quorum is the approval that the order waits for.
func (o *Order) quorum() quorum {
	return quorum{
		what: "order", began: "prepared or executed", initiators: []string{o.PreparedBy, o.ExecutedBy},
		required: o.Approval.Required, roles: o.Approval.Roles, given: o.Approval.Given,
	}
}

// Approval is what the order has to wait for when it is executed, or nil.
func (f OrderFacts) Approval() *OrderApproval {
	if f.Consent == nil || !f.Consent.NeedsApproval(f.Order.Amount) {
		return nil
	}
	a := f.Consent.Approval
	return &OrderApproval{Required: a.Approvers, Roles: a.Roles, Deadline: f.Now.Add(ApprovalLife)}
}

// settlesAtOnce reports whether the order settles without waiting for anybody.
func (f OrderFacts) settlesAtOnce() bool { return f.Approval() == nil }

// approvalDeadline is zero for an order that does not wait.
func (f OrderFacts) approvalDeadline() time.Time {
	if a := f.Approval(); a != nil {
		return a.Deadline
	}
	return time.Time{}
}

// lastApproval reports whether one more approval is all that the order waits for.
func (f OrderFacts) lastApproval() bool {
	return f.Order.Waiting() && len(f.Order.Approval.Given)+1 == f.Order.Approval.Required
}

// approveNeeds hold an approval to the order, to who gives it, and to what must
// still be so for the money to go.
func approveNeeds() []machine.Need[OrderFacts] {
	type need = machine.Need[OrderFacts]
	return slices.Concat(
		[]need{{Name: "approval.outstanding", Code: refusal.OrderAlreadyExecuted, Unmet: OrderFacts.notWaiting, Helpless: "nobody has to approve the order any more"}},
		machine.Of(OrderFacts.admission, admissionNeeds()),
		machine.Of(OrderFacts.account, usableNeeds()),
		[]need{
			{Name: "payee.active", Code: refusal.BeneficiaryNotActive, Unmet: OrderFacts.payeeInactive},
			{Name: "consent.standing", Code: refusal.PaymentConsentNotActive, Unmet: OrderFacts.consentRevoked},
		},
	)
}

func (f OrderFacts) notWaiting() *refusal.Error {
	if f.Order.Waiting() {
		return nil
	}
	return refusal.New(refusal.OrderAlreadyExecuted, "the order is %s and waits for no approval", f.Order.State)
}

// admission is the approval that is to be given to an order that waits for one.
func (f OrderFacts) admission() admission {
	if !f.Order.Waiting() {
		return admission{}
	}
	return admission{f.Order.quorum(), f.Approver}
}

// consentRevoked withdraws an order whose payment consent is withdrawn. One that the
// order itself has used up, or that has ended since the execution, was good when it
// counted.
func (f OrderFacts) consentRevoked() *refusal.Error {
	if f.Consent == nil || f.Consent.State != PaymentConsentRevoked {
		return nil
	}
	return f.Consent.explained(refusal.New(refusal.PaymentConsentNotActive, "the payment consent has been revoked since the order was executed"))
}

// completeNeeds keep an order from settling before it is approved, whoever asks,
// and when an account on one of its sides cannot be used any more.
func completeNeeds() []machine.Need[OrderFacts] {
	payee := machine.Of(OrderFacts.target, usableNeeds())
	for i := range payee {
		payee[i].Name = "payee_" + payee[i].Name
	}
	return slices.Concat(
		[]machine.Need[OrderFacts]{{
			Name: "approvals.complete", Code: refusal.PhaseOrderBroken, Unmet: OrderFacts.unapproved, Helpless: "those who have to approve are others",
		}},
		machine.Of(OrderFacts.account, usableNeeds()), payee,
	)
}

func (f OrderFacts) unapproved() *refusal.Error {
	if f.Order == nil || !f.Order.Waiting() {
		return nil
	}
	return refusal.New(refusal.PhaseOrderBroken, "the order has %d of %d approvals", len(f.Order.Approval.Given), f.Order.Approval.Required)
}

// target is the account of the tenant that is paid; what goes elsewhere is nobody's
// business here.
func (f OrderFacts) target() Account {
	if f.Target == nil {
		return free()
	}
	return *f.Target
}

// SettlementFailure is the reason of an order that cannot be completed because of
// an account; empty if it is not because of one.
func (f OrderFacts) SettlementFailure() string {
	switch {
	case f.Account.Usable() != nil:
		if f.Account.CustomerClosed {
			return PayerClosed
		}
		return PayerBlocked
	case f.target().Usable() != nil:
		if f.Target.CustomerClosed {
			return PayeeClosed
		}
		return PayeeBlocked
	}
	return ""
}

// orderApproval is the end of the time in which an order can be approved.
func orderApproval() machine.Choice[OrderFacts] {
	return machine.Choice[OrderFacts]{
		Point: "order.approval", Default: "EXPIRED",
		Options: []machine.Option{{Name: "EXPIRED", Trigger: LapseOrder}},
		Until:   OrderFacts.approvalDeadline,
	}
}
