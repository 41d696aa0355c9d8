package payments

import (
	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/refusal"
)

// MaxAmount is the largest amount of any kind, in minor units: what a payment
// moves, what a limit allows, what is put on a wallet. It keeps sums of amounts
// far from the end of their range.
const MaxAmount = 999_999_999_999_999

// AskedAmount is an amount as a request has it.
type AskedAmount struct {
	// Field is where the amount stands; Member is the number in it, if the amount
	// is an object.
	Field, Member string
	Value         any
	// Scale is that of an AmountDto; nil is two.
	Scale *int
	// Major amounts are whole currency units, others the smallest ones.
	Major bool
	// Currency is empty where the request leaves it to the account.
	Currency string
	// OrNone lets the amount be zero.
	OrNone bool
}

// Read gives the amount in the account's currency. It is the one reader of all
// amounts that come in: exact, above zero, at most MaxAmount. It refuses with
// CURRENCY_MISMATCH and REQUEST_INVALID.
func (a AskedAmount) Read(currency string) (money.Amount, error) {
	if a.Currency != "" && a.Currency != currency {
		return money.Amount{}, WrongCurrency(a.Field+".currency", currency, a.Currency)
	}
	read := money.Scaled{Value: a.Value, Scale: a.Scale, Currency: currency}.Amount
	if a.Major {
		read = func() (money.Amount, error) { return money.ParseMajor(a.Value, currency) }
	}
	amount, err := read()
	switch {
	case err != nil:
		return money.Amount{Currency: currency}, a.fault(err.Error())
	case amount.Minor == 0 && !a.OrNone:
		return amount, a.fault("must be more than zero")
	case amount.Minor > MaxAmount:
		return money.Amount{Currency: currency}, a.fault("must be at most " + money.Amount{Minor: MaxAmount, Currency: currency}.String())
	}
	return amount, nil
}

func (a AskedAmount) fault(message string) error {
	field := a.Field
	if a.Member != "" {
		field += "." + a.Member
	}
	return refusal.Invalid([]refusal.Fault{{Field: field, Pointer: pointer(field), Message: message}})
}
