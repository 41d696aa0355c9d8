package api

import (
	"cmp"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/sandbox/accounts"
)

type paymentConsentView struct {
	ConsentID        string             `json:"consentId"`
	ID               string             `json:"id"`
	OperationType    payments.Operation `json:"operationType"`
	PaymentType      string             `json:"paymentType"`
	ConsentType      string             `json:"consentType"`
	Status           machine.State      `json:"status"`
	WalletID         string             `json:"walletId"`
	AccountID        string             `json:"accountId"`
	Title            string             `json:"title"`
	Description      string             `json:"description"`
	Message          string             `json:"message"`
	ValidFrom        string             `json:"validFrom"`
	ValidUntil       string             `json:"validUntil"`
	RequiresApproval bool               `json:"requiresApproval"`
	Parameters       consentTermsView   `json:"parameters"`
	CreatedAt        string             `json:"createdAt"`

	VerificationStatus string               `json:"verificationStatus"`
	DocumentID         any                  `json:"documentId,omitzero"`
	EntityID           any                  `json:"entityId,omitzero"`
	EntityType         any                  `json:"entityType,omitzero"`
	DocumentType       any                  `json:"documentType,omitzero"`
	VerificationType   any                  `json:"verificationType,omitzero"`
	VerificationData   any                  `json:"verificationData,omitzero"`
	Questions          *consentQuestionView `json:"questions,omitzero"`
}

type consentQuestionView struct {
	Question any    `json:"question"`
	Answer   string `json:"answer"`
}

type createdConsentView struct {
	paymentConsentView
	MagicLinkToken string `json:"magicLinkToken"`
}

type approvedConsentView struct {
	ConsentID          string             `json:"consentId"`
	ID                 string             `json:"id"`
	OperationType      payments.Operation `json:"operationType"`
	Status             machine.State      `json:"status"`
	VerificationStatus string             `json:"verificationStatus"`
	WalletID           string             `json:"walletId"`
	AccountID          string             `json:"accountId"`
	ApprovedAt         string             `json:"approvedAt"`
	Approvals          []approvalView     `json:"approvals"`
	RequiredApprovals  int                `json:"requiredApprovals"`
	Message            string             `json:"message"`
}

func viewApprovedConsent(p *payments.PaymentConsent) approvedConsentView {
	view := approvedConsentView{
		ConsentID: p.ID, ID: p.ID, OperationType: p.Operation, Status: p.State, VerificationStatus: p.Verification(),
		WalletID: p.WalletID, AccountID: p.WalletID, RequiredApprovals: p.Approvals(), Message: "Payment consent approved",
	}
	if !p.Verified() {
		view.Message = "Approval recorded; the payment consent waits for more"
	}
	for _, given := range p.Given {
		view.ApprovedAt = machine.Instant(given.At)
		view.Approvals = append(view.Approvals, approvalView{given.UserID, machine.Instant(given.At)})
	}
	return view
}

type consentTermsView struct {
	Validity      consentValidityView         `json:"validity"`
	Limits        paymentConsentLimitsView    `json:"limits"`
	Beneficiaries consentPayeesView           `json:"beneficiaries"`
	Approval      *paymentConsentApprovalView `json:"approval,omitzero"`
}

type consentValidityView struct {
	StartDate         string `json:"startDate"`
	EndDate           string `json:"endDate"`
	MaxUsageCount     int64  `json:"maxUsageCount,omitzero"`
	CurrentUsageCount int64  `json:"currentUsageCount"`
}

type paymentConsentLimitsView struct {
	MaxAmountPerTransaction *majorView `json:"maxAmountPerTransaction,omitzero"`
	MaxAmountPerDay         *majorView `json:"maxAmountPerDay,omitzero"`
	MaxAmountPerMonth       *majorView `json:"maxAmountPerMonth,omitzero"`
	MaxTransactionsPerDay   int64      `json:"maxTransactionsPerDay,omitzero"`
	MaxTransactionsPerWeek  int64      `json:"maxTransactionsPerWeek,omitzero"`
	MaxTransactionsPerMonth int64      `json:"maxTransactionsPerMonth,omitzero"`
	RemainingDailyLimit     *majorView `json:"remainingDailyLimit,omitzero"`
	RemainingMonthlyLimit   *majorView `json:"remainingMonthlyLimit,omitzero"`
}

type consentPayeesView struct {
	AllowedAccounts         []string `json:"allowedAccounts"`
	AllowedTypes            []string `json:"allowedTypes"`
	AllowNewBeneficiaries   bool     `json:"allowNewBeneficiaries"`
	RequireBeneficiaryName  bool     `json:"requireBeneficiaryName"`
	RequireInvoiceReference bool     `json:"requireInvoiceReference"`
}

func viewPaymentConsent(d accounts.PaymentConsentDetail, message string) paymentConsentView {
	p := d.Consent
	view := paymentConsentView{
		ConsentID: p.ID, ID: p.ID, OperationType: p.Operation, PaymentType: p.PaymentType, Status: p.State,
		WalletID: p.WalletID, AccountID: p.WalletID, Title: p.Title, Description: p.Description, Message: message,
		ValidFrom: machine.Instant(p.ValidFrom), ValidUntil: machine.Instant(p.ValidUntil), CreatedAt: machine.Instant(p.Created),
		ConsentType: cmp.Or(string(p.Kind), string(p.Operation)), RequiresApproval: p.RequiresApproval(),
		Parameters: consentTermsView{
			Validity: consentValidityView{day(p.ValidFrom), day(p.ValidUntil), p.MaxUses, p.Used},
			Limits:   viewPaymentConsentLimits(d),
			Approval: viewPaymentConsentApproval(p),
			Beneficiaries: consentPayeesView{
				AllowedAccounts: p.Payees.Accounts, AllowedTypes: p.Payees.Types,
				AllowNewBeneficiaries: p.Payees.Open(), RequireBeneficiaryName: p.Payees.RequireName,
				RequireInvoiceReference: p.Payees.RequireReference,
			},
		},
		VerificationStatus: p.Verification(), DocumentID: p.Details["documentId"], EntityID: p.Details["entityId"],
		EntityType: p.Details["entityType"], DocumentType: p.Details["documentType"], VerificationType: p.Details["verificationType"],
		VerificationData: p.Details["verificationData"],
	}
	if question, asked := p.Details["question"]; asked {
		view.Questions = &consentQuestionView{Question: question}
	}
	if view.PaymentType == "" {
		view.PaymentType = string(p.Operation)
	}
	if view.Message == "" {
		view.Message = success
	}
	return view
}

func viewPaymentConsentLimits(d accounts.PaymentConsentDetail) paymentConsentLimitsView {
	l, currency := d.Consent.Limits, d.Consent.Currency
	daily, monthly := viewRemaining(d)
	return paymentConsentLimitsView{
		MaxAmountPerTransaction: optionalMajor(l.PerTransaction, currency),
		MaxAmountPerDay:         optionalMajor(l.PerDay, currency),
		MaxAmountPerMonth:       optionalMajor(l.PerMonth, currency),
		MaxTransactionsPerDay:   l.CountPerDay,
		MaxTransactionsPerWeek:  l.CountPerWeek,
		MaxTransactionsPerMonth: l.CountPerMonth,
		RemainingDailyLimit:     daily,
		RemainingMonthlyLimit:   monthly,
	}
}

// viewRemaining gives what the windows leave of the limits that there are.
func viewRemaining(d accounts.PaymentConsentDetail) (daily, monthly *majorView) {
	l, currency := d.Consent.Limits, d.Consent.Currency
	return optionalMajor(payments.Remaining(l.PerDay, d.Windows.Day.Minor), currency),
		optionalMajor(payments.Remaining(l.PerMonth, d.Windows.Month.Minor), currency)
}

func optionalMajor(minor *int64, currency string) *majorView {
	if minor == nil {
		return nil
	}
	view := viewMajor(money.Amount{Minor: *minor, Currency: currency})
	return &view
}

type verdictView struct {
	Valid                 bool               `json:"valid"`
	ConsentID             string             `json:"consentId"`
	OperationType         payments.Operation `json:"operationType"`
	Status                machine.State      `json:"status"`
	Violations            []objectionView    `json:"violations"`
	RemainingUsageCount   *int64             `json:"remainingUsageCount,omitzero"`
	RemainingDailyLimit   *majorView         `json:"remainingDailyLimit,omitzero"`
	RemainingMonthlyLimit *majorView         `json:"remainingMonthlyLimit,omitzero"`
}

type objectionView struct {
	Code      refusal.Code `json:"code"`
	Message   string       `json:"message"`
	Details   string       `json:"details,omitzero"`
	Window    string       `json:"window,omitzero"`
	Requested any          `json:"requested,omitzero"`
	Limit     any          `json:"limit,omitzero"`
	Available any          `json:"available,omitzero"`
}

func viewVerdict(v accounts.Verdict) verdictView {
	p := v.Consent
	view := verdictView{
		Valid: len(v.Objections) == 0, ConsentID: p.ID, OperationType: p.Operation, Status: p.State, Violations: []objectionView{},
	}
	view.RemainingDailyLimit, view.RemainingMonthlyLimit = viewRemaining(v.PaymentConsentDetail)
	if p.MaxUses > 0 {
		left := max(0, p.MaxUses-p.Used)
		view.RemainingUsageCount = &left
	}
	for _, e := range v.Objections {
		window, _ := e.Data["window"].(string)
		view.Violations = append(view.Violations, objectionView{
			Code: e.Code, Message: e.Text(), Details: e.Details, Window: window,
			Requested: inMajor(e.Data["requested"]), Limit: inMajor(e.Data["limit"]), Available: inMajor(e.Data["available"]),
		})
	}
	return view
}

// inMajor words an amount of a refusal as payment consents word theirs; numbers
// of payments stay what they are.
func inMajor(value any) any {
	scaled, ok := value.(money.Scaled)
	if !ok {
		return value
	}
	amount, err := scaled.Amount()
	if err != nil {
		return value
	}
	return viewMajor(amount)
}
