package app_test

import (
	"cmp"
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

// life is an individual customer who has gone through all seven phases, with
// everything that was made on the way.
type life struct {
	tenant, email, password      string
	customer, user               string
	session, token, refreshToken string
	verification, consent        string
	wallet, iban                 string
	payeeIBAN, beneficiary       string
	paymentConsent, code, order  string
}

const (
	adminToken = "sandbox-admin"
	powerToken = "sandbox-power-tenant"
	password   = "SecurePass123!"
	// somePDF is the shortest file that passes for a document.
	somePDF = "JVBERi0xLjQKJSVFT0YK"
)

// payeeIBANs are account numbers with the right checksum, elsewhere.
func payeeIBANs() []string {
	return []string{"LT263500098765432109", "DE89370400440532013000", "GB82WEST12345698765432", "FR1420041010050500013M02606", "NL91ABNA0417164300"}
}

// register makes a customer by the shortest family of bodies.
func (c *client) register(t testing.TB, tenant, email string) life {
	t.Helper()
	reply := c.must(t, httpCall{operation: c.operation("registerIndividual"), tenant: tenant, token: adminToken, body: map[string]any{
		"firstName": "Anna", "lastName": "Petrauskaite", "email": email, "phone": "+37062767557",
		"password": password, "matchingPassword": password,
	}})
	return life{
		tenant: tenant, email: email, password: password, customer: textAt(reply.value, "data.id"),
		user: textAt(reply.value, "data.user.id"), wallet: textAt(reply.value, "data.wallet.walletId"),
	}
}

// on calls an operation about the customer as the tenant's administrator; the
// customer's own ids stand in the path unless others are given.
func (c *client) on(t testing.TB, l life, operation string, body any, path ...string) httpReply {
	t.Helper()
	params := l.params()
	for i := 0; i+1 < len(path); i += 2 {
		params[path[i]] = path[i+1]
	}
	return c.must(t, httpCall{operation: c.operation(operation), tenant: l.tenant, token: adminToken, path: params, body: body})
}

// params are the path parameters that mean the customer's own things.
func (l life) params() map[string]string {
	return map[string]string{
		"tenantId": l.tenant, "ownerTenantId": l.tenant, "customerId": l.customer, "userId": l.user, "sessionId": l.session,
		"verificationId": l.verification, "consentType": "terms", "consentId": cmp.Or(l.paymentConsent, l.consent),
		"walletId": l.wallet, "accountId": l.wallet, "beneficiaryId": l.beneficiary, "operationType": "transfer",
		"orderId": l.order, "organizationId": "headquarters",
	}
}

// replacements are the members of bodies that mean the customer's own things.
func (l life) replacements() map[string]any {
	r := map[string]any{
		"email": l.email, "username": l.email, "password": l.password, "matchingPassword": l.password, "tenantId": l.tenant,
		"customerId": l.customer, "verificationId": l.verification, "walletId": l.wallet, "accountId": l.wallet,
		"beneficiaryId": l.beneficiary, "consentId": l.paymentConsent, "consentReference": l.paymentConsent,
		"preparedOrderId": l.order, "authenticationCode": l.code, "otp": l.code, "refreshToken": l.refreshToken,
	}
	for _, side := range []string{"target", "targetAccount", "destinationAccount"} {
		r[side+".iban"] = l.payeeIBAN
	}
	r["sourceAccount.iban"] = l.iban
	return r
}

// live takes a customer through all seven phases, up to a transfer that is
// prepared and not executed.
func (c *client) live(t testing.TB, tenant, email string) life {
	t.Helper()
	l := c.register(t, tenant, email)
	c.on(t, l, "getCategorizationHierarchy", nil)
	c.login(t, &l)
	c.verify(t, &l)
	for _, consent := range []string{"data-processing", "privacy", "terms"} {
		l.consent = textAt(c.on(t, l, "acceptIndividualConsent", map[string]any{"accepted": true, "version": "1.0"}, "consentType", consent).value, "data.id")
	}
	l.iban = textAt(c.on(t, l, "activateIndividual", map[string]any{"code": "123456", "userId": email}).value, "data.iban")
	c.on(t, l, "fundWallet", map[string]any{"amount": "5000.00"})
	c.allow(t, &l)
	c.prepare(t, &l)
	return l
}

func (c *client) login(t testing.TB, l *life) {
	t.Helper()
	reply := c.on(t, *l, "createIndividualSession", map[string]any{
		"username": l.email, "password": l.password, "tenantKey": "demo-tenant-key", "tenantSecret": "demo-tenant-secret",
	})
	l.session, l.token = textAt(reply.value, "data.sessionId"), textAt(reply.value, "data.token")
	l.refreshToken = textAt(reply.value, "data.refreshToken")
}

func (c *client) verify(t testing.TB, l *life) {
	t.Helper()
	l.verification = textAt(c.on(t, *l, "createVerification", map[string]any{
		"customerId": l.customer, "type": "IDENTITY_VERIFICATION", "requestedLevel": "TENANT_VERIFIED", "notes": "First verification",
	}).value, "data.verificationId")
	c.on(t, *l, "uploadVerificationDocument", map[string]any{
		"documentType": "PASSPORT", "fileContent": somePDF, "fileName": "passport.pdf", "mimeType": "application/pdf",
		"customerId": l.customer, "verificationId": l.verification,
	})
	c.on(t, *l, "approveVerification", map[string]any{"approvedBy": "test", "notes": "Passport and data agree"})
}

// allow registers a payee and lets it be paid.
func (c *client) allow(t testing.TB, l *life) {
	t.Helper()
	l.payeeIBAN = payeeIBANs()[0]
	l.beneficiary = textAt(c.on(t, *l, "createBeneficiary", map[string]any{
		"partyType": "INDIVIDUAL_CUSTOMER", "firstName": "Jonas", "lastName": "Petraitis", "iban": l.payeeIBAN,
		"currency": "EUR", "country": "LT", "networkName": "SEPA",
	}).value, "data.id")
	reply := c.on(t, *l, "createPaymentConsent", map[string]any{
		"title": "Rent", "description": "Monthly rent to the landlord", "paymentType": "TRANSFER",
		"parameters": map[string]any{
			"validity": map[string]any{"startDate": "2026-01-01", "endDate": "2027-12-31"},
			"limits":   map[string]any{"maxAmountPerTransaction": map[string]any{"amount": 1000, "currency": "EUR"}},
			"beneficiaries": map[string]any{
				"allowedAccounts": []any{}, "allowedTypes": []any{}, "allowNewBeneficiaries": true, "requireBeneficiaryName": false,
			},
		},
	})
	l.paymentConsent, l.code = textAt(reply.value, "data.consentId"), answerOf(textAt(reply.value, "data.magicLinkToken"))
}

// answerOf reads the code out of a payment consent's token, as a bank's app
// does.
func answerOf(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return ""
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return ""
	}
	var claims map[string]any
	if err := json.Unmarshal(text, &claims); err != nil {
		return ""
	}
	return textAt(claims, "answer")
}

func (c *client) prepare(t testing.TB, l *life) {
	t.Helper()
	l.order = textAt(c.on(t, *l, "prepareOperation", map[string]any{
		"type": "EXTERNAL", "sourceAccount": map[string]any{"walletId": l.wallet}, "target": map[string]any{"iban": l.payeeIBAN, "name": "Jonas Petraitis"},
		"amount": map[string]any{"value": "10000", "scale": 2, "currency": "EUR"}, "currency": "EUR",
		"beneficiaryId": l.beneficiary, "consent": map[string]any{"consentReference": l.paymentConsent},
	}).value, "data.preparedOrderId")
}

// execute pays what has been prepared.
func (c *client) execute(t testing.TB, l life) httpReply {
	t.Helper()
	return c.on(t, l, "executeOperation", map[string]any{
		"preparedOrderId": l.order, "authenticationCode": l.code,
		"consentConfirmation": map[string]any{"consentId": l.paymentConsent, "confirmed": true},
	})
}

// sortedKeys gives the keys of a map in their order, for what must be the same
// in every run.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// TestLifeThroughClient goes through a whole life, on which the simulation, the
// fuzz tests and the measurements stand.
func TestLifeThroughClient(t *testing.T) {
	c := &client{documents: loadDocuments(t), send: inProcess(openApp(t).Handler())}
	l := c.live(t, "demo", "anna@example.com")
	if got := textAt(c.execute(t, l).value, "data.status"); got != "COMPLETED" {
		t.Errorf("the transfer is %s", got)
	}
	if got := textAt(c.on(t, l, "getAccountBalance", nil).value, "data.currentBalanceFormatted"); got != "4898.50 EUR" {
		t.Errorf("the balance is %s", got)
	}
}
