package payments

import (
	"fmt"
	"math"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/refusal"
)

// Currency is the currency of every wallet.
const Currency = "EUR"

// The states of a wallet.
const (
	WalletInactive          machine.State = "INACTIVE"
	WalletPendingActivation machine.State = "PENDING_ACTIVATION"
	WalletActive            machine.State = "ACTIVE"
	WalletSuspended         machine.State = "SUSPENDED"
	WalletBlocked           machine.State = "BLOCKED"
)

// What can be asked of a wallet.
const (
	OpenWallet     machine.Trigger = "open"
	ReadyWallet    machine.Trigger = "ready"
	ActivateWallet machine.Trigger = "activate"
	SuspendWallet  machine.Trigger = "suspend"
	ResumeWallet   machine.Trigger = "resume"
	BlockWallet    machine.Trigger = "block"
)

// Rows name their states and triggers with these.
type (
	in = []machine.State
	on = []machine.Trigger
)

// WalletTriggers gives what brings an active wallet into each of the states that
// are decided about it from outside, by the state.
func WalletTriggers() map[machine.State]machine.Trigger {
	return map[machine.State]machine.Trigger{WalletActive: ResumeWallet, WalletSuspended: SuspendWallet, WalletBlocked: BlockWallet}
}

// WalletReasons are those for which a wallet can be suspended or blocked.
func WalletReasons() []string {
	return []string{"COMPLIANCE_REVIEW", "SUSPECTED_FRAUD", "COURT_ORDER", "CUSTOMER_REQUEST"}
}

// Purpose is what a wallet is for.
type Purpose string

// The two wallets of every customer: the product wallet carries the IBAN.
const (
	Product Purpose = "product"
	Master  Purpose = "master"
)

// Wallet is money of a customer. Balances are minor units of its currency.
type Wallet struct {
	machine.Life
	CustomerID string  `json:"customerId"`
	Purpose    Purpose `json:"purpose"`
	// Line is the line of business, B2C or B2B.
	Line     string `json:"line"`
	Currency string `json:"currency"`
	IBAN     string `json:"iban,omitempty"`
	// AssetID and AssetSubUnitID are other names under which FinHub's services
	// know the wallet's money.
	AssetID        string `json:"assetId"`
	AssetSubUnitID string `json:"assetSubUnitId"`

	// Balance is all the money; Reserved is the part that READY orders hold,
	// Pending the part that PROCESSING orders hold.
	Balance  int64 `json:"balance"`
	Reserved int64 `json:"reserved"`
	Pending  int64 `json:"pending"`
	// Reason is why the wallet is suspended or blocked, if a reason was given.
	Reason string `json:"reason,omitempty"`
	// Moved is when one of the three last changed.
	Moved time.Time `json:"moved,omitzero"`
	// Transactions is the number of the wallet's transactions.
	Transactions int64 `json:"transactions"`
	// History has the closing balances of the latest days with a movement.
	History []DayBalance `json:"history,omitempty"`
}

// DayBalance is the balance at the end of a day in UTC.
type DayBalance struct {
	Day     string `json:"day"`
	Balance int64  `json:"balance"`
}

// historyDays is how far back the closing balances go.
const historyDays = 30

// WalletFacts are what the wallet's table needs to know: nothing, since a
// wallet follows its customer, whose own table has decided.
type WalletFacts struct{}

// walletReview is what the world decides about an active wallet, and
// walletSuspension how a suspension ends, both only if a scenario lets it.
func walletReview() machine.Choice[WalletFacts] {
	return machine.Choice[WalletFacts]{Point: "wallet.review", Options: []machine.Option{
		{Name: "SUSPENDED", Trigger: SuspendWallet, Reasons: WalletReasons()},
		{Name: "BLOCKED", Trigger: BlockWallet, Reasons: WalletReasons()},
	}}
}

func walletSuspension() machine.Choice[WalletFacts] {
	return machine.Choice[WalletFacts]{Point: "wallet.suspension", Options: []machine.Option{
		{Name: "ACTIVE", Trigger: ResumeWallet},
		{Name: "BLOCKED", Trigger: BlockWallet, Reasons: WalletReasons()},
	}}
}

// WalletTable is the life of a wallet. It is apart from that of its customer: a
// customer who is suspended cannot use a wallet that is ACTIVE.
func WalletTable() *machine.Table[WalletFacts] {
	return &machine.Table[WalletFacts]{
		Name:      "wallet",
		Otherwise: refusal.WalletNotActive,
		Rows: []machine.Row[WalletFacts]{
			{From: in{machine.None}, On: on{OpenWallet}, To: WalletInactive},
			{From: in{WalletInactive}, On: on{ReadyWallet}, To: WalletPendingActivation},
			{From: in{WalletPendingActivation}, On: on{ActivateWallet}, To: WalletActive, Emit: "wallet.activated",
				Arms: []machine.Choice[WalletFacts]{walletReview()}},
			{From: in{WalletActive}, On: on{SuspendWallet}, To: WalletSuspended,
				Arms: []machine.Choice[WalletFacts]{walletSuspension()}},
			{From: in{WalletSuspended}, On: on{ResumeWallet}, To: WalletActive},
			{From: in{WalletActive, WalletSuspended}, On: on{BlockWallet}, To: WalletBlocked},
		},
	}
}

// Name is how replies call the wallet.
func (w *Wallet) Name() string {
	if w.Purpose == Master {
		return w.Line + " Master General Purpose Wallet"
	}
	return w.Line + " Product General Purpose Wallet"
}

// Type is the kind of the wallet, such as b2c_product_general_purpose_wallet.
func (w *Wallet) Type() string {
	return strings.ToLower(strings.ReplaceAll(w.Name(), " ", "_"))
}

// Available is what can still be spent.
func (w *Wallet) Available() int64 { return w.Balance - w.Reserved - w.Pending }

// Money makes an amount in the wallet's currency.
func (w *Wallet) Money(minor int64) money.Amount {
	return money.Amount{Minor: minor, Currency: w.Currency}
}

// Reserve holds money for a READY order.
func (w *Wallet) Reserve(minor int64, at time.Time) error {
	w.Reserved += minor
	return w.touched(at)
}

// Release gives free what a READY order held.
func (w *Wallet) Release(minor int64, at time.Time) error {
	w.Reserved -= minor
	return w.touched(at)
}

// Commit turns what a READY order held into what a PROCESSING one holds.
func (w *Wallet) Commit(minor int64, at time.Time) error {
	w.Reserved -= minor
	w.Pending += minor
	return w.touched(at)
}

// Abandon gives free what a PROCESSING order held.
func (w *Wallet) Abandon(minor int64, at time.Time) error {
	w.Pending -= minor
	return w.touched(at)
}

// Debit takes away what a PROCESSING order held.
func (w *Wallet) Debit(minor int64, at time.Time) error {
	w.Pending -= minor
	w.Balance -= minor
	w.closeDay(at)
	return w.touched(at)
}

// Credit adds money. A wallet that has been activated takes money in every
// state, since what was sent must arrive somewhere.
func (w *Wallet) Credit(minor int64, at time.Time) error {
	if minor > math.MaxInt64-w.Balance {
		return refusal.Invalid([]refusal.Fault{{Field: "amount.value", Pointer: "/amount/value", Message: "is more than the wallet can hold"}})
	}
	w.Balance += minor
	w.closeDay(at)
	return w.touched(at)
}

// touched holds the wallet to what the needs of orders promise: nobody ever spends what
// is not there.
func (w *Wallet) touched(at time.Time) error {
	w.Moved = at
	if w.Reserved < 0 || w.Pending < 0 || w.Available() < 0 {
		return fmt.Errorf("payments: wallet %s would have balance %d, reserved %d, pending %d", w.ID, w.Balance, w.Reserved, w.Pending)
	}
	return nil
}

func (w *Wallet) closeDay(at time.Time) {
	day := at.Format(time.DateOnly)
	if n := len(w.History); n > 0 && w.History[n-1].Day == day {
		w.History[n-1].Balance = w.Balance
		return
	}
	w.History = append(w.History, DayBalance{Day: day, Balance: w.Balance})
	if len(w.History) > historyDays {
		w.History = w.History[1:]
	}
}

// Closings gives the closing balances of the last thirty days with a movement,
// the oldest first.
func (w *Wallet) Closings(now time.Time) []DayBalance {
	first := now.AddDate(0, 0, 1-historyDays).Format(time.DateOnly)
	list := []DayBalance{}
	for _, d := range w.History {
		if d.Day >= first {
			list = append(list, d)
		}
	}
	return list
}
