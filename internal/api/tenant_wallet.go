package api

import (
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/world"
)

// tallyView is what lies on several wallets, under the name of the group that they are.
type tallyView struct {
	TenantID   string       `json:"tenantId,omitzero"`
	Line       string       `json:"lineOfBusiness,omitzero"`
	WalletType string       `json:"walletType,omitzero"`
	Name       string       `json:"name,omitzero"`
	Wallets    int          `json:"wallets"`
	Currency   string       `json:"currency"`
	Balances   balancesView `json:"balances"`
	// Next is where a tally that is the whole reply may go on.
	Next *string `json:"next,omitzero"`
}

func viewTally(t *accounts.Tally) tallyView {
	return tallyView{Wallets: t.Wallets, Currency: t.Currency, Balances: viewWalletBalance(&t.Wallet).Balances}
}

// groupsView is a reply with several tallies.
type groupsView struct {
	TenantID string      `json:"tenantId"`
	Lines    []tallyView `json:"linesOfBusiness,omitzero"`
	Classes  []tallyView `json:"classes,omitzero"`
	Children []tallyView `json:"children,omitzero"`
	Next     string      `json:"next"`
}

// sum puts those tallies together that fit.
func sum(list []accounts.Tally, fits func(accounts.Tally) bool) tallyView {
	all := accounts.Tally{Wallet: payments.Wallet{Currency: payments.Currency}}
	for _, t := range list {
		if fits(t) {
			all.Wallets += t.Wallets
			all.Balance += t.Balance
			all.Reserved += t.Reserved
			all.Pending += t.Pending
		}
	}
	return viewTally(&all)
}

func anyTally(accounts.Tally) bool { return true }

// getTenantBalance adds up all wallets of the tenant (financial-operations/wallet).
func getTenantBalance(c *rest.Call, act *world.Act) (rest.Reply, error) {
	list, next := accounts.TallyWallets(act, c.Body.Str("after"))
	view := sum(list, anyTally)
	view.TenantID, view.Next = act.Tenant(), &next
	return rest.Reply{Data: &view}, nil
}

// getBalanceByLine adds up the wallets of each line of business
// (financial-operations/wallet).
func getBalanceByLine(c *rest.Call, act *world.Act) (rest.Reply, error) {
	list, next := accounts.TallyWallets(act, c.Body.Str("after"))
	view := groupsView{TenantID: act.Tenant(), Next: next}
	for _, line := range []string{"B2B", "B2C", "B2X"} {
		t := sum(list, func(t accounts.Tally) bool { return t.Line == line })
		t.Line = line
		view.Lines = append(view.Lines, t)
	}
	return rest.Reply{Data: &view}, nil
}

// classifyWallets adds up the wallets of each type (financial-operations/wallet).
func classifyWallets(c *rest.Call, act *world.Act) (rest.Reply, error) {
	list, next := accounts.TallyWallets(act, c.Body.Str("after"))
	view := groupsView{TenantID: act.Tenant(), Next: next}
	for i := range list {
		t := viewTally(&list[i])
		t.WalletType, t.Name = list[i].Type(), list[i].Name()
		view.Classes = append(view.Classes, t)
	}
	return rest.Reply{Data: &view}, nil
}

// getChildrenBalance adds up the wallets of the tenants that a power tenant may see: the
// tenant itself (financial-operations/wallet).
func getChildrenBalance(c *rest.Call, act *world.Act) (rest.Reply, error) {
	list, next, err := accounts.TallyChildren(act, c.Body.Str("after"))
	if err != nil {
		return rest.Reply{}, err
	}
	child := sum(list, anyTally)
	child.TenantID = act.Tenant()
	return rest.Reply{Data: &groupsView{TenantID: act.Tenant(), Children: []tallyView{child}, Next: next}}, nil
}

type tenantWalletsView struct {
	Wallets []walletView `json:"wallets"`
	Next    string       `json:"next"`
}

type tenantAssetView struct {
	AssetID          string `json:"assetId"`
	AssetSubUnitID   string `json:"assetSubUnitId"`
	WalletID         string `json:"walletId"`
	CustomerID       string `json:"customerId"`
	WalletType       string `json:"walletType"`
	Currency         string `json:"currency"`
	Balance          string `json:"balance"`
	AvailableBalance string `json:"availableBalance"`
}

type tenantAssetsView struct {
	Assets []tenantAssetView `json:"assets"`
	Next   string            `json:"next"`
}

func readWalletFilter(b rest.Body) accounts.WalletFilter {
	return accounts.WalletFilter{
		Line: b.Str("lineOfBusiness"), Status: machine.State(b.Str("status")), After: b.Str("after"), Limit: pageLimit(b),
	}
}

// pageLimit is the size of the page for which a body asks.
func pageLimit(b rest.Body) int {
	if !b.Has("limit") {
		return pageSize
	}
	return int(b.Int("limit"))
}

// listTenantWallets lists the wallets of all customers (financial-operations/wallet).
func listTenantWallets(c *rest.Call, act *world.Act) (rest.Reply, error) {
	list, next := accounts.ListTenantWallets(act, readWalletFilter(c.Body))
	view := tenantWalletsView{Wallets: []walletView{}, Next: next}
	for _, w := range list {
		view.Wallets = append(view.Wallets, viewWallet(w))
	}
	return rest.Reply{Data: &view}, nil
}

// listTenantAssets lists the same under the names of their assets
// (financial-operations/wallet).
func listTenantAssets(c *rest.Call, act *world.Act) (rest.Reply, error) {
	list, next := accounts.ListTenantWallets(act, readWalletFilter(c.Body))
	view := tenantAssetsView{Assets: []tenantAssetView{}, Next: next}
	for _, w := range list {
		v := viewWallet(w)
		view.Assets = append(view.Assets, tenantAssetView{
			w.AssetID, w.AssetSubUnitID, v.WalletID, v.CustomerID, v.WalletType, v.Currency, v.Balance, v.AvailableBalance,
		})
	}
	return rest.Reply{Data: &view}, nil
}

type lineTransactionsView struct {
	transactionPageView
	Next string `json:"next"`
}

// listTransactionsByType lists ledger lines of a line of business
// (financial-operations/wallet).
func listTransactionsByType(c *rest.Call, act *world.Act) (rest.Reply, error) {
	b := c.Body
	in := accounts.LineStatement{
		Line: b.Str("type"), After: b.Str("after"), Limit: pageLimit(b), Offset: int(b.Int("offset")),
	}
	var faults []refusal.Fault
	in.From = readDay(b, &faults, false, "fromDate")
	in.To = readDay(b, &faults, true, "toDate")
	if err := refusal.Invalid(faults); err != nil {
		return rest.Reply{}, err
	}
	page, next := accounts.ListLineTransactions(act, in)
	return rest.Reply{Data: &lineTransactionsView{viewTransactionPage(page), next}}, nil
}
