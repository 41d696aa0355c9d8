package api

import (
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/accounts"
)

type transferWalletsView struct {
	CustomerID string               `json:"customerId"`
	Wallets    []transferWalletView `json:"wallets"`
}

type transferWalletView struct {
	WalletID          string              `json:"walletId"`
	Name              string              `json:"walletName"`
	Type              string              `json:"walletType"`
	Status            machine.State       `json:"walletStatus"`
	Purpose           string              `json:"walletPurpose"`
	PurposeFromString string              `json:"walletPurposeFromString"`
	Service           string              `json:"service"`
	ServiceFromString string              `json:"serviceFromString"`
	OwnerType         string              `json:"ownerType"`
	Assets            []transferAssetView `json:"assets"`
}

type transferAssetView struct {
	AssetID           string               `json:"assetId"`
	Type              string               `json:"assetType"`
	TypeFromString    string               `json:"assetTypeFromString"`
	SubUnitID         string               `json:"assetSubUnitId"`
	SubUnitName       string               `json:"assetSubUnitName"`
	Currency          string               `json:"currency"`
	Available         string               `json:"availableBalance"`
	Current           string               `json:"currentBalance"`
	OnHold            string               `json:"onHoldBalance"`
	Blocked           string               `json:"blockedBalance"`
	AllowedOperations []payments.Operation `json:"allowedOperations"`
}

// currencyAsset is the type of every asset.
const currencyAsset = "CURRENCY"

func viewTransferWallet(w *payments.Wallet, canPay bool) transferWalletView {
	const service = "FIN_CORE"
	allowed := []payments.Operation{}
	if canPay {
		allowed = payments.OrderOperations()
	}
	owner := "INDIVIDUAL"
	if w.Line == "B2B" {
		owner = "ORGANIZATION"
	}
	text := viewAccountState(w).Balances
	return transferWalletView{
		WalletID: w.ID, Name: w.Name(), Type: w.Type(), Status: w.State, Purpose: walletPurpose(w), PurposeFromString: walletPurpose(w),
		Service: service, ServiceFromString: service, OwnerType: owner,
		Assets: []transferAssetView{{
			AssetID: w.AssetID, Type: currencyAsset, TypeFromString: currencyAsset, SubUnitID: w.AssetSubUnitID, SubUnitName: w.Currency,
			Currency: w.Currency, Available: text.Available, Current: text.Current, OnHold: text.Locked, Blocked: text.Locked,
			AllowedOperations: allowed,
		}},
	}
}

func walletPurpose(w *payments.Wallet) string { return strings.ToUpper(w.Type()) }

// allows reports whether an asset of the wallet allows an operation.
func (v transferWalletView) allows(operation string) bool {
	return slices.ContainsFunc(v.Assets, func(a transferAssetView) bool {
		return slices.Contains(a.AllowedOperations, payments.Operation(operation))
	})
}

type transferNetworksView struct {
	Networks []networkOperationsView `json:"networks"`
}

type networkOperationsView struct {
	Network    networkView             `json:"network"`
	Operations []transferOperationView `json:"operations"`
}

type networkView struct {
	NetworkID   payments.Network `json:"networkId"`
	Code        payments.Network `json:"code"`
	Name        payments.Network `json:"name"`
	Description string           `json:"description"`
}

type transferOperationView struct {
	Description transferDescriptionView `json:"operationDescription"`
	Source      transferSideView        `json:"source"`
	Destination transferSideView        `json:"destination"`
	Details     string                  `json:"details"`
}

type transferDescriptionView struct {
	Type        payments.Operation `json:"operationType"`
	Scope       string             `json:"operationScope"`
	Name        string             `json:"name"`
	Description string             `json:"description"`
	Enabled     bool               `json:"enabled"`
}

type transferSideView struct {
	WalletAddress string        `json:"walletAddress"`
	WalletPurpose string        `json:"walletPurpose"`
	Scope         string        `json:"operationScope"`
	Definitions   struct{}      `json:"serviceDefinitions"`
	Network       networkView   `json:"network"`
	Asset         sideAssetView `json:"asset"`
}

type sideAssetView struct {
	AssetID  string           `json:"assetId"`
	Type     string           `json:"type"`
	Currency string           `json:"currency"`
	Balance  *float64         `json:"balance,omitzero"`
	Scale    int              `json:"scale"`
	Address  assetAddressView `json:"networkAddress"`
}

type assetAddressView struct {
	AddressID string `json:"addressId"`
	Address   string `json:"address"`
	Type      string `json:"type"`
	Primary   bool   `json:"primary"`
}

// mostPayees is of how many payees the transfers are shown.
const mostPayees = 100

func viewTransferNetworks(a accounts.Allowance) *transferNetworksView {
	view := &transferNetworksView{}
	payees := a.Beneficiaries[max(0, len(a.Beneficiaries)-mostPayees):]
	for _, n := range payments.Networks() {
		over := networkOperationsView{viewNetwork(n), []transferOperationView{}}
		way := transferWay()
		way.Network = n
		for _, p := range payees {
			if got, misfit := way.Route(p.Wallet != "", payments.Network(p.Network)); got == n && misfit == "" && p.State != payments.BeneficiaryInactive {
				over.Operations = append(over.Operations, viewTransferOperation(a, p, n))
			}
		}
		view.Networks = append(view.Networks, over)
	}
	return view
}

func viewNetwork(n payments.Network) networkView {
	return networkView{n, n, n, "Transfers over " + string(n)}
}

func viewTransferOperation(a accounts.Allowance, p accounts.AllowedPayee, n payments.Network) transferOperationView {
	w := a.Wallet
	balance := major(w.Money(w.Balance))
	details := a.Missing(p, n)
	scope := "EXTERNAL"
	if n == payments.Internal {
		scope = "INTERNAL"
	}
	side := func(address, purpose, scope, asset string, n payments.Network, balance *float64) transferSideView {
		return transferSideView{
			WalletAddress: address, WalletPurpose: purpose, Scope: scope, Network: viewNetwork(n),
			Asset: sideAssetView{
				AssetID: asset, Type: currencyAsset, Currency: w.Currency, Balance: balance, Scale: viewAmount(w.Money(0)).Scale,
				Address: assetAddressView{address, address, "IBAN", true},
			},
		}
	}
	return transferOperationView{
		Description: transferDescriptionView{
			payments.Transfer, scope, "Transfer", "Transfer to " + p.Name + " over " + string(n), details == "",
		},
		Source:      side(w.IBAN, walletPurpose(w), "INTERNAL", w.AssetID, payments.Internal, &balance),
		Destination: side(p.IBAN, "BENEFICIARY", scope, p.AssetID, n, nil),
		Details:     details,
	}
}

type madeTransferView struct {
	TransferID         string                 `json:"transferId"`
	SourceWalletID     string                 `json:"sourceWalletId"`
	SourceAssetID      string                 `json:"sourceAssetId"`
	SourceAddress      string                 `json:"sourceAssetAddress"`
	DestinationAssetID string                 `json:"destinationAssetId"`
	DestinationAddress string                 `json:"destinationAssetAddress"`
	Amount             signedView             `json:"amount"`
	Fees               signedView             `json:"fees"`
	Reference          string                 `json:"reference"`
	TransferType       string                 `json:"transferType"`
	Status             string                 `json:"status"`
	OrderStatus        machine.State          `json:"orderStatus"`
	ExecutionTime      string                 `json:"executionTime"`
	Validations        []validationResultView `json:"validationResults"`
	Metadata           map[string]any         `json:"metadata"`
}

// signedView is AmountDto with its sign, under both names.
type signedView struct {
	amountView
	IsPositive bool `json:"isPositive"`
	Positive   bool `json:"positive"`
}

func viewSigned(a money.Amount) signedView {
	return signedView{viewAmount(a), a.Minor >= 0, a.Minor >= 0}
}

type validationResultView struct {
	Code     string `json:"code"`
	Status   string `json:"status"`
	Message  string `json:"message"`
	Severity string `json:"severity"`
}

func viewMadeTransfer(c *rest.Call, e accounts.Executed) *madeTransferView {
	o := e.Order
	view := &madeTransferView{
		TransferID: o.ID, SourceWalletID: o.WalletID, SourceAssetID: e.Wallet.AssetID, SourceAddress: o.Source,
		DestinationAssetID: e.PayeeAsset, DestinationAddress: o.Target, Amount: viewSigned(o.Amount), Fees: viewSigned(o.Fee),
		Reference: o.ID, TransferType: c.Body.Str("transferType"), Status: "CREATED", OrderStatus: o.State,
		ExecutionTime: machine.Instant(o.ExecutedAt), Metadata: c.Body.Object("metadata"),
	}
	if view.Metadata == nil {
		view.Metadata = map[string]any{}
	}
	// What an order has to meet before it is made, it has met.
	for _, name := range payments.PrepareNeeds() {
		words := strings.NewReplacer(".", " ", "_", " ").Replace(name)
		view.Validations = append(view.Validations, validationResultView{
			strings.ToUpper(strings.ReplaceAll(words, " ", "_")), "PASSED", words, "INFO",
		})
	}
	return view
}
