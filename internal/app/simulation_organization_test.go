package app_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"finhub-sandbox/internal/contract"
)

// companyDocuments are what the verification of a company may need.
var companyDocuments = []string{
	"CERTIFICATE_OF_INCORPORATION", "ARTICLES_OF_ASSOCIATION", "SHAREHOLDER_REGISTER", "DIRECTOR_ID", "PROOF_OF_ADDRESS", "BANK_STATEMENT",
	"BENEFICIAL_OWNERSHIP", "FINANCIAL_STATEMENTS", "BUSINESS_LICENSE",
}

// employeeRoles are the sets of roles that employees get.
var employeeRoles = [][]any{
	{"ADMIN_USER"}, {"TRANSACTION_APPROVER"}, {"ADMIN_USER", "TRANSACTION_APPROVER"}, {"COMPLIANCE_OFFICER"}, {"EMPLOYEE"}, {"VIEWER"},
}

// guide takes an organization of the tenant one phase further with the right
// requests. Random requests alone seldom get as far as an approval, which needs
// an active organization with several users.
func (s *simulation) guide(t *auditedTenant) error {
	organizations := slices.DeleteFunc(sortedKeys(t.customers), func(id string) bool { return t.customers[id].company == nil })
	if len(organizations) == 0 || len(organizations) < 3 && s.chance(15) {
		return s.guided(t, nil, "registerOrganization")
	}
	c := t.customers[oneOf(s, organizations)]
	verified := slices.ContainsFunc(c.verifications, func(id string) bool { return t.states["verification "+id] == "APPROVED" })
	switch {
	case len(c.company.people) < 4 || c.company.admins() == 0:
		return s.staff(t, c)
	case !verified:
		return s.guided(t, c, "verifyOrganization", "approveVerification")
	case !c.active:
		return s.activate(t, c)
	}
	return s.pay(t, c)
}

// guided makes requests in their right form, about the customer.
func (s *simulation) guided(t *auditedTenant, c *auditedCustomer, operations ...string) error {
	for _, id := range operations {
		if _, err := s.do(s.right(t, c, id)); err != nil {
			return err
		}
	}
	return nil
}

// right makes up a request that is right in form: of the administrator, or for
// some decisions of the power tenant, which may decide about anybody.
func (s *simulation) right(t *auditedTenant, c *auditedCustomer, id string) httpCall {
	o := s.client.operation(id)
	l := s.subject(t, c)
	if c != nil && id == "approveVerification" {
		l.verification = last(c.verifications)
	}
	if id == "approvePaymentConsent" {
		s.waitingOrder(t, &l)
	}
	h := httpCall{operation: o, tenant: t.name, token: adminToken, path: inPath(o, s.params(c, l)), header: actingHeaders(o)}
	switch {
	case id == "approveVerification":
		h.token, h.body = oneOf(s, []string{adminToken, powerToken}), map[string]any{"approvedBy": "back-office"}
	case id == "fundWallet":
		h.body = map[string]any{"amount": "15000.00"}
	case o.HasBody:
		h.body = s.body(o, h, l)
	}
	return h
}

// actingHeaders name for whom staff act, where the document demands it.
func actingHeaders(o *contract.Operation) map[string]string {
	if !slices.ContainsFunc(o.Headers, func(h contract.Header) bool { return h.Name == "X-User-ID" }) {
		return nil
	}
	return map[string]string{"X-User-ID": "back-office", "X-User-Roles": "ADMIN_USER"}
}

// inPath are those parameters that the operation's path has.
func inPath(o *contract.Operation, params map[string]string) map[string]string {
	path := map[string]string{}
	for name, value := range params {
		if strings.Contains(o.Path, "{"+name+"}") {
			path[name] = value
			if value == "" {
				path[name] = "none"
			}
		}
	}
	return path
}

// params are the path parameters that mean the things of a subject.
func (s *simulation) params(c *auditedCustomer, l life) map[string]string {
	params := l.params()
	if c == nil || c.company == nil {
		return params
	}
	params["organizationId"], params["documentId"] = c.id, oneOf(s, c.company.documents)
	params["directorId"], params["employeeId"] = oneOf(s, c.company.named("director")), oneOf(s, c.company.named("employee"))
	params["shareholderId"] = oneOf(s, c.company.named("shareholder"))
	return params
}

// named lists those who have a position.
func (o *auditedCompany) named(kind string) []string {
	return slices.DeleteFunc(sortedKeys(o.people), func(id string) bool { return o.people[id].kind != kind })
}

// staff gives an organization people who can approve for each other, with their
// sessions.
func (s *simulation) staff(t *auditedTenant, c *auditedCustomer) error {
	roles := []any{"ADMIN_USER", "TRANSACTION_APPROVER"}
	for range 3 {
		h := s.right(t, c, "addEmployee")
		body := map[string]any{"person": map[string]any{"firstName": "Tomas", "lastName": "Jankauskas", "email": s.email()}, "position": "CFO", "roles": roles}
		h.body = body
		if _, err := s.do(h); err != nil {
			return err
		}
		roles = oneOf(s, employeeRoles)
	}
	return s.guided(t, c, "addDirector", "addShareholders", "uploadOrganizationDocument")
}

func (s *simulation) activate(t *auditedTenant, c *auditedCustomer) error {
	for _, kind := range s.auditor.missing(t, c) {
		h := s.right(t, c, "acceptOrganizationConsent")
		h.path["consentType"] = segments[kind]
		if _, err := s.do(h); err != nil {
			return err
		}
	}
	return s.guided(t, c, "activateOrganization")
}

// pay lets the users of an organization pay by a consent that asks for
// approvals, and tries approvals of whoever has a session: most orders get them
// all, and some by the wrong users first.
func (s *simulation) pay(t *auditedTenant, c *auditedCustomer) error {
	var steps []string
	if w := t.wallets[c.product]; w.balance-w.reserved < 500_000 {
		steps = append(steps, "fundWallet")
	}
	if !slices.ContainsFunc(sortedKeys(t.payees), func(id string) bool {
		return t.payees[id].wallet == c.product && t.payees[id].state == "ACTIVE"
	}) {
		steps = append(steps, "createBeneficiary")
	}
	if !slices.ContainsFunc(sortedKeys(t.consents), func(id string) bool {
		p := t.consents[id]
		return p.wallet == c.product && p.state == "ACTIVE" && p.operation == "transfer" && p.approval != nil
	}) {
		steps = append(steps, "createPaymentConsent")
	}
	for range 2 {
		steps = append(steps, "createOrganizationSession")
	}
	if err := s.guided(t, c, steps...); err != nil {
		return err
	}
	if err := s.approveConsents(t, c); err != nil {
		return err
	}
	for _, id := range []string{"prepareOperation", "executeOperation"} {
		h := s.right(t, c, id)
		s.acting(&h, c)
		if _, err := s.attempt(t, c, h); err != nil {
			return err
		}
	}
	if err := s.disturb(t, c); err != nil {
		return err
	}
	return s.approveAll(t, c)
}

// disturb changes, now and then, what an order that waits was executed under: the
// consent is revoked, or a user who could approve has other roles.
func (s *simulation) disturb(t *auditedTenant, c *auditedCustomer) error {
	switch n := s.random.IntN(100); {
	case n < 8:
		h := s.right(t, c, "revokePaymentConsent")
		if o := t.orders[oneOf(s, t.waiting(c.product))]; o != nil {
			h.path["consentId"] = o.consent
		}
		_, err := s.attempt(t, c, h)
		return err
	case n < 30:
		return s.guided(t, c, "updateEmployeeRoles")
	}
	return nil
}

// trespass lets a user reach for what belongs to another customer of the tenant,
// by the other's path or by the own one. Nothing may succeed, and nothing may
// tell more than that it is not the user's.
func (s *simulation) trespass(t *auditedTenant) error {
	c, other := t.customers[oneOf(s, sortedKeys(t.customers))], t.customers[oneOf(s, sortedKeys(t.customers))]
	if c == nil || c == other || len(c.sessions) == 0 {
		return nil
	}
	foreign := s.params(other, s.subject(t, other))
	operations := []string{"getVerification", "getAccountBalance", "getOrder", "getPaymentConsent", "revokePaymentConsent", "approvePaymentConsent", "getCustomerWallets"}
	if other.company != nil {
		operations = append(operations, "getOrganization", "listEmployees", "listShareholders", "getOrganizationDocument", "acceptOrganizationConsent",
			"removeEmployee", "removeDirector", "removeShareholder", "updateEmployeeRoles", "deleteOrganizationDocument")
	}
	for range 4 {
		h := s.right(t, other, oneOf(s, operations))
		h.token = c.sessions[len(c.sessions)-1].token
		for _, name := range sortedKeys(h.path) {
			if foreign[name] != "" {
				h.path[name] = foreign[name]
			}
		}
		if c.company != nil && strings.Contains(h.operation.Path, "{organizationId}") && t.names(h.path, other) > 1 && s.chance(60) {
			h.path["organizationId"] = c.id
		}
		if err := s.forbidden(t, other, h); err != nil {
			return err
		}
	}
	return nil
}

// names counts the path parameters that are a customer's things.
func (t *auditedTenant) names(path map[string]string, c *auditedCustomer) int {
	n := 0
	for _, id := range path {
		if t.owners[id] == c.id {
			n++
		}
	}
	return n
}

// forbidden makes a request that must be refused for what it names, or before
// that for its token or its form.
func (s *simulation) forbidden(t *auditedTenant, other *auditedCustomer, h httpCall) error {
	reply, err := s.attempt(t, other, h)
	code := textAt(reply.value, "data.refusal")
	if err == nil && !slices.Contains([]int{401, 403, 404}, reply.status) && code != "REQUEST_INVALID" && code != "ORDER_NOT_FOUND" {
		err = fmt.Errorf("%s\nreaches what belongs to %s: %s", h, other.id, reply)
	}
	return err
}

// approveAll tries to approve whatever of an organization waits.
func (s *simulation) approveAll(t *auditedTenant, c *auditedCustomer) error {
	for range s.random.IntN(8) {
		if len(t.waiting(c.product)) == 0 {
			return nil
		}
		h := s.right(t, c, "approvePaymentConsent")
		if s.chance(40) {
			h.header = map[string]string{"X-User-ID": oneOf(s, []string{"staff-1", "staff-2"}), "X-User-Roles": "ADMIN_USER,TRANSACTION_APPROVER"}
		} else {
			s.acting(&h, c)
		}
		if _, err := s.attempt(t, c, h); err != nil {
			return err
		}
	}
	return nil
}

// approveConsents tries to approve the payment consents of an organization that
// demand it.
func (s *simulation) approveConsents(t *auditedTenant, c *auditedCustomer) error {
	for range 12 {
		var pending []string
		for _, id := range sortedKeys(t.consents) {
			if p := t.consents[id]; p.wallet == c.product && p.state == "PENDING" {
				pending = append(pending, id)
			}
		}
		if len(pending) == 0 {
			return nil
		}
		h := s.right(t, c, "approvePaymentConsent")
		h.path["consentId"], h.body = oneOf(s, pending), map[string]any{}
		if s.chance(60) {
			h.header = map[string]string{"X-User-ID": oneOf(s, []string{"staff-1", "staff-2", "staff-3"}), "X-User-Roles": "ADMIN_USER,TRANSACTION_APPROVER"}
		} else {
			s.acting(&h, c)
		}
		if _, err := s.attempt(t, c, h); err != nil {
			return err
		}
	}
	return nil
}

// acting lets one of an organization's users make the request, or staff in the
// name and the roles of somebody.
func (s *simulation) acting(h *httpCall, c *auditedCustomer) {
	if len(c.sessions) > 0 && s.chance(70) {
		// The latest are the most likely not to have ended.
		h.token = c.sessions[max(0, len(c.sessions)-1-s.random.IntN(4))].token
		return
	}
	if h.header == nil {
		h.header = map[string]string{}
	}
	if s.chance(80) {
		h.header["X-User-Roles"] = oneOf(s, []string{"TRANSACTION_APPROVER", "ADMIN_USER", "COMPLIANCE_OFFICER,ADMIN_USER", "VIEWER"})
	}
	if s.chance(80) {
		h.header["X-User-ID"] = oneOf(s, append([]string{"staff-1", "staff-2"}, sortedKeys(c.company.logins)...))
	}
}

// nextForOrganization is an operation that the phase of an organization calls
// for, besides those that every customer has.
func (s *simulation) nextForOrganization(c *auditedCustomer) string {
	people := []string{
		"addEmployee", "addEmployees", "addDirector", "addDirectors", "addShareholders", "addShareholders", "updateShareholder", "updateEmployeeRoles",
		"removeShareholder", "removeDirector", "removeEmployee", "listShareholders", "getOrganization", "createOrganizationSession",
		"createOrganizationSession", "uploadOrganizationDocument", "deleteOrganizationDocument",
	}
	if c.active {
		return oneOf(s, append(people, "approvePaymentConsent", "approvePaymentConsent", "approvePaymentConsent"))
	}
	return oneOf(s, append(people, "verifyOrganization", "submitOrganizationVerification", "createVerification", "uploadOrganizationDocument",
		"approveVerification", "approveVerification", "acceptOrganizationConsent", "acceptOrganizationConsent", "activateOrganization"))
}

// companySubject makes the subject about one of an organization's users, and
// about what its users could do next.
func (s *simulation) companySubject(c *auditedCustomer, l *life) {
	l.user = oneOf(s, sortedKeys(c.company.logins))
	l.email, l.password = c.company.logins[l.user].name, c.company.logins[l.user].password
	l.verification = oneOf(s, append(slices.Clone(c.verifications), c.company.members...))
}

// waitingOrder makes an approval be about an order that waits for one, if there
// is one.
func (s *simulation) waitingOrder(t *auditedTenant, l *life) {
	if o := t.orders[oneOf(s, t.waiting(l.wallet))]; o != nil {
		l.order, l.paymentConsent = o.id, o.consent
	}
}

// companyBody gives the body of an operation that only organizations have, or
// changes replacements for one that everybody has.
func (s *simulation) companyBody(o *contract.Operation, example any, replace map[string]any, t *auditedTenant, c *auditedCustomer) any {
	replace["organizationId"], replace["customerId"] = c.id, c.id
	switch o.ID {
	case "addDirector", "addDirectors", "addEmployee", "addEmployees", "addShareholders":
		return s.newcomer(o.ID, example, replace, c)
	case "updateShareholder":
		maps.Copy(replace, map[string]any{"email": s.memberEmail(c), "sharePercentage": s.share(), "isPep": s.chance(10)})
	case "updateEmployeeRoles":
		replace["roles"] = oneOf(s, employeeRoles)
	case "uploadOrganizationDocument":
		replace["documentType"] = oneOf(s, companyDocuments)
	case "createVerification", "verifyOrganization", "submitOrganizationVerification":
		if s.chance(90) {
			replace["type"] = "BUSINESS_VERIFICATION"
		}
	case "createPaymentConsent", "createPaymentConsentEarlier":
		return s.withApproval(adapted(example, replace))
	case "approvePaymentConsent":
		return s.approval(t, replace)
	}
	return adapted(example, replace)
}

func (s *simulation) approval(t *auditedTenant, replace map[string]any) any {
	order, _ := replace["preparedOrderId"].(string)
	if t.orders[order] == nil || s.chance(3) {
		return map[string]any{}
	}
	return map[string]any{"orderId": order}
}

// newcomer is the body that adds somebody to an organization.
func (s *simulation) newcomer(operation string, example any, replace map[string]any, c *auditedCustomer) any {
	if list, isList := example.([]any); isList {
		out := make([]any, len(list))
		for i, entry := range list {
			out[i] = s.newcomer(operation, entry, replace, c)
		}
		return out
	}
	replace = maps.Clone(replace)
	replace["email"] = s.memberEmail(c)
	if operation == "addEmployee" || operation == "addEmployees" {
		replace["roles"] = oneOf(s, employeeRoles)
		return adapted(example, replace)
	}
	body := adapted(example, replace).(map[string]any)
	if s.chance(8) {
		body["isPEP"] = true
	}
	for _, name := range []string{"ownershipPercentage", "sharePercentage"} {
		if _, has := body[name]; has {
			body[name] = s.share()
		}
	}
	return body
}

// memberEmail is mostly new, and sometimes that of somebody who is there.
func (s *simulation) memberEmail(c *auditedCustomer) string {
	if p := c.company.people[oneOf(s, sortedKeys(c.company.people))]; p != nil && p.email != "" && s.chance(20) {
		return p.email
	}
	return s.email()
}

func (s *simulation) share() any {
	return oneOf(s, []any{10, 20, 25, 40, 50, 60, 100, "33.3333", "33.3334", "0.0001", 12.5, 99.9999, "16.6667"})
}

// withApproval adds members about approval to a payment consent, where its
// family has its terms. Few amounts are below the threshold.
func (s *simulation) withApproval(body any) any {
	value, major := body, false
	for _, at := range []string{"metadata.parameters", "parameters"} {
		if inner := valueAt(body, at); valueAt(inner, "validity") != nil {
			value, major = inner, true
			break
		}
	}
	terms, ok := value.(map[string]any)
	if !ok || s.chance(10) {
		return body
	}
	terms["requiresApproval"], terms["minimumApprovers"] = s.chance(95), 1+s.random.IntN(2)
	terms["approverRoles"] = oneOf(s, [][]any{{"TRANSACTION_APPROVER", "ADMIN_USER"}, {"TRANSACTION_APPROVER"}, {"ADMIN_USER"}})
	terms["approvalThreshold"] = oneOf(s, []int{0, 10_000, 60_000})
	if major {
		terms["approvalThreshold"] = oneOf(s, []any{0, 100, 600, 99.99})
	}
	if s.chance(20) {
		delete(terms, "approvalThreshold")
	}
	return body
}

// registration makes the body of an organization's registration.
func (s *simulation) registration(example any, replace map[string]any, t *auditedTenant) any {
	email := s.email()
	number := fmt.Sprintf("REG-%d", s.emails)
	if other := t.customers[oneOf(s, sortedKeys(t.customers))]; other != nil && s.chance(8) {
		if email = other.email; other.company != nil && s.chance(50) {
			number = other.company.number
		}
	}
	industry, country := "TECHNOLOGY", "LT"
	if s.chance(25) {
		industry = oneOf(s, riskySectors)
	}
	if s.chance(5) {
		country = oneOf(s, riskyCountries)
	}
	category := oneOf(s, []string{"fs-cat-b2b-small-001", "fs-cat-b2b-small-001", "HIGH_RISK_BUSINESS", "MEDIUM_RISK_BUSINESS", "LOW_RISK_BUSINESS", "INDIVIDUAL_STANDARD"})
	maps.Copy(replace, map[string]any{
		"email": email, "contactEmail": email, "username": email, "registrationNumber": number, "industry": industry, "country": country,
		"password": password, "matchingPassword": password, "customerCategory": map[string]any{"id": category}, "categoryId": category,
	})
	return adapted(example, replace)
}

// confuse makes one member of a body name what belongs to somebody else of the
// tenant.
func (s *simulation) confuse(t *auditedTenant, replace map[string]any) {
	stranger := t.customers[oneOf(s, sortedKeys(t.customers))]
	if stranger == nil || !s.chance(6) {
		return
	}
	foreign := s.subject(t, stranger).replacements()
	foreign["organizationId"] = stranger.id
	name := oneOf(s, []string{"customerId", "organizationId", "verificationId", "consentReference", "preparedOrderId", "walletId"})
	if foreign[name] != "" && replace[name] != nil {
		replace[name] = foreign[name]
	}
}

// organizationToken lets an organization's users make more of its requests, since
// what they may do differs from one to the next.
func (s *simulation) organizationToken(h *httpCall, c *auditedCustomer) {
	if h.token == adminToken && s.chance(50) {
		s.acting(h, c)
	}
}
