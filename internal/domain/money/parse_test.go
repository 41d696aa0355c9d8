package money_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"finhub-sandbox/internal/domain/money"
)

func TestScaledAmount(t *testing.T) {
	scale := func(n int) *int { return &n }
	for name, c := range map[string]struct {
		in   money.Scaled
		want int64
		err  error
	}{
		"string":                       {money.Scaled{"5000000", scale(2), "EUR"}, 5000000, nil},
		"scale absent":                 {money.Scaled{"1", nil, "EUR"}, 1, nil},
		"number":                       {money.Scaled{float64(10), nil, "EUR"}, 10, nil},
		"number with an empty decimal": {money.Scaled{json.Number("10.0"), nil, "EUR"}, 10, nil},
		"coarser scale":                {money.Scaled{"7", scale(0), "EUR"}, 700, nil},
		"finer scale, nothing lost":    {money.Scaled{"12300", scale(4), "EUR"}, 123, nil},
		"finer scale, something lost":  {money.Scaled{"12301", scale(4), "EUR"}, 0, money.ErrInexact},
		"finer scale, all lost":        {money.Scaled{"1", scale(4), "EUR"}, 0, money.ErrInexact},
		"zero at a finer scale":        {money.Scaled{"0", scale(18), "EUR"}, 0, nil},
		"currency without decimals":    {money.Scaled{"300", scale(0), "JPY"}, 300, nil},
		"default scale for yen":        {money.Scaled{"300", nil, "JPY"}, 3, nil},
		"yen with decimals":            {money.Scaled{"301", nil, "JPY"}, 0, money.ErrInexact},
		"decimal point":                {money.Scaled{"10.5", scale(2), "EUR"}, 0, money.ErrInexact},
		"negative":                     {money.Scaled{"-1", scale(2), "EUR"}, 0, money.ErrNegative},
		"negative scale":               {money.Scaled{"1", scale(-1), "EUR"}, 0, money.ErrMalformed},
		"absurd scale":                 {money.Scaled{"1", scale(1 << 30), "EUR"}, 0, money.ErrMalformed},
		"no value":                     {money.Scaled{nil, nil, "EUR"}, 0, money.ErrMalformed},
		"empty value":                  {money.Scaled{"", nil, "EUR"}, 0, money.ErrMalformed},
		"boolean":                      {money.Scaled{true, nil, "EUR"}, 0, money.ErrMalformed},
		"largest":                      {money.Scaled{"9223372036854775807", nil, "EUR"}, math.MaxInt64, nil},
		"too large":                    {money.Scaled{"9223372036854775808", nil, "EUR"}, 0, money.ErrOverflow},
		"too large after conversion":   {money.Scaled{"922337203685477581", scale(0), "EUR"}, 0, money.ErrOverflow},
		"no currency":                  {money.Scaled{"1", nil, ""}, 0, money.ErrCurrencyUnknown},
		"lower case currency":          {money.Scaled{"1", nil, "eur"}, 0, money.ErrCurrencyUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.in.Amount()
			check(t, got, err, c.want, c.in.Currency, c.err)
		})
	}
}

func TestParseMajor(t *testing.T) {
	for name, c := range map[string]struct {
		in       any
		currency string
		want     int64
		err      error
	}{
		"string":                      {"10.5", "EUR", 1050, nil},
		"whole string":                {"10000", "EUR", 1000000, nil},
		"all decimals":                {"5000.00", "EUR", 500000, nil},
		"decimals that are zeros":     {"5000.0000", "EUR", 500000, nil},
		"leading zeros":               {"007.10", "EUR", 710, nil},
		"less than one":               {"0.07", "EUR", 7, nil},
		"zero":                        {"0", "EUR", 0, nil},
		"negative zero":               {math.Copysign(0, -1), "EUR", 0, nil},
		"float":                       {10.5, "EUR", 1050, nil},
		"whole float":                 {float64(10000), "EUR", 1000000, nil},
		"float without exact binary":  {0.29, "EUR", 29, nil},
		"float that would round down": {1.15, "EUR", 115, nil},
		"int":                         {12, "EUR", 1200, nil},
		"int64":                       {int64(12), "EUR", 1200, nil},
		"literal":                     {json.Number("19.99"), "EUR", 1999, nil},
		"literal past a float":        {json.Number("90071992547409931.25"), "EUR", 9007199254740993125, nil},
		"literal with an exponent":    {json.Number("1.05e1"), "EUR", 1050, nil},
		"three decimals of dinars":    {"1.234", "KWD", 1234, nil},
		"yen":                         {"12", "JPY", 12, nil},
		"too many decimals":           {"10.555", "EUR", 0, money.ErrInexact},
		"too many decimals of yen":    {"1.5", "JPY", 0, money.ErrInexact},
		"too many decimals, float":    {10.555, "EUR", 0, money.ErrInexact},
		"float one step past 0.3":     {math.Nextafter(0.3, 1), "EUR", 0, money.ErrInexact},
		"tiny float":                  {1e-300, "EUR", 0, money.ErrMalformed},
		"ambiguous float":             {90071992547409.93, "EUR", 0, money.ErrInexact},
		"large float":                 {1e16, "EUR", 0, money.ErrOverflow},
		"NaN":                         {math.NaN(), "EUR", 0, money.ErrMalformed},
		"infinity":                    {math.Inf(1), "EUR", 0, money.ErrMalformed},
		"infinite literal":            {json.Number("1e999"), "EUR", 0, money.ErrOverflow},
		"negative":                    {"-10.5", "EUR", 0, money.ErrNegative},
		"negative float":              {-10.5, "EUR", 0, money.ErrNegative},
		"too large":                   {"92233720368547758.08", "EUR", 0, money.ErrOverflow},
		"largest":                     {"92233720368547758.07", "EUR", math.MaxInt64, nil},
		"very long":                   {strings.Repeat("9", 10_000), "EUR", 0, money.ErrMalformed},
		"no integer part":             {".5", "EUR", 0, money.ErrMalformed},
		"no fraction":                 {"5.", "EUR", 0, money.ErrMalformed},
		"two points":                  {"1.2.3", "EUR", 0, money.ErrMalformed},
		"thousands":                   {"1,000.00", "EUR", 0, money.ErrMalformed},
		"plus sign":                   {"+1", "EUR", 0, money.ErrMalformed},
		"exponent in a string":        {"1e3", "EUR", 0, money.ErrMalformed},
		"hexadecimal":                 {"0x10", "EUR", 0, money.ErrMalformed},
		"word NaN":                    {"NaN", "EUR", 0, money.ErrMalformed},
		"spaces":                      {" 1", "EUR", 0, money.ErrMalformed},
		"other digits":                {"١٢", "EUR", 0, money.ErrMalformed},
		"unknown currency":            {"1", "XYZ", 0, money.ErrCurrencyUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := money.ParseMajor(c.in, c.currency)
			check(t, got, err, c.want, c.currency, c.err)
		})
	}
}

func TestParseMinor(t *testing.T) {
	for name, c := range map[string]struct {
		in       any
		currency string
		want     int64
		err      error
	}{
		"cents":            {float64(10000000), "EUR", 10000000, nil},
		"string":           {"250", "EUR", 250, nil},
		"yen":              {300, "JPY", 300, nil},
		"fraction":         {0.5, "EUR", 0, money.ErrInexact},
		"negative":         {int64(-1), "EUR", 0, money.ErrNegative},
		"unknown currency": {"1", "XYZ", 0, money.ErrCurrencyUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := money.ParseMinor(c.in, c.currency)
			check(t, got, err, c.want, c.currency, c.err)
		})
	}
}

func check(t *testing.T, got money.Amount, err error, minor int64, currency string, fault error) {
	t.Helper()
	if !errors.Is(err, fault) {
		t.Fatalf("error is %v, want %v", err, fault)
	}
	if want := (money.Amount{Minor: minor, Currency: currency}); fault == nil && got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
