package app_test

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// prepared takes a new order to the books, and checks that it may exist: the
// account could pay it, and every limit had room for it.
func (a *auditor) prepared(t *auditedTenant, h httpCall, data any) error {
	o := &auditedOrder{
		id: textAt(data, "preparedOrderId"), wallet: cmp.Or(h.path["accountId"], textAt(data, "accountId")), operation: strings.ToLower(textAt(data, "operationType")),
		network: textAt(data, "regulatoryInfo.network"), amount: minorAt(data, "amount.value"), fee: minorAt(data, "fees.value"), state: textAt(data, "status"),
		made: a.now(t), consent: textAt(data, "consent.consentReference"), preparedBy: t.actor(h).user,
	}
	var err error
	if o.until, err = time.Parse(time.RFC3339Nano, textAt(data, "validUntil")); err != nil {
		return err
	}
	w := t.wallets[o.wallet]
	customer := t.customers[w.customer]
	asked, err := askedOf(h)
	if err != nil || asked != o.amount || minorAt(data, "totalAmount.value") != o.amount+o.fee {
		return fmt.Errorf("order %s is of %d and %d in fees, asked for were %d", o.id, o.amount, o.fee, asked)
	}
	if !customer.active || o.state != "READY" || o.amount <= 0 {
		return fmt.Errorf("order %s of %d is %s, its customer is active: %t", o.id, o.amount, o.state, customer.active)
	}
	if o.operation != "topup" {
		if err := a.paid(t, o, textAt(data, "summary.targetAccount")); err != nil {
			return err
		}
	}
	if want := feeOf(o); !slices.Contains(want, o.fee) {
		return fmt.Errorf("order %s (%s) costs %d, not one of %v", o.id, o.operation, o.fee, want)
	}
	if err := a.withinLimits(t, customer, o); err != nil {
		return err
	}
	if free := w.balance - w.reserved; o.held() > free {
		return fmt.Errorf("order %s holds %d of %d", o.id, o.held(), free)
	}
	w.reserved += o.held()
	t.orders[o.id] = o
	t.own(customer.id, o.id)
	return a.see(t, "order", o.id, o.state)
}

// paid checks whom an order pays: a registered payee, and a transfer under a
// consent that holds. If the payee is a wallet of the tenant, the order remembers
// it.
func (a *auditor) paid(t *auditedTenant, o *auditedOrder, iban string) error {
	registered := false
	for _, b := range t.payees {
		registered = registered || b.wallet == o.wallet && b.iban == iban && b.state == "ACTIVE"
	}
	if !registered {
		return fmt.Errorf("order %s pays %s, which is no ACTIVE beneficiary of %s", o.id, iban, o.wallet)
	}
	if c := t.consents[o.consent]; o.operation == "transfer" && (c == nil || c.wallet != o.wallet || c.state != "ACTIVE") {
		return fmt.Errorf("order %s was prepared under payment consent %q: %+v", o.id, o.consent, c)
	}
	for _, w := range t.wallets {
		if w.iban == iban {
			o.target = w.id
		}
	}
	return nil
}

// feeOf gives what an order may cost: nothing inside the tenant or for money
// that comes in, else the fee of one of the networks.
func feeOf(o *auditedOrder) []int64 {
	switch {
	case o.operation == "topup" || o.target != "":
		return []int64{0}
	}
	return []int64{150, 250, 2500}
}

func (a *auditor) withinLimits(t *auditedTenant, c *auditedCustomer, o *auditedOrder) error {
	limits := a.limitsOf(c, o.operation)
	if o.amount < limits.least {
		return fmt.Errorf("order %s of %d is below %d", o.id, o.amount, limits.least)
	}
	for _, check := range []struct {
		name        string
		limit, used int64
	}{
		{"one transaction", limits.transaction, 0},
		{"a day", limits.daily, t.moved(c.id, o.operation, time.DateOnly, o.made)},
		{"a month", limits.monthly, t.moved(c.id, o.operation, "2006-01", o.made)},
	} {
		if check.used+o.amount > check.limit {
			return fmt.Errorf("order %s of %d after %d breaks the limit of %s, %d", o.id, o.amount, check.used, check.name, check.limit)
		}
	}
	return nil
}

// executed books an order, unless others have to approve it first.
func (a *auditor) executed(t *auditedTenant, h httpCall, data any) error {
	o := t.orders[textAt(data, "orderId")]
	if o.state != "READY" || !a.now(t).Before(o.until) {
		return fmt.Errorf("order %s was executed though it is %s until %s", o.id, o.state, o.until)
	}
	if c := t.consents[o.consent]; c != nil && c.state != "ACTIVE" {
		return fmt.Errorf("order %s was executed under payment consent %s, which is %s", o.id, c.id, c.state)
	}
	w := t.wallets[o.wallet]
	before := w.balance
	o.executedBy, o.deadline = t.actor(h).user, a.now(t).Add(approvalTime)
	want := "COMPLETED"
	if t.approvalOf(o) != nil {
		want = "PROCESSING"
	}
	if o.state = textAt(data, "status"); o.state != want {
		return fmt.Errorf("order %s is %s, not %s; by default settlement waits for nothing but approvals", o.id, o.state, want)
	}
	if o.state == "COMPLETED" {
		t.settle(o)
	}
	if was, is := cents(textAt(data, "balances.before.current")), cents(textAt(data, "balances.after.current")); (was != before || is != w.balance) && valueAt(data, "balances") != nil {
		return fmt.Errorf("order %s took the balance from %d to %d, the books say from %d to %d", o.id, was, is, before, w.balance)
	}
	return a.see(t, "order", o.id, o.state)
}

// settle moves the money of an order.
func (t *auditedTenant) settle(o *auditedOrder) {
	w := t.wallets[o.wallet]
	w.reserved -= o.held()
	w.balance -= o.held()
	switch {
	case o.operation == "topup":
		w.balance += o.amount
		t.in += o.amount
	case o.target != "":
		t.wallets[o.target].balance += o.amount
		t.out += o.fee
	default:
		t.out += o.held()
	}
}

// ordered compares a shown order with the books.
func (a *auditor) ordered(t *auditedTenant, data any) error {
	o := t.orders[textAt(data, "orderId")]
	if shown := textAt(data, "status"); shown != o.state || minorAt(data, "amount.value") != o.amount {
		return fmt.Errorf("order %s is shown as %s of %d, the books say %s of %d", o.id, shown, minorAt(data, "amount.value"), o.state, o.amount)
	}
	return a.see(t, "order", o.id, o.state)
}

// refused checks that the reason of a refusal is true by the books. Reasons that
// depend on the form of the request alone are not looked at.
func (a *auditor) refused(t *auditedTenant, h httpCall, r httpReply) error {
	data := valueAt(r.value, "data")
	code := textAt(data, "refusal")
	customer, order := t.customers[h.path["customerId"]+h.path["organizationId"]], t.orders[textAt(h.body, "preparedOrderId")]
	if h.operation.ID == "approvePaymentConsent" {
		order = t.orders[textAt(h.body, "orderId")]
	}
	wallet := t.payer(h)
	holds := func(reason bool) error {
		if reason {
			return nil
		}
		return fmt.Errorf("%s does not hold by the books", code)
	}
	switch code {
	case "CUSTOMER_ALREADY_ACTIVE":
		return holds(customer != nil && customer.active)
	case "CUSTOMER_NOT_ACTIVE", "WALLET_NOT_ACTIVATED":
		return holds(wallet == nil || !t.customers[wallet.customer].active)
	case "VERIFICATION_NOT_APPROVED":
		return holds(customer != nil && !slices.ContainsFunc(customer.verifications, func(id string) bool { return t.states["verification "+id] == "APPROVED" }))
	case "CONSENTS_MISSING":
		var missing []string
		for _, consent := range listAt(data, "missingConsents") {
			missing = append(missing, textAt(consent, "type"))
		}
		return holds(customer != nil && slices.Equal(missing, a.missing(t, customer)))
	case "CONSENT_VERSION_OUTDATED":
		return holds(a.versionRefused(t, customer, h))
	case "LAST_CONSENT_TEMPLATE":
		return holds(a.lastTemplate(t, h))
	case "DUPLICATE_EMAIL":
		return holds(t.emailKnown(h))
	case "DUPLICATE_BENEFICIARY":
		b := t.payees[textAt(data, "beneficiaryId")]
		return holds(b != nil && (b.wallet == h.path["accountId"] || h.path["accountId"] == "") && b.state != "INACTIVE")
	case "ORDER_EXPIRED":
		return holds(order != nil && order.state == "EXPIRED")
	case "ORDER_ALREADY_EXECUTED":
		return holds(order != nil && slices.Contains([]string{"PROCESSING", "COMPLETED", "FAILED"}, order.state))
	case "INITIATOR_CANNOT_APPROVE", "APPROVAL_DUPLICATE", "OWNERSHIP_EXCEEDED", "ADMIN_USER_MISSING", "LAST_ADMIN_USER", "DUPLICATE_ORGANIZATION":
		return holds(a.organizationRefused(t, h, code, order))
	case "ORDER_NOT_FOUND":
		return a.orderNotFound(t, h)
	case "INSUFFICIENT_BALANCE":
		free := wallet.balance - wallet.reserved
		return holds(minorAt(data, "available.value") == free && minorAt(data, "requested.value") > free)
	case "CATEGORY_LIMIT_EXCEEDED":
		return a.overLimit(t, t.customers[wallet.customer], operationOfPath(h), data)
	case "CUSTOMER_NOT_FOUND":
		id := h.path["customerId"] + h.path["organizationId"]
		if named := textAt(h.body, "customerId"); id == "" {
			id = named
		}
		return holds(t.customers[id] == nil || h.token != adminToken || !t.customers[id].fits(h.operation.Path))
	case "WALLET_NOT_FOUND":
		return holds(t.wallets[h.path["accountId"]+h.path["walletId"]] == nil || h.token != adminToken)
	}
	return nil
}

// emailOf finds the e-mail of a registration in any family of bodies.
func emailOf(body any) string {
	for _, at := range []string{"email", "individualCustomer.person.email", "individualCustomer.email", "PERSONAL_INFO.email", "individualCustomer.user.email"} {
		if email := textAt(body, at); email != "" {
			return email
		}
	}
	return ""
}

func (a *auditor) orderNotFound(t *auditedTenant, h httpCall) error {
	found := func(o *auditedOrder) bool { return o.wallet == h.path["accountId"] }
	id := h.path["orderId"]
	switch h.operation.ID {
	case "executeOperation":
		id = textAt(h.body, "preparedOrderId")
		found = func(o *auditedOrder) bool {
			sepa := strings.HasPrefix(strings.ToLower(h.path["operationType"]), "sepa_")
			return o.wallet == h.path["accountId"] && o.operation == operationOfPath(h) && (!sepa || o.network == "SEPA")
		}
	case "approvePaymentConsent":
		id = textAt(h.body, "orderId")
		found = func(o *auditedOrder) bool { return o.consent == h.path["consentId"] }
	}
	o := t.orders[id]
	if o == nil || !found(o) {
		return nil
	}
	return fmt.Errorf("order %s is not found, and the books have it", id)
}

func operationOfPath(h httpCall) string {
	name := strings.ToLower(h.path["operationType"])
	switch {
	case name == "":
		return "transfer"
	case name == "withdraw":
		return "withdrawal"
	case strings.HasPrefix(name, "sepa_"):
		return "transfer"
	}
	return name
}

func (a *auditor) overLimit(t *auditedTenant, c *auditedCustomer, operation string, data any) error {
	limits, now := a.limitsOf(c, operation), a.now(t)
	var limit, used int64
	switch textAt(data, "window") {
	case "TRANSACTION":
		limit = limits.transaction
	case "DAILY":
		limit, used = limits.daily, t.moved(c.id, operation, time.DateOnly, now)
	case "MONTHLY":
		limit, used = limits.monthly, t.moved(c.id, operation, "2006-01", now)
	}
	if minorAt(data, "limit.value") != limit || minorAt(data, "available.value") != max(0, limit-used) || minorAt(data, "requested.value") <= limit-used {
		return fmt.Errorf("by the books %d of the limit %d (%s) are used", used, limit, textAt(data, "window"))
	}
	return nil
}

// shown is everything that the reading operations show of a customer.
func (a *auditor) shown(t *auditedTenant, c *auditedCustomer) (string, error) {
	var all strings.Builder
	tries := []auditedRead{
		{"getCustomerWallets", "customerId", c.id}, {"checkIndividualActivation", "customerId", c.id},
		{"getVerification", "verificationId", last(c.verifications)}, {"getConsentStatus", "consentId", last(c.consents)},
		{"getAccountBalance", "accountId", c.product}, {"getAllowedOperations", "accountId", c.product},
		{"listBeneficiaries", "accountId", c.product}, {"listPaymentConsents", "accountId", c.product},
	}
	if c.company != nil {
		tries = append(tries, c.reads()...)
	}
	for _, try := range tries {
		if try.id == "" {
			continue
		}
		h := httpCall{
			operation: a.client.operation(try.operation), tenant: t.name, token: adminToken,
			path: map[string]string{"organizationId": c.id, try.parameter: try.id, "ownerTenantId": t.name},
		}
		reply, err := a.client.do(h)
		if err != nil {
			return "", err
		}
		if reply.status == http.StatusOK {
			if err := a.observe(h, reply); err != nil {
				return "", fmt.Errorf("%s: %w", h, err)
			}
		}
		fmt.Fprintf(&all, "%s: %s\n", try.operation, reply)
	}
	return all.String(), nil
}
