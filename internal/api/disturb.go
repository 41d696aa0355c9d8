package api

import (
	"cmp"
	"net/http"
	"strings"

	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/headers"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox"
)

// serve lets the governing scenario have its say before the handler.
func serve(handler Handler) rest.Handler {
	return func(c *rest.Call) (rest.Reply, error) {
		act := c.Work.(work).Act
		act.Caller = c.Caller
		d, err := sandbox.Disturb(act, asked(c))
		if err != nil {
			return rest.Reply{}, err
		}
		c.Scenario, c.Notice = d.Scenario, d.Notice
		reply, err := sandbox.Under(act, d, func() (rest.Reply, error) { return handler(c, act) })
		reply.Fault = faultOf(d)
		return reply, err
	}
}

func faultOf(d sandbox.Disturbance) *rest.Fault {
	if d.Fault == nil {
		return nil
	}
	return &rest.Fault{
		Kind: rest.FaultKind(d.Fault.Kind), Delay: d.Delay, Status: d.Fault.Status, Body: d.Fault.Body,
		Header: d.Fault.Headers, RetryAfter: d.Fault.RetryAfter,
	}
}

// asked says what a call says about itself.
func asked(c *rest.Call) sandbox.Asked {
	asked := sandbox.Asked{
		Operation:      c.Operation.ID,
		CustomerID:     cmp.Or(c.Path("customerId"), c.Path("organizationId")),
		VerificationID: c.Path("verificationId"), WalletID: cmp.Or(c.Path("accountId"), c.Path("walletId")),
		OrderID:   cmp.Or(c.Path("orderId"), c.Body.Str("preparedOrderId", "orderId")),
		ConsentID: c.Path("consentId"), PayeeID: c.Path("beneficiaryId"), MemberID: c.Path("shareholderId"), Link: c.Path("token"),
		Scenario: c.Header.Get(headers.Scenario), Details: func() sandbox.Details { return detailsOf(c) },
	}
	switch {
	case c.Operation.ID == "registerIndividual":
		p := personalOf(c.Body)
		asked.Registers, asked.Email, asked.Misnamed = true, p.email(), misnamed(c.Header)
	case c.Operation.ID == "registerOrganization":
		asked.Registers, asked.Email, asked.Misnamed = true, organizationEmail(c.Body), misnamed(c.Header)
	case adds(c.Operation.ID):
		for _, b := range c.Bodies() {
			asked.People = append(asked.People, b.Str("person.email", "email"))
		}
	case !strings.Contains(c.Operation.Path, "{"):
		// What a body names may be somebody else, such as the payee's customer, but
		// without a path that says more it is whom the call is about.
		asked.CustomerID, asked.ConsentID = c.Body.Str("customerId", "organizationId"), c.Body.Str("consentId")
		asked.WalletID = c.Body.Str("walletId", "accountId")
	}
	return asked
}

// adds tells whether an operation adds people to an organization.
func adds(operation string) bool {
	switch operation {
	case "addDirector", "addDirectors", "addEmployee", "addEmployees", "addShareholders":
		return true
	}
	return false
}

// misnamed finds a header that is nearly called as the one that chooses a scenario.
func misnamed(header http.Header) string {
	for name := range header {
		if name != headers.Scenario && (strings.Contains(name, "Scen") || strings.HasPrefix(name, "X-Sandbox")) {
			return name
		}
	}
	return ""
}

// detailsOf reads what a call says about the thing that it would make.
func detailsOf(c *rest.Call) sandbox.Details {
	d := sandbox.Details{Method: c.Operation.Method, Path: c.URL()}
	switch c.Operation.ID {
	case "registerIndividual":
		in := readRegistration(c)
		d.Registration = &in
	case "registerOrganization":
		in := readOrganization(c)
		d.Registration = &in
	case "acceptIndividualConsent", "acceptOrganizationConsent":
		d.ConsentType, _ = onboarding.ParseConsentType(c.Path("consentType"))
		d.ConsentVersion = readAcceptance(c).Version
	case "createVerification":
		d.Verification.Type = c.Body.Str("type")
	case "uploadVerificationDocument":
		d.Document = readUpload(c.Body)
	case "uploadOrganizationDocument":
		d.Document, _ = readOrganizationUpload(c)
	case "submitIndividualVerification":
		data := c.Body.Object("verificationData")
		d.Document = sandbox.Upload{
			Type: documentType(data, "documentType"), FileName: strings.ToLower(documentType(data, "documentType")), Base64: data.Str("documentFrontImage"),
			Expiry: dateOnly(data.Str("expiryDate")), Number: data.Str("documentNumber"), Country: data.Str("issuingCountry"),
		}
	case "createBeneficiary":
		d.Payee = readDescription(c.Body)
	case "createPaymentConsent":
		d.PaymentConsent, _ = payments.ParseConsentOperation(c.Path("operationType"))
	case "prepareOperation":
		if w, err := way(c); err == nil {
			in := readPreparation(c, w)
			d.Preparation = &in
		}
	}
	return d
}
