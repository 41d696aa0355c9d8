package money_test

import (
	"encoding/json"
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"finhub-sandbox/internal/domain/money"
)

func TestArithmetic(t *testing.T) {
	eur := func(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "EUR"} }
	yen := money.Amount{Minor: 1, Currency: "JPY"}
	add, sub := money.Amount.Add, money.Amount.Sub
	for name, c := range map[string]struct {
		do   func(a, b money.Amount) (money.Amount, error)
		a, b money.Amount
		want int64
		err  error
	}{
		"sum":                          {add, eur(150), eur(25), 175, nil},
		"sum with a negative":          {add, eur(150), eur(-175), -25, nil},
		"difference":                   {sub, eur(150), eur(25), 125, nil},
		"difference below zero":        {sub, eur(25), eur(150), -125, nil},
		"largest sum":                  {add, eur(math.MaxInt64 - 1), eur(1), math.MaxInt64, nil},
		"sum too large":                {add, eur(math.MaxInt64), eur(1), 0, money.ErrOverflow},
		"sum too small":                {add, eur(math.MinInt64), eur(-1), 0, money.ErrOverflow},
		"difference too large":         {sub, eur(math.MaxInt64), eur(-1), 0, money.ErrOverflow},
		"difference too small":         {sub, eur(-2), eur(math.MaxInt64), 0, money.ErrOverflow},
		"difference of the least":      {sub, eur(0), eur(math.MinInt64), 0, money.ErrOverflow},
		"sum of two currencies":        {add, eur(1), yen, 0, money.ErrCurrencyMismatch},
		"difference of two currencies": {sub, eur(1), yen, 0, money.ErrCurrencyMismatch},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.do(c.a, c.b)
			if !errors.Is(err, c.err) {
				t.Fatalf("error is %v, want %v", err, c.err)
			}
			if c.err == nil && got != eur(c.want) {
				t.Errorf("got %v, want %v", got, eur(c.want))
			}
		})
	}
}

func TestCmp(t *testing.T) {
	eur := func(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "EUR"} }
	for want, other := range map[int]int64{-1: 2, 0: 1, 1: 0} {
		if got, err := eur(1).Cmp(eur(other)); err != nil || got != want {
			t.Errorf("1 against %d gives %d, %v", other, got, err)
		}
	}
	if _, err := eur(1).Cmp(money.Amount{Minor: 1, Currency: "SEK"}); !errors.Is(err, money.ErrCurrencyMismatch) {
		t.Errorf("two currencies compare: %v", err)
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		amount money.Amount
		want   string
	}{
		{money.Amount{Minor: 500000, Currency: "EUR"}, "5000.00 EUR"},
		{money.Amount{Minor: 0, Currency: "EUR"}, "0.00 EUR"},
		{money.Amount{Minor: 7, Currency: "EUR"}, "0.07 EUR"},
		{money.Amount{Minor: -7, Currency: "EUR"}, "-0.07 EUR"},
		{money.Amount{Minor: -12345, Currency: "EUR"}, "-123.45 EUR"},
		{money.Amount{Minor: 5000, Currency: "JPY"}, "5000 JPY"},
		{money.Amount{Minor: 1, Currency: "KWD"}, "0.001 KWD"},
		{money.Amount{Minor: math.MinInt64, Currency: "EUR"}, "-92233720368547758.08 EUR"},
		{money.Amount{Minor: 12, Currency: "???"}, "12 ???"},
	} {
		if got := c.amount.String(); got != c.want {
			t.Errorf("%d %s is written %q, want %q", c.amount.Minor, c.amount.Currency, got, c.want)
		}
	}
}

func TestJSON(t *testing.T) {
	amount := money.Amount{Minor: 1050, Currency: "EUR"}
	for _, c := range []struct {
		value any
		want  string
	}{
		{amount, `{"minor":1050,"currency":"EUR"}`},
		{amount.Scaled(), `{"value":"1050","scale":2,"currency":"EUR"}`},
		{money.Amount{Minor: 3, Currency: "JPY"}.Scaled(), `{"value":"3","scale":0,"currency":"JPY"}`},
	} {
		got, err := json.Marshal(c.value)
		if err != nil || string(got) != c.want {
			t.Errorf("got %s, %v, want %s", got, err, c.want)
		}
	}
}

// Every amount that can be written is read back as itself, in each wire form.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := money.Amount{
			Minor:    rapid.Int64Min(0).Draw(t, "minor"),
			Currency: rapid.SampledFrom([]string{"EUR", "JPY", "KWD", "USD", "PLN"}).Draw(t, "currency"),
		}
		same := func(form string, got money.Amount, err error) {
			if err != nil || got != amount {
				t.Errorf("%s: %v read as %v, %v", form, amount, got, err)
			}
		}
		got, err := money.ParseMajor(amount.Decimal(), amount.Currency)
		same("major units", got, err)
		got, err = money.ParseMajor(json.Number(amount.Decimal()), amount.Currency)
		same("major units as a number", got, err)
		got, err = money.ParseMinor(amount.Minor, amount.Currency)
		same("minor units", got, err)

		wire, err := json.Marshal(amount.Scaled())
		if err != nil {
			t.Fatal(err)
		}
		var scaled money.Scaled
		if err := json.Unmarshal(wire, &scaled); err != nil {
			t.Fatal(err)
		}
		got, err = scaled.Amount()
		same("scaled", got, err)
	})
}

// A float that stands for an amount of cents is read as exactly those cents.
func TestFloatsAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minor := rapid.Int64Range(0, 999_999_999_999_999).Draw(t, "minor")
		got, err := money.ParseMajor(float64(minor)/100, "EUR")
		if err != nil || got.Minor != minor {
			t.Errorf("%d cents as the float %v read as %v, %v", minor, float64(minor)/100, got, err)
		}
	})
}

// A sum can be taken apart again, unless it was refused for its size.
func TestAddAndSubAreInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := money.Amount{Minor: rapid.Int64().Draw(t, "a"), Currency: "EUR"}
		b := money.Amount{Minor: rapid.Int64().Draw(t, "b"), Currency: "EUR"}
		sum, err := a.Add(b)
		if err != nil {
			return
		}
		if back, err := sum.Sub(b); err != nil || back != a {
			t.Errorf("%v + %v - %v gives %v, %v", a, b, b, back, err)
		}
	})
}
