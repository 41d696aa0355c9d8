package api

import (
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/world"
)

type customerBalanceView struct {
	CustomerID string              `json:"customerId"`
	WalletID   string              `json:"walletId"`
	Currency   string              `json:"currency"`
	Balances   balancesView        `json:"balances"`
	Wallets    []walletBalanceView `json:"wallets"`
}

// getCustomerBalance adds up a customer's wallets (financial-operations/wallet).
func getCustomerBalance(c *rest.Call, act *world.Act) (rest.Reply, error) {
	wallets, err := accounts.CustomerWallets(act, c.Body.Str("customerId"))
	if err != nil {
		return rest.Reply{}, err
	}
	var all accounts.Tally
	view := customerBalanceView{Wallets: []walletBalanceView{}}
	for _, w := range wallets {
		all.Add(w)
		all.Currency = w.Currency
		// The master wallet is the last.
		view.CustomerID, view.WalletID, view.Currency = w.CustomerID, w.ID, w.Currency
		view.Wallets = append(view.Wallets, viewWalletBalance(w))
	}
	view.Balances = viewTally(&all).Balances
	return rest.Reply{Data: &view}, nil
}

type linkedAssetView struct {
	AssetID    string   `json:"assetId"`
	IBAN       string   `json:"iban"`
	Name       string   `json:"name"`
	Currency   string   `json:"currency"`
	Operations []string `json:"allowedOperations"`
	LastUsedAt string   `json:"lastUsedAt"`
}

// listLinkedAssets lists the accounts from which a wallet was topped up
// (financial-operations/wallet).
func listLinkedAssets(c *rest.Call, act *world.Act) (rest.Reply, error) {
	list, err := accounts.ListLinkedAssets(act, c.Path("walletId"))
	if err != nil {
		return rest.Reply{}, err
	}
	views := []linkedAssetView{}
	for _, a := range list {
		views = append(views, linkedAssetView{a.IBAN, a.IBAN, a.Name, a.Currency, []string{"TOPUP"}, machine.Instant(a.Used)})
	}
	return rest.Reply{Data: views}, nil
}
