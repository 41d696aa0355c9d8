package api

import (
	"cmp"
	"strings"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/government"
	"finhub-sandbox/internal/sandbox/world"
)

// getTransferWallets lists a customer's wallets with their assets
// (Harmonized-Wallet-Transfers/get-customer-wallets).
func getTransferWallets(c *rest.Call, act *world.Act) (rest.Reply, error) {
	customerID := c.Path("customerId")
	wallets, err := accounts.ListWallets(act, customerID, c.Query("lineOfBusiness"))
	if err != nil {
		return rest.Reply{}, err
	}
	view := &transferWalletsView{CustomerID: customerID, Wallets: []transferWalletView{}}
	for _, w := range wallets {
		v := viewTransferWallet(w, accounts.CanPay(act, w))
		if asked := c.Query("allowedOperations"); asked == "" || v.allows(asked) {
			view.Wallets = append(view.Wallets, v)
		}
	}
	return rest.Reply{Data: view, Extra: view}, nil
}

// getTransferOperations lists the transfers that a customer can make
// (Harmonized-Wallet-Transfers/get-allowed-operations).
func getTransferOperations(c *rest.Call, act *world.Act) (rest.Reply, error) {
	customerID, organizationID := c.Query("customerId"), c.Query("organizationId")
	if customerID != "" && organizationID != "" && !strings.EqualFold(customerID, organizationID) {
		return rest.Reply{}, refusal.Invalid([]refusal.Fault{{
			Field: "query.organizationId", Message: "is " + organizationID + ", and customerId is " + customerID + ": both name who pays",
		}})
	}
	account, err := accounts.PayingCustomer(act, "query.customerId", cmp.Or(customerID, organizationID))
	if err != nil {
		return rest.Reply{}, err
	}
	allowed, err := accounts.GetAllowedOperations(act, account, true)
	if err != nil {
		return rest.Reply{}, err
	}
	if line := c.Query("lineOfBusiness"); line != "" && line != allowed.Wallet.Line {
		allowed.Beneficiaries = nil
	}
	view := viewTransferNetworks(allowed)
	return rest.Reply{Data: view, Extra: view}, nil
}

// executeWalletTransfer transfers in one step
// (Harmonized-Wallet-Transfers/execute-transfer).
func executeWalletTransfer(c *rest.Call, act *world.Act) (rest.Reply, error) {
	in := readWalletTransfer(c)
	if w := accounts.WalletAt(act, in.AccountID); w != nil {
		in.AccountID = w.ID
		in.Faults = append(in.Faults, disowned(c, w)...)
		in.Faults = append(in.Faults, otherwise(w, "customerId", c.Body.Str("customerId"), w.CustomerID)...)
		in.Faults = append(in.Faults, otherwise(w, "lineOfBusiness", c.Body.Str("lineOfBusiness"), w.Line)...)
	}
	paid, err := accounts.Pay(act, in)
	if err != nil {
		return rest.Reply{}, err
	}
	view := viewMadeTransfer(c, paid)
	return rest.Reply{Data: view, Extra: view}, nil
}

// createTransferBeneficiary registers a payee of a customer
// (Harmonized-Wallet-Transfers/create-beneficiary).
func createTransferBeneficiary(c *rest.Call, act *world.Act) (rest.Reply, error) {
	account, err := accounts.PayingCustomer(act, "", c.Path("customerId"))
	if err != nil {
		return rest.Reply{}, err
	}
	w := accounts.WalletAt(act, account)
	b, err := registerNetworkPayee(c.Body, act, account, disowned(c, w)...)
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Message: payeeCreated, Data: new(viewTransferBeneficiary(act, w, b))}, nil
}

// disowned tells what of the query is of another customer than the wallet's.
func disowned(c *rest.Call, w *payments.Wallet) []refusal.Fault {
	return append(
		otherwise(w, "query.lineOfBusiness", c.Query("lineOfBusiness"), w.Line),
		otherwise(w, "query.organizationId", c.Query("organizationId"), w.CustomerID)...)
}

// otherwise finds fault with a member that says something else of a wallet than what is.
func otherwise(w *payments.Wallet, field, said, is string) []refusal.Fault {
	if said == "" || strings.EqualFold(said, is) {
		return nil
	}
	f := fault(field, "is "+said+", and the wallet "+w.ID+" is of "+is)
	if strings.HasPrefix(field, "query.") {
		f.Pointer = ""
	}
	return []refusal.Fault{f}
}

// readWalletTransfer reads a transfer between addresses; the account is that of the source.
func readWalletTransfer(c *rest.Call) accounts.Preparation {
	b := c.Body
	in := accounts.Preparation{
		AccountID: b.Str("sourceAssetAddress"), Amount: askedAmount(b, "amount"), Details: map[string]any{}, Kind: "transferType",
		Payees: []accounts.Naming{{Field: "destinationAssetAddress", Value: b.Str("destinationAssetAddress"), By: accounts.ByAddress}},
		Way:    transferWay(),
	}
	in.Way.Word = b.Str(in.Kind)
	switch in.Way.Word {
	case "INTERNAL":
		in.Way.Network = payments.Internal
	case "CROSS_POWER_TENANT":
		in.Faults = append(in.Faults, fault(in.Kind, "CROSS_POWER_TENANT is not possible: the sandbox has no other power tenant whom it could pay"))
	default:
		in.Way.Outside = true
	}
	keep(b, in.Details, "metadata")
	return in
}

func namesTransferPayer(c *rest.Call, asked government.Asked) government.Asked {
	for _, name := range []string{"customerId", "organizationId"} {
		asked.Names = append(asked.Names, government.Named{Parameter: name, Value: c.Query(name)})
	}
	return asked
}

func tellsWalletTransfer(c *rest.Call, d *government.Details) {
	in := readWalletTransfer(c)
	d.Preparation = &in
}

type transferBeneficiaryView struct {
	BeneficiaryID string               `json:"beneficiaryId"`
	CustomerID    string               `json:"customerId"`
	TenantID      string               `json:"tenantId"`
	Line          string               `json:"lineOfBusiness"`
	Name          string               `json:"name"`
	Description   string               `json:"description"`
	AssetAddress  string               `json:"assetAddress"`
	Network       addressedNetworkView `json:"network"`
	Status        machine.State        `json:"status"`
}

type addressedNetworkView struct {
	NetworkID   string `json:"networkId"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Addresses   any    `json:"addresses"`
}

func viewTransferBeneficiary(act *world.Act, w *payments.Wallet, b *payments.Beneficiary) transferBeneficiaryView {
	details := rest.Body(b.Details)
	return transferBeneficiaryView{
		BeneficiaryID: b.ID, CustomerID: b.CustomerID, TenantID: act.Tenant(), Line: w.Line, Name: b.Name,
		Description: details.Str("description"), AssetAddress: b.IBAN, Status: b.State,
		Network: addressedNetworkView{
			b.Network, cmp.Or(details.Str("networkDetails.name"), b.Network), details.Str("networkDetails.description"), details.Get("networkAddresses"),
		},
	}
}
