package app_test

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"finhub-sandbox/internal/contract"
)

// call makes up a request: mostly the one that a sensible client would make
// next, else any operation; in either case sometimes with something wrong.
func (s *simulation) call(t *auditedTenant, c *auditedCustomer) httpCall {
	operation := s.client.operation(s.next(t, c))
	if s.chance(25) {
		operation = oneOf(s, s.client.documents[0].Operations)
	}
	if s.chance(3) {
		operation = s.client.operation(oneOf(s, templateOperations))
	}
	if operation.ID == "updateOrganizationEntity" {
		// The books know of no suspension, as the control API's is not called either.
		operation = s.client.operation("updateOrganization")
	}
	subject := s.subject(t, c)
	if operation.ID == "approvePaymentConsent" {
		s.waitingOrder(t, &subject)
	}
	h := httpCall{operation: operation, tenant: t.name, token: adminToken, path: s.path(t, c, operation, subject), header: actingHeaders(operation)}
	if operation.ID == "approveVerification" && c != nil && (strings.HasPrefix(c.category, "HIGH_RISK") || c.company != nil && c.company.highRisk()) && s.chance(80) {
		h.token = powerToken
	}
	if operation.ID == "fundWallet" {
		h.body = map[string]any{"amount": fmt.Sprintf("%d.%02d", s.random.IntN(20_000), s.random.IntN(100))}
		return h
	}
	if operation.ID == "getTransferOperations" && c != nil {
		h.query = url.Values{"customerId": {c.id}}
	}
	if operation.HasBody {
		h.body = s.body(operation, h, subject)
	}
	s.token(&h, c)
	if c != nil && c.company != nil {
		s.organizationToken(&h, c)
	}
	if s.chance(12) {
		s.spoil(&h)
	}
	return h
}

// next is the operation that the customer's phase calls for.
func (s *simulation) next(t *auditedTenant, c *auditedCustomer) string {
	if c == nil || len(t.customers) < 3 && s.chance(20) {
		return "registerIndividual"
	}
	if c.company != nil && (!c.active || s.chance(50)) {
		return s.nextForOrganization(c)
	}
	if !c.active {
		return s.nextBeforeActivation(t, c)
	}
	w := t.wallets[c.product]
	if w.balance-w.reserved < 100_000 && s.chance(60) {
		return "fundWallet"
	}
	var payees, consents, ready int
	for _, b := range t.payees {
		if b.wallet == w.id && b.state == "ACTIVE" {
			payees++
		}
	}
	for _, p := range t.consents {
		if p.wallet == w.id && p.state == "ACTIVE" {
			consents++
		}
	}
	for _, o := range t.orders {
		if o.wallet == w.id && o.state == "READY" {
			ready++
		}
	}
	switch {
	case payees == 0 && s.chance(70):
		return "createBeneficiary"
	case consents == 0 && s.chance(70):
		return "createPaymentConsent"
	case ready > 0 && s.chance(40):
		return "executeOperation"
	case s.chance(60):
		return oneOf(s, []string{"prepareOperation", "prepareOperation", "prepareOperation", "prepareTransfer", "createTransfer", "executeWalletTransfer"})
	}
	return oneOf(s, []string{
		"createBeneficiary", "createPaymentConsent", "getCustomerWallets", "getAccountBalance", "listWalletTransactions", "getOrder",
		"validatePaymentConsent", "createIndividualSession", "revokePaymentConsent", "deleteBeneficiary",
		"createPaymentConsentEarlier", "createNestedBeneficiary", "createTransferBeneficiary", "getTransferWallets", "getTransferOperations",
	})
}

func (s *simulation) nextBeforeActivation(t *auditedTenant, c *auditedCustomer) string {
	verified := slices.ContainsFunc(c.verifications, func(id string) bool { return t.states["verification "+id] == "APPROVED" })
	open := slices.ContainsFunc(c.verifications, func(id string) bool {
		return t.states["verification "+id] == "PENDING" || t.states["verification "+id] == "IN_PROGRESS"
	})
	switch {
	case len(s.auditor.missing(t, c)) > 0 && s.chance(60):
		return "acceptIndividualConsent"
	case verified && s.chance(70):
		return "activateIndividual"
	case open:
		return oneOf(s, []string{"approveVerification", "approveVerification", "getVerification", "uploadVerificationDocument"})
	}
	return oneOf(s, []string{"createVerification", "submitIndividualVerification", "initiateIndividualVerification", "createIndividualSession"})
}

// subject are the things that a request is about: the customer's own, or those
// that the tenant has forgotten or never had.
func (s *simulation) subject(t *auditedTenant, c *auditedCustomer) life {
	if c == nil {
		return life{tenant: t.name, email: s.email(), password: password, customer: "nobody", user: "nobody", wallet: "nothing"}
	}
	session := oneOf(s, c.sessions)
	l := life{
		tenant: t.name, email: c.email, password: password, customer: c.id, user: c.user, session: session.id, token: session.token,
		refreshToken: session.refresh, verification: oneOf(s, c.verifications), consent: oneOf(s, c.consents), wallet: c.product,
		iban: t.wallets[c.product].iban,
	}
	if c.master != "" && s.chance(5) {
		l.wallet = c.master
	}
	if c.company != nil {
		s.companySubject(c, &l)
	}
	s.choosePayment(t, &l)
	return l
}

// choosePayment chooses a payee, a payment consent and an order of the wallet,
// rather those that can be used.
func (s *simulation) choosePayment(t *auditedTenant, l *life) {
	var payees, consents, orders []string
	for _, id := range sortedKeys(t.payees) {
		if b := t.payees[id]; b.wallet == l.wallet && (b.state == "ACTIVE" || s.chance(10)) {
			payees = append(payees, id)
		}
	}
	for _, id := range sortedKeys(t.consents) {
		if c := t.consents[id]; c.wallet == l.wallet && (c.state == "ACTIVE" && slices.Contains([]string{"transfer", "payment"}, c.operation) || s.chance(10)) {
			consents = append(consents, id)
		}
	}
	for _, id := range sortedKeys(t.orders) {
		if o := t.orders[id]; o.wallet == l.wallet && (o.state == "READY" || s.chance(10)) {
			orders = append(orders, id)
		}
	}
	l.payeeIBAN = s.iban(t)
	if b := t.payees[oneOf(s, payees)]; b != nil {
		l.beneficiary, l.payeeIBAN = oneOf(s, []string{b.id, b.asset}), b.iban
	}
	if c := t.consents[oneOf(s, consents)]; c != nil {
		l.paymentConsent, l.code = c.id, c.code
	}
	if o := t.orders[oneOf(s, orders)]; o != nil {
		l.order = o.id
		if c := t.consents[o.consent]; c != nil {
			l.paymentConsent, l.code = c.id, c.code
		}
	}
}

// iban is an account elsewhere, or of another customer of the tenant.
func (s *simulation) iban(t *auditedTenant) string {
	list := payeeIBANs()
	for _, id := range sortedKeys(t.wallets) {
		if iban := t.wallets[id].iban; iban != "" {
			list = append(list, iban)
		}
	}
	return oneOf(s, list)
}

func (s *simulation) email() string {
	s.emails++
	return fmt.Sprintf("customer%d@example.com", s.emails)
}

// segments are the kinds of consents as they stand in paths.
var segments = map[string]string{"TERMS_AND_CONDITIONS": "terms", "PRIVACY_POLICY": "privacy", "DATA_PROCESSING": "data-processing"}

// path fills in the path parameters of an operation, now and then with what
// belongs to somebody else.
func (s *simulation) path(t *auditedTenant, c *auditedCustomer, o *contract.Operation, l life) map[string]string {
	params := s.params(c, l)
	params["consentType"] = oneOf(s, []string{"terms", "privacy", "data-processing"})
	if c != nil && s.chance(90) {
		if kind := oneOf(s, s.auditor.missing(t, c)); kind != "" {
			params["consentType"] = segments[kind]
		}
	}
	params["operationType"] = oneOf(s, []string{"transfer", "transfer", "TRANSFER", "sepa_transfer_external", "topup", "withdrawal", "withdrawal", "withdraw"})
	if o.ID == "createPaymentConsent" {
		params["operationType"] = oneOf(s, []string{"transfer", "transfer", "TRANSFER", "payment", "External", "topup", "withdrawal"})
	}
	if order := t.orders[l.order]; order != nil && o.ID == "executeOperation" && s.chance(90) {
		params["operationType"] = order.operation
	}
	if o.ID == "getConsentStatus" {
		params["consentId"] = l.consent
	}
	if slices.Contains(templateOperations, o.ID) {
		params["consentId"] = cmp.Or(oneOf(s, t.templateIDs()), "nothing")
	}
	path := inPath(o, params)
	if s.chance(12) && c != nil {
		other := t
		if s.chance(40) {
			other = s.auditor.tenant(oneOf(s, s.tenants))
		}
		stranger := other.customers[oneOf(s, sortedKeys(other.customers))]
		foreign := s.params(stranger, s.subject(other, stranger))
		if name := oneOf(s, sortedKeys(path)); foreign[name] != "" {
			path[name] = foreign[name]
		}
	}
	return path
}

// body takes one of the documented families of the operation and makes it about
// the subject.
func (s *simulation) body(o *contract.Operation, h httpCall, l life) any {
	example := oneOf(s, s.examples[o.ID])
	if o.ID == "prepareOperation" && s.chance(90) {
		kind := operationOfPath(h)
		example = oneOf(s, slices.DeleteFunc(slices.Clone(s.examples[o.ID]), func(e any) bool { return s.preparation(e) != kind }))
	}
	replace := l.replacements()
	maps.DeleteFunc(replace, func(_ string, value any) bool { return value == "" })
	t := s.auditor.tenant(h.tenant)
	now := s.auditor.now(t)
	ends := now.AddDate(0, 0, 1+s.random.IntN(60))
	maps.Copy(replace, map[string]any{
		"validFrom": now.Format(time.RFC3339), "startDate": now.Format(time.DateOnly),
		"validUntil": ends.Format(time.DateOnly), "validTo": ends.Format(time.RFC3339), "endDate": ends.Format(time.DateOnly),
		"amount.value": s.amount(t.wallets[l.wallet], valueAt(example, "amount.value")), "allowedAccounts": []any{}, "allowedBeneficiaries": []any{},
		"allowedTypes": []any{}, "allowNewBeneficiaries": true,
	})
	switch o.ID {
	case "registerOrganization":
		return s.registration(example, replace, t)
	case "registerIndividual", "registerIndividualEarlier":
		email := s.email()
		if s.chance(10) {
			email = l.email
		}
		maps.Copy(replace, map[string]any{"email": email, "username": email})
		category := map[string]any{"id": oneOf(s, []string{"fs-cat-b2c-low-001", "HIGH_RISK_INDIVIDUAL", "STANDARD_INDIVIDUAL", "LOW_RISK_INDIVIDUAL", "B2B_SMALL_BUSINESS"})}
		maps.Copy(replace, map[string]any{"customerCategory": category, "categorization": category})
	case "createBeneficiary":
		iban := s.iban(t)
		replace["iban"], replace["country"] = iban, iban[:2]
	case "createNestedBeneficiary", "createTransferBeneficiary":
		replace["networkAddresses"] = []any{map[string]any{"address": s.iban(t), "type": "IBAN"}}
	case "createTransfer":
		replace["beneficiary.iban"] = l.payeeIBAN
	case "prepareTransfer":
		if minor, isNumber := replace["amount.value"].(int); isNumber {
			replace["amount.value"] = float64(minor) / 100
		}
	case "executeWalletTransfer":
		replace["sourceAssetAddress"], replace["destinationAssetAddress"] = oneOf(s, []string{l.iban, l.wallet}), l.payeeIBAN
		replace["transferType"] = oneOf(s, []string{"EXTERNAL", "EXTERNAL", "INTERNAL", "CROSS_NETWORK"})
		if c := t.customers[l.customer]; c != nil && c.company != nil {
			replace["lineOfBusiness"] = "B2B"
		}
	case "createPaymentConsent", "createPaymentConsentEarlier":
		word := h.path["operationType"]
		if word == "" {
			word = oneOf(s, []string{"transfer", "TRANSFER", "payment", "withdrawal"})
		}
		replace["paymentType"], replace["consentType"] = word, word
		if s.chance(60) {
			high := map[string]any{"amount": 2_000_000, "currency": "EUR"}
			for _, name := range []string{"maxAmountPerTransaction", "maxAmountPerDay", "maxAmountPerMonth", "perTransaction", "perDay", "perMonth"} {
				replace[name] = high
			}
		}
	case "createConsentTemplate", "updateConsentTemplate":
		replace["type"] = oneOf(s, sortedKeys(templateKinds))
		replace["version"] = fmt.Sprintf("%d.%d", 1+s.random.IntN(9), s.random.IntN(3))
		replace["effectiveDate"] = now.AddDate(0, 0, s.random.IntN(40)-20).Format(time.DateOnly)
	case "acceptIndividualConsent", "acceptOrganizationConsent":
		for kind, segment := range segments {
			if segment == h.path["consentType"] && s.chance(85) {
				replace["version"] = s.auditor.inForce(t, kind)
			}
		}
	case "validatePaymentConsent":
		delete(replace, "amount.value")
	case "createIndividualSession", "createOrganizationSession":
		if s.chance(10) {
			replace["password"] = "WrongPass123!"
		}
	case "executeOperation":
		// Which of the forms is right depends on whether a consent applies.
		if l.paymentConsent != "" && s.chance(80) {
			example = s.examples[o.ID][0]
		}
	}
	s.confuse(t, replace)
	if c := t.customers[l.customer]; c != nil && c.company != nil {
		return s.companyBody(o, example, replace, t, c)
	}
	return adapted(example, replace)
}

// preparation tells which operation an example of a preparation is of.
func (s *simulation) preparation(example any) string {
	source := textAt(example, "sourceAccount.accountHolder")
	switch {
	case source != "":
		return "topup"
	case textAt(example, "type") == "TOPUP":
		return "topup"
	case textAt(example, "type") == "WITHDRAWAL":
		return "withdrawal"
	}
	return "transfer"
}

// amount makes up an amount of money, in the form of the example: sometimes just
// what the wallet has, which does not leave anything for the fee.
func (s *simulation) amount(w *auditedWallet, like any) any {
	minor := oneOf(s, []int{1, 150, 9_999, 50_000, 90_000, 190_000, 190_000, 480_000, 980_000, 1_000_000, 1_495_001})
	minor += s.random.IntN(10_000)
	switch {
	case s.chance(3):
		minor = 0
	case s.chance(10) && w != nil:
		minor = int(w.balance - w.reserved)
	}
	if _, isNumber := like.(float64); isNumber {
		return minor
	}
	return fmt.Sprint(minor)
}

// token lets customers make some of their requests themselves, and sometimes
// lets somebody call who may not.
func (s *simulation) token(h *httpCall, c *auditedCustomer) {
	switch n := s.random.IntN(100); {
	case n < 15:
		if c != nil && len(c.sessions) > 0 {
			h.token = oneOf(s, c.sessions).token
		}
	case n < 17:
		h.token = ""
	case n < 19:
		h.token = "sandbox-compliance"
	case n < 20:
		h.token = "made up"
	case n < 22:
		other := s.auditor.tenant(oneOf(s, s.tenants))
		if stranger := other.customers[oneOf(s, sortedKeys(other.customers))]; stranger != nil && len(stranger.sessions) > 0 {
			h.token = oneOf(s, stranger.sessions).token
		}
	}
}

// spoil makes a request wrong in form.
func (s *simulation) spoil(h *httpCall) {
	body, _ := h.body.(map[string]any)
	switch name := oneOf(s, sortedKeys(body)); s.random.IntN(8) {
	case 0:
		h.header = map[string]string{oneOf(s, []string{"X-Forwarded-For", "platform", "deviceId", "X-Tenant-ID"}): ""}
	case 1:
		h.query = url.Values{"limit": {"many"}, "offset": {"-1"}, "status": {"?"}}
	case 2:
		if part := oneOf(s, sortedKeys(h.path)); part != "" {
			h.path[part] = oneOf(s, []string{"no such thing", "../..", "ä", strings.Repeat("x", 200)})
		}
	case 3:
		text, _ := json.Marshal(h.body, json.Deterministic(true))
		h.raw = text[:len(text)/2]
	case 4:
		h.header = map[string]string{"Content-Type": "text/plain"}
	case 5:
		h.body = oneOf(s, []any{nil, []any{}, "text", 1})
	case 6:
		if name != "" {
			body[name] = oneOf(s, []any{nil, -1, "", map[string]any{}, []any{""}, true})
		}
	default:
		delete(body, name)
	}
}
