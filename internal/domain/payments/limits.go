package payments

import (
	"time"

	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/refusal"
)

// MaxAmount is the largest amount of any operation, in minor units. It keeps
// sums of amounts far from the end of their range.
const MaxAmount = 999_999_999_999_999

// Limits bound what a customer of a category may send.
type Limits struct {
	PerTransaction, Daily, Monthly money.Amount
}

// LimitsOf gives the limits of a category by its code. Those of the high-risk
// and the standard individual are documented; the others are the sandbox's own.
func LimitsOf(category string) Limits {
	switch category {
	case "HIGH_RISK_INDIVIDUAL":
		return thousands(2, 5, 50)
	case "STANDARD_INDIVIDUAL":
		return thousands(5, 10, 100)
	case "LOW_RISK_INDIVIDUAL":
		return thousands(10, 20, 200)
	case "HIGH_RISK_BUSINESS":
		return thousands(10, 25, 250)
	case "MEDIUM_RISK_BUSINESS", "B2B_SMALL_BUSINESS":
		return thousands(50, 100, 1000)
	case "LOW_RISK_BUSINESS":
		return thousands(100, 250, 2500)
	}
	return thousands(15, 30, 150) // INDIVIDUAL_STANDARD
}

func thousands(perTransaction, daily, monthly int64) Limits {
	amount := func(n int64) money.Amount { return money.Amount{Minor: n * 1000_00, Currency: Currency} }
	return Limits{amount(perTransaction), amount(daily), amount(monthly)}
}

// Replaced gives the limits with those that are not zero in place of the
// category's own, in minor units.
func (l Limits) Replaced(perTransaction, daily, monthly int64) Limits {
	for _, limit := range []struct {
		to *money.Amount
		by int64
	}{{&l.PerTransaction, perTransaction}, {&l.Daily, daily}, {&l.Monthly, monthly}} {
		if limit.by > 0 {
			limit.to.Minor = limit.by
		}
	}
	return l
}

// Spending is what a customer has sent in the present day and month of the
// tenant's calendar, in UTC. An order counts in the day in which it was
// prepared, from then on and until it expires or fails, so that two orders
// cannot pass a limit together. It concerns all wallets of the customer.
type Spending struct {
	CustomerID string `json:"customerId"`
	Seq        int64  `json:"seq"`
	Day        string `json:"day"`
	Daily      int64  `json:"daily"`
	Month      string `json:"month"`
	Monthly    int64  `json:"monthly"`
}

// Key is what a spending is stored under.
func (s *Spending) Key() (id string, seq int64) { return s.CustomerID, s.Seq }

const monthOnly = "2006-01"

// Used gives what counts in the day and the month of an instant.
func (s *Spending) Used(at time.Time) (daily, monthly int64) {
	if s.Day == at.Format(time.DateOnly) {
		daily = s.Daily
	}
	if s.Month == at.Format(monthOnly) {
		monthly = s.Monthly
	}
	return daily, monthly
}

// Add counts an order.
func (s *Spending) Add(minor int64, at time.Time) {
	daily, monthly := s.Used(at)
	s.Day, s.Daily = at.Format(time.DateOnly), daily+minor
	s.Month, s.Monthly = at.Format(monthOnly), monthly+minor
}

// Remove takes back an order that counted from the instant on. What counted in
// a day that is over is forgotten already.
func (s *Spending) Remove(minor int64, counted time.Time) {
	if s.Day == counted.Format(time.DateOnly) {
		s.Daily -= minor
	}
	if s.Month == counted.Format(monthOnly) {
		s.Monthly -= minor
	}
}

// The windows over which limits count, as refusals name them.
const (
	PerTransaction = "TRANSACTION"
	Daily          = "DAILY"
	Weekly         = "WEEKLY"
	Monthly        = "MONTHLY"
)

// Allow refuses an amount that the limits do not leave room for, the narrowest
// limit first.
func (l Limits) Allow(amount money.Amount, used *Spending, at time.Time) *refusal.Error {
	daily, monthly := used.Used(at)
	for _, check := range []struct {
		window      string
		limit, used int64
	}{
		{PerTransaction, l.PerTransaction.Minor, 0}, {Daily, l.Daily.Minor, daily}, {Monthly, l.Monthly.Minor, monthly},
	} {
		if amount.Minor > check.limit-check.used {
			return overLimit(refusal.CategoryLimitExceeded, "the customer's category", check.window, amount, check.limit, check.used)
		}
	}
	return nil
}

// overLimit tells which limit stands against an amount, and what is left of it.
func overLimit(code refusal.Code, whose, window string, amount money.Amount, limit, used int64) *refusal.Error {
	most := money.Amount{Minor: limit, Currency: amount.Currency}
	left := money.Amount{Minor: max(0, limit-used), Currency: amount.Currency}
	return refusal.New(code, "%s allows %s %s; %s is left, and %s is asked for", whose, most, windowWords(window), left, amount).
		With("requested", amount.Scaled()).With("limit", most.Scaled()).With("available", left.Scaled()).
		With("window", window).With("currency", amount.Currency)
}

func windowWords(window string) string {
	switch window {
	case Daily:
		return "in a day"
	case Weekly:
		return "in a week"
	case Monthly:
		return "in a month"
	}
	return "in one transaction"
}
