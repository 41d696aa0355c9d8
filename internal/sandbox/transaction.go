package sandbox

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/fake"
)

// transactionCollection has no index: a transaction's id is made from its wallet
// and its number there, so that any page of a ledger is found without one.
func transactionCollection() engine.Collection[payments.Transaction] {
	return engine.Collection[payments.Transaction]{Name: "transaction"}
}

// transaction gives a wallet's transaction by its number, or nil.
func (s *Sandbox) transaction(u *engine.Unit, w *payments.Wallet, number int64) *payments.Transaction {
	if number < 1 || number > w.Transactions {
		return nil
	}
	return s.transactions.Get(u, s.transactionID(u, w.ID, number))
}

func (s *Sandbox) transactionID(u *engine.Unit, walletID string, number int64) string {
	id := fake.ID(s.seed(u), "transaction/"+walletID, number)
	return "txn_" + strings.ReplaceAll(id, "-", "")[:24]
}

// enter writes the next line of a wallet's ledger, with the balance as it is.
func (s *Sandbox) enter(u *engine.Unit, w *payments.Wallet, t payments.Transaction) *payments.Transaction {
	w.Transactions++
	t.Number, t.Seq = w.Transactions, u.Next()
	t.ID = s.transactionID(u, w.ID, t.Number)
	t.CreatedAt, t.BalanceAfter = u.Now(), w.Money(w.Balance)
	s.transactions.Add(u, &t)
	s.wallets.Save(u, w)
	return &t
}

// settle gives an order's line its final state.
func (s *Sandbox) settle(u *engine.Unit, o *payments.Order, w *payments.Wallet, status machine.State) error {
	t := s.transactions.Get(u, o.TransactionID)
	if t == nil {
		return fmt.Errorf("sandbox: order %s has no transaction %s", o.ID, o.TransactionID)
	}
	t.Status, t.BalanceAfter = status, w.Money(w.Balance)
	s.transactions.Save(u, t)
	return nil
}

const booksValue = "books"

// book counts what has come into the tenant or left it.
func (s *Sandbox) book(u *engine.Unit, entry func(*payments.Books)) error {
	var b payments.Books
	if _, err := u.Value(booksValue, &b); err != nil {
		return err
	}
	entry(&b)
	return u.SetValue(booksValue, b)
}

// Books gives the tenant's totals, for an auditor: what has come in and gone
// out as it was counted, and what lies on the wallets as they add up now. It
// reads every wallet.
func (s *Sandbox) Books(tenant string) (payments.Books, error) {
	var b payments.Books
	err := s.engine.Read(tenant, func(u *engine.Unit) error {
		if _, err := u.Value(booksValue, &b); err != nil {
			return err
		}
		for _, w := range s.wallets.All(u) {
			b.Balances += w.Balance
			b.Reserved += w.Reserved
			b.Pending += w.Pending
		}
		return nil
	})
	return b, err
}

// Statement asks for transactions: of a wallet, of a customer, or of a wallet
// if it is the customer's. From and To are inclusive; empty members do not
// narrow the list.
type Statement struct {
	// WalletIDs are the names of one wallet; where they differ nothing fits.
	WalletIDs     []string
	CustomerID    string
	Type, Status  string
	From, To      time.Time
	Limit, Offset int
}

// Page is a part of a list and the size of the whole.
type Page[T any] struct {
	Items                []T
	Total, Limit, Offset int
}

// Transactions lists ledger lines, the newest first. It refuses with
// CUSTOMER_NOT_FOUND, WALLET_NOT_FOUND, WALLET_NOT_ACTIVATED and, if a wallet is
// blocked, WALLET_NOT_ACTIVE.
func (s *Sandbox) Transactions(c access.Caller, in Statement) (Page[*payments.Transaction], error) {
	page := Page[*payments.Transaction]{Limit: in.Limit, Offset: in.Offset}
	err := s.read(c, func(u *engine.Unit) error {
		wallets, err := s.statementWallets(u, c, in)
		if err != nil {
			return err
		}
		var ledgers []*ledger
		for _, w := range wallets {
			ledgers = append(ledgers, s.ledger(u, w, in.From, in.To))
		}
		page.Items, page.Total = turn(ledgers, in)
		return nil
	})
	return page, err
}

func (s *Sandbox) statementWallets(u *engine.Unit, c access.Caller, in Statement) ([]*payments.Wallet, error) {
	if len(in.WalletIDs) > 0 {
		a, err := s.readableAccount(u, c, in.WalletIDs[0])
		if err != nil {
			return nil, err
		}
		if in.WalletIDs[len(in.WalletIDs)-1] != a.wallet.ID || in.CustomerID != "" && in.CustomerID != a.wallet.CustomerID {
			return nil, nil
		}
		return []*payments.Wallet{a.wallet}, nil
	}
	if in.CustomerID == "" {
		return nil, refusal.Invalid([]refusal.Fault{{Field: "walletId", Pointer: "/walletId", Message: "walletId, accountId or customerId is needed"}})
	}
	customer, err := s.customer(u, c, in.CustomerID)
	if err != nil {
		return nil, err
	}
	wallets := s.walletsOf(u, customer)
	for _, w := range wallets {
		if _, err := s.readableAccount(u, c, w.ID); err != nil {
			return nil, err
		}
	}
	return wallets, nil
}

// ledger is a wallet's transactions of a period: those above first up to last.
type ledger struct {
	first, last int64
	at          func(number int64) *payments.Transaction
}

// ledger finds the period by halving, since numbers and times grow together.
func (s *Sandbox) ledger(u *engine.Unit, w *payments.Wallet, from, to time.Time) *ledger {
	l := &ledger{last: w.Transactions, at: func(number int64) *payments.Transaction { return s.transaction(u, w, number) }}
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
func turn(ledgers []*ledger, in Statement) (items []*payments.Transaction, total int) {
	items = []*payments.Transaction{}
	narrowed := in.Type != "" || in.Status != ""
	for _, l := range ledgers {
		total += int(l.last - l.first)
	}
	if !narrowed && in.Offset >= total {
		return items, total
	}
	seen := 0
	for narrowed || len(items) < in.Limit {
		t := newest(ledgers)
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
func newest(ledgers []*ledger) *payments.Transaction {
	var found *payments.Transaction
	var in *ledger
	for _, l := range ledgers {
		if l.last == l.first {
			continue
		}
		if t := l.at(l.last); found == nil || t.Seq > found.Seq {
			found, in = t, l
		}
	}
	if in != nil {
		in.last--
	}
	return found
}
