package api

import (
	"maps"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/accounts"
)

type preparedView struct {
	PreparedOrderID        string                `json:"preparedOrderId"`
	OrderID                string                `json:"orderId"`
	OperationType          payments.Operation    `json:"operationType"`
	Type                   string                `json:"type"`
	Status                 machine.State         `json:"status"`
	SessionID              string                `json:"sessionId"`
	TenantID               string                `json:"tenantId"`
	Time                   string                `json:"time"`
	ValidUntil             string                `json:"validUntil"`
	Amount                 formattedView         `json:"amount"`
	Fees                   feesView              `json:"fees"`
	TotalAmount            formattedView         `json:"totalAmount"`
	BalanceCheck           balanceCheckView      `json:"balanceCheck"`
	Consent                orderConsentView      `json:"consent"`
	ConsentValidation      consentValidationView `json:"consentValidation"`
	Documents              []string              `json:"documents"`
	RegulatoryInfo         regulatoryView        `json:"regulatoryInfo"`
	StatusDetails          statusDetailsView     `json:"statusDetails"`
	Summary                orderSummaryView      `json:"summary"`
	Transactions           []transactionView     `json:"transactions"`
	EstimatedExecutionTime string                `json:"estimatedExecutionTime"`
	RequiresConfirmation   bool                  `json:"requiresConfirmation"`
	Reference              string                `json:"reference"`
	Description            string                `json:"description"`
	// Kept are members of the request that travel with the order.
	Kept map[string]any `json:",embed"`
}

type feesView struct {
	formattedView
	ProcessingFee string `json:"processingFee"`
	NetworkFee    string `json:"networkFee"`
	TotalFee      string `json:"totalFee"`
	Total         string `json:"total"`
}

type balanceCheckView struct {
	Sufficient bool          `json:"sufficient"`
	Available  formattedView `json:"available"`
	Required   formattedView `json:"required"`
}

type consentValidationView struct {
	Required           bool `json:"required"`
	Valid              bool `json:"valid"`
	BeneficiaryAllowed bool `json:"beneficiaryAllowed"`
}

type orderConsentView struct {
	consentValidationView
	ConsentReference *string `json:"consentReference"`
}

type regulatoryView struct {
	Network     payments.Network `json:"network"`
	PurposeCode string           `json:"purposeCode"`
}

type orderSummaryView struct {
	Amount                  formattedView `json:"amount"`
	Fees                    formattedView `json:"fees"`
	TotalAmount             formattedView `json:"totalAmount"`
	Currency                string        `json:"currency"`
	SourceAccount           string        `json:"sourceAccount"`
	TargetAccount           string        `json:"targetAccount"`
	EstimatedCompletionTime string        `json:"estimatedCompletionTime"`
}

type settlementView struct {
	Network   payments.Network `json:"network"`
	SettledAt *string          `json:"settledAt"`
}

func viewPrepared(c *rest.Call, s accounts.OrderState) preparedView {
	o, w := s.Order, s.Wallet
	validation := consentValidationView{Required: o.Operation.NeedsPaymentConsent(), Valid: o.ConsentID != "", BeneficiaryAllowed: true}
	return preparedView{
		PreparedOrderID: o.ID, OrderID: o.ID, OperationType: o.Operation, Type: direction(o), Status: o.State,
		SessionID: c.Caller.SessionID, TenantID: c.Tenant, Time: localTime(o.Created), ValidUntil: machine.Instant(o.ValidUntil),
		Amount: viewFormatted(o.Amount), Fees: viewFees(o), TotalAmount: viewFormatted(o.Total()),
		BalanceCheck: balanceCheckView{
			Sufficient: true, Available: viewFormatted(w.Money(o.AvailableBefore)), Required: viewFormatted(w.Money(o.Held())),
		},
		Consent:                orderConsentView{validation, orNull(o.ConsentID)},
		ConsentValidation:      validation,
		Documents:              o.Documents,
		RegulatoryInfo:         regulatoryView{o.Network, o.PurposeCode},
		StatusDetails:          viewStatusDetails(o),
		Summary:                viewSummary(s),
		Transactions:           lines(s),
		EstimatedExecutionTime: machine.Instant(executionTime(s)),
		RequiresConfirmation:   o.State == payments.OrderReady,
		Reference:              o.Reference, Description: o.Description, Kept: kept(o),
	}
}

// kept are the members of prepare and execute that travel with the order.
func kept(o *payments.Order) map[string]any {
	all := maps.Clone(o.Details)
	if all == nil {
		all = map[string]any{}
	}
	maps.Copy(all, o.Confirmed)
	return all
}

// direction reports whether the money stays inside the tenant.
func direction(o *payments.Order) string {
	if o.Network == payments.Internal {
		return "INTERNAL"
	}
	return "EXTERNAL"
}

// viewFees has the whole fee as the network's: the sandbox takes none for the
// processing.
func viewFees(o *payments.Order) feesView {
	none := money.Amount{Currency: o.Fee.Currency}.Decimal()
	fee := o.Fee.Decimal()
	return feesView{viewFormatted(o.Fee), none, fee, fee, fee}
}

func viewSummary(s accounts.OrderState) orderSummaryView {
	o := s.Order
	return orderSummaryView{
		Amount: viewFormatted(o.Amount), Fees: viewFormatted(o.Fee), TotalAmount: viewFormatted(o.Total()), Currency: o.Amount.Currency,
		SourceAccount: o.Source, TargetAccount: o.Target,
		EstimatedCompletionTime: machine.Instant(completionTime(s)),
	}
}

func lines(s accounts.OrderState) []transactionView {
	if s.Line == nil {
		return []transactionView{}
	}
	return []transactionView{viewTransaction(s.Line)}
}

// executionTime is when the order was executed, or would be if it were now.
func executionTime(s accounts.OrderState) time.Time {
	switch {
	case !s.Order.ExecutedAt.IsZero():
		return s.Order.ExecutedAt
	case s.Order.State == payments.OrderReady:
		return s.At
	}
	return s.Order.Since
}

// completionTime is when the money arrives, as far as that is known.
func completionTime(s accounts.OrderState) time.Time {
	switch {
	case !s.Order.SettledAt.IsZero():
		return s.Order.SettledAt
	case !s.Settles.IsZero():
		return s.Settles
	}
	return executionTime(s)
}

type executedView struct {
	Success          bool                `json:"success"`
	OrderID          string              `json:"orderId"`
	PreparedOrderID  string              `json:"preparedOrderId"`
	ExecutionID      string              `json:"executionId"`
	TransactionID    string              `json:"transactionId"`
	SessionID        string              `json:"sessionId"`
	TenantID         string              `json:"tenantId"`
	Status           machine.State       `json:"status"`
	ExecutedAt       string              `json:"executedAt"`
	Amount           formattedView       `json:"amount"`
	Fees             feesView            `json:"fees"`
	Balances         balanceChangeView   `json:"balances"`
	BalanceUpdates   []balanceUpdateView `json:"balanceUpdates"`
	Transactions     []transactionView   `json:"transactions"`
	SettlementInfo   settlementView      `json:"settlementInfo"`
	StatusDetails    statusDetailsView   `json:"statusDetails"`
	ExecutionSummary orderSummaryView    `json:"executionSummary"`
	// Kept are members of the execution that travel with the order.
	Kept map[string]any `json:",embed"`
}

type balanceChangeView struct {
	Before balancePairView `json:"before"`
	After  balancePairView `json:"after"`
}

type balancePairView struct {
	Available string `json:"available"`
	Current   string `json:"current"`
}

type balanceUpdateView struct {
	WalletID  string `json:"walletId"`
	AccountID string `json:"accountId"`
	Currency  string `json:"currency"`
	balanceChangeView
}

func viewExecuted(c *rest.Call, e accounts.Executed) executedView {
	o, w := e.Order, e.Wallet
	pair := func(m accounts.Money) balancePairView {
		return balancePairView{w.Money(m.Available).Decimal(), w.Money(m.Current).Decimal()}
	}
	change := balanceChangeView{pair(e.Before), pair(e.After)}
	return executedView{
		Success: o.State != payments.OrderFailed, OrderID: o.ID, PreparedOrderID: o.ID,
		ExecutionID: o.ExecutionID, TransactionID: o.TransactionID, SessionID: c.Caller.SessionID, TenantID: c.Tenant,
		Status: o.State, ExecutedAt: machine.Instant(o.ExecutedAt), Amount: viewFormatted(o.Amount), Fees: viewFees(o),
		Balances: change, BalanceUpdates: []balanceUpdateView{{w.ID, w.ID, w.Currency, change}},
		Transactions: lines(e.OrderState), SettlementInfo: viewSettlement(o), StatusDetails: viewStatusDetails(o),
		ExecutionSummary: viewSummary(e.OrderState), Kept: o.Confirmed,
	}
}

// viewSettlement has an end only where the money has moved.
func viewSettlement(o *payments.Order) settlementView {
	settled := ""
	if o.State == payments.OrderCompleted {
		settled = machine.Instant(o.SettledAt)
	}
	return settlementView{o.Network, orNull(settled)}
}

type orderView struct {
	preparedView
	AccountID      string          `json:"accountId"`
	CreatedAt      string          `json:"createdAt"`
	ExecutionID    string          `json:"executionId,omitzero"`
	TransactionID  string          `json:"transactionId,omitzero"`
	ExecutedAt     string          `json:"executedAt,omitzero"`
	SettlementInfo *settlementView `json:"settlementInfo,omitzero"`
	FailureReason  string          `json:"failureReason,omitzero"`
	Returned       *returnedView   `json:"returned,omitzero"`
	History        []passageView   `json:"history"`
}

type passageView struct {
	Status machine.State `json:"status"`
	At     string        `json:"at"`
	Event  string        `json:"event"`
}

func viewOrder(c *rest.Call, s accounts.OrderState) orderView {
	o := s.Order
	view := orderView{
		preparedView: viewPrepared(c, s), AccountID: o.WalletID, CreatedAt: machine.Instant(o.Created),
		ExecutionID: o.ExecutionID, TransactionID: o.TransactionID, ExecutedAt: instantOrNone(o.ExecutedAt),
		FailureReason: o.FailureReason, Returned: viewReturned(o),
	}
	if o.ExecutionID != "" {
		settlement := viewSettlement(o)
		view.SettlementInfo = &settlement
	}
	for _, p := range o.History {
		view.History = append(view.History, passageView{p.Status, machine.Instant(p.At), p.Event})
	}
	return view
}
