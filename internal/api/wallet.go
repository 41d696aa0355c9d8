package api

import (
	"fmt"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/world"
)

// pageSize is the size of a page that asks for none.
const pageSize = 50

// getCustomerWallets lists a customer's wallets in every state
// (financial-operations/get-wallets-by-customer).
func getCustomerWallets(c *rest.Call, act *world.Act) (rest.Reply, error) {
	wallets, err := accounts.ListWallets(act, c.Path("customerId"), c.Query("customerType"))
	if err != nil {
		return rest.Reply{}, err
	}
	views := []walletView{}
	for _, w := range wallets {
		views = append(views, viewWallet(w))
	}
	return rest.Reply{Data: views}, nil
}

// getWalletBalance shows a wallet's money in its four parts, as numbers of major
// units (financial-operations/wallet).
func getWalletBalance(c *rest.Call, act *world.Act) (rest.Reply, error) {
	w, err := accounts.GetWallet(act, c.Path("walletId"))
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: new(viewWalletBalance(w)), Extra: succeeded()}, nil
}

// getAccountBalance shows an account's balance as strings of minor units
// (flows/individual-customer/wallet-operations).
func getAccountBalance(c *rest.Call, act *world.Act) (rest.Reply, error) {
	b, err := accounts.GetBalance(act, c.Path("accountId"))
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Message: "Balance retrieved successfully", Data: new(viewAccountBalance(b))}, nil
}

// listWalletTransactions lists ledger lines, the newest first
// (financial-operations/wallet).
func listWalletTransactions(c *rest.Call, act *world.Act) (rest.Reply, error) {
	b := c.Body
	in := accounts.Statement{
		CustomerID: b.Str("customerId"), AssetID: b.Str("assetId"), Type: strings.ToUpper(b.Str("type")), Status: strings.ToUpper(b.Str("status")),
		Limit: pageLimit(b), Offset: int(b.Int("offset")),
	}
	for _, name := range []string{"walletId", "accountId"} {
		if id := b.Str(name); id != "" {
			in.WalletIDs = append(in.WalletIDs, id)
		}
	}
	var faults []refusal.Fault
	in.From = readDay(b, &faults, false, "fromDate")
	in.To = readDay(b, &faults, true, "toDate")
	if err := refusal.Invalid(faults); err != nil {
		return rest.Reply{}, err
	}
	page, err := accounts.ListTransactions(act, in)
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: new(viewTransactionPage(page))}, nil
}

// getAllowedOperations says what may be done on an account
// (financial-operations/get-beneficiaries-for-wallet).
func getAllowedOperations(c *rest.Call, act *world.Act) (rest.Reply, error) {
	beneficiaries, consents := c.QueryBool("includeBeneficiaries"), c.QueryBool("includeConsents")
	allowed, err := accounts.GetAllowedOperations(act, c.Path("accountId"), beneficiaries)
	if err != nil {
		return rest.Reply{}, err
	}
	view := viewAllowed(c, allowed)
	if beneficiaries {
		list := []allowedPayeeView{}
		for _, p := range allowed.Beneficiaries {
			list = append(list, viewAllowedPayee(p))
		}
		view.Beneficiaries = &list
	}
	if consents {
		list := []paymentConsentView{}
		for _, d := range allowed.Consents {
			list = append(list, viewPaymentConsent(d, ""))
		}
		view.Consents = &list
	}
	return rest.Reply{Extra: succeeded(), Data: &view}, nil
}

// readDay reads a day or an instant, the first of the names that is there. A day
// begins a period with its first moment and ends one with its last.
func readDay(b rest.Body, faults *[]refusal.Fault, end bool, names ...string) time.Time {
	for _, name := range names {
		text := b.Str(name)
		if text == "" {
			continue
		}
		at, err := parseDay(text, end)
		if err != nil {
			*faults = append(*faults, refusal.Fault{Field: name, Pointer: "/" + strings.ReplaceAll(name, ".", "/"), Message: err.Error()})
		}
		return at
	}
	return time.Time{}
}

func parseDay(text string, end bool) (time.Time, error) {
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		if end {
			return day.AddDate(0, 0, 1).Add(-time.Millisecond), nil
		}
		return day, nil
	}
	// Without a zone an instant is in UTC.
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC().Truncate(time.Millisecond), nil
		}
	}
	return time.Time{}, fmt.Errorf("is neither a day nor an instant: %s", text)
}

// way reads the operation of an order's path.
func way(c *rest.Call) (payments.Way, error) {
	w, ok := payments.ParseOrderType(c.Path("operationType"))
	if !ok {
		return payments.Way{}, refusal.Invalid([]refusal.Fault{{
			Field: "path.operationType", Message: "must be one of " + strings.Join(payments.OrderTypes(), ", ") + ", in any case",
		}})
	}
	return w, nil
}
