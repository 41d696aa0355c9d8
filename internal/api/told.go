package api

import (
	"strings"

	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/government"
)

// What requests name besides their parameters.

func namesIndividual(c *rest.Call, asked government.Asked) government.Asked {
	p := personalOf(c.Body)
	asked.Registers, asked.Email, asked.Misnamed = true, p.email(), misnamed(c.Header)
	return asked
}

func namesOrganization(c *rest.Call, asked government.Asked) government.Asked {
	asked.Registers, asked.Email, asked.Misnamed = true, organizationEmail(c.Body), misnamed(c.Header)
	return asked
}

func namesPeople(c *rest.Call, asked government.Asked) government.Asked {
	for _, b := range c.Bodies() {
		asked.People = append(asked.People, b.Str("person.email", "email"))
	}
	return asked
}

func namesOrder(c *rest.Call, asked government.Asked) government.Asked {
	asked.Names = append(asked.Names, government.Named{Parameter: "preparedOrderId", Value: c.Body.Str("preparedOrderId", "orderId")})
	return asked
}

// What requests would make.

func tellsIndividual(c *rest.Call, d *government.Details) {
	in := readRegistration(c)
	d.Registration = &in
}

func tellsOrganization(c *rest.Call, d *government.Details) {
	in := readOrganization(c)
	d.Registration = &in
}

func tellsConsent(c *rest.Call, d *government.Details) {
	d.ConsentType, _ = onboarding.ParseConsentType(c.Path("consentType"))
	d.ConsentVersion = readAcceptance(c).Version
}

func tellsVerification(c *rest.Call, d *government.Details) { d.Verification.Type = c.Body.Str("type") }

func tellsUpload(c *rest.Call, d *government.Details) { d.Document = readUpload(c.Body) }

func tellsOrganizationUpload(c *rest.Call, d *government.Details) {
	d.Document, _ = readOrganizationUpload(c)
}

func tellsSubmission(c *rest.Call, d *government.Details) {
	data := c.Body.Object("verificationData")
	d.Document = customers.Upload{
		Type: documentType(data, "documentType"), FileName: strings.ToLower(documentType(data, "documentType")), Base64: data.Str("documentFrontImage"),
		Expiry: dateOnly(data.Str("expiryDate")), Number: data.Str("documentNumber"), Country: data.Str("issuingCountry"),
	}
}

func tellsPayee(c *rest.Call, d *government.Details) { d.Payee = readDescription(c.Body) }

func tellsNetworkPayee(c *rest.Call, d *government.Details) { d.Payee, _ = readNetworkPayee(c.Body) }

func tellsPaymentConsent(c *rest.Call, d *government.Details) {
	d.PaymentConsent, _ = payments.ParsePaymentConsentOperation(c.Path("operationType"))
}

func tellsNamedPaymentConsent(c *rest.Call, d *government.Details) {
	d.PaymentConsent = namedOperation(c.Body)
}

func tellsPreparation(c *rest.Call, d *government.Details) {
	if w, err := way(c); err == nil {
		in := readPreparation(c, w)
		d.Preparation = &in
	}
}

func tellsTransfer(c *rest.Call, d *government.Details) {
	in := readPreparation(c, transferWay())
	d.Preparation = &in
}

func tellsEarlierTransfer(c *rest.Call, d *government.Details) {
	in := readEarlierTransfer(c)
	d.Preparation = &in
}
