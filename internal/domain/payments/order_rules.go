package payments

import (
	"slices"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/refusal"
)

// OrderFacts are what the order's table needs to know. The request's own values
// and what the sandbox found for them are told apart, so that every check has
// its place in the order of checks.
type OrderFacts struct {
	Account Account
	// Target is the account of the tenant that is paid; nil for any other payee. It
	// is asked when the order settles: before that it is none of the payer's
	// business.
	Target     *Account
	ValidUntil time.Time
	Now        time.Time

	// Prepare.
	Order *Order
	// Request refuses values of the request that cannot be right by themselves.
	Request error
	// Beneficiary is the payee that was found, PayeeRefused why it cannot be paid,
	// and PayeeNamed what the request calls the payee.
	Beneficiary  *Beneficiary
	PayeeRefused error
	PayeeNamed   string
	// Consent is the payment consent that applies, or nil. ConsentAsked is the
	// one that the request names, and ConsentWaiting one that would apply if it
	// were approved.
	Consent        *PaymentConsent
	ConsentAsked   string
	ConsentWaiting string
	Windows        Windows
	Limits         Limits
	Spending       *Spending
	Available      int64

	// Business reports whether the customer is an organization. Documents are the
	// supporting documents that prepare and execute name, and UnknownDocuments
	// those of them that the customer has not uploaded.
	Business         bool
	Documents        []string
	UnknownDocuments []string

	// Execute.
	Confirmation Confirmation
	// Details are members of the request that travel with the order.
	Details map[string]any

	// Approve.
	Approver Approver
}

// Confirmation is how a caller confirms the execution of an order.
type Confirmation struct {
	// Codes are all authentication codes that the request has, and ConsentIDs all
	// ids of payment consents.
	Codes, ConsentIDs []string
	// Sent reports whether there is a confirmation, Confirmed what it says.
	Sent, Confirmed bool
}

// PrepareNeeds names everything that must be so before an order is made, in the order in
// which it is asked.
func PrepareNeeds() []string {
	var names []string
	for _, n := range prepareNeeds() {
		names = append(names, n.Name)
	}
	return names
}

// Confirmed is the confirmation of whoever confirms the payment consent rightly.
func (c *PaymentConsent) Confirmed() Confirmation {
	return Confirmation{Codes: []string{c.Answer}, ConsentIDs: []string{c.ID}, Sent: true, Confirmed: true}
}

// prepareNeeds are everything that must be so before an order is made: account,
// request, payee, consent, limits, and at last the money.
func prepareNeeds() []machine.Need[OrderFacts] {
	type need = machine.Need[OrderFacts]
	return slices.Concat(
		machine.Of(OrderFacts.account, usableNeeds()),
		requestNeeds(func(f OrderFacts) error { return f.Request }),
		[]need{
			{Name: "payee.named", Code: refusal.RequestInvalid, Unmet: payeeRefused(refusal.RequestInvalid), Helpless: sentOtherwise},
			{Name: "payee.registered", Code: refusal.BeneficiaryNotFound, Unmet: payeeRefused(refusal.BeneficiaryNotFound)},
			{Name: "payee.active", Code: refusal.BeneficiaryNotActive, Unmet: payeeRefused(refusal.BeneficiaryNotActive)},
			{Name: "consent.known", Code: refusal.PaymentConsentNotFound, Unmet: OrderFacts.consentUnknown},
			{Name: "consent.given", Code: refusal.PaymentConsentRequired, Unmet: OrderFacts.consentLacking},
			{Name: "consent.fitting", Code: refusal.PaymentConsentRequired, Unmet: OrderFacts.consentMisfit},
		},
		machine.Of(OrderFacts.consentNow, consentNeeds()),
		[]need{
			{Name: "payee.allowed", Code: refusal.PayeeNotAllowed, Unmet: OrderFacts.payeeForbidden},
			{Name: "consent_limits.kept", Code: refusal.ConsentLimitExceeded, Unmet: OrderFacts.overConsentLimit},
			{Name: "documents.known", Code: refusal.DocumentNotFound, Unmet: OrderFacts.documentsUnknown},
			{Name: "amount.sufficient", Code: refusal.RequestInvalid, Unmet: OrderFacts.tooSmall, Helpless: sentOtherwise},
			{Name: "category_limits.kept", Code: refusal.CategoryLimitExceeded, Unmet: OrderFacts.overCategoryLimit},
			{Name: "funds.available", Code: refusal.InsufficientBalance, Unmet: OrderFacts.uncovered},
		},
	)
}

// requestNeeds are that nothing is wrong with the request itself; fault is what is.
func requestNeeds[F any](fault func(F) error) []machine.Need[F] {
	return []machine.Need[F]{{
		Name: "currency.matching", Code: refusal.CurrencyMismatch, Helpless: sentOtherwise,
		Unmet: func(f F) *refusal.Error { return ofCode(fault(f), refusal.CurrencyMismatch) },
	}, {
		Name: "request.valid", Code: refusal.RequestInvalid, Helpless: sentOtherwise,
		Unmet: func(f F) *refusal.Error { return exceptOfCode(fault(f), refusal.CurrencyMismatch) },
	}}
}

func (f OrderFacts) account() Account { return f.Account }

func (f OrderFacts) consentNow() consentNow { return consentNow{f.Consent, f.Now} }

func payeeRefused(code refusal.Code) func(OrderFacts) *refusal.Error {
	return func(f OrderFacts) *refusal.Error { return ofCode(f.PayeeRefused, code) }
}

func (f OrderFacts) consentUnknown() *refusal.Error {
	if f.Consent != nil || f.ConsentAsked == "" {
		return nil
	}
	return refusal.New(refusal.PaymentConsentNotFound, "the account has no payment consent %s", f.ConsentAsked).At("consent.consentReference").
		Suggest("listPaymentConsents", "shows the payment consents of the account", "accountId", f.Account.WalletID)
}

func (f OrderFacts) consentLacking() *refusal.Error {
	if f.Consent != nil || f.ConsentAsked != "" || !f.Order.Operation.NeedsPaymentConsent() {
		return nil
	}
	return f.consentRequired("the request names no payment consent, and the account has none that is ACTIVE for this operation")
}

// consentMisfit holds an operation that needs no payment consent to one that the
// request names all the same.
func (f OrderFacts) consentMisfit() *refusal.Error {
	o, c := f.Order, f.Consent
	if c == nil || c.Covers(o.Operation, o.Network) {
		return nil
	}
	return f.consentRequired(c.Misfit(o.Operation, o.Network))
}

func (f OrderFacts) consentRequired(details string) *refusal.Error {
	e := refusal.New(refusal.PaymentConsentRequired, "%s", details).At("consent.consentReference")
	if f.ConsentWaiting != "" {
		e.Suggest("approvePaymentConsent", "approves the one that is PENDING", "consentId", f.ConsentWaiting)
	}
	return e.Suggest("createPaymentConsent", "creates one", "accountId", f.Account.WalletID, "operationType", f.Order.Operation.Segment())
}

func (f OrderFacts) payeeForbidden() *refusal.Error {
	if f.Consent == nil {
		return nil
	}
	return f.Consent.explained(f.Consent.Payees.allow(*f.Order.Payee(f.Beneficiary, f.PayeeNamed), f.Consent.Created))
}

func (f OrderFacts) overConsentLimit() *refusal.Error {
	if f.Consent == nil {
		return nil
	}
	for _, e := range f.Consent.Limits.allow(f.Order.Amount, f.Windows) {
		return f.Consent.explained(e)
	}
	return nil
}

func (f OrderFacts) tooSmall() *refusal.Error {
	return ofCode(f.Limits.Allow(f.Order.Amount, f.spent(), f.Now), refusal.RequestInvalid)
}

func (f OrderFacts) overCategoryLimit() *refusal.Error {
	e := ofCode(f.Limits.Allow(f.Order.Amount, f.spent(), f.Now), refusal.CategoryLimitExceeded)
	if e == nil {
		return nil
	}
	return e.Suggest("getAllowedOperations", "shows the limits and what is left of them", "accountId", f.Account.WalletID)
}

func (f OrderFacts) spent() *Flow { return f.Spending.By(f.Order.Operation) }

func (f OrderFacts) uncovered() *refusal.Error {
	total := f.Order.Total()
	if !f.Order.Operation.Outgoing() || f.Available >= total.Minor {
		return nil
	}
	available := money.Amount{Minor: f.Available, Currency: total.Currency}
	return refusal.New(refusal.InsufficientBalance, "amount and fees are %s, and %s is available", total, available).
		At(amountField).
		WithData("requested", total.Scaled()).WithData("available", available.Scaled()).WithData("currency", total.Currency).
		Suggest("prepareOperation", "tops the account up; in the sandbox, POST /_sandbox/wallets/"+f.Account.WalletID+"/fund is quicker",
			"accountId", f.Account.WalletID, "operationType", Topup.Segment()).
		Suggest("getAccountBalance", "shows what is there and what is held", "accountId", f.Account.WalletID)
}
