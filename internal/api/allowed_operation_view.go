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

type allowedView struct {
	SessionID         string                          `json:"sessionId"`
	TenantID          string                          `json:"tenantId"`
	Time              string                          `json:"time"`
	Accounts          []allowedAccountView            `json:"accounts"`
	Operations        []allowedOperationView          `json:"operations"`
	AllowedOperations []payments.Network              `json:"allowedOperations"`
	Beneficiaries     *[]allowedPayeeView             `json:"beneficiaries,omitzero"`
	Consents          *[]paymentConsentView           `json:"consents,omitzero"`
	ConsentStatus     consentStatusView               `json:"consentStatus"`
	Limits            categoryLimitsView              `json:"limits"`
	Account           accountStateView                `json:"account"`
	Fees              map[payments.Network]numberView `json:"fees"`
}

type allowedAccountView struct {
	ID             string   `json:"id"`
	AccountID      string   `json:"accountId"`
	Type           string   `json:"type"`
	IBAN           string   `json:"iban"`
	Currency       string   `json:"currency"`
	Balance        float64  `json:"balance"`
	Flags          struct{} `json:"flags"`
	OwnerID        string   `json:"ownerId"`
	AssetID        string   `json:"assetId"`
	AssetSubUnitID string   `json:"assetSubUnitId"`
}

// allowedPayeeView is a beneficiary with its walletId as prepare takes it: the
// payee's wallet, or where that is none of the tenant's, its asset id.
type allowedPayeeView struct {
	beneficiaryView
	WalletID string `json:"walletId"`
	Kind     string `json:"kind"`
}

func viewAllowedPayee(p accounts.AllowedPayee) allowedPayeeView {
	view := allowedPayeeView{beneficiaryView: viewBeneficiary(p.Beneficiary, ""), WalletID: p.Wallet, Kind: "INTERNAL"}
	if p.Wallet == "" {
		view.WalletID, view.Kind = p.AssetID, "EXTERNAL"
	}
	return view
}

type accountStateView struct {
	Balances accountBalancesView `json:"balances"`
	Currency string              `json:"currency"`
	Status   machine.State       `json:"status"`
}

type accountBalancesView struct {
	Available string `json:"available"`
	Current   string `json:"current"`
	Locked    string `json:"locked"`
}

func viewAccountState(w *payments.Wallet) accountStateView {
	text := func(minor int64) string { return w.Money(minor).Decimal() }
	return accountStateView{
		Balances: accountBalancesView{text(w.Available()), text(w.Balance), text(w.Reserved + w.Pending)}, Currency: w.Currency, Status: w.State,
	}
}

type allowedOperationView struct {
	OperationType    payments.Operation  `json:"operationType"`
	OpType           string              `json:"opType"`
	FromAccountID    string              `json:"fromAccountId"`
	ActiveConsents   int                 `json:"activeConsents"`
	Type             string              `json:"type"`
	AllowedNetworks  []payments.Network  `json:"allowedNetworks"`
	RequiresConsent  bool                `json:"requiresConsent"`
	ConsentRequired  bool                `json:"consentRequired"`
	RequiresApproval bool                `json:"requiresApproval"`
	Enabled          bool                `json:"enabled"`
	Limits           operationLimitsView `json:"limits"`
}

type operationLimitsView struct {
	MinAmount    string `json:"minAmount"`
	MaxAmount    string `json:"maxAmount"`
	DailyLimit   string `json:"dailyLimit"`
	MonthlyLimit string `json:"monthlyLimit"`
}

type consentStatusView struct {
	HasValid       bool `json:"hasValidPaymentConsent"`
	HasRecurring   bool `json:"hasRecurringPaymentConsent"`
	HasPreApproval bool `json:"hasPreApprovalConsent"`
}

type categoryLimitsView struct {
	Daily          usedLimitView `json:"daily"`
	Monthly        usedLimitView `json:"monthly"`
	PerTransaction numberView    `json:"perTransaction"`
}

type usedLimitView struct {
	numberView
	Used      float64 `json:"used"`
	Remaining float64 `json:"remaining"`
}

func viewAllowed(c *rest.Call, a accounts.Allowance) allowedView {
	w := a.Wallet
	kind := "CONSUMER_WALLET"
	if w.Line != "B2C" {
		kind = "BUSINESS_WALLET"
	}
	view := allowedView{
		SessionID: c.Caller.SessionID, TenantID: c.Tenant, Time: localTime(a.At),
		Accounts: []allowedAccountView{{
			ID: w.ID, AccountID: w.ID, Type: kind, IBAN: w.IBAN, Currency: w.Currency, Balance: major(w.Money(w.Balance)),
			OwnerID: w.CustomerID, AssetID: w.AssetID, AssetSubUnitID: w.AssetSubUnitID,
		}},
		AllowedOperations: payments.Networks(),
		ConsentStatus:     viewConsentStatus(a),
		Account:           viewAccountState(w),
		Limits: categoryLimitsView{
			Daily:          viewUsedLimit(a.Limits.Daily, a.UsedToday),
			Monthly:        viewUsedLimit(a.Limits.Monthly, a.UsedThisMonth),
			PerTransaction: viewNumber(a.Limits.PerTransaction),
		},
		Fees: map[payments.Network]numberView{},
	}
	for _, way := range payments.AllowedWays() {
		view.Operations = append(view.Operations, viewAllowedOperation(way, a))
	}
	for _, n := range payments.Networks() {
		view.Fees[n] = viewNumber(w.Money(a.Fees.Of(n)))
	}
	return view
}

func viewUsedLimit(limit money.Amount, used int64) usedLimitView {
	in := func(minor int64) float64 { return major(money.Amount{Minor: minor, Currency: limit.Currency}) }
	return usedLimitView{viewNumber(limit), in(used), in(max(0, limit.Minor-used))}
}

func viewAllowedOperation(way payments.Way, a accounts.Allowance) allowedOperationView {
	o := way.Operation
	limits := a.LimitsOf(o)
	var active int
	for _, d := range a.Consents {
		if d.Consent.Usable(a.At) && d.Consent.Operation.Order() == o {
			active++
		}
	}
	return allowedOperationView{
		OperationType: o, OpType: strings.ToLower(way.Word), FromAccountID: a.Wallet.ID, ActiveConsents: active,
		Type: o.Segment(), AllowedNetworks: way.Networks(), Enabled: a.Enabled,
		RequiresConsent: o.NeedsPaymentConsent(), ConsentRequired: o.NeedsPaymentConsent(), RequiresApproval: requiresApproval(o, a),
		Limits: operationLimitsView{
			MinAmount: limits.Least.Decimal(), MaxAmount: limits.PerTransaction.Decimal(),
			DailyLimit: limits.Daily.Decimal(), MonthlyLimit: limits.Monthly.Decimal(),
		},
	}
}

// requiresApproval reports whether a payment consent that can be used for the
// operation lets others than the initiator approve orders.
func requiresApproval(o payments.Operation, a accounts.Allowance) bool {
	return slices.ContainsFunc(a.Consents, func(d accounts.PaymentConsentDetail) bool {
		p := d.Consent
		covers := func(n payments.Network) bool { return p.Covers(o, n) }
		return p.RequiresApproval() && p.Usable(a.At) && slices.ContainsFunc(payments.Networks(), covers)
	})
}

func viewConsentStatus(a accounts.Allowance) consentStatusView {
	var view consentStatusView
	for _, d := range a.Consents {
		if p := d.Consent; p.Usable(a.At) {
			view.HasValid = true
			view.HasRecurring = view.HasRecurring || p.Kind == payments.RecurringPaymentConsent
			view.HasPreApproval = view.HasPreApproval || p.RequiresApproval()
		}
	}
	return view
}
