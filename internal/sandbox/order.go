package sandbox

import (
	"time"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
)

func (s *Sandbox) orderKind() *engine.Kind[payments.Order, payments.OrderFacts] {
	return &engine.Kind[payments.Order, payments.OrderFacts]{
		Collection: engine.Collection[payments.Order]{Name: "order"},
		Table:      payments.OrderTable(),
		Facts:      s.orderFacts,
		Effect:     s.orderEffect,
		Subject: func(o *payments.Order) engine.Subject {
			return engine.Subject{Customer: o.CustomerID, Data: map[string]string{
				"customerId": o.CustomerID, "walletId": o.WalletID, "accountId": o.WalletID,
				"orderId": o.ID, "preparedOrderId": o.ID, "transactionId": o.LatestTransaction(),
				"operationType": string(o.Operation), "amount": o.Amount.Decimal(), "currency": o.Amount.Currency,
			}}
		},
	}
}

// orderFacts are what a verb has found out, and for what the world decides the
// accounts on both sides as they are by then.
func (s *Sandbox) orderFacts(u *engine.Unit, o *payments.Order, cause machine.Cause) payments.OrderFacts {
	facts, _ := cause.Input.(payments.OrderFacts)
	facts.Order = o
	if !cause.World {
		return facts
	}
	if a, err := s.anyAccount(u, o.WalletID); err == nil {
		facts.Account = a.facts()
	}
	if o.TargetWalletID != "" {
		if a, err := s.anyAccount(u, o.TargetWalletID); err == nil {
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

func (s *Sandbox) orderState(u *engine.Unit, o *payments.Order, w *payments.Wallet) OrderState {
	state := OrderState{Order: o, Wallet: w, Line: s.transactions.Get(u, o.TransactionID), At: u.Now()}
	for _, armed := range o.Armed {
		if o.State == payments.OrderProcessing && !armed.Deadline && armed.Reads == 0 {
			state.Settles = armed.Due
		}
	}
	return state
}

// Order shows an order of an account. Besides what an account refuses, it
// refuses with ORDER_NOT_FOUND.
func (s *Sandbox) Order(c access.Caller, accountID, id string) (OrderState, error) {
	var state OrderState
	err := s.show(c, func(u *engine.Unit) error {
		a, err := s.readableAccount(u, c, accountID)
		if err != nil {
			return err
		}
		o := s.orders.Get(u, id)
		if o == nil || o.WalletID != a.wallet.ID {
			return noOrder(a, id, "the account has no order with this id")
		}
		if err := s.orders.Look(u, o); err != nil {
			return err
		}
		state = s.orderState(u, o, a.wallet)
		return nil
	})
	return state, err
}

func noOrder(a account, id, details string) error {
	return refusal.New(refusal.OrderNotFound, "%s", details).
		Say("Prepared order not found: "+id).
		Try("prepareOperation", "prepares one", "accountId", a.wallet.ID, "operationType", payments.Transfer.Segment())
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
}

// Execute executes an order that is READY; one that others have to approve waits
// for them. Besides what an account refuses, it
// refuses with ORDER_NOT_FOUND, ORDER_EXPIRED and ORDER_ALREADY_EXECUTED, with
// PAYMENT_CONSENT_NOT_ACTIVE and PAYMENT_CONSENT_EXPIRED if its payment consent
// has ended since, and with AUTHENTICATION_CODE_INVALID and
// CONSENT_CONFIRMATION_WRONG if the caller does not confirm that consent. An
// organization's order of high value it refuses with DOCUMENT_NOT_FOUND and
// SUPPORTING_DOCUMENTS_REQUIRED.
func (s *Sandbox) Execute(c access.Caller, in Execution) (Executed, error) {
	var out Executed
	err := s.do(c, func(u *engine.Unit) error {
		a, err := s.account(u, c, in.AccountID)
		if err != nil {
			return err
		}
		o := s.orders.Get(u, in.OrderID)
		if o == nil || o.WalletID != a.wallet.ID {
			return noOrder(a, in.OrderID, "the account has no order with this id")
		}
		if !in.Way.Fits(o) {
			return noOrder(a, in.OrderID, "the order was prepared as "+o.Operation.Segment()+" over "+string(o.Network)+", and the path says "+in.Way.Word)
		}
		documents := together(o.Documents, in.Documents)
		facts := payments.OrderFacts{
			Account: a.facts(), Now: u.Now(), Consent: s.paymentConsents.Get(u, o.ConsentID), Confirmation: in.Confirmation,
			Beneficiary: s.beneficiaries.Get(u, o.BeneficiaryID), Business: a.organization(), Documents: documents, Details: in.Details, UnknownDocuments: s.unknownDocuments(u, a.customer.ID, documents),
		}
		out.Before = moneyOn(a.wallet)
		if err := s.orders.Fire(u, o, payments.ExecuteOrder, machine.Cause{By: c.UserID, Input: facts}); err != nil {
			return o.Explain(err)
		}
		out.OrderState, out.After = s.orderState(u, o, a.wallet), moneyOn(a.wallet)
		return nil
	})
	return out, err
}

// organization tells whether the account is a business's.
func (a account) organization() bool { return a.customer.Type == onboarding.Organization }

func moneyOn(w *payments.Wallet) Money { return Money{w.Available(), w.Balance} }
