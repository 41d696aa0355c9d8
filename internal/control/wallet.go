package control

import (
	"strconv"

	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/world"
)

// fundWallet puts money on an active wallet. The amount is in major units, or an
// object in minor units. It refuses with WALLET_NOT_FOUND, WALLET_NOT_ACTIVATED,
// WALLET_NOT_ACTIVE and CURRENCY_MISMATCH.
func fundWallet(c *rest.Call, act *world.Act) (rest.Reply, error) {
	transaction, wallet, err := accounts.Fund(act, c.Path("walletId"), readAmount(c.Body))
	if err != nil {
		return rest.Reply{}, err
	}
	c.Customer = wallet.CustomerID
	balance := money.Amount{Minor: wallet.Balance, Currency: wallet.Currency}
	return rest.Reply{Data: map[string]any{
		"walletId": wallet.ID, "currency": wallet.Currency, "transactionId": transaction.ID,
		"balance": strconv.FormatInt(wallet.Balance, 10), "balanceFormatted": balance.String(),
	}}, nil
}

// readAmount reads an amount of major units, or an AmountDto.
func readAmount(b rest.Body) payments.AskedAmount {
	object := b.Object("amount")
	if len(object) == 0 {
		return payments.AskedAmount{Field: "amount", Value: b.Get("amount"), Major: true}
	}
	asked := payments.AskedAmount{Field: "amount", Member: "value", Value: object.Get("value"), Currency: object.Str("currency")}
	if object.Has("scale") {
		scale := int(object.Int("scale"))
		asked.Scale = &scale
	}
	return asked
}
