// Package money owns amounts: a whole number of a currency's minor units, how
// such amounts are read from and written to the wire, and their arithmetic.
//
// Nothing here rounds. A value that a currency cannot express is refused, and
// so is arithmetic that leaves the range or mixes currencies. The package must
// not know which endpoint uses which form, nor any limit or fee.
package money

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/bojanz/currency"
)

// Fault says in which way an amount is wrong. Every error of this package wraps
// one, so that callers can tell them apart with errors.Is.
type Fault string

// The ways in which an amount can be wrong.
const (
	ErrCurrencyUnknown  Fault = "unknown currency"
	ErrCurrencyMismatch Fault = "currencies differ"
	ErrMalformed        Fault = "not a number"
	ErrNegative         Fault = "negative amount"
	ErrInexact          Fault = "amount finer than the currency's smallest unit"
	ErrOverflow         Fault = "amount too large"
)

// Error gives the fault in words.
func (f Fault) Error() string { return string(f) }

// Amount is a sum of money in the currency's minor units: cents for EUR, whole
// yen for JPY. A balance difference may be negative; what is read from the wire
// never is.
type Amount struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"`
}

// Digits gives the number of decimals of a currency's major unit. The code must
// be an ISO 4217 code in capital letters.
func Digits(code string) (int, error) {
	digits, ok := currency.GetDigits(code)
	if !ok {
		return 0, fmt.Errorf("%w %q", ErrCurrencyUnknown, code)
	}
	return int(digits), nil
}

// CheckCurrency refuses what is no ISO 4217 code in capital letters.
func CheckCurrency(code string) error {
	if _, ok := currency.GetDigits(code); !ok {
		return errors.New("must be an ISO 4217 code in capital letters, such as EUR")
	}
	return nil
}

// Add gives a + b. It refuses different currencies and sums out of range.
func (a Amount) Add(b Amount) (Amount, error) {
	if err := sameCurrency(a, b); err != nil {
		return Amount{}, err
	}
	if (b.Minor > 0 && a.Minor > math.MaxInt64-b.Minor) || (b.Minor < 0 && a.Minor < math.MinInt64-b.Minor) {
		return Amount{}, fmt.Errorf("%w: %s + %s", ErrOverflow, a, b)
	}
	return Amount{Minor: a.Minor + b.Minor, Currency: a.Currency}, nil
}

// Sub gives a - b, which may be negative. It refuses different currencies and
// differences out of range.
func (a Amount) Sub(b Amount) (Amount, error) {
	if err := sameCurrency(a, b); err != nil {
		return Amount{}, err
	}
	if (b.Minor < 0 && a.Minor > math.MaxInt64+b.Minor) || (b.Minor > 0 && a.Minor < math.MinInt64+b.Minor) {
		return Amount{}, fmt.Errorf("%w: %s - %s", ErrOverflow, a, b)
	}
	return Amount{Minor: a.Minor - b.Minor, Currency: a.Currency}, nil
}

// Cmp gives -1, 0 or 1 as a is less than, equal to or more than b. It refuses
// different currencies.
func (a Amount) Cmp(b Amount) (int, error) {
	if err := sameCurrency(a, b); err != nil {
		return 0, err
	}
	return cmp.Compare(a.Minor, b.Minor), nil
}

// Decimal writes the amount in major units with all decimals of its currency,
// such as 5000.00. For an unknown currency it writes the minor units.
func (a Amount) Decimal() string {
	var room [32]byte
	return string(a.appendDecimal(room[:0]))
}

// String writes the amount with its currency, such as 5000.00 EUR.
func (a Amount) String() string {
	var room [32]byte
	return string(append(append(a.appendDecimal(room[:0]), ' '), a.Currency...))
}

func (a Amount) appendDecimal(to []byte) []byte {
	digits, err := Digits(a.Currency)
	if err != nil {
		digits = 0
	}
	if a.Minor < 0 {
		to = append(to, '-')
	}
	first := len(to)
	to = strconv.AppendUint(to, magnitude(a.Minor), 10)
	for len(to)-first <= digits {
		to = slices.Insert(to, first, '0')
	}
	if digits > 0 {
		to = slices.Insert(to, len(to)-digits, '.')
	}
	return to
}

// magnitude is a number without its sign; that of the least of all has room too.
func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

func sameCurrency(a, b Amount) error {
	if a.Currency != b.Currency {
		return fmt.Errorf("%w: %s and %s", ErrCurrencyMismatch, a.Currency, b.Currency)
	}
	return nil
}
