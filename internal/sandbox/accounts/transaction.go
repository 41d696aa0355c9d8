package accounts

import (
	"container/heap"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/fake"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
)

// TransactionCollection has no index: a transaction's id is made from its wallet
// and its number there, so that any page of a ledger is found without one.
func TransactionCollection() engine.Collection[payments.Transaction] {
	return engine.Collection[payments.Transaction]{Name: "transaction"}
}

// Transaction gives a wallet's transaction by its number, or nil.
func Transaction(act *world.Act, w *payments.Wallet, number int64) *payments.Transaction {
	if number < 1 || number > w.Transactions {
		return nil
	}
	return act.Transactions.Get(act.Unit, transactionID(act, w.ID, number))
}

func transactionID(act *world.Act, walletID string, number int64) string {
	id := fake.ID(world.Seed(act), "transaction/"+walletID, number)
	return "txn_" + strings.ReplaceAll(id, "-", "")[:24]
}

// enter writes the next line of a wallet's ledger, with the balance as it is.
func enter(act *world.Act, w *payments.Wallet, t payments.Transaction) *payments.Transaction {
	w.Transactions++
	t.Number, t.Seq = w.Transactions, act.Next()
	t.ID = transactionID(act, w.ID, t.Number)
	t.CreatedAt, t.BalanceAfter = act.Now(), w.Money(w.Balance)
	act.Transactions.Add(act.Unit, &t)
	act.Wallets.Save(act.Unit, w)
	return &t
}

// settle gives an order's line its final state.
func settle(act *world.Act, o *payments.Order, w *payments.Wallet, status machine.State) error {
	t := act.Transactions.Get(act.Unit, o.TransactionID)
	if t == nil {
		return fmt.Errorf("sandbox: order %s has no transaction %s", o.ID, o.TransactionID)
	}
	t.Status, t.BalanceAfter = status, w.Money(w.Balance)
	act.Transactions.Save(act.Unit, t)
	return nil
}

const booksValue = "books"

// book counts what has come into the tenant or left it.
func book(act *world.Act, entry func(*payments.Books)) error {
	var b payments.Books
	if _, err := act.Value(booksValue, &b); err != nil {
		return err
	}
	entry(&b)
	return act.SetValue(booksValue, b)
}

// Books gives the tenant's totals, for an auditor: what has come in and gone
// out as it was counted, and what lies on the wallets as they add up now. It
// reads every wallet.
func Books(act *world.Act) (b payments.Books, err error) {
	if _, err := act.Value(booksValue, &b); err != nil {
		return b, err
	}
	for _, w := range act.Wallets.All(act.Unit) {
		b.Balances += w.Balance
		b.Reserved += w.Reserved
		b.Pending += w.Pending
	}
	return b, nil
}

// Statement asks for transactions: of a wallet, of a customer, or of a wallet
// if it is the customer's. From and To are inclusive; empty members do not
// narrow the list.
type Statement struct {
	// WalletIDs are the names of one wallet; where they differ nothing fits.
	WalletIDs  []string
	CustomerID string
	// AssetID is the asset of one of the customer's wallets.
	AssetID       string
	Type, Status  string
	From, To      time.Time
	Limit, Offset int
}

// Page is a part of a list and the size of the whole.
type Page[T any] struct {
	Items                []T
	Total, Limit, Offset int
}

// ListTransactions lists ledger lines, the newest first. It refuses with
// CUSTOMER_NOT_FOUND, WALLET_NOT_FOUND, WALLET_NOT_ACTIVATED and, if a wallet is
// blocked, WALLET_NOT_ACTIVE.
func ListTransactions(act *world.Act, in Statement) (Page[*payments.Transaction], error) {
	page := Page[*payments.Transaction]{Limit: in.Limit, Offset: in.Offset}
	wallets, err := statementWallets(act, in)
	if err != nil {
		return page, err
	}
	var open ledgers
	for _, w := range wallets {
		open.add(openLedger(act, w, in.From, in.To))
	}
	page.Items, page.Total = turn(open, in)
	return page, nil
}

func statementWallets(act *world.Act, in Statement) ([]*payments.Wallet, error) {
	if len(in.WalletIDs) > 0 {
		a, err := findReadableAccount(act, in.WalletIDs[0])
		if err != nil {
			return nil, err
		}
		if in.WalletIDs[len(in.WalletIDs)-1] != a.Wallet.ID || in.CustomerID != "" && in.CustomerID != a.Wallet.CustomerID {
			return nil, nil
		}
		return []*payments.Wallet{a.Wallet}, nil
	}
	if in.CustomerID == "" {
		return nil, refusal.Invalid([]refusal.Fault{{Field: "walletId", Pointer: "/walletId", Message: "walletId, accountId or customerId is needed"}})
	}
	customer, err := customers.FindCustomer(act, in.CustomerID)
	if err != nil {
		return nil, err
	}
	wallets := walletsOf(act, customer)
	for _, w := range wallets {
		if _, err := findReadableAccount(act, w.ID); err != nil {
			return nil, err
		}
	}
	if in.AssetID != "" {
		wallets = slices.DeleteFunc(wallets, func(w *payments.Wallet) bool { return w.AssetID != in.AssetID })
	}
	return wallets, nil
}

// CustomerWallets gives the wallets of a customer, the product wallet first, all of which can
// be read. It refuses as ListTransactions does.
func CustomerWallets(act *world.Act, customerID string) ([]*payments.Wallet, error) {
	return statementWallets(act, Statement{CustomerID: customerID})
}

// ledger is a wallet's transactions of a period: those above first up to last.
type ledger struct {
	first, last int64
	at          func(number int64) *payments.Transaction
	// head is the last of them.
	head *payments.Transaction
}

// ledgers are a heap, the one with the newest head on top.
type ledgers []*ledger

func (h ledgers) Len() int           { return len(h) }
func (h ledgers) Less(i, j int) bool { return h[i].head.Seq > h[j].head.Seq }
func (h ledgers) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *ledgers) Push(l any)        { *h = append(*h, l.(*ledger)) }
func (h *ledgers) Pop() any {
	old := *h
	l := old[len(old)-1]
	*h = old[:len(old)-1]
	return l
}

// add takes in what a ledger has in its period.
func (h *ledgers) add(l *ledger) {
	if l.last > l.first {
		l.head = l.at(l.last)
		*h = append(*h, l)
	}
}

// openLedger finds the period by halving, since numbers and times grow together.
func openLedger(act *world.Act, w *payments.Wallet, from, to time.Time) *ledger {
	l := &ledger{last: w.Transactions, at: func(number int64) *payments.Transaction { return Transaction(act, w, number) }}
	before := func(fits func(time.Time) bool) int64 {
		return int64(sort.Search(int(w.Transactions), func(i int) bool { return fits(l.at(int64(i) + 1).CreatedAt) }))
	}
	if !to.IsZero() {
		l.last = before(func(at time.Time) bool { return at.After(to) })
	}
	if !from.IsZero() {
		l.first = before(func(at time.Time) bool { return !at.Before(from) })
	}
	l.last = max(l.first, l.last)
	return l
}

// turn gives one page over several ledgers, the newest line first, and the
// number of lines that fit. Without a type or a status nobody looks at more
// lines than the page goes down to.
func turn(open ledgers, in Statement) (items []*payments.Transaction, total int) {
	items = []*payments.Transaction{}
	narrowed := in.Type != "" || in.Status != ""
	for _, l := range open {
		total += int(l.last - l.first)
	}
	heap.Init(&open)
	if !narrowed && in.Offset >= total {
		return items, total
	}
	seen := 0
	for narrowed || len(items) < in.Limit {
		t := open.newest()
		if t == nil {
			break
		}
		if in.Type != "" && string(t.Type) != in.Type || in.Status != "" && string(t.Status) != in.Status {
			continue
		}
		if seen++; seen > in.Offset && len(items) < in.Limit {
			items = append(items, t)
		}
	}
	if narrowed {
		total = seen
	}
	return items, total
}

// newest takes the newest line that is left.
func (h *ledgers) newest() *payments.Transaction {
	if len(*h) == 0 {
		return nil
	}
	l := (*h)[0]
	t := l.head
	if l.last--; l.last == l.first {
		heap.Pop(h)
		return t
	}
	l.head = l.at(l.last)
	heap.Fix(h, 0)
	return t
}
