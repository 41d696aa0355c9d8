package api

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox"
)

// createPaymentConsent records a payment consent from any of the four families
// of bodies, and gives its magic link token
// (financial-operations/create-payment-consent).
func (a *API) createPaymentConsent(c *rest.Call) (rest.Reply, error) {
	o, known := payments.ParseConsentOperation(c.Path("operationType"))
	if !known {
		return rest.Reply{}, refusal.Invalid([]refusal.Fault{{Field: "path.operationType", Message: "must be one of " + consentWords()}})
	}
	in, err := readConsent(c.Body, o)
	if err != nil {
		return rest.Reply{}, err
	}
	d, err := a.sandbox.CreatePaymentConsent(c.Caller, c.Path("accountId"), in)
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{
		Status: http.StatusCreated,
		// An older page has the id beside data too.
		Extra: map[string]any{"consentId": d.Consent.ID},
		Data:  createdConsentView{viewPaymentConsent(d, "Payment consent created successfully"), d.Token},
	}, nil
}

// listPaymentConsents lists the payment consents of an account
// (flows/organization-customer/payment-consent-setup).
func (a *API) listPaymentConsents(c *rest.Call) (rest.Reply, error) {
	list, err := a.sandbox.PaymentConsents(c.Caller, c.Path("accountId"))
	if err != nil {
		return rest.Reply{}, err
	}
	views := []paymentConsentView{}
	for _, d := range list {
		views = append(views, viewPaymentConsent(d, ""))
	}
	return rest.Reply{Data: views}, nil
}

// getPaymentConsent shows one payment consent (financial-operations/approvals).
func (a *API) getPaymentConsent(c *rest.Call) (rest.Reply, error) {
	d, err := a.sandbox.PaymentConsent(c.Caller, c.Path("accountId"), c.Path("consentId"))
	return paymentConsentReply(d, err, "")
}

// revokePaymentConsent ends a payment consent (financial-operations/approvals).
func (a *API) revokePaymentConsent(c *rest.Call) (rest.Reply, error) {
	d, err := a.sandbox.RevokePaymentConsent(c.Caller, c.Path("accountId"), c.Path("consentId"))
	return paymentConsentReply(d, err, "Payment consent revoked")
}

func paymentConsentReply(d sandbox.ConsentDetail, err error, message string) (rest.Reply, error) {
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: viewPaymentConsent(d, message)}, nil
}

// approvePaymentConsent approves a payment consent that waits for it, or the
// order under it that the body names
// (api-reference/consent/approve-payment-consent).
func (a *API) approvePaymentConsent(c *rest.Call) (rest.Reply, error) {
	if c.Body.Has("orderId") {
		return a.approveOrder(c)
	}
	d, err := a.sandbox.ApprovePaymentConsent(c.Caller, c.Path("consentId"))
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: viewApprovedConsent(d.Consent)}, nil
}

// validatePaymentConsent says whether a payment consent would allow a payment,
// with 200 in either case (financial-operations/payment-consents).
func (a *API) validatePaymentConsent(c *rest.Call) (rest.Reply, error) {
	b := c.Body
	in := sandbox.ConsentCheck{
		ConsentID: b.Str("consentId"), PayeeName: b.Str("beneficiaryName"), Reference: b.Str("reference"),
		Payees: slices.Concat(named(b, sandbox.ByID, "beneficiaryId"), named(b, sandbox.ByIBAN, "iban")),
		Amount: payments.AskedAmount{Field: "amount", Value: b.Get("amount"), Major: true, Currency: b.Str("currency")},
	}
	if b.Has("amount.value") {
		in.Amount = askedAmount(b, "amount")
		in.Amount.Currency = cmp.Or(in.Amount.Currency, b.Str("currency"))
	}
	v, err := a.sandbox.CheckPayment(c.Caller, in)
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: viewVerdict(v)}, nil
}

// readScale reads a scale that may be left out.
func readScale(b rest.Body, name string) *int {
	if !b.Has(name) {
		return nil
	}
	scale := int(b.Int(name))
	return &scale
}

// day words the day of a time in UTC.
func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
