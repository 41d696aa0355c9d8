package payments

import (
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/money"
)

// TransactionType is what moved the money.
type TransactionType string

// The types of transactions. Fund is money that the control interface put in.
const (
	TransferTransaction   TransactionType = "TRANSFER"
	TopupTransaction      TransactionType = "TOPUP"
	WithdrawalTransaction TransactionType = "WITHDRAWAL"
	FundTransaction       TransactionType = "FUND"
)

// Direction is which way the money went, seen from the wallet.
type Direction string

// The directions.
const (
	Debit  Direction = "DEBIT"
	Credit Direction = "CREDIT"
)

// Transaction is one line of a wallet's ledger. It is written when an order is
// executed and follows the order's state until that is final; a line whose
// state is COMPLETED has moved Amount, and Fees besides if it is a debit.
type Transaction struct {
	ID         string `json:"id"`
	Seq        int64  `json:"seq"`
	WalletID   string `json:"walletId"`
	CustomerID string `json:"customerId"`
	// Number counts the wallet's transactions from 1.
	Number    int64           `json:"number"`
	OrderID   string          `json:"orderId,omitempty"`
	Type      TransactionType `json:"type"`
	Direction Direction       `json:"direction"`
	Status    machine.State   `json:"status"`
	Amount    money.Amount    `json:"amount"`
	Fees      money.Amount    `json:"fees"`
	// BalanceAfter is the wallet's balance when the line got its state.
	BalanceAfter money.Amount `json:"balanceAfter"`
	// Other side, as far as it is known.
	CounterpartyName string    `json:"counterpartyName,omitempty"`
	CounterpartyIBAN string    `json:"counterpartyIban,omitempty"`
	Reference        string    `json:"reference,omitempty"`
	Description      string    `json:"description,omitempty"`
	CreatedAt        time.Time `json:"createdAt"`
}

// Key is what a transaction is stored under.
func (t *Transaction) Key() (id string, seq int64) { return t.ID, t.Seq }

// Moved is by how much the line changed the balance of its wallet.
func (t *Transaction) Moved() int64 {
	switch {
	case t.Status != OrderCompleted:
		return 0
	case t.Direction == Debit:
		return -t.Amount.Minor - t.Fees.Minor
	}
	return t.Amount.Minor
}

// Books are a tenant's totals in minor units: what has come in and gone out
// since its beginning, counted when it happened, and what lies on the wallets
// now, added up from them. Nothing is lost as long as both sides agree.
type Books struct {
	Funded    int64 `json:"funded"`
	ToppedUp  int64 `json:"toppedUp"`
	Withdrawn int64 `json:"withdrawn"`
	SentOut   int64 `json:"sentOut"`
	// Returned came back of what was sent out.
	Returned int64 `json:"returned,omitzero"`
	Fees     int64 `json:"fees"`

	Balances int64 `json:"-"`
	Reserved int64 `json:"-"`
	Pending  int64 `json:"-"`
}

// Unaccounted is the money that has come in and is neither gone nor there: zero
// in every state that the sandbox can be in.
func (b Books) Unaccounted() int64 {
	return b.Funded + b.ToppedUp + b.Returned - b.Withdrawn - b.SentOut - b.Fees - b.Balances
}

// Settled counts a completed order. What goes to a wallet of the tenant stays
// within it, so that only its fee leaves the wallets.
func (b *Books) Settled(o *Order) {
	b.Fees += o.Fee.Minor
	switch {
	case o.TargetWalletID != "":
	case o.Operation == Topup:
		b.ToppedUp += o.Amount.Minor
	case o.Operation == Withdrawal:
		b.Withdrawn += o.Amount.Minor
	default:
		b.SentOut += o.Amount.Minor
	}
}
