package api

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/world"
)

// createPaymentConsent records a payment consent from any of the four families
// of bodies, and gives its magic link token
// (financial-operations/create-payment-consent).
func createPaymentConsent(c *rest.Call, act *world.Act) (rest.Reply, error) {
	o, known := payments.ParsePaymentConsentOperation(c.Path("operationType"))
	if !known {
		return rest.Reply{}, refusal.Invalid([]refusal.Fault{{Field: "path.operationType", Message: "must be one of " + consentWords()}})
	}
	return recordPaymentConsent(c, act, c.Path("accountId"), o, "the path")
}

// createPaymentConsentEarlier records one whose account and operation the body names
// (financial-operations/payment-consents).
func createPaymentConsentEarlier(c *rest.Call, act *world.Act) (rest.Reply, error) {
	account, err := accounts.PayingAccount(act, "walletId", c.Body.Str("walletId", "accountId"))
	if err != nil {
		return rest.Reply{}, err
	}
	return recordPaymentConsent(c, act, account, namedOperation(c.Body), "paymentType")
}

// namedOperation is the operation that a body names as its paymentType, where a kind of
// payment consent is one for transfers.
func namedOperation(b rest.Body) payments.Operation {
	if o, known := payments.ParsePaymentConsentOperation(b.Str("paymentType")); known {
		return o
	}
	return payments.Transfer
}

// recordPaymentConsent records a payment consent for the operation that said says.
func recordPaymentConsent(c *rest.Call, act *world.Act, account string, o payments.Operation, said string) (rest.Reply, error) {
	in, err := readPaymentConsent(c.Body, o, said)
	if err != nil {
		return rest.Reply{}, err
	}
	d, err := accounts.CreatePaymentConsent(act, account, in)
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{
		Status: http.StatusCreated,
		// An older page has the id beside data too.
		Extra: &extra{ConsentID: d.Consent.ID},
		Data:  &createdConsentView{viewPaymentConsent(d, "Payment consent created successfully"), d.Token},
	}, nil
}

// listPaymentConsents lists the payment consents of an account
// (flows/organization-customer/payment-consent-setup).
func listPaymentConsents(c *rest.Call, act *world.Act) (rest.Reply, error) {
	list, err := accounts.ListPaymentConsents(act, c.Path("accountId"))
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
func getPaymentConsent(c *rest.Call, act *world.Act) (rest.Reply, error) {
	d, err := accounts.GetPaymentConsent(act, c.Path("accountId"), c.Path("consentId"))
	return paymentConsentReply(d, err, "")
}

// revokePaymentConsent ends a payment consent (financial-operations/approvals).
func revokePaymentConsent(c *rest.Call, act *world.Act) (rest.Reply, error) {
	d, err := accounts.RevokePaymentConsent(act, c.Path("accountId"), c.Path("consentId"))
	return paymentConsentReply(d, err, "Payment consent revoked")
}

func paymentConsentReply(d accounts.PaymentConsentDetail, err error, message string) (rest.Reply, error) {
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: new(viewPaymentConsent(d, message))}, nil
}

// approvePaymentConsent approves a payment consent that waits for it, or the
// order under it that the body names
// (api-reference/consent/approve-payment-consent).
func approvePaymentConsent(c *rest.Call, act *world.Act) (rest.Reply, error) {
	if c.Body.Has("orderId") {
		return approveOrder(c, act)
	}
	d, err := accounts.ApprovePaymentConsent(act, c.Path("consentId"))
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: new(viewApprovedConsent(d.Consent))}, nil
}

// validatePaymentConsent says whether a payment consent would allow a payment,
// with 200 in either case (financial-operations/payment-consents).
func validatePaymentConsent(c *rest.Call, act *world.Act) (rest.Reply, error) {
	b := c.Body
	in := accounts.PaymentConsentCheck{
		ConsentID: b.Str("consentId"), PayeeName: b.Str("beneficiaryName"), Reference: b.Str("reference"),
		Payees: slices.Concat(named(b, accounts.ByID, "beneficiaryId"), named(b, accounts.ByIBAN, "iban")),
		Amount: payments.AskedAmount{Field: "amount", Value: b.Get("amount"), Major: true, Currency: b.Str("currency")},
	}
	if b.Has("amount.value") {
		in.Amount = askedAmount(b, "amount")
		in.Amount.Currency = cmp.Or(in.Amount.Currency, b.Str("currency"))
	}
	v, err := accounts.CheckPayment(act, in)
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: new(viewVerdict(v))}, nil
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
