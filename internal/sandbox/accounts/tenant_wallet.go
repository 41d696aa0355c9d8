package accounts

import (
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/sandbox/world"
)

// maxWallets bounds how many wallets of a tenant one call looks at.
const maxWallets = 10_000

// eachWallet shows the wallets of the tenant whose ids come after one, until it has shown as
// many as one call may look at, or visit does not take one. Where there may be more, next is the
// id behind which to go on.
func eachWallet(act *world.Act, after string, visit func(*payments.Wallet) bool) (next string) {
	const atOnce = 256 // Each that is looked at has to be read.
	looked := 0
	for next = machine.CanonicalID(after); ; {
		slice := act.Wallets.After(act.Unit, next, atOnce)
		for _, w := range slice {
			if looked == maxWallets || !visit(w) {
				return next
			}
			looked, next = looked+1, w.ID
		}
		if len(slice) < atOnce {
			return ""
		}
	}
}

// Tally is what lies on several wallets together.
type Tally struct {
	// Wallet has the sums, and the line and purpose of those that were added up.
	payments.Wallet
	Wallets int
}

// Add adds a wallet.
func (t *Tally) Add(w *payments.Wallet) {
	t.Wallets++
	t.Balance += w.Balance
	t.Reserved += w.Reserved
	t.Pending += w.Pending
	if w.Moved.After(t.Moved) {
		t.Moved = w.Moved
	}
}

// TallyWallets adds up the wallets of the tenant behind one, a tally for each line and purpose. Where
// there may be more, next is the id behind which to go on.
func TallyWallets(act *world.Act, after string) (list []Tally, next string) {
	for _, line := range []string{"B2B", "B2C"} {
		for _, purpose := range []payments.Purpose{payments.Product, payments.Master} {
			list = append(list, Tally{Wallet: payments.Wallet{Line: line, Purpose: purpose, Currency: payments.Currency}})
		}
	}
	next = eachWallet(act, after, func(w *payments.Wallet) bool {
		for i := range list {
			if list[i].Line == w.Line && list[i].Purpose == w.Purpose {
				list[i].Add(w)
			}
		}
		return true
	})
	return list, next
}

// TallyChildren adds up as TallyWallets does, for a power tenant. It refuses others with
// POWER_TENANT_REQUIRED.
func TallyChildren(act *world.Act, after string) (list []Tally, next string, err error) {
	if !act.Caller.PowerTenant {
		return nil, "", refusal.New(refusal.PowerTenantRequired, "the caller belongs to the tenant, and only a power tenant sees what its children have")
	}
	list, next = TallyWallets(act, after)
	return list, next, nil
}

// WalletFilter narrows a list of wallets; empty members do not.
type WalletFilter struct {
	Line   string
	Status machine.State
	After  string
	Limit  int
}

// ListTenantWallets lists wallets of all customers, in the order of their ids. Where there may be
// more, next is the id behind which to go on.
func ListTenantWallets(act *world.Act, f WalletFilter) (list []*payments.Wallet, next string) {
	next = eachWallet(act, f.After, func(w *payments.Wallet) bool {
		if f.Line != "" && f.Line != w.Line || f.Status != "" && f.Status != w.State {
			return true
		}
		if len(list) == f.Limit {
			return false
		}
		list = append(list, w)
		return true
	})
	return list, next
}

// LineStatement asks for the transactions of all customers of a line of business.
type LineStatement struct {
	Line, After   string
	From, To      time.Time
	Limit, Offset int
}

// ListLineTransactions lists ledger lines of all wallets of a line behind one, the newest first. Where
// there may be more wallets, next is the id behind which to go on.
func ListLineTransactions(act *world.Act, in LineStatement) (page Page[*payments.Transaction], next string) {
	page.Limit, page.Offset = in.Limit, in.Offset
	var open ledgers
	next = eachWallet(act, in.After, func(w *payments.Wallet) bool {
		if w.Line == in.Line {
			open.add(openLedger(act, w, in.From, in.To))
		}
		return true
	})
	page.Items, page.Total = turn(open, Statement{Limit: in.Limit, Offset: in.Offset})
	return page, next
}

// LinkedAsset is an account from which a wallet was topped up.
type LinkedAsset struct {
	IBAN, Name, Currency string
	Used                 time.Time
}

// linkedLines is how many lines of a ledger are searched for linked accounts.
const linkedLines = 1_000

// ListLinkedAssets lists the accounts from which the newest top-ups of a wallet came, the latest
// first. It refuses as GetWallet does.
func ListLinkedAssets(act *world.Act, walletID string) (list []LinkedAsset, err error) {
	w, err := GetWallet(act, walletID)
	if err != nil {
		return list, err
	}
	known := map[string]bool{}
	for number := w.Transactions; number > max(0, w.Transactions-linkedLines); number-- {
		t := Transaction(act, w, number)
		if t.Type != payments.TopupTransaction || t.Status != payments.OrderCompleted || t.CounterpartyIBAN == "" || known[t.CounterpartyIBAN] {
			continue
		}
		known[t.CounterpartyIBAN] = true
		list = append(list, LinkedAsset{t.CounterpartyIBAN, t.CounterpartyName, t.Amount.Currency, t.CreatedAt})
	}
	return list, nil
}
