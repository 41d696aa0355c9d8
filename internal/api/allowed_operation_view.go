package api

import (
	"slices"

	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox"
)

type allowedView struct {
	SessionID         string                          `json:"sessionId"`
	TenantID          string                          `json:"tenantId"`
	Time              string                          `json:"time"`
	Accounts          []allowedAccountView            `json:"accounts"`
	Operations        []allowedOperationView          `json:"operations"`
	AllowedOperations []payments.Network              `json:"allowedOperations"`
	Beneficiaries     *[]beneficiaryView              `json:"beneficiaries,omitzero"`
	Consents          *[]paymentConsentView           `json:"consents,omitzero"`
	ConsentStatus     consentStatusView               `json:"consentStatus"`
	Limits            categoryLimitsView              `json:"limits"`
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

type allowedOperationView struct {
	OperationType    payments.Operation  `json:"operationType"`
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

func viewAllowed(c *rest.Call, a sandbox.Allowance) allowedView {
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
		Limits: categoryLimitsView{
			Daily:          viewUsedLimit(a.Limits.Daily, a.UsedToday),
			Monthly:        viewUsedLimit(a.Limits.Monthly, a.UsedThisMonth),
			PerTransaction: viewNumber(a.Limits.PerTransaction),
		},
		Fees: map[payments.Network]numberView{},
	}
	for _, o := range payments.OrderOperations() {
		view.Operations = append(view.Operations, viewAllowedOperation(o, a))
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

// viewAllowedOperation gives money that comes in no limit but that of an amount.
func viewAllowedOperation(o payments.Operation, a sandbox.Allowance) allowedOperationView {
	limits := a.Limits
	if !o.Outgoing() {
		most := a.Wallet.Money(payments.MaxAmount)
		limits = payments.Limits{PerTransaction: most, Daily: most, Monthly: most}
	}
	networks := []payments.Network{payments.SEPA}
	if o == payments.Transfer {
		networks = payments.Networks()
	}
	return allowedOperationView{
		OperationType: o, Type: o.Segment(), AllowedNetworks: networks, Enabled: a.Enabled,
		RequiresConsent: o.NeedsConsent(), ConsentRequired: o.NeedsConsent(), RequiresApproval: requiresApproval(o, a),
		Limits: operationLimitsView{
			MinAmount: a.Wallet.Money(1).Decimal(), MaxAmount: limits.PerTransaction.Decimal(),
			DailyLimit: limits.Daily.Decimal(), MonthlyLimit: limits.Monthly.Decimal(),
		},
	}
}

// requiresApproval tells whether a payment consent that can be used for the
// operation lets others than the initiator approve orders.
func requiresApproval(o payments.Operation, a sandbox.Allowance) bool {
	return slices.ContainsFunc(a.Consents, func(d sandbox.ConsentDetail) bool {
		p := d.Consent
		covers := func(n payments.Network) bool { return p.Covers(o, n) }
		return p.RequiresApproval() && p.Usable(a.At) && slices.ContainsFunc(payments.Networks(), covers)
	})
}

func viewConsentStatus(a sandbox.Allowance) consentStatusView {
	var view consentStatusView
	for _, d := range a.Consents {
		if p := d.Consent; p.Usable(a.At) {
			view.HasValid = true
			view.HasRecurring = view.HasRecurring || p.Kind == payments.RecurringConsent
			view.HasPreApproval = view.HasPreApproval || p.RequiresApproval()
		}
	}
	return view
}
