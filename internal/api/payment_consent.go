package api

import (
	"errors"
	"net/http"
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
	o, err := pathOperation(c, payments.ParseConsentOperation)
	if err != nil {
		return rest.Reply{}, err
	}
	in, err := readConsent(c.Body, o)
	if err != nil {
		return rest.Reply{}, err
	}
	d, err := a.sandbox.CreatePaymentConsent(c.Caller, c.Path("accountId"), in)
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Status: http.StatusCreated, Data: createdConsentView{
		viewPaymentConsent(d, "Payment consent created successfully"), d.Token,
	}}, nil
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
	p := d.Consent
	return rest.Reply{Data: approvedConsentView{
		ConsentID: p.ID, ID: p.ID, OperationType: p.Operation, Status: p.State, WalletID: p.WalletID, AccountID: p.WalletID,
		ApprovedAt: instant(p.ApprovedAt), Message: "Payment consent approved",
	}}, nil
}

// validatePaymentConsent says whether a payment consent would allow a payment,
// with 200 in either case (financial-operations/payment-consents).
func (a *API) validatePaymentConsent(c *rest.Call) (rest.Reply, error) {
	b := c.Body
	in := sandbox.ConsentCheck{
		ConsentID: b.Str("consentId"), PayeeID: b.Str("beneficiaryId"), IBAN: b.Str("iban"), PayeeName: b.Str("beneficiaryName"),
		Amount: sandbox.ConsentAmount{Field: "amount", Value: b.Get("amount"), Major: true, Currency: b.Str("currency")},
	}
	if b.Has("amount.value") {
		in.Amount = scaledAmount(b, "amount")
	}
	v, err := a.sandbox.CheckPayment(c.Caller, in)
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: viewVerdict(v)}, nil
}

// scaledAmount reads an AmountDto.
func scaledAmount(b rest.Body, name string) sandbox.ConsentAmount {
	return sandbox.ConsentAmount{
		Field: name, Value: b.Get(name + ".value"), Scale: readScale(b, name+".scale"), Currency: b.Str(name + ".currency"),
	}
}

// readScale reads a scale that may be left out.
func readScale(b rest.Body, name string) *int {
	if !b.Has(name) {
		return nil
	}
	scale := int(b.Int(name))
	return &scale
}

// readConsent reads the four families. Two have their terms in one object, in
// major units; one has a single maximum; and one has limits at the top, in
// minor units.
func readConsent(b rest.Body, o payments.Operation) (sandbox.ConsentRequest, error) {
	in := sandbox.ConsentRequest{
		Operation: o, Kind: payments.ParseConsentKind(b.Str("consentType", "type")), PaymentType: b.Str("metadata.paymentType", "paymentType"),
		Title: b.Str("metadata.title", "title"), Description: b.Str("metadata.description", "description"),
		Details: map[string]any{},
	}
	keep(b, in.Details, "documentId", "entityId", "entityType", "documentType", "verificationType", "verificationStatus",
		"verificationData")
	readApproval(b, &in)
	var faults []refusal.Fault
	switch {
	case b.Has("metadata.parameters"):
		readTerms(b, "metadata.parameters", &in, &faults)
	case b.Has("parameters.validity"):
		readTerms(b, "parameters", &in, &faults)
	default:
		readFlat(b, &in, &faults)
	}
	if in.Until.IsZero() && len(faults) == 0 {
		return in, errors.New("api: a payment consent without an end has passed the document")
	}
	return in, refusal.Invalid(faults)
}

func readTerms(b rest.Body, at string, in *sandbox.ConsentRequest, faults *[]refusal.Fault) {
	limit := func(name string) *sandbox.ConsentAmount {
		return limitAmount(b, at+".limits."+name, true)
	}
	in.PerTransaction, in.PerDay, in.PerMonth = limit("maxAmountPerTransaction"), limit("maxAmountPerDay"), limit("maxAmountPerMonth")
	in.CountPerDay = b.Int(at + ".limits.maxTransactionsPerDay")
	in.CountPerWeek = b.Int(at + ".limits.maxTransactionsPerWeek")
	in.CountPerMonth = b.Int(at + ".limits.maxTransactionsPerMonth")
	in.MaxUses = b.Int(at + ".validity.maxUsageCount")
	in.From = readDay(b, faults, false, at+".validity.startDate")
	in.UntilField = at + ".validity.endDate"
	in.Until = readDay(b, faults, true, in.UntilField)
	in.Payees = readPayees(b.Object(at + ".beneficiaries"))
}

func readFlat(b rest.Body, in *sandbox.ConsentRequest, faults *[]refusal.Fault) {
	if b.Has("maxAmount") {
		most := scaledAmount(b, "maxAmount")
		in.PerTransaction = &most
		in.Payees = payments.ConsentPayees{Accounts: b.Strs("allowedBeneficiaries"), Types: b.Strs("parameters.allowedOperations")}
	} else {
		in.PerTransaction = limitAmount(b, "limits.perTransaction", false)
		in.PerDay = limitAmount(b, "limits.perDay", false)
		in.PerMonth = limitAmount(b, "limits.perMonth", false)
		in.Payees = readPayees(b.Object("beneficiaryRestrictions"))
	}
	in.CountPerDay = b.Int("maxTransactionsPerDay")
	in.CountPerWeek = b.Int("maxTransactionsPerWeek")
	in.CountPerMonth = b.Int("maxTransactionsPerMonth")
	in.MaxUses = b.Int("maxUsageCount")
	in.From = readDay(b, faults, false, "validFrom")
	in.UntilField = "validUntil"
	if !b.Has(in.UntilField) {
		in.UntilField = "validTo"
	}
	in.Until = readDay(b, faults, true, in.UntilField)
}

// limitAmount reads a limit that may be absent.
func limitAmount(b rest.Body, name string, major bool) *sandbox.ConsentAmount {
	if !b.Has(name) {
		return nil
	}
	return &sandbox.ConsentAmount{Field: name, Value: b.Get(name + ".amount"), Major: major, Currency: b.Str(name + ".currency")}
}

func readPayees(b rest.Body) payments.ConsentPayees {
	payees := payments.ConsentPayees{
		Accounts: b.Strs("allowedAccounts"), Types: b.Strs("allowedTypes"), RequireName: b.Bool("requireBeneficiaryName"),
	}
	if b.Has("allowNewBeneficiaries") {
		allow := b.Bool("allowNewBeneficiaries")
		payees.AllowNew = &allow
	}
	return payees
}

// day words the day of a time in UTC.
func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
