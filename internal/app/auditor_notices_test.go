package app_test

import (
	"fmt"
	"maps"
	"math/big"
	"testing"
	"time"
)

// organizationBooks are those of a tenant whose one order, over the threshold,
// was prepared by one user and executed by another.
func organizationBooks(a *auditor) *auditedTenant {
	t := a.tenant("acme")
	company := func(number string, users map[string]string) *auditedCompany {
		o := &auditedCompany{number: number, people: map[string]*auditedPosition{}, logins: map[string]auditedLogin{}, kinds: map[string]string{}}
		for user, role := range users {
			o.people["org-emp-"+user] = &auditedPosition{id: "org-emp-" + user, kind: "employee", user: user, roles: []string{role}}
		}
		return o
	}
	t.customers["medis"] = &auditedCustomer{id: "medis", product: "wallet", active: true, category: "HIGH_RISK_BUSINESS", company: company("1", map[string]string{
		"anna": "ADMIN_USER", "tomas": "ADMIN_USER", "rasa": "TRANSACTION_APPROVER", "ieva": "TRANSACTION_APPROVER", "jonas": "VIEWER",
	})}
	t.customers["medis"].company.risky = true
	for _, user := range []string{"anna", "tomas", "rasa", "ieva", "jonas"} {
		t.customers["medis"].sessions = append(t.customers["medis"].sessions, auditedSession{id: user, user: user, token: "token of " + user})
	}
	t.customers["girios"] = &auditedCustomer{id: "girios", company: company("2", nil), sessions: []auditedSession{{user: "ilze", token: "token of ilze"}}}
	t.own("medis", "medis", "wallet", "order", "consent", "verification", "document")
	t.own("girios", "girios")
	t.wallets["wallet"] = &auditedWallet{id: "wallet", customer: "medis", balance: 50_000, reserved: 20_150}
	t.consents["consent"] = &auditedConsent{id: "consent", wallet: "wallet", state: "ACTIVE", approval: &auditedTerms{
		required: true, threshold: 10_000, approvers: 2, roles: []string{"TRANSACTION_APPROVER", "ADMIN_USER"},
	}}
	t.orders["order"] = &auditedOrder{
		id: "order", wallet: "wallet", operation: "transfer", amount: 20_000, fee: 150, state: "PROCESSING", consent: "consent",
		preparedBy: "anna", executedBy: "tomas", approvedBy: []string{"rasa"}, deadline: a.now(t).Add(time.Hour),
	}
	t.states["order order"] = "PROCESSING"
	return t
}

// approvalReply is the answer to an approval of the books' order.
func approvalReply(state string) any {
	return map[string]any{"orderId": "order", "status": state, "amount": map[string]any{"value": "20000"}}
}

// TestAuditorNoticesApprovals gives approvals that nobody may give.
func TestAuditorNoticesApprovals(t *testing.T) {
	c := &client{documents: loadDocuments(t), send: inProcess(openApp(t).Handler())}
	for name, try := range map[string]struct {
		user, state string
		spoil       func(*auditedTenant)
		wrong       bool
	}{
		"as it should be":              {user: "ieva", state: "COMPLETED"},
		"by who prepared it":           {user: "anna", state: "COMPLETED", wrong: true},
		"by who executed it":           {user: "tomas", state: "COMPLETED", wrong: true},
		"a second time":                {user: "rasa", state: "COMPLETED", wrong: true},
		"without a role":               {user: "jonas", state: "COMPLETED", wrong: true},
		"and it waits on":              {user: "ieva", state: "PROCESSING", wrong: true},
		"one too early":                {user: "ieva", state: "COMPLETED", wrong: true, spoil: func(b *auditedTenant) { b.orders["order"].approvedBy = nil }},
		"for another customer":         {user: "ilze", state: "COMPLETED", wrong: true},
		"after the consent's end":      {user: "ieva", state: "COMPLETED", wrong: true, spoil: func(b *auditedTenant) { b.consents["consent"].state = "REVOKED" }},
		"of an order that needs none":  {user: "ieva", state: "COMPLETED", wrong: true, spoil: func(b *auditedTenant) { b.orders["order"].amount = 10_000 }},
		"of an order that is complete": {user: "ieva", state: "COMPLETED", wrong: true, spoil: func(b *auditedTenant) { b.orders["order"].state = "COMPLETED" }},
	} {
		a := &auditor{wall: time.Now}
		if err := a.learn(c); err != nil {
			t.Fatal(err)
		}
		books := organizationBooks(a)
		if try.spoil != nil {
			try.spoil(books)
		}
		err := a.observe(httpCall{
			operation: c.operation("approvePaymentConsent"), tenant: "acme", token: "token of " + try.user,
			path: map[string]string{"consentId": "consent"}, body: map[string]any{"orderId": "order"},
		}, httpReply{status: 200, value: map[string]any{"data": approvalReply(try.state)}})
		if (err != nil) != try.wrong {
			t.Errorf("an approval %s: %v", name, err)
		}
		if left := books.wallets["wallet"].balance; !try.wrong && left != 29_850 {
			t.Errorf("an approval %s leaves %d", name, left)
		}
	}
}

// TestAuditorNoticesOrganizations lets users reach what is not theirs, staff
// decide what only the power tenant may, and shareholders own too much.
func TestAuditorNoticesOrganizations(t *testing.T) {
	c := &client{documents: loadDocuments(t), send: inProcess(openApp(t).Handler())}
	a := &auditor{wall: time.Now}
	if err := a.learn(c); err != nil {
		t.Fatal(err)
	}
	books := organizationBooks(a)
	ok := func(h httpCall, data any) error {
		h.tenant = "acme"
		return a.observe(h, httpReply{status: 200, value: map[string]any{"data": data}})
	}
	for operation, path := range map[string]map[string]string{
		"getOrganization":      {"organizationId": "medis"},
		"listEmployees":        {"organizationId": "medis"},
		"getPersonnelStatus":   {"organizationId": "medis"},
		"getWalletStatus":      {"organizationId": "medis"},
		"getAllowedOperations": {"accountId": "wallet"},
		"getOrder":             {"accountId": "wallet", "orderId": "order"},
		"getVerification":      {"verificationId": "verification"},
		"removeEmployee":       {"organizationId": "girios", "employeeId": "medis"},
		"createVerification":   nil,
	} {
		h := httpCall{operation: c.operation(operation), token: "token of ilze", path: path}
		if path == nil {
			h.body = map[string]any{"customerId": "medis"}
		}
		if ok(h, map[string]any{}) == nil {
			t.Errorf("a foreign %s is overlooked", operation)
		}
	}
	verdict := map[string]any{"id": "verification", "customerId": "medis", "status": "APPROVED", "type": "BUSINESS_VERIFICATION"}
	for token, wrong := range map[string]bool{adminToken: true, "sandbox-compliance": true, "token of anna": true, powerToken: false} {
		delete(books.states, "verification verification")
		err := ok(httpCall{operation: c.operation("approveVerification"), token: token, path: map[string]string{"verificationId": "verification"}}, verdict)
		if (err != nil) != wrong {
			t.Errorf("a decision of %s: %v", token, err)
		}
	}
	for share, wrong := range map[string]bool{"40": false, "0.0001": false, "40.0001": true} {
		people := books.customers["medis"].company.people
		maps.DeleteFunc(people, func(_ string, p *auditedPosition) bool { return p.kind == "shareholder" })
		people["first"] = &auditedPosition{id: "first", kind: "shareholder", share: big.NewRat(60, 1)}
		percent, _ := shareIn(share).Float64()
		total, rest := 60+percent, 40-percent
		err := ok(httpCall{operation: c.operation("addShareholders"), token: adminToken, path: map[string]string{"organizationId": "medis"}, body: map[string]any{"ownershipPercentage": share}}, map[string]any{
			"totalOwnership": fmt.Sprint(total), "availableOwnership": fmt.Sprint(rest),
			"shareholders": []any{map[string]any{"organization": map[string]any{"shareholderId": "second", "ownershipPercentage": share}}},
		})
		if (err != nil) != wrong {
			t.Errorf("%s percent beside 60: %v", share, err)
		}
	}
}
