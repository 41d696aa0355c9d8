package app_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// approvalTime is how long an executed order waits for its approvals, as
// documented.
const approvalTime = 24 * time.Hour

// auditedTerms are what a payment consent says about approval.
type auditedTerms struct {
	required bool
	// threshold is the highest amount that needs no approval, or negative.
	threshold int64
	roles     []string
	approvers int
}

// auditedActor is who makes a request, with the roles that count for an approval.
type auditedActor struct {
	user  string
	roles []string
}

// termsIn reads terms about approval, of a body or a reply. Amounts are major
// units among parameters and in replies, and minor units elsewhere.
func termsIn(value any, major bool) *auditedTerms {
	terms := &auditedTerms{threshold: -1, approvers: 1}
	terms.required, _ = valueAt(value, "requiresApproval").(bool)
	if n, ok := number(valueAt(value, "minimumApprovers")); ok && n >= 1 {
		terms.approvers = int(n)
	}
	for _, role := range listAt(value, "approverRoles") {
		text, _ := role.(string)
		terms.roles = append(terms.roles, text)
	}
	amount, ok := number(valueAt(value, "approvalThreshold"))
	if !ok {
		amount, ok = number(valueAt(value, "approvalThreshold.amount"))
	}
	if ok && major {
		amount *= 100
	}
	if ok {
		terms.threshold = int64(math.Round(amount))
	}
	return terms
}

func number(value any) (float64, bool) {
	switch n := value.(type) {
	case float64:
		return n, true
	case int:
		return float64(n), true
	}
	return 0, false
}

// asAsked checks that a payment consent has the terms about approval that its
// creation asked for. A threshold of another form than the simulation's is left
// to the sandbox.
func (c *auditedConsent) asAsked(body any) error {
	for _, place := range []struct {
		at    string
		major bool
	}{{"metadata.parameters", true}, {"parameters", true}, {"", false}} {
		value := body
		if place.at != "" {
			value = valueAt(body, place.at)
		}
		required, _ := valueAt(value, "requiresApproval").(bool)
		if !required {
			continue
		}
		asked := termsIn(value, place.major)
		if c.approval == nil || !c.approval.required {
			return fmt.Errorf("payment consent %s asks for no approval, and its request did", c.id)
		}
		if c.approval.threshold != asked.threshold || c.approval.approvers != asked.approvers ||
			len(asked.roles) > 0 && !slices.Equal(c.approval.roles, asked.roles) {
			return fmt.Errorf("payment consent %s has the terms %+v, asked for were %+v", c.id, *c.approval, *asked)
		}
	}
	return nil
}

// approvalOf gives the terms under which others have to approve an order, or nil.
func (t *auditedTenant) approvalOf(o *auditedOrder) *auditedTerms {
	c := t.consents[o.consent]
	if c == nil || c.approval == nil || !c.approval.required || o.amount <= c.approval.threshold {
		return nil
	}
	return c.approval
}

// actor tells who makes a request: the user of a session in the roles that the
// books give it, or staff as the user and in the roles that the headers name.
func (t *auditedTenant) actor(h httpCall) auditedActor {
	for _, id := range sortedKeys(t.customers) {
		c := t.customers[id]
		for _, session := range c.sessions {
			if session.token != h.token {
				continue
			}
			if c.company == nil {
				return auditedActor{user: session.user, roles: []string{"USER"}}
			}
			return auditedActor{user: session.user, roles: c.company.roles(session.user)}
		}
	}
	actor := auditedActor{user: h.token}
	if user := h.header["X-User-ID"]; user != "" {
		actor.user = user
	}
	if roles := h.header["X-User-Roles"]; roles != "" {
		actor.roles = strings.Split(roles, ",")
	}
	return actor
}

// approved takes one approval of an order to the books: it must come from
// somebody who may give it, and the last one moves the money.
func (a *auditor) approved(t *auditedTenant, h httpCall, data any) error {
	o := t.orders[textAt(data, "orderId")]
	who, terms, consent := t.actor(h), t.approvalOf(o), t.consents[o.consent]
	holdsRole := func(role string) bool { return terms != nil && slices.Contains(terms.roles, role) }
	switch {
	case o.id != textAt(h.body, "orderId") || o.consent != h.path["consentId"]:
		return fmt.Errorf("order %s under payment consent %s was approved", o.id, o.consent)
	case terms == nil || o.state != "PROCESSING":
		return fmt.Errorf("order %s was approved, which is %s and needs %+v", o.id, o.state, terms)
	case consent.state == "REVOKED":
		return fmt.Errorf("order %s was approved under payment consent %s, which is revoked", o.id, consent.id)
	case who.user == o.preparedBy || who.user == o.executedBy:
		return fmt.Errorf("order %s was approved by %s, who has prepared or executed it", o.id, who.user)
	case slices.Contains(o.approvedBy, who.user):
		return fmt.Errorf("order %s was approved by %s a second time", o.id, who.user)
	case !slices.ContainsFunc(who.roles, holdsRole):
		return fmt.Errorf("order %s was approved by %s, who holds %v and none of %v", o.id, who.user, who.roles, terms.roles)
	}
	o.approvedBy = append(o.approvedBy, who.user)
	if len(o.approvedBy) == terms.approvers {
		o.state = "COMPLETED"
		t.settle(o)
	}
	return a.ordered(t, data)
}

// atFirst is the state that a new payment consent has.
func (c *auditedConsent) atFirst() string {
	if c.approval != nil && c.approval.required {
		return "PENDING"
	}
	return "ACTIVE"
}

// consentApproved takes one approval of a payment consent to the books: the last
// one that is needed verifies it.
func (a *auditor) consentApproved(t *auditedTenant, h httpCall, data any) error {
	c, who := t.consents[textAt(data, "consentId")], t.actor(h)
	needed := 1
	if c.atFirst() == "PENDING" {
		needed = c.approval.approvers
		holdsRole := func(role string) bool { return slices.Contains(c.approval.roles, role) }
		switch {
		case who.user == c.createdBy:
			return fmt.Errorf("payment consent %s was approved by %s, who has created it", c.id, who.user)
		case slices.Contains(c.approvedBy, who.user):
			return fmt.Errorf("payment consent %s was approved by %s a second time", c.id, who.user)
		case !slices.ContainsFunc(who.roles, holdsRole):
			return fmt.Errorf("payment consent %s was approved by %s, who holds %v and none of %v", c.id, who.user, who.roles, c.approval.roles)
		}
	}
	if c.verified {
		return fmt.Errorf("payment consent %s was approved once more", c.id)
	}
	c.approvedBy = append(c.approvedBy, who.user)
	c.verified = len(c.approvedBy) >= needed
	if shown := textAt(data, "status"); (shown == "ACTIVE") != c.verified {
		return fmt.Errorf("payment consent %s is %s with %d of %d approvals", c.id, shown, len(c.approvedBy), needed)
	}
	return a.paymentConsent(t, h, data)
}

// initiators are those who began what a request approves, an order or without one
// a payment consent.
func (t *auditedTenant) initiators(h httpCall, o *auditedOrder) []string {
	if c := t.consents[h.path["consentId"]]; o == nil && c != nil {
		return []string{c.createdBy}
	} else if o == nil {
		return nil
	}
	return []string{o.preparedBy, o.executedBy}
}

// approvers are those who have approved it.
func (t *auditedTenant) approvers(h httpCall, o *auditedOrder) []string {
	if c := t.consents[h.path["consentId"]]; o == nil && c != nil {
		return c.approvedBy
	} else if o == nil {
		return nil
	}
	return o.approvedBy
}

// waiting lists the orders of a wallet that wait for approvals.
func (t *auditedTenant) waiting(wallet string) []string {
	return slices.DeleteFunc(sortedKeys(t.orders), func(id string) bool {
		return t.orders[id].wallet != wallet || t.orders[id].state != "PROCESSING"
	})
}
