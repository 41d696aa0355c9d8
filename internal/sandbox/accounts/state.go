package accounts

import (
	"math"

	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
)

// Records are the collections of the area that are of no kind and no one else's.
func Records() []engine.Indexed {
	return []engine.Indexed{spendings(), paymentConsentUses(), accountNumbers()}
}

// StateValue gives something into which the tenant's value of a name can be read, if
// it is the area's; nil for others.
func StateValue(name string) any {
	if name == booksValue {
		return new(payments.Books)
	}
	return nil
}

// sums are what the ledger and the orders make of one wallet.
type sums struct {
	balance, reserved, pending, lines int64
	// beyond tells that the sums are none that a wallet can have.
	beyond bool
}

func (s *sums) add(to *int64, minor int64) {
	sum := *to + minor
	s.beyond = s.beyond || minor > 0 && sum < *to || minor < 0 && sum > *to || sum == math.MinInt64
	*to = sum
}

// CheckState tells where the money of a state does not add up: a wallet has what its
// transactions say, holds back what its orders hold, and all of them have together
// what came into the tenant and did not leave it.
func CheckState(s *engine.State) (faults []refusal.Fault) {
	wallets := map[string]*sums{}
	of := func(id string) *sums {
		if wallets[id] == nil {
			wallets[id] = &sums{}
		}
		return wallets[id]
	}
	for _, r := range s.Records("transaction") {
		t := r.Value.(*payments.Transaction)
		of(t.WalletID).count(t)
	}
	for _, r := range s.Records("order") {
		o := r.Value.(*payments.Order)
		switch o.State {
		case payments.OrderReady:
			of(o.WalletID).add(&of(o.WalletID).reserved, o.Held())
		case payments.OrderProcessing:
			of(o.WalletID).add(&of(o.WalletID).pending, o.Held())
		}
	}
	total := &sums{}
	for _, r := range s.Records("wallet") {
		w := r.Value.(*payments.Wallet)
		total.add(&total.balance, w.Balance)
		faults = append(faults, checkWallet(r.Pointer, w, of(w.ID))...)
	}
	return append(faults, checkBooks(s, total)...)
}

// count takes a line of the ledger in.
func (s *sums) count(t *payments.Transaction) {
	s.lines++
	s.add(&s.balance, t.Moved())
}

func checkWallet(pointer string, w *payments.Wallet, s *sums) (faults []refusal.Fault) {
	for _, part := range []struct {
		member, of string
		is, want   int64
	}{
		{"balance", "the completed transactions come to", w.Balance, s.balance},
		{"reserved", "the orders that are READY hold", w.Reserved, s.reserved},
		{"pending", "the orders that are PROCESSING hold", w.Pending, s.pending},
		{"transactions", "the wallet's transactions are", w.Transactions, s.lines},
	} {
		if part.is != part.want || s.beyond {
			faults = append(faults, engine.StateFault(pointer+"/"+part.member, "is %d, and %s %d", part.is, part.of, part.want))
		}
	}
	if w.Available() < 0 {
		faults = append(faults, engine.StateFault(pointer+"/balance", "is %d, less than what orders hold of it", w.Balance))
	}
	return faults
}

func checkBooks(s *engine.State, total *sums) []refusal.Fault {
	books, ok := s.Value(booksValue).(*payments.Books)
	if !ok {
		books = &payments.Books{}
	}
	books.Balances = total.balance
	if lost := books.Unaccounted(); lost != 0 || total.beyond {
		return []refusal.Fault{engine.StateFault("/values/"+booksValue, "say that %d came in and neither left nor lies on a wallet", lost)}
	}
	return nil
}
