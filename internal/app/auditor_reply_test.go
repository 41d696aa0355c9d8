package app_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// observe takes a reply to the books, or says what is wrong with it.
func (a *auditor) observe(h httpCall, r httpReply) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the reply names what the books do not have: %v", p)
		}
	}()
	t := a.tenant(h.tenant)
	a.expire(t)
	if r.status >= http.StatusBadRequest {
		return a.refused(t, h, r)
	}
	data := valueAt(r.value, "data")
	if err := a.entitled(t, h, data); err != nil {
		return err
	}
	if observed, err := a.observeOrganization(t, h, r); observed || err != nil {
		return err
	}
	switch h.operation.ID {
	case "registerIndividual", "registerIndividualEarlier":
		return a.registered(t, data)
	case "createIndividualSession", "createOrganizationSession", "refreshIndividualSession":
		c := t.customers[textAt(data, "customerId")]
		session := auditedSession{textAt(data, "sessionId"), textAt(data, "userId"), textAt(data, "token"), textAt(data, "refreshToken")}
		c.sessions = append(c.sessions, session)
		t.owners[session.id] = c.id
	case "createVerification", "initiateIndividualVerification", "submitIndividualVerification", "getVerification", "approveVerification", "approveIndividualActivation":
		return a.verified(t, h, data)
	case "acceptIndividualConsent", "getConsentStatus", "acceptConsent", "acceptIndividualConsentById", "getIndividualConsentStatus":
		return a.consented(t, h, data)
	case "createConsentTemplate", "updateConsentTemplate", "deleteConsentTemplate", "getConsentTemplate", "listConsentTemplates":
		return a.templated(t, h, data)
	case "checkIndividualActivation":
		return a.see(t, "customer", textAt(data, "customerId"), textAt(data, "customerStatus"))
	case "activateIndividual":
		return a.activated(t, data)
	case "getCustomerWallets":
		return a.listed(t, data)
	case "getAccountBalance":
		return t.wallets[textAt(data, "accountId")].compare(r.value)
	case "fundWallet":
		return a.funded(t, h, r.value)
	case "createBeneficiary", "createNestedBeneficiary", "updateBeneficiary", "deleteBeneficiary":
		return a.payee(t, h, data)
	case "listBeneficiaries":
		for _, b := range listAt(r.value, "data") {
			if err := a.payee(t, h, b); err != nil {
				return err
			}
		}
	case "createPaymentConsent", "createPaymentConsentEarlier":
		if err := a.paymentConsent(t, h, data); err != nil {
			return err
		}
		return t.consents[textAt(data, "consentId")].asAsked(h.body)
	case "getPaymentConsent", "revokePaymentConsent":
		return a.paymentConsent(t, h, data)
	case "approvePaymentConsent":
		if textAt(data, "orderId") != "" {
			return a.approved(t, h, data)
		}
		return a.consentApproved(t, h, data)
	case "listPaymentConsents":
		for _, c := range listAt(r.value, "data") {
			if err := a.paymentConsent(t, h, c); err != nil {
				return err
			}
		}
	case "prepareOperation", "prepareTransfer":
		return a.prepared(t, h, data)
	case "createTransfer", "executeWalletTransfer":
		return a.paidAtOnce(t, h, data)
	case "createTransferBeneficiary":
		return a.transferPayee(t, data)
	case "getTransferWallets":
		return a.transferWallets(t, data)
	case "executeOperation":
		return a.executed(t, h, data)
	case "getOrder":
		return a.ordered(t, data)
	case "getClock", "freezeClock", "runClock", "advanceClock":
		return a.setClock(t, r.value)
	}
	return nil
}

// entitled checks that a customer who calls with a token of its own named and got
// its own things and nobody else's.
func (a *auditor) entitled(t *auditedTenant, h httpCall, data any) error {
	if slices.Contains(h.operation.Callers, "public") || len(h.operation.Callers) == 0 {
		return nil
	}
	for _, name := range sortedKeys(a.tenants) {
		if stranger := a.tenants[name].ownerOf(h.token); stranger != "" && name != t.name {
			return fmt.Errorf("a token of %s in %s is good in %s", stranger, name, t.name)
		}
	}
	owner := t.ownerOf(h.token)
	if owner == "" {
		return nil
	}
	if h.operation.ID == "approveVerification" || h.operation.ID == "approveIndividualActivation" {
		return fmt.Errorf("a token of %s decided a verification", owner)
	}
	for _, id := range append(textsIn(h.body), slices.Collect(maps.Values(h.path))...) {
		if other := t.owners[id]; other != "" && other != owner {
			return fmt.Errorf("a token of %s names %s, which belongs to %s", owner, id, other)
		}
	}
	concerned := []string{h.path["customerId"], textAt(data, "customerId")}
	for _, id := range []string{h.path["accountId"], h.path["walletId"], textAt(data, "accountId"), textAt(data, "walletId")} {
		if w := t.wallets[id]; w != nil {
			concerned = append(concerned, w.customer)
		}
	}
	if c := t.consents[textAt(data, "consentId")]; c != nil {
		concerned = append(concerned, t.wallets[c.wallet].customer)
	}
	for _, customer := range concerned {
		if customer != "" && customer != owner && t.owners[customer] != owner {
			return fmt.Errorf("a token of %s reaches what belongs to %s", owner, customer)
		}
	}
	return nil
}

// ownerOf is the customer whose token it is, or nobody.
func (t *auditedTenant) ownerOf(token string) string {
	for id, c := range t.customers {
		if slices.ContainsFunc(c.sessions, func(s auditedSession) bool { return s.token == token }) {
			return id
		}
	}
	return ""
}

func (a *auditor) registered(t *auditedTenant, data any) error {
	c := &auditedCustomer{
		id: textAt(data, "id"), user: textAt(data, "user.id"), email: strings.ToLower(textAt(data, "person.email")),
		category: textAt(data, "categorization.code"), product: textAt(data, "wallet.walletId"), accepted: map[string]time.Time{}, versions: map[string]string{},
	}
	for _, other := range t.customers {
		if c.email != "" && other.email == c.email || other.id == c.id {
			return fmt.Errorf("%s registered %s (%s) a second time", t.name, c.email, c.id)
		}
	}
	t.customers[c.id] = c
	t.wallets[c.product] = &auditedWallet{id: c.product, customer: c.id}
	t.own(c.id, c.id, c.user, c.product)
	return a.see(t, "customer", c.id, textAt(data, "customerStatus"))
}

func (a *auditor) verified(t *auditedTenant, h httpCall, data any) error {
	id, state := textAt(data, "id"), textAt(data, "status")
	c := t.customers[textAt(data, "customerId")]
	if c == nil {
		return a.memberVerified(t, h, data)
	}
	decides := h.operation.ID == "approveVerification" || h.operation.ID == "approveIndividualActivation"
	if decides && c.company != nil && c.company.highRisk() && h.token != powerToken {
		return fmt.Errorf("verification %s of an organization of high risk was decided by %s", id, h.token)
	}
	if level := textAt(data, "requestedLevel"); decides && c.company == nil && level != "TENANT_VERIFIED" && h.token != powerToken {
		return fmt.Errorf("verification %s of level %s was decided by %s", id, level, h.token)
	}
	if err := waits(data); err != nil {
		return err
	}
	t.own(c.id, id)
	if c.company != nil {
		c.company.kinds[id] = textAt(data, "type")
	}
	if !slices.Contains(c.verifications, id) {
		c.verifications = append(c.verifications, id)
		for _, other := range c.verifications[:len(c.verifications)-1] {
			// An organization's may be of several types.
			if c.company != nil && c.company.kinds[other] != textAt(data, "type") {
				continue
			}
			if seen := t.states["verification "+other]; seen == "APPROVED" && (c.company != nil || textAt(data, "type") == "IDENTITY_VERIFICATION") {
				return fmt.Errorf("verification %s was opened though %s is %s", id, other, seen)
			}
		}
	}
	if decides && strings.HasPrefix(c.category, "HIGH_RISK") && h.token != powerToken {
		return fmt.Errorf("verification %s of high risk was decided by %s", id, h.token)
	}
	return a.see(t, "verification", id, state)
}

// waits checks that a verification is PENDING exactly as long as documents are
// missing, and says so. One that lost a document waits in IN_PROGRESS.
func waits(data any) error {
	id, state, missing := textAt(data, "id"), textAt(data, "status"), textsIn(valueAt(data, "missingDocuments"))
	open := state == "PENDING" || state == "IN_PROGRESS"
	if state == "PENDING" && len(missing) == 0 {
		return fmt.Errorf("verification %s is PENDING, and nothing is missing", id)
	}
	if named := textAt(data, "uploadUrl") != ""; named != (open && len(missing) > 0) {
		return fmt.Errorf("verification %s is %s and misses %v: the call that takes them is named is %t", id, state, missing, named)
	}
	return nil
}

func (a *auditor) consented(t *auditedTenant, h httpCall, data any) error {
	id, state := textAt(data, "id"), textAt(data, "status")
	c := t.customers[textAt(data, "customerId")]
	t.own(c.id, id)
	if !slices.Contains(c.consents, id) {
		c.consents = append(c.consents, id)
	}
	if until, err := time.Parse(time.RFC3339Nano, textAt(data, "expiresAt")); err == nil && state == "ACCEPTED" {
		c.accepted[textAt(data, "consentType")] = until
	}
	t.kinds[id] = textAt(data, "consentType")
	if h.operation.Method != http.MethodGet {
		if state != "ACCEPTED" {
			return fmt.Errorf("an accepted consent is %s", state)
		}
		if err := a.versionAccepted(t, c, h, data); err != nil {
			return err
		}
	}
	return a.see(t, "consent", id, state)
}

// missing lists the consents that the customer has not accepted.
func (a *auditor) missing(t *auditedTenant, c *auditedCustomer) []string {
	var list []string
	for _, kind := range []string{"TERMS_AND_CONDITIONS", "PRIVACY_POLICY", "DATA_PROCESSING"} {
		if !a.now(t).Before(c.accepted[kind]) {
			list = append(list, kind)
		}
	}
	return list
}

// activated checks that an activation had everything that it needs.
func (a *auditor) activated(t *auditedTenant, data any) error {
	c := t.customers[textAt(data, "customerId")]
	if c.active {
		return fmt.Errorf("customer %s was activated a second time", c.id)
	}
	if missing := a.missing(t, c); len(missing) > 0 {
		return fmt.Errorf("customer %s was activated without %v", c.id, missing)
	}
	approved := false
	for _, id := range c.verifications {
		// One that was approved by time is seen here for the first time.
		h := httpCall{operation: a.client.operation("getVerification"), tenant: t.name, token: adminToken, path: map[string]string{"verificationId": id}}
		reply, err := a.client.do(h)
		if err != nil {
			return err
		}
		if err := a.observe(h, reply); err != nil {
			return err
		}
		decisive := slices.Contains([]string{"IDENTITY_VERIFICATION", "BUSINESS_VERIFICATION"}, textAt(reply.value, "data.type"))
		approved = approved || decisive && textAt(reply.value, "data.status") == "APPROVED"
	}
	if !approved {
		return fmt.Errorf("customer %s was activated without a verification", c.id)
	}
	c.active = true
	w := t.wallets[textAt(data, "wallet.walletId")]
	w.iban = textAt(data, "iban")
	for _, other := range t.wallets {
		if other != w && other.iban == w.iban {
			return fmt.Errorf("wallets %s and %s have the IBAN %s", w.id, other.id, w.iban)
		}
	}
	return a.see(t, "customer", c.id, textAt(data, "customerStatus"))
}

func (a *auditor) listed(t *auditedTenant, data any) error {
	list, _ := data.([]any)
	for _, shown := range list {
		id := textAt(shown, "walletId")
		w := t.wallets[id]
		if w == nil {
			w = &auditedWallet{id: id, customer: textAt(shown, "customerId")}
			t.wallets[id] = w
			t.customers[w.customer].master = id
			t.own(w.customer, id)
		}
		if balance, available := cents(textAt(shown, "balance")), cents(textAt(shown, "availableBalance")); balance != w.balance || available != w.balance-w.reserved {
			return fmt.Errorf("wallet %s is listed with %d, of which %d available; the books say %d and %d blocked", id, balance, available, w.balance, w.reserved)
		}
		if err := a.see(t, "wallet", id, textAt(shown, "status")); err != nil {
			return err
		}
	}
	return nil
}

func (a *auditor) funded(t *auditedTenant, h httpCall, reply any) error {
	w := t.wallets[h.path["walletId"]]
	amount := cents(textAt(h.body, "amount"))
	w.balance += amount
	t.in += amount
	if shown := minorAt(reply, "balance"); shown != w.balance {
		return fmt.Errorf("funded wallet %s shows %d, the books say %d", w.id, shown, w.balance)
	}
	return nil
}

func (a *auditor) payee(t *auditedTenant, h httpCall, data any) error {
	b := &auditedPayee{
		id: textAt(data, "id"), asset: textAt(data, "assetId"), wallet: textAt(data, "accountId"), iban: textAt(data, "iban"), state: textAt(data, "status"),
	}
	if account := h.path["accountId"]; account != "" && account != b.wallet {
		return fmt.Errorf("on %s the payee %s of %s is shown", account, b.id, b.wallet)
	}
	if strings.HasPrefix(h.operation.ID, "create") {
		for _, other := range t.payees {
			if other.wallet == b.wallet && other.iban == b.iban && other.state != "INACTIVE" {
				return fmt.Errorf("%s was registered on %s a second time", b.iban, b.wallet)
			}
		}
	}
	t.payees[b.id] = b
	t.own(t.wallets[b.wallet].customer, b.id)
	return a.see(t, "beneficiary", b.id, b.state)
}

func (a *auditor) paymentConsent(t *auditedTenant, h httpCall, data any) error {
	id := textAt(data, "consentId")
	c := t.consents[id]
	if c == nil {
		c = &auditedConsent{id: id, wallet: textAt(data, "walletId"), operation: strings.ToLower(textAt(data, "operationType"))}
		if strings.HasPrefix(h.operation.ID, "createPaymentConsent") {
			c.createdBy = t.actor(h).user
		}
		t.consents[id] = c
		t.own(t.wallets[c.wallet].customer, id)
	}
	if shown := valueAt(data, "parameters.approval"); shown != nil {
		c.approval = termsIn(shown, true)
	}
	c.state = textAt(data, "status")
	if verified := textAt(data, "verificationStatus") == "VERIFIED"; verified != c.verified {
		return fmt.Errorf("payment consent %s is shown as verified: %t, and the books say %t", id, verified, c.verified)
	}
	if want := c.atFirst(); strings.HasPrefix(h.operation.ID, "createPaymentConsent") && c.state != want {
		return fmt.Errorf("payment consent %s is %s at creation, not %s", id, c.state, want)
	}
	if until, err := time.Parse(time.RFC3339Nano, textAt(data, "validUntil")); err == nil {
		c.until = until
	}
	if token := textAt(data, "magicLinkToken"); token != "" {
		c.code = answerOf(token)
	}
	if h.operation.ID == "revokePaymentConsent" && c.state != "REVOKED" {
		return fmt.Errorf("the revoked payment consent %s is %s", id, c.state)
	}
	return a.see(t, "payment_consent", id, c.state)
}
