package payments_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
)

func TestCategoryLimits(t *testing.T) {
	limits := payments.LimitsOf("STANDARD_INDIVIDUAL") // 5,000 / 10,000 / 100,000
	noon := time.Date(2026, 4, 30, 12, 0, 0, 0, time.UTC)
	midnight := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	yesterday := midnight.Add(-24 * time.Hour)
	type spent struct {
		minor int64
		at    time.Time
	}
	for _, test := range []struct {
		name      string
		spent     []spent
		amount    int64
		at        time.Time
		window    string
		available string
	}{
		{name: "at the limit of a transaction", amount: 500_000, at: noon},
		{name: "past it", amount: 500_001, at: noon, window: "TRANSACTION", available: "500000"},
		{name: "at the limit of the day", spent: []spent{{500_000, noon}}, amount: 500_000, at: noon},
		{name: "past it by a cent", spent: []spent{{500_000, noon}, {1, noon}}, amount: 500_000, at: noon, window: "DAILY", available: "499999"},
		{name: "nothing left of the day", spent: []spent{{500_000, noon}, {500_000, noon}}, amount: 1, at: noon, window: "DAILY", available: "0"},
		{name: "a new day", spent: []spent{{500_000, midnight.Add(-1)}, {500_000, midnight.Add(-1)}}, amount: 500_000, at: midnight},
		{name: "the last moment of the day", spent: []spent{{500_000, noon}, {500_000, noon}}, amount: 1, at: midnight.Add(-1), window: "DAILY", available: "0"},
		{name: "the month is full", spent: []spent{{9_500_001, yesterday}}, amount: 500_000, at: yesterday.Add(24*time.Hour - 1), window: "DAILY", available: "0"},
		{name: "the month, on another day", spent: []spent{{9_500_001, yesterday.Add(-time.Hour)}}, amount: 500_000, at: noon, window: "MONTHLY", available: "499999"},
		{name: "a new month", spent: []spent{{10_000_000, noon}}, amount: 500_000, at: midnight},
	} {
		t.Run(test.name, func(t *testing.T) {
			spending := &payments.Spending{}
			for _, s := range test.spent {
				spending.Add(s.minor, s.at)
			}
			var e *refusal.Error
			if err := limits.Allow(euro(test.amount), &spending.Flow, test.at); !errors.As(err, &e) {
				if test.window != "" {
					t.Error("allowed")
				}
				return
			}
			available := e.Data["available"].(money.Scaled).Value
			if e.Code != refusal.CategoryLimitExceeded || e.Data["window"] != test.window || available != test.available {
				t.Errorf("%v with %v", e, e.Data)
			}
		})
	}
}

func TestSpendingThatCameToNothingIsTakenBack(t *testing.T) {
	spending := &payments.Spending{}
	spending.Add(100, start)
	spending.Add(50, start.Add(time.Hour))
	spending.Remove(100, start)
	if day, month := spending.Used(start); day != 50 || month != 50 {
		t.Errorf("the day has %d, the month %d", day, month)
	}
	tomorrow := start.Add(24 * time.Hour)
	spending.Add(7, tomorrow)
	spending.Remove(50, start.Add(time.Hour)) // counted yesterday, in the same month
	if day, month := spending.Used(tomorrow); day != 7 || month != 7 {
		t.Errorf("the day has %d, the month %d", day, month)
	}
	nextMonth := start.AddDate(0, 1, 0)
	spending.Add(9, nextMonth)
	spending.Remove(7, tomorrow)
	if day, month := spending.Used(nextMonth); day != 9 || month != 9 {
		t.Errorf("the day has %d, the month %d", day, month)
	}
}

func TestEveryCategoryHasLimits(t *testing.T) {
	for category, want := range map[string]string{
		"HIGH_RISK_INDIVIDUAL": "2000.00 5000.00 50000.00",
		"STANDARD_INDIVIDUAL":  "5000.00 10000.00 100000.00",
		"LOW_RISK_INDIVIDUAL":  "10000.00 20000.00 200000.00",
		"INDIVIDUAL_STANDARD":  "5000.00 10000.00 100000.00",
		"B2B_SMALL_BUSINESS":   "50000.00 100000.00 1000000.00",
		"LOW_RISK_BUSINESS":    "100000.00 250000.00 2500000.00",
		"MEDIUM_RISK_BUSINESS": "50000.00 100000.00 1000000.00",
		"HIGH_RISK_BUSINESS":   "10000.00 25000.00 250000.00",
	} {
		l := payments.LimitsOf(category)
		if got := strings.Join([]string{l.PerTransaction.Decimal(), l.Daily.Decimal(), l.Monthly.Decimal()}, " "); got != want {
			t.Errorf("%s has %s, want %s", category, got, want)
		}
	}
}
