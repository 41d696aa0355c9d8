package payments_test

import (
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
			e := limits.Allow(euro(test.amount), spending, test.at)
			if e == nil {
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
		"INDIVIDUAL_STANDARD":  "15000.00 30000.00 150000.00",
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

func TestRouteAndFee(t *testing.T) {
	for _, test := range []struct {
		ours          bool
		payee, kind   string
		want          payments.Network
		fee, feeTopup int64
	}{
		{true, "SEPA", "EXTERNAL", payments.Internal, 0, 0},
		{true, "SWIFT", "", payments.Internal, 0, 0},
		{false, "SEPA", "INTERNAL", payments.SEPA, 150, 0},
		{false, "SEPA", "", payments.SEPA, 150, 0},
		{false, "SWIFT", "EXTERNAL", payments.SWIFT, 2500, 0},
		{false, "SEPA", "swift", payments.SWIFT, 2500, 0},
		{false, "SEPA", "SEPA_INSTANT_PAYMENT", payments.SEPAInstant, 250, 0},
	} {
		n := payments.Route(test.ours, test.payee, test.kind)
		if n != test.want || payments.Fees(nil).Fee(payments.Transfer, n) != test.fee || payments.Fees(nil).Fee(payments.Topup, n) != test.feeTopup {
			t.Errorf("%+v: %s for %d", test, n, payments.Fees(nil).Fee(payments.Transfer, n))
		}
	}
	if fee := payments.Fees(nil).Fee(payments.Withdrawal, payments.SEPA); fee != 150 {
		t.Errorf("a withdrawal costs %d", fee)
	}
}

func TestOperationsOfPaths(t *testing.T) {
	for segment, want := range map[string]payments.Operation{
		"transfer": payments.Transfer, "TRANSFER": payments.Transfer, "topup": payments.Topup,
		"withdraw": payments.Withdrawal, "Withdrawal": payments.Withdrawal,
	} {
		if o, ok := payments.ParseOperation(segment); !ok || o != want {
			t.Errorf("%s is %s, %v", segment, o, ok)
		}
	}
	if _, ok := payments.ParseOperation("exchange"); ok {
		t.Error("an order cannot be an exchange")
	}
	if o, ok := payments.ParseConsentOperation("exchange"); !ok || o != payments.Exchange {
		t.Error("a payment consent can be for one")
	}
}
