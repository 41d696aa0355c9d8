package payments

import (
	"slices"
	"strings"
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

	// Business tells whether the customer is an organization. Documents are the
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
	// Sent tells whether there is a confirmation, Confirmed what it says.
	Sent, Confirmed bool
}

// mayPrepare holds an order to everything that must be so before it is made:
// account, request, payee, consent, limits, and at last the money.
func mayPrepare(f OrderFacts) error {
	if err := f.Account.Usable(); err != nil {
		return err
	}
	if f.Request != nil {
		return f.Request
	}
	if f.PayeeRefused != nil {
		return f.PayeeRefused
	}
	if err := f.consentAllows(); err != nil {
		return err
	}
	if err := f.documentsKnown(); err != nil {
		return err
	}
	if err := f.Limits.Allow(f.Order.Amount, f.Spending.By(f.Order.Operation), f.Now); err != nil {
		return explain(err, func(e *refusal.Error) {
			e.Try("getAllowedOperations", "shows the limits and what is left of them", "accountId", f.Account.WalletID)
		})
	}
	if !f.Order.Operation.Outgoing() {
		return nil
	}
	return f.covered()
}

// consentAllows holds the order to its payment consent. An operation that needs
// none is still held to one that the request names.
func (f OrderFacts) consentAllows() error {
	o, c := f.Order, f.Consent
	if c == nil && f.ConsentAsked != "" {
		return refusal.New(refusal.PaymentConsentNotFound, "the account has no payment consent %s", f.ConsentAsked).At("consent.consentReference").
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
	e := refusal.New(refusal.PaymentConsentRequired, "%s", details).At("consent.consentReference")
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
		At(amountField).
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
		return f.Confirmation.plain()
	}
	if e := f.Consent.usable(f.Now); e != nil {
		return f.Consent.Explain(e)
	}
	return f.Confirmation.answers(f.Consent)
}

// plain confirms an order without a payment consent.
func (c Confirmation) plain() error {
	if c.Sent && !c.Confirmed {
		return unconfirmed()
	}
	if len(c.ConsentIDs) > 0 {
		return confirmsAnother("the order was prepared without a payment consent, and the request confirms "+c.ConsentIDs[0], "")
	}
	return nil
}

func (c Confirmation) answers(consent *PaymentConsent) error {
	if len(c.Codes) == 0 {
		return wrongCode("the order needs the code of its payment consent, and the request has none")
	}
	if slices.ContainsFunc(c.Codes, func(code string) bool { return code != consent.Answer }) {
		return wrongCode("the code does not belong to the payment consent of this order")
	}
	if c.Sent && !c.Confirmed {
		return unconfirmed()
	}
	for _, id := range c.ConsentIDs {
		if !strings.EqualFold(id, consent.ID) {
			return confirmsAnother("the order was prepared under payment consent "+consent.ID, consent.ID)
		}
	}
	if len(c.ConsentIDs) == 0 {
		return confirmsAnother("the request does not name the payment consent that it confirms", consent.ID)
	}
	return nil
}

func wrongCode(details string) error {
	e := refusal.New(refusal.AuthenticationCodeInvalid, "%s", details)
	e.Field = "authenticationCode"
	return e
}

func unconfirmed() error {
	e := refusal.New(refusal.ConsentConfirmationWrong, "the request does not say that it confirms the order")
	e.Field = "consentConfirmation.confirmed"
	return e
}

func confirmsAnother(details, consent string) error {
	e := refusal.New(refusal.ConsentConfirmationWrong, "%s", details)
	if consent != "" {
		e.With("consentId", consent)
	}
	e.Field = "consentConfirmation.consentId"
	return e
}
