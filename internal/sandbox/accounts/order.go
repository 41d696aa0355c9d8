package accounts

import (
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/scenario"
)

// OrderKind makes the kind of prepared orders.
func OrderKind(s *world.World) *engine.Kind[payments.Order, payments.OrderFacts] {
	return world.See(s, &engine.Kind[payments.Order, payments.OrderFacts]{
		Collection: engine.Collection[payments.Order]{Name: "order"},
		Table:      payments.OrderTable(),
		Facts:      world.Facts(s, gatherOrderFacts),
		Effect:     world.Effect(s, orderEffect),
		Subject: func(o *payments.Order) engine.Subject {
			return engine.Subject{Customer: o.CustomerID, Data: map[string]string{
				"customerId": o.CustomerID, "walletId": o.WalletID, "accountId": o.WalletID,
				"orderId": o.ID, "preparedOrderId": o.ID, "transactionId": o.LatestTransaction(),
				"operationType": string(o.Operation), "amount": o.Amount.Decimal(), "currency": o.Amount.Currency,
			}}
		},
	}, seenOrder())
}

func seenOrder() world.Seen[payments.Order] {
	return world.Seen[payments.Order]{
		Owner: func(o *payments.Order) string { return o.CustomerID },
		Tells: []world.Telling[payments.Order]{
			{About: scenario.AboutOrder, Tell: func(_ *world.Act, o *payments.Order, f *scenario.Facts) { f.Order = orderFacts(o) }},
			{About: scenario.AboutBeneficiary, Tell: func(_ *world.Act, o *payments.Order, f *scenario.Facts) { f.Beneficiary = counterpartyFacts(o) }},
		},
		Links: []world.Link[payments.Order]{
			{Kind: "wallet", ID: func(o *payments.Order) string { return o.WalletID }},
			{Kind: "beneficiary", ID: func(o *payments.Order) string { return o.BeneficiaryID }},
			{Kind: "payment_consent", ID: func(o *payments.Order) string { return o.ConsentID }},
		},
	}
}

// gatherOrderFacts are what a verb has found out, and for what the world decides the
// accounts on both sides as they are by then.
func gatherOrderFacts(act *world.Act, o *payments.Order, cause machine.Cause) payments.OrderFacts {
	facts, _ := cause.Input.(payments.OrderFacts)
	facts.Order = o
	if !cause.World {
		return facts
	}
	if a, err := FindAnyAccount(act, o.WalletID); err == nil {
		facts.Account = a.facts()
	}
	if o.TargetWalletID != "" {
		if a, err := FindAnyAccount(act, o.TargetWalletID); err == nil {
			target := a.facts()
			facts.Target = &target
		}
	}
	return facts
}

// OrderState is an order as it is at an instant.
type OrderState struct {
	Order  *payments.Order
	Wallet *payments.Wallet
	// Line is the order's transaction on its wallet; nil before it is executed.
	Line *payments.Transaction
	// Settles is when a PROCESSING order comes to its end; zero for others, and
	// while the order waits for approvals.
	Settles time.Time
	At      time.Time
}

func orderState(act *world.Act, o *payments.Order, w *payments.Wallet) OrderState {
	state := OrderState{Order: o, Wallet: w, Line: act.Transactions.Get(act.Unit, o.TransactionID), At: act.Now()}
	for _, armed := range o.Armed {
		if o.State == payments.OrderProcessing && !armed.Deadline && armed.Reads == 0 {
			state.Settles = armed.Due
		}
	}
	return state
}

// GetOrder shows an order of an account. Besides what an account refuses, it
// refuses with ORDER_NOT_FOUND.
func GetOrder(act *world.Act, accountID, id string) (state OrderState, err error) {
	a, err := findReadableAccount(act, accountID)
	if err != nil {
		return state, err
	}
	o := act.Orders.Get(act.Unit, id)
	if o == nil || o.WalletID != a.Wallet.ID {
		return state, noOrder(a, id, "the account has no order with this id")
	}
	if err := act.Orders.CountRead(act.Unit, o); err != nil {
		return state, err
	}
	return orderState(act, o, a.Wallet), nil
}

func noOrder(a Account, id, details string) error {
	return refusal.New(refusal.OrderNotFound, "%s", details).
		WithMessage("Prepared order not found: "+id).
		Suggest("prepareOperation", "prepares one", "accountId", a.Wallet.ID, "operationType", payments.Transfer.Segment())
}

// Execution confirms an order.
type Execution struct {
	AccountID, OrderID string
	// Way is the operation as the path has it.
	Way          payments.Way
	Confirmation payments.Confirmation
	// Documents are supporting documents, besides those that prepare named.
	Documents []string
	// Details are members of the request that travel with the order.
	Details map[string]any
}

// Money is what is on a wallet at an instant.
type Money struct{ Available, Current int64 }

// Executed is an order after its execution, with the money on its wallet before
// and after.
type Executed struct {
	OrderState
	Before, After Money
	// PayeeAsset is the asset id of the payee; empty without one.
	PayeeAsset string
}

// Execute executes an order that is READY; one that others have to approve waits
// for them. Besides what an account refuses, it
// refuses with ORDER_NOT_FOUND, ORDER_EXPIRED and ORDER_ALREADY_EXECUTED, with
// PAYMENT_CONSENT_NOT_ACTIVE and PAYMENT_CONSENT_EXPIRED if its payment consent
// has ended since, and with AUTHENTICATION_CODE_INVALID and
// CONSENT_CONFIRMATION_WRONG if the caller does not confirm that consent. An
// organization's order of high value it refuses with DOCUMENT_NOT_FOUND and
// SUPPORTING_DOCUMENTS_REQUIRED.
func Execute(act *world.Act, in Execution) (out Executed, err error) {
	a, err := findAccount(act, in.AccountID)
	if err != nil {
		return out, err
	}
	o := act.Orders.Get(act.Unit, in.OrderID)
	if o == nil || o.WalletID != a.Wallet.ID {
		return out, noOrder(a, in.OrderID, "the account has no order with this id")
	}
	if !in.Way.Fits(o) {
		return out, noOrder(a, in.OrderID, "the order was prepared as "+o.Operation.Segment()+" over "+string(o.Network)+", and the path says "+in.Way.Word)
	}
	documents := together(o.Documents, in.Documents)
	facts := payments.OrderFacts{
		Account: a.facts(), Now: act.Now(), Consent: act.PaymentConsents.Get(act.Unit, o.ConsentID), Confirmation: in.Confirmation,
		Beneficiary: act.Beneficiaries.Get(act.Unit, o.BeneficiaryID), Business: a.organization(), Documents: documents, Details: in.Details, UnknownDocuments: unknownDocuments(act, a.Customer.ID, documents),
	}
	out.Before = moneyOn(a.Wallet)
	if err := act.Orders.Fire(act.Unit, o, payments.ExecuteOrder, machine.Cause{By: act.Caller.UserID, Input: facts}); err != nil {
		return out, o.Explain(err)
	}
	out.OrderState, out.After = orderState(act, o, a.Wallet), moneyOn(a.Wallet)
	if facts.Beneficiary != nil {
		out.PayeeAsset = facts.Beneficiary.AssetID
	}
	return out, nil
}

// organization reports whether the account is a business's.
func (a Account) organization() bool { return a.Customer.Type == onboarding.Organization }

func moneyOn(w *payments.Wallet) Money { return Money{w.Available(), w.Balance} }
