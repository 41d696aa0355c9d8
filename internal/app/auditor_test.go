package app_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// auditor keeps books of its own: it knows the requests and the replies, and
// nothing of how the sandbox works inside. Whatever the sandbox says later must
// agree with them.
type auditor struct {
	client *client
	// machines are the published tables, by name, and moves the steps that they
	// allow, from state to states.
	machines map[string]map[string][]string
	tenants  map[string]*auditedTenant
	// limits are what the categories allow, as published.
	limits map[string]auditedLimits
	wall   func() time.Time
}

type auditedTenant struct {
	name string
	// The clock: where it stands, or how far it is ahead of the wall clock.
	frozen    bool
	at        time.Time
	ahead     time.Duration
	customers map[string]*auditedCustomer
	wallets   map[string]*auditedWallet
	orders    map[string]*auditedOrder
	// payees and consents are the registered beneficiaries and payment consents.
	payees   map[string]*auditedPayee
	consents map[string]*auditedConsent
	// states are the last ones seen, by machine and id.
	states map[string]string
	// templates are the texts of consents by their types, in the order in which they were
	// made, and kinds the types of the consents that customers have given, by their ids.
	templates map[string][]*auditedTemplate
	kinds     map[string]string
	// owners are the customers to whom ids of things belong.
	owners map[string]string
	// in and out are the money that came and went.
	in, out int64
}

type auditedCustomer struct {
	id, user, email, category string
	product, master           string
	active                    bool
	// accepted tells until when each consent holds, and consents their ids.
	accepted map[string]time.Time
	// versions are those of the texts that were accepted, by type.
	versions      map[string]string
	consents      []string
	verifications []string
	sessions      []auditedSession
	// company is nil for an individual.
	company *auditedCompany
}

type auditedSession struct{ id, user, token, refresh string }

type auditedWallet struct {
	id, customer, iban string
	balance, reserved  int64
}

type auditedOrder struct {
	id, wallet, operation string
	// network is the one over which the order goes.
	network     string
	amount, fee int64
	// target is the wallet of the tenant that is paid, if one is.
	target      string
	state       string
	made, until time.Time
	consent     string
	// preparedBy and executedBy are users, approvedBy those who approved since.
	preparedBy, executedBy string
	approvedBy             []string
	// deadline is the end of the time in which the order can be approved.
	deadline time.Time
}

// held is what the order keeps from being spent.
func (o *auditedOrder) held() int64 {
	if o.operation == "topup" {
		return 0
	}
	return o.amount + o.fee
}

type auditedPayee struct{ id, asset, wallet, iban, state string }

type auditedConsent struct {
	id, wallet, operation, state, code string
	until                              time.Time
	// approval is nil if nobody has to approve the consent and its orders.
	approval *auditedTerms
	// createdBy is a user, approvedBy those who have approved the consent itself.
	createdBy  string
	approvedBy []string
	verified   bool
}

type auditedLimits struct{ transaction, daily, monthly, least int64 }

// limitsOf are those of the category for what is sent, and the documented ones
// for what comes in.
func (a *auditor) limitsOf(c *auditedCustomer, operation string) auditedLimits {
	if operation == "topup" {
		return auditedLimits{5_000_000, 10_000_000, 50_000_000, 1_000}
	}
	return a.limits[c.category]
}

func (a *auditor) tenant(name string) *auditedTenant {
	t := a.tenants[name]
	if t == nil {
		t = &auditedTenant{
			name: name, customers: map[string]*auditedCustomer{}, wallets: map[string]*auditedWallet{},
			orders: map[string]*auditedOrder{}, payees: map[string]*auditedPayee{}, consents: map[string]*auditedConsent{},
			states: map[string]string{}, owners: map[string]string{}, templates: templatesAtFirst(), kinds: map[string]string{},
		}
		a.tenants[name] = t
	}
	return t
}

// now is the tenant's time, as the auditor reckons it.
func (a *auditor) now(t *auditedTenant) time.Time {
	if t.frozen {
		return t.at
	}
	return a.wall().Add(t.ahead)
}

// setClock takes over what a reply says about the tenant's time.
func (a *auditor) setClock(t *auditedTenant, reply any) error {
	now, err := time.Parse(time.RFC3339Nano, textAt(reply, "now"))
	if err != nil {
		return err
	}
	if known := a.now(t); now.Before(known) {
		return fmt.Errorf("the clock of %s went back from %s to %s", t.name, known, now)
	}
	t.frozen, t.at, t.ahead = textAt(reply, "mode") == "frozen", now, now.Sub(a.wall())
	a.expire(t)
	return nil
}

// expire lets time do what it does: orders that were not executed, or executed
// and not approved, give their money free, and consents end.
func (a *auditor) expire(t *auditedTenant) {
	now := a.now(t)
	for _, id := range sortedKeys(t.orders) {
		if o := t.orders[id]; o.state == "READY" && !now.Before(o.until) {
			o.state = "EXPIRED"
			t.wallets[o.wallet].reserved -= o.held()
		} else if o.state == "PROCESSING" && !now.Before(o.deadline) {
			o.state = "FAILED"
			t.wallets[o.wallet].reserved -= o.held()
		}
	}
	for _, c := range t.consents {
		if (c.state == "ACTIVE" || c.state == "PENDING") && !now.Before(c.until) {
			c.state = "EXPIRED"
		}
	}
}

// see notes the state in which something is shown. It must be one that the
// published table leads to from the last one.
func (a *auditor) see(t *auditedTenant, machine, id, state string) error {
	key := machine + " " + id
	before, known := t.states[key]
	if known && before != state && !a.leads(machine, before, state) {
		return fmt.Errorf("%s %s of %s went from %s to %s, which its table does not allow", machine, id, t.name, before, state)
	}
	if _, exists := a.machines[machine][state]; !exists {
		return fmt.Errorf("%s %s of %s is %q, which is no state", machine, id, t.name, state)
	}
	t.states[key] = state
	return nil
}

// leads reports whether any number of steps leads from one state to another.
func (a *auditor) leads(machine, from, to string) bool {
	seen := map[string]bool{}
	next := []string{from}
	for len(next) > 0 {
		state := next[0]
		next = next[1:]
		for _, after := range a.machines[machine][state] {
			if after == to {
				return true
			}
			if !seen[after] {
				seen[after] = true
				next = append(next, after)
			}
		}
	}
	return false
}

// learn reads what the sandbox publishes about itself.
func (a *auditor) learn(c *client) error {
	a.client, a.machines, a.tenants, a.limits = c, map[string]map[string][]string{}, map[string]*auditedTenant{}, map[string]auditedLimits{}
	list, err := c.do(httpCall{operation: c.operation("listMachines"), tenant: "any"})
	if err != nil {
		return err
	}
	for _, m := range list.value.([]any) {
		name := textAt(m, "name")
		shown, err := c.do(httpCall{operation: c.operation("getMachine"), tenant: "any", path: map[string]string{"name": name}})
		if err != nil {
			return err
		}
		moves := map[string][]string{}
		for _, state := range listAt(shown.value, "states") {
			moves[state.(string)] = nil
		}
		for _, row := range listAt(shown.value, "transitions") {
			for _, from := range listAt(row, "from") {
				if to := textAt(row, "to"); to != "" {
					moves[from.(string)] = append(moves[from.(string)], to)
				}
			}
		}
		a.machines[name] = moves
	}
	hierarchy, err := c.do(httpCall{
		operation: c.operation("getCategorizationHierarchy"), tenant: "any", token: adminToken, path: map[string]string{"tenantId": "any"},
	})
	categories, _ := valueAt(hierarchy.value, "data.categories").(map[string]any)
	for code, category := range categories {
		a.limits[code] = auditedLimits{
			cents(textAt(category, "limits.perTransaction")), cents(textAt(category, "limits.daily")), cents(textAt(category, "limits.monthly")), 1,
		}
	}
	return err
}

// cents reads a decimal text with two digits behind the point.
func cents(decimal string) int64 {
	return minorAt(map[string]any{"text": strings.Replace(decimal, ".", "", 1)}, "text")
}

// audit compares every wallet of a tenant with the books, and the whole: what
// came in is there, or has gone out.
func (a *auditor) audit(t *auditedTenant) error {
	a.expire(t)
	var sum int64
	for _, id := range sortedKeys(t.wallets) {
		w := t.wallets[id]
		customer := t.customers[w.customer]
		if !customer.active {
			continue
		}
		reply, err := a.client.do(httpCall{
			operation: a.client.operation("getAccountBalance"), tenant: t.name, token: adminToken, path: map[string]string{"accountId": id},
		})
		if err != nil {
			return err
		}
		if reply.status != http.StatusOK {
			return fmt.Errorf("the balance of %s cannot be read: %s", id, reply)
		}
		if err := w.compare(reply.value); err != nil {
			return err
		}
		if err := a.see(t, "wallet", id, textAt(reply.value, "data.status")); err != nil {
			return err
		}
		sum += minorAt(reply.value, "data.currentBalance")
	}
	for _, id := range sortedKeys(t.customers) {
		if c := t.customers[id]; c.company != nil {
			if err := a.confirmedOwnership(t, c); err != nil {
				return err
			}
		}
	}
	if err := a.sums(t); err != nil {
		return err
	}
	if sum != t.in-t.out {
		return fmt.Errorf("%s: %d came in, %d went out, and %d is there", t.name, t.in, t.out, sum)
	}
	return nil
}

// compare holds a shown balance to the books.
func (w *auditedWallet) compare(reply any) error {
	current, available, blocked := minorAt(reply, "data.currentBalance"), minorAt(reply, "data.availableBalance"), minorAt(reply, "data.blockedBalance")
	if current != w.balance || blocked != w.reserved || available != w.balance-w.reserved || available < 0 {
		return fmt.Errorf("wallet %s shows %d, of which %d available and %d blocked; the books say %d and %d blocked",
			w.id, current, available, blocked, w.balance, w.reserved)
	}
	return nil
}

// apart asks in one tenant for what belongs to another.
func (a *auditor) apart(own, other *auditedTenant) error {
	ask := func(operation string, path map[string]string, status int) error {
		reply, err := a.client.do(httpCall{operation: a.client.operation(operation), tenant: own.name, token: adminToken, path: path})
		if err == nil && reply.status != status {
			err = fmt.Errorf("%s of %v in %s answers what belongs to %s: %s", operation, path, own.name, other.name, reply)
		}
		return err
	}
	for _, id := range sortedKeys(other.customers) {
		c := other.customers[id]
		for _, try := range []struct {
			operation, parameter, id string
		}{
			{"getCustomerWallets", "customerId", id}, {"getWalletBalance", "walletId", c.product},
			{"getAccountBalance", "accountId", c.product}, {"listBeneficiaries", "accountId", c.product},
			{"getVerification", "verificationId", last(c.verifications)}, {"getConsentStatus", "consentId", last(c.consents)},
			{"getOrganization", "organizationId", id}, {"listShareholders", "organizationId", id},
		} {
			if try.id == "" {
				continue
			}
			if err := ask(try.operation, map[string]string{try.parameter: try.id}, http.StatusNotFound); err != nil {
				return err
			}
		}
	}
	for _, mine := range own.customers {
		if !mine.active {
			continue
		}
		for _, id := range sortedKeys(other.orders) {
			// The documented answer to an unknown order is 400.
			if err := ask("getOrder", map[string]string{"accountId": mine.product, "orderId": id}, http.StatusBadRequest); err != nil {
				return err
			}
		}
		for _, id := range sortedKeys(other.consents) {
			if err := ask("getPaymentConsent", map[string]string{"accountId": mine.product, "consentId": id}, http.StatusNotFound); err != nil {
				return err
			}
		}
		return nil
	}
	return nil
}

func last(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

// moved is what a customer's orders of a day or month come to that count against
// the limits of an operation: what was sent, or what was topped up.
func (t *auditedTenant) moved(customer, operation, layout string, at time.Time) int64 {
	var sum int64
	for _, o := range t.orders {
		if t.wallets[o.wallet].customer == customer && (o.operation == "topup") == (operation == "topup") && o.made.Format(layout) == at.Format(layout) &&
			!slices.Contains([]string{"EXPIRED", "FAILED"}, o.state) {
			sum += o.amount
		}
	}
	return sum
}
