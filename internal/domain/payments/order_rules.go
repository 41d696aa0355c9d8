package payments

import (
	"time"

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
	// Currency is the account's; Asked are those that the request names, by
	// field.
	Currency string
	Asked    []AskedCurrency
	// Faults are what is wrong with the request's values.
	Faults []refusal.Fault
	// Beneficiary is the payee that was found, PayeeNamed what the request
	// calls the payee.
	Beneficiary *Beneficiary
	PayeeNamed  string
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

	// Business tells whether the customer is an organization. Documents are the
	// supporting documents that prepare and execute name, and UnknownDocuments
	// those of them that the customer has not uploaded.
	Business         bool
	Documents        []string
	UnknownDocuments []string

	// Execute.
	Confirmation Confirmation

	// Approve.
	Approver Approver
}

// AskedCurrency is a currency that a request names, and where.
type AskedCurrency struct{ Field, Code string }

// Confirmation is how a caller confirms the execution of an order.
type Confirmation struct {
	Code string
	// ConsentIDs are all ids of payment consents that the request names.
	ConsentIDs []string
	// Sent tells whether there is a confirmation, Confirmed what it says.
	Sent, Confirmed bool
}

// mayPrepare holds an order to everything that must be so before it is made:
// account, request, payee, consent, limits, and at last the money.
func mayPrepare(f OrderFacts) error {
	if err := f.Account.Usable(); err != nil {
		return err
	}
	for _, asked := range f.Asked {
		if asked.Code != "" && asked.Code != f.Currency {
			return WrongCurrency(asked.Field, f.Currency, asked.Code)
		}
	}
	if err := refusal.Invalid(f.Faults); err != nil {
		return err
	}
	if err := f.payeeKnown(); err != nil {
		return err
	}
	if err := f.consentAllows(); err != nil {
		return err
	}
	if err := f.documentsKnown(); err != nil {
		return err
	}
	if !f.Order.Operation.Outgoing() {
		return nil
	}
	if e := f.Limits.Allow(f.Order.Amount, f.Spending, f.Now); e != nil {
		return e.Try("getAllowedOperations", "shows the limits and what is left of them", "accountId", f.Account.WalletID)
	}
	return f.covered()
}

// payeeKnown demands that a transfer goes to a registered payee.
func (f OrderFacts) payeeKnown() error {
	if f.Order.Operation != Transfer {
		return nil
	}
	if f.Beneficiary == nil {
		return refusal.New(refusal.BeneficiaryNotFound, "the account has no beneficiary with this id, assetId or IBAN").
			Try("createBeneficiary", "registers the payee", "accountId", f.Account.WalletID).
			Try("listBeneficiaries", "shows the payees of the account", "accountId", f.Account.WalletID)
	}
	return f.Beneficiary.Payable(f.Account.Frozen)
}

// consentAllows holds the order to its payment consent. An operation that needs
// none is still held to one that the request names.
func (f OrderFacts) consentAllows() error {
	o, c := f.Order, f.Consent
	if c == nil && f.ConsentAsked != "" {
		return refusal.New(refusal.PaymentConsentNotFound, "the account has no payment consent %s", f.ConsentAsked).
			Try("listPaymentConsents", "shows the payment consents of the account", "accountId", f.Account.WalletID)
	}
	if c == nil {
		if o.Operation.NeedsConsent() {
			return f.consentRequired("the request names no payment consent, and the account has none that is ACTIVE for this operation")
		}
		return nil
	}
	if !c.Covers(o.Operation, o.Network) {
		return f.consentRequired(c.Misfit(o.Operation, o.Network))
	}
	if objections := c.Objections(o.Amount, o.Payee(f.Beneficiary, f.PayeeNamed), f.Windows, f.Now); len(objections) > 0 {
		return c.Explain(objections[0])
	}
	return nil
}

func (f OrderFacts) consentRequired(details string) error {
	e := refusal.New(refusal.PaymentConsentRequired, "%s", details)
	if f.ConsentWaiting != "" {
		e.Try("approvePaymentConsent", "approves the one that is PENDING", "consentId", f.ConsentWaiting)
	}
	return e.Try("createPaymentConsent", "creates one", "accountId", f.Account.WalletID, "operationType", f.Order.Operation.Segment())
}

func (f OrderFacts) covered() error {
	total := f.Order.Total()
	if f.Available >= total.Minor {
		return nil
	}
	available := money.Amount{Minor: f.Available, Currency: total.Currency}
	return refusal.New(refusal.InsufficientBalance, "amount and fees are %s, and %s is available", total, available).
		With("requested", total.Scaled()).With("available", available.Scaled()).With("currency", total.Currency).
		Try("prepareOperation", "tops the account up; in the sandbox, POST /_sandbox/wallets/"+f.Account.WalletID+"/fund is quicker",
			"accountId", f.Account.WalletID, "operationType", Topup.Segment()).
		Try("getAccountBalance", "shows what is there and what is held", "accountId", f.Account.WalletID)
}

// mayExecute holds the execution to the account, to the payment consent as it
// is now, to the confirmation, and to the documents that the order needs.
func mayExecute(f OrderFacts) error {
	if err := f.Account.Usable(); err != nil {
		return err
	}
	// The payee may have been removed since the order was prepared.
	if f.Beneficiary != nil {
		if err := f.Beneficiary.Payable(f.Account.Frozen); err != nil {
			return err
		}
	}
	if err := f.confirmed(); err != nil {
		return err
	}
	return f.proven()
}

func (f OrderFacts) confirmed() error {
	if f.Consent == nil {
		if f.Confirmation.Sent && !f.Confirmation.Confirmed {
			return unconfirmed()
		}
		return nil
	}
	if e := f.Consent.usable(f.Now); e != nil {
		return f.Consent.Explain(e)
	}
	return f.Confirmation.answers(f.Consent)
}

func (c Confirmation) answers(consent *PaymentConsent) error {
	if c.Code != consent.Answer {
		details := "the code does not belong to the payment consent of this order"
		if c.Code == "" {
			details = "the order needs the code of its payment consent, and the request has none"
		}
		e := refusal.New(refusal.AuthenticationCodeInvalid, "%s", details)
		e.Field = "authenticationCode"
		return e
	}
	if c.Sent && !c.Confirmed {
		return unconfirmed()
	}
	for _, id := range c.ConsentIDs {
		if id != consent.ID {
			return confirmsAnother("the order was prepared under payment consent "+consent.ID, consent.ID)
		}
	}
	if len(c.ConsentIDs) == 0 {
		return confirmsAnother("the request does not name the payment consent that it confirms", consent.ID)
	}
	return nil
}

func unconfirmed() error {
	e := refusal.New(refusal.ConsentConfirmationWrong, "the request does not say that it confirms the order")
	e.Field = "consentConfirmation.confirmed"
	return e
}

func confirmsAnother(details, consent string) error {
	e := refusal.New(refusal.ConsentConfirmationWrong, "%s", details).With("consentId", consent)
	e.Field = "consentConfirmation.consentId"
	return e
}
