package payments

import (
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/refusal"
)

// The states of an order.
const (
	OrderReady      machine.State = "READY"
	OrderExpired    machine.State = "EXPIRED"
	OrderProcessing machine.State = "PROCESSING"
	OrderCompleted  machine.State = "COMPLETED"
	OrderFailed     machine.State = "FAILED"
)

// What can be asked of an order.
const (
	PrepareOrder  machine.Trigger = "prepare"
	ExecuteOrder  machine.Trigger = "execute"
	ExpireOrder   machine.Trigger = "expire"
	CompleteOrder machine.Trigger = "complete"
	FailOrder     machine.Trigger = "fail"
	ApproveOrder  machine.Trigger = "approve"
	LapseOrder    machine.Trigger = "lapse"
	KeepOrder     machine.Trigger = "keep"
	ReturnOrder   machine.Trigger = "return"
)

// OrderLife is how long a prepared order can be executed.
const OrderLife = 2 * time.Hour

// Order is one operation, from prepare on.
type Order struct {
	machine.Life
	WalletID   string       `json:"walletId"`
	CustomerID string       `json:"customerId"`
	Operation  Operation    `json:"operation"`
	Network    Network      `json:"network"`
	Amount     money.Amount `json:"amount"`
	Fee        money.Amount `json:"fee"`
	// AvailableBefore is the available balance at prepare.
	AvailableBefore int64     `json:"availableBefore"`
	ValidUntil      time.Time `json:"validUntil"`

	BeneficiaryID string `json:"beneficiaryId,omitempty"`
	// ConsentID is the payment consent, and ConsentUse the number under which
	// the order counts against it.
	ConsentID  string `json:"consentId,omitempty"`
	ConsentUse int64  `json:"consentUse,omitempty"`
	// Source and Target are the accounts' IBANs, or their ids where they have
	// none; Counterparty is the name of the other side.
	Source       string `json:"source"`
	Target       string `json:"target,omitempty"`
	Counterparty string `json:"counterparty,omitempty"`
	// TargetWalletID is the wallet of this tenant that is paid.
	TargetWalletID string         `json:"targetWalletId,omitempty"`
	PurposeCode    string         `json:"purposeCode,omitempty"`
	Reference      string         `json:"reference,omitempty"`
	Description    string         `json:"description,omitempty"`
	Documents      []string       `json:"documents,omitempty"`
	Details        map[string]any `json:"details,omitempty"`

	// PreparedBy and ExecutedBy are the users who did; neither may approve.
	PreparedBy string `json:"preparedBy,omitempty"`
	ExecutedBy string `json:"executedBy,omitempty"`
	// Approval is nil for an order that nobody else has to approve.
	Approval *OrderApproval `json:"approval,omitempty"`

	ExecutionID   string    `json:"executionId,omitempty"`
	TransactionID string    `json:"transactionId,omitempty"`
	ExecutedAt    time.Time `json:"executedAt,omitzero"`
	SettledAt     time.Time `json:"settledAt,omitzero"`
	FailureReason string    `json:"failureReason,omitempty"`
	// Confirmed are members of the execution, kept as they came.
	Confirmed map[string]any `json:"confirmed,omitempty"`
	// Return is nil unless the money of a completed order came back.
	Return  *OrderReturn `json:"return,omitempty"`
	History []Passage    `json:"history"`
}

// Passage is one state that an order has come to.
type Passage struct {
	Status machine.State `json:"status"`
	At     time.Time     `json:"at"`
	Event  string        `json:"event"`
}

// Total is what the order costs: amount and fee.
func (o *Order) Total() money.Amount {
	return money.Amount{Minor: o.Amount.Minor + o.Fee.Minor, Currency: o.Amount.Currency}
}

// Held is what the order keeps from being spent while it is READY or
// PROCESSING. Money that comes in holds nothing.
func (o *Order) Held() int64 {
	if !o.Operation.Outgoing() {
		return 0
	}
	return o.Total().Minor
}

// Payee is whom the order pays.
func (o *Order) Payee(b *Beneficiary, named string) *Payee {
	return &Payee{
		Beneficiary: b, IBAN: o.CounterpartyIBAN(), Named: named, Reference: o.Reference, Operation: o.Operation, Network: o.Network,
	}
}

// Transaction gives the ledger line of the order on its own wallet.
func (o *Order) Transaction() Transaction {
	direction := Debit
	if !o.Operation.Outgoing() {
		direction = Credit
	}
	return Transaction{
		WalletID: o.WalletID, CustomerID: o.CustomerID, OrderID: o.ID, Type: TransactionType(o.Operation), Direction: direction,
		Amount: o.Amount, Fees: o.Fee, CounterpartyName: o.Counterparty, CounterpartyIBAN: o.CounterpartyIBAN(),
		Reference: o.Reference, Description: o.Description,
	}
}

// CounterpartyIBAN is the account of the other side, or its id if it has no IBAN.
func (o *Order) CounterpartyIBAN() string {
	if o.Operation == Topup {
		return o.Source
	}
	return o.Target
}

// The reasons of a settlement that fails because of an account of the tenant: the
// payee's, or the payer's own.
const (
	PayeeBlocked = "ACCOUNT_BLOCKED"
	PayeeClosed  = "ACCOUNT_CLOSED"
	PayerBlocked = "PAYER_ACCOUNT_BLOCKED"
	PayerClosed  = "PAYER_ACCOUNT_CLOSED"
)

// failureReasons are those with which a settlement can fail.
func failureReasons() []string {
	return []string{
		PayeeBlocked, PayeeClosed, "ACCOUNT_UNKNOWN", "AMOUNT_NOT_ACCEPTED", DefaultFailure, "COMPLIANCE_REJECTED", "NETWORK_TIMEOUT",
		"PAYEE_NAME_MISMATCH", PayerBlocked, PayerClosed,
	}
}

// FailureReasons are all reasons with which an order can have FAILED.
func FailureReasons() []string { return append(failureReasons(), ApprovalExpired) }

// DefaultFailure is the reason of a settlement that fails without one.
const DefaultFailure = "BANK_REJECTED"

// settlementOutcome is what becomes of an order for which everything is there.
// An order that has to be approved gets it from its last approval.
func settlementOutcome(when func(OrderFacts) bool) machine.Choice[OrderFacts] {
	return machine.Choice[OrderFacts]{
		Point: "settlement.outcome", Default: "COMPLETED", If: when,
		Options: []machine.Option{
			{Name: "COMPLETED", Trigger: CompleteOrder, Otherwise: FailOrder},
			{Name: "FAILED", Trigger: FailOrder, Reasons: failureReasons()},
		},
	}
}

// orderExecuted is what an order lacks that cannot be approved yet.
func orderExecuted() machine.Need[OrderFacts] {
	return machine.Need[OrderFacts]{Name: "order.executed", Code: refusal.PhaseOrderBroken, Unmet: func(f OrderFacts) *refusal.Error {
		if !f.Order.ExecutedAt.IsZero() {
			return nil
		}
		return refusal.New(refusal.PhaseOrderBroken, "the order has not been executed").
			Suggest("executeOperation", "executes it first", "accountId", f.Order.WalletID, "operationType", f.Order.Operation.Segment())
	}}
}

// OrderTable is the life of an order. What its steps need is in order_rules.go,
// order_execution.go and order_approval.go. The end of the time for
// approvals does not fail the order by itself: an order with all its approvals
// may still be settling then.
func OrderTable() *machine.Table[OrderFacts] {
	return &machine.Table[OrderFacts]{
		Name:      "order",
		Otherwise: refusal.PhaseOrderBroken,
		Rows: []machine.Row[OrderFacts]{
			{From: in{machine.None}, On: on{PrepareOrder}, To: OrderReady, Needs: prepareNeeds(), Emit: "transaction.prepared",
				Arms: []machine.Choice[OrderFacts]{{
					Point: "order.expiry", Default: "EXPIRED",
					Options: []machine.Option{{Name: "EXPIRED", Trigger: ExpireOrder}},
					Until:   func(f OrderFacts) time.Time { return f.ValidUntil },
				}}},
			{From: in{OrderReady}, On: on{ExecuteOrder}, To: OrderProcessing, Needs: executeNeeds(), Emit: "transaction.processing",
				Arms: []machine.Choice[OrderFacts]{settlementOutcome(OrderFacts.settlesAtOnce), orderApproval()}},
			{From: in{OrderProcessing}, On: on{ApproveOrder}, To: machine.Same, Needs: approveNeeds(),
				Arms: []machine.Choice[OrderFacts]{settlementOutcome(OrderFacts.lastApproval)}},
			{From: in{OrderProcessing}, On: on{LapseOrder}, To: machine.Same},
			{From: in{OrderReady}, On: on{ExpireOrder}, To: OrderExpired, Emit: "transaction.expired"},
			{From: in{OrderProcessing}, On: on{CompleteOrder}, To: OrderCompleted, Needs: completeNeeds(), Emit: "transaction.completed",
				Arms: []machine.Choice[OrderFacts]{settlementReturn()}},
			{From: in{OrderCompleted}, On: on{KeepOrder}, To: machine.Same},
			{From: in{OrderCompleted}, On: on{ReturnOrder}, To: machine.Same, Emit: "transaction.completed"},
			{From: in{OrderProcessing}, On: on{FailOrder}, To: OrderFailed, Emit: "transaction.failed"},
			{From: in{OrderProcessing, OrderCompleted, OrderFailed}, On: on{ExecuteOrder}, Refuse: refusal.OrderAlreadyExecuted},
			{From: in{OrderReady}, On: on{ApproveOrder}, Refuse: refusal.PhaseOrderBroken, Needs: []machine.Need[OrderFacts]{orderExecuted()}},
			{From: in{OrderCompleted, OrderFailed}, On: on{ApproveOrder}, Refuse: refusal.OrderAlreadyExecuted},
			{From: in{OrderExpired}, On: on{ExecuteOrder, ApproveOrder}, Refuse: refusal.OrderExpired},
		},
	}
}

// Explain adds to a refusal which order it is about, and what may help.
func (o *Order) Explain(err error) error {
	return explain(err, func(e *refusal.Error) {
		switch e.Code {
		case refusal.OrderAlreadyExecuted:
			e.Suggest("getOrder", "shows its result", "accountId", o.WalletID, "orderId", o.ID)
		case refusal.OrderExpired:
			e.Details = "the order was valid until " + o.ValidUntil.Format(time.RFC3339)
			e.Suggest("prepareOperation", "prepares it again", "accountId", o.WalletID, "operationType", o.Operation.Segment())
		case refusal.PhaseOrderBroken, refusal.InitiatorCannotApprove, refusal.ApprovalDuplicate, refusal.SupportingDocumentsRequired:
		default:
			return
		}
		e.WithData("orderId", o.ID).WithData("orderStatus", string(o.State))
	})
}
