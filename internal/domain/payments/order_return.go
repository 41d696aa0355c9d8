package payments

import (
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/money"
)

// OrderReturn is the money of a completed order that the payee's bank sent back.
type OrderReturn struct {
	// TransactionID is the ledger line with which it came.
	TransactionID string    `json:"transactionId"`
	At            time.Time `json:"at"`
	Reason        string    `json:"reason"`
}

// DefaultReturn is the reason of a return without one.
const DefaultReturn = "REFUSED_BY_PAYEE"

// returnReasons are those with which a bank sends money back.
func returnReasons() []string {
	return []string{DefaultReturn, "ACCOUNT_CLOSED", "ACCOUNT_UNKNOWN", "COMPLIANCE_REJECTED"}
}

// settlementReturn is whether a completed transfer stays where it went. Only
// another bank can send money back: within the tenant the payee has it already.
func settlementReturn() machine.Choice[OrderFacts] {
	return machine.Choice[OrderFacts]{
		Point: "settlement.return", Default: "KEPT", If: func(f OrderFacts) bool { return f.Order.Returnable() },
		Options: []machine.Option{
			{Name: "KEPT", Trigger: KeepOrder},
			{Name: "RETURNED", Trigger: ReturnOrder, Reasons: returnReasons()},
		},
	}
}

// Returnable reports whether the order's money went to another bank.
func (o *Order) Returnable() bool { return o.Operation == Transfer && o.Network != Internal }

// LatestTransaction is the ledger line that was written last for the order.
func (o *Order) LatestTransaction() string {
	if o.Return != nil {
		return o.Return.TransactionID
	}
	return o.TransactionID
}

// Returned gives the ledger line with which an order's amount comes back. Its
// fee does not: the way there was paid for.
func (o *Order) Returned() Transaction {
	return Transaction{
		WalletID: o.WalletID, CustomerID: o.CustomerID, OrderID: o.ID, Type: TransactionType(o.Operation), Direction: Credit,
		Status: OrderCompleted, Amount: o.Amount, Fees: money.Amount{Currency: o.Amount.Currency}, CounterpartyName: o.Counterparty, CounterpartyIBAN: o.CounterpartyIBAN(),
		Reference: o.Reference, Description: "Return of " + o.TransactionID,
	}
}
