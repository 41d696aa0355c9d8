package control

import (
	"strconv"

	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/rest"
)

// fundWallet puts money on an active wallet. The amount is in major units, or an
// object in minor units. It refuses with WALLET_NOT_FOUND, WALLET_NOT_ACTIVATED,
// WALLET_NOT_ACTIVE and CURRENCY_MISMATCH.
func (a *API) fundWallet(c *rest.Call) (rest.Reply, error) {
	amount, err := readAmount(c.Body)
	if err == nil && amount.Minor == 0 {
		err = money.Fault("must be more than nothing")
	}
	if err != nil {
		return rest.Reply{}, refusal.Invalid([]refusal.Fault{{Field: "amount", Pointer: "/amount", Message: err.Error()}})
	}
	transaction, wallet, err := a.sandbox.Fund(operator(c), c.Path("walletId"), amount)
	if err != nil {
		return rest.Reply{}, err
	}
	balance := money.Amount{Minor: wallet.Balance, Currency: wallet.Currency}
	return rest.Reply{Data: map[string]any{
		"walletId": wallet.ID, "currency": wallet.Currency, "transactionId": transaction.ID,
		"balance": strconv.FormatInt(wallet.Balance, 10), "balanceFormatted": balance.String(),
	}}, nil
}

// fundCurrency is the currency of an amount that names none: every wallet's.
const fundCurrency = "EUR"

func readAmount(b rest.Body) (money.Amount, error) {
	object := b.Object("amount")
	if len(object) == 0 {
		return money.ParseMajor(b.Get("amount"), fundCurrency)
	}
	scaled := money.Scaled{Value: object.Get("value"), Currency: object.Str("currency")}
	if scaled.Currency == "" {
		scaled.Currency = fundCurrency
	}
	if object.Has("scale") {
		scale := int(object.Int("scale"))
		scaled.Scale = &scale
	}
	return scaled.Amount()
}
