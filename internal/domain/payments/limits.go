package payments

import (
	"time"

	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/refusal"
)

// Limits bound what a customer may move in one direction.
type Limits struct {
	PerTransaction, Daily, Monthly money.Amount
	// Least is the smallest amount.
	Least money.Amount
	// Whose they are, in the words of a refusal.
	Whose string
}

// LimitsOf gives the limits of a category by its code, for what is sent. Those of
// the high-risk and the standard individual are documented; the others are the
// sandbox's own.
func LimitsOf(category string) Limits {
	switch category {
	case "HIGH_RISK_INDIVIDUAL":
		return thousands(2, 5, 50)
	case "STANDARD_INDIVIDUAL", "INDIVIDUAL_STANDARD":
		return thousands(5, 10, 100)
	case "LOW_RISK_INDIVIDUAL":
		return thousands(10, 20, 200)
	case "HIGH_RISK_BUSINESS":
		return thousands(10, 25, 250)
	case "LOW_RISK_BUSINESS":
		return thousands(100, 250, 2500)
	}
	return thousands(50, 100, 1000) // MEDIUM_RISK_BUSINESS, B2B_SMALL_BUSINESS
}

// TopupLimits bound what comes in by top-ups, whatever the category. They are
// documented.
func TopupLimits() Limits {
	l := thousands(50, 100, 500)
	l.Least.Minor, l.Whose = 10_00, "the account, for top-ups,"
	return l
}

func thousands(perTransaction, daily, monthly int64) Limits {
	amount := func(n int64) money.Amount { return money.Amount{Minor: n * 1000_00, Currency: Currency} }
	return Limits{
		PerTransaction: amount(perTransaction), Daily: amount(daily), Monthly: amount(monthly),
		Least: money.Amount{Minor: 1, Currency: Currency}, Whose: "the customer's category",
	}
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

// Spending is what a customer has moved: sent, and topped up. It concerns all
// wallets of the customer.
type Spending struct {
	CustomerID string `json:"customerId"`
	Seq        int64  `json:"seq"`
	// Flow is what was sent.
	Flow
	ToppedUp Flow `json:"toppedUp,omitzero"`
}

// Key is what a spending is stored under.
func (s *Spending) Key() (id string, seq int64) { return s.CustomerID, s.Seq }

// By is the part of the spending in which an operation counts.
func (s *Spending) By(o Operation) *Flow {
	if o.Outgoing() {
		return &s.Flow
	}
	return &s.ToppedUp
}

// Flow is what has been moved in the present day and month of the tenant's
// calendar, in UTC. An order counts in the day in which it was prepared, from
// then on and until it expires or fails, so that two orders cannot pass a limit
// together.
type Flow struct {
	Day     string `json:"day"`
	Daily   int64  `json:"daily"`
	Month   string `json:"month"`
	Monthly int64  `json:"monthly"`
}

const monthOnly = "2006-01"

// Used gives what counts in the day and the month of an instant.
func (f *Flow) Used(at time.Time) (daily, monthly int64) {
	if f.Day == at.Format(time.DateOnly) {
		daily = f.Daily
	}
	if f.Month == at.Format(monthOnly) {
		monthly = f.Monthly
	}
	return daily, monthly
}

// Add counts an order.
func (f *Flow) Add(minor int64, at time.Time) {
	daily, monthly := f.Used(at)
	f.Day, f.Daily = at.Format(time.DateOnly), daily+minor
	f.Month, f.Monthly = at.Format(monthOnly), monthly+minor
}

// Remove takes back an order that counted from the instant on. What counted in
// a day that is over is forgotten already.
func (f *Flow) Remove(minor int64, counted time.Time) {
	if f.Day == counted.Format(time.DateOnly) {
		f.Daily -= minor
	}
	if f.Month == counted.Format(monthOnly) {
		f.Monthly -= minor
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
// limit first, and with REQUEST_INVALID one that is too small.
func (l Limits) Allow(amount money.Amount, used *Flow, at time.Time) error {
	if amount.Minor < l.Least.Minor {
		return refusal.Invalid([]refusal.Fault{{Field: "amount.value", Pointer: "/amount/value", Message: "must be at least " + l.Least.String()}})
	}
	daily, monthly := used.Used(at)
	for _, check := range []struct {
		window      string
		limit, used int64
	}{
		{PerTransaction, l.PerTransaction.Minor, 0}, {Daily, l.Daily.Minor, daily}, {Monthly, l.Monthly.Minor, monthly},
	} {
		if amount.Minor > check.limit-check.used {
			return overLimit(refusal.CategoryLimitExceeded, l.Whose, check.window, amount, check.limit, check.used)
		}
	}
	return nil
}

// overLimit tells which limit stands against an amount, and what is left of it.
func overLimit(code refusal.Code, whose, window string, amount money.Amount, limit, used int64) *refusal.Error {
	most := money.Amount{Minor: limit, Currency: amount.Currency}
	left := money.Amount{Minor: max(0, limit-used), Currency: amount.Currency}
	return refusal.New(code, "%s allows %s %s; %s is left, and %s is asked for", whose, most, windowWords(window), left, amount).
		At(amountField).
		WithData("requested", amount.Scaled()).WithData("limit", most.Scaled()).WithData("available", left.Scaled()).
		WithData("window", window).WithData("currency", amount.Currency)
}

// amountField is where the amount of a payment stands in requests.
const amountField = "amount"

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
