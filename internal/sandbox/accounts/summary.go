package accounts

import (
	"time"

	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
)

// Summary is what a customer has done in a period, as its ledgers tell.
type Summary struct {
	CustomerID        string
	From              time.Time
	Completed, Failed int
	// Volume is that of the completed lines, in minor units.
	Volume   int64
	Activity Activity
	// Last is when the newest line was written; zero without one.
	Last time.Time
}

// Activity counts the settled lines by their kind.
type Activity struct {
	Transfers   int `json:"transfers"`
	Deposits    int `json:"deposits"`
	Withdrawals int `json:"withdrawals"`
}

// SummarizeCustomer sums up the ledgers of a customer for so many days, today among them. It
// refuses with CUSTOMER_NOT_FOUND.
func SummarizeCustomer(act *world.Act, customerID string, days int) (s Summary, err error) {
	customer, err := customers.FindCustomer(act, customerID)
	if err != nil {
		return s, err
	}
	s.CustomerID, s.From = customer.ID, act.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 1-days)
	for _, w := range walletsOf(act, customer) {
		l := openLedger(act, w, s.From, time.Time{})
		for number := l.first + 1; number <= l.last; number++ {
			s.count(l.at(number))
		}
	}
	return s, nil
}

func (s *Summary) count(t *payments.Transaction) {
	if t.CreatedAt.After(s.Last) {
		s.Last = t.CreatedAt
	}
	switch t.Status {
	case payments.OrderCompleted:
		s.Completed++
		s.Volume += t.Amount.Minor
	case payments.OrderFailed:
		s.Failed++
	default:
		return // It is not settled.
	}
	switch t.Type {
	case payments.TransferTransaction:
		s.Activity.Transfers++
	case payments.WithdrawalTransaction:
		s.Activity.Withdrawals++
	default:
		s.Activity.Deposits++
	}
}
