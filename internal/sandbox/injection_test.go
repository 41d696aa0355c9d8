package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/fault"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/government"
	"finhub-sandbox/internal/sandbox/world"
)

// ask asks what becomes of a request.
func (g *stage) ask(c access.Caller, in government.Asked) government.Injection {
	g.Helper()
	if in.Details == nil {
		in.Details = func() government.Details { return government.Details{} }
	}
	d, err := g.Inject(c, in)
	g.ok(err)
	return d
}

// names are what a request names, as parameter, value pairs.
func names(pairs ...string) (list []government.Named) {
	for pair := range slices.Chunk(pairs, 2) {
		list = append(list, government.Named{Parameter: pair[0], Value: pair[1]})
	}
	return list
}

func TestAScenarioRefusesAnOperation(t *testing.T) {
	g := played(t, `rules: [{name: stale, on: acceptIndividualConsent, when: 'consent.type == "TERMS_AND_CONDITIONS" && consent.version < "2"', times: 2, refuse: CONSENT_VERSION_OUTDATED}]`)
	anna, jonas := g.register("anna@example.com", "").Customer.ID, g.register("jonas@example.com", "").Customer.ID
	terms := func(version string) func() government.Details {
		return func() government.Details {
			return government.Details{ConsentType: onboarding.Terms, ConsentVersion: version}
		}
	}
	in := government.Asked{Operation: "acceptIndividualConsent", Names: names("customerId", anna), Details: terms("1.0")}
	e := g.refused(g.ask(g.staff, in).Refusal, refusal.ConsentVersionOutdated)
	if e.Details != `scenario played, rule "stale", refuses acceptIndividualConsent` || e.Text() != refusal.Define(refusal.ConsentVersionOutdated).Message {
		t.Errorf("got %v", e)
	}
	for _, pass := range []government.Asked{
		{Operation: "acceptIndividualConsent", Names: names("customerId", anna), Details: terms("2.0")},
		{Operation: "acceptOrganizationConsent", Names: names("customerId", anna), Details: terms("1.0")},
	} {
		if d := g.ask(g.staff, pass); d.Refusal != nil || d.Scenario != "played" {
			t.Errorf("%s is refused: %+v", pass.Operation, d)
		}
	}
	g.refused(g.ask(g.staff, in).Refusal, refusal.ConsentVersionOutdated)
	if d := g.ask(g.staff, in); d.Refusal != nil {
		t.Errorf("refused a third time: %v", d.Refusal)
	}
	// Every customer has a count of its own.
	in.Names = names("customerId", jonas)
	g.refused(g.ask(g.staff, in).Refusal, refusal.ConsentVersionOutdated)
}

func TestARefusalChangesNothingButItsCount(t *testing.T) {
	g := played(t, `rules: [{on: registerIndividual, times: 1, refuse: DUPLICATE_EMAIL}, {on: getVerification, refuse: VERIFICATION_NOT_FOUND}]`)
	dump := func() string {
		text, err := g.Engine().Dump(t.Context(), "t")
		g.ok(err)
		return text
	}
	before := dump()
	g.refused(g.ask(g.staff, government.Asked{Operation: "getVerification", Names: names("verificationId", "v")}).Refusal, refusal.VerificationNotFound)
	if g.ask(g.staff, government.Asked{Operation: "getOrder"}); dump() != before {
		t.Error("a rule without limits has been counted")
	}
	g.refused(g.ask(g.staff, government.Asked{Operation: "registerIndividual", Registers: true, Email: "a@example.com"}).Refusal, refusal.DuplicateEmail)
	changed := slices.DeleteFunc(strings.Split(dump(), "\n"), func(line string) bool { return strings.Contains(before, line) })
	if len(changed) != 1 || !strings.HasPrefix(changed[0], "count/") {
		t.Errorf("changed: %q", changed)
	}
}

// TestWhomARequestConcerns finds the customer behind everything that a request
// can name.
func TestWhomARequestConcerns(t *testing.T) {
	g := newStage(t, world.Config{}, nothing("hers"), nothing("his"))
	anna, jonas := g.register("anna@example.com", "hers"), g.register("jonas@example.com", "his")
	v := g.open(anna.Customer.ID)
	consent := g.accept(anna.Customer.ID, onboarding.Terms)
	company, err := g.Register(g.staff, customers.Registration{Email: "o@m.example", Name: "M", Scenario: "hers", Company: &onboarding.Company{LegalName: "M", RegistrationNumber: "1"}})
	g.ok(err)
	owner, err := g.AddPersonnel(g.staff, company.Customer.ID, []customers.PersonnelRequest{{Position: onboarding.Director, Email: "r@m.example", Person: onboarding.Person{FirstName: "R", LastName: "K"}}})
	g.ok(err)
	her := access.Caller{Sort: access.Customer, Tenant: "t", CustomerID: anna.Customer.ID}
	for name, test := range map[string]struct {
		caller access.Caller
		asked  government.Asked
		want   string
	}{
		"customer":                  {g.staff, government.Asked{Names: names("customerId", anna.Customer.ID)}, "hers"},
		"wallet":                    {g.staff, government.Asked{Names: names("walletId", jonas.Wallet.ID)}, "his"},
		"verification":              {g.staff, government.Asked{Names: names("verificationId", v.ID)}, "hers"},
		"consent":                   {g.staff, government.Asked{Names: names("consentId", consent.ID)}, "hers"},
		"person of an organization": {g.staff, government.Asked{Names: names("shareholderId", owner[0].Record.ID)}, "hers"},
		"record of the person":      {g.staff, government.Asked{Names: names("customerId", owner[0].Record.CustomerID)}, "hers"},
		"own token":                 {her, government.Asked{}, "hers"},
		"own token, no such thing":  {her, government.Asked{Names: names("verificationId", "unknown")}, "hers"},
		"somebody else's":           {her, government.Asked{Names: names("customerId", jonas.Customer.ID)}, "hers"},
		"login":                     {access.Caller{Sort: access.Public, Tenant: "t"}, government.Asked{Names: names("customerId", jonas.Customer.ID)}, "his"},
		"registration by header":    {g.staff, government.Asked{Registers: true, Scenario: "his"}, "his"},
		"registration by tag":       {g.staff, government.Asked{Registers: true, Email: "a+hers@example.com"}, "hers"},
		"registration":              {g.staff, government.Asked{Registers: true, Email: "a@example.com"}, "happy-path"},
		"unknown scenario":          {g.staff, government.Asked{Registers: true, Scenario: "unknown"}, ""},
		"nobody":                    {g.staff, government.Asked{}, ""},
		"nobody known":              {g.staff, government.Asked{Names: names("customerId", "unknown", "walletId", "unknown", "consentId", "unknown", "beneficiaryId", "unknown")}, ""},
		"another tenant":            {access.Caller{Sort: access.Staff, Tenant: "other"}, government.Asked{Names: names("customerId", anna.Customer.ID)}, ""},
	} {
		if got := g.ask(test.caller, test.asked).Scenario; got != test.want {
			t.Errorf("%s: %q governs, want %q", name, got, test.want)
		}
	}
}

// TestConditionsSeeTheRequest lets a rule act only if everything is as expected.
func TestConditionsSeeTheRequest(t *testing.T) {
	b := newBank(t, "INDIVIDUAL_STANDARD")
	g := &stage{T: t, opened: b.opened, staff: b.staff}
	w := b.wallets[0]
	b.fund(w, 1_000_000)
	payee, consent := b.payeeOf(w, outsideIBAN, "SEPA"), b.consentOf(w, nil)
	prepared, err := b.prepare(w, payments.Transfer, 4_200, outsideIBAN)
	b.ok(err)
	preparation := func() government.Details {
		return government.Details{Preparation: &accounts.Preparation{
			AccountID: w, Way: payments.Way{Operation: payments.Transfer}, Payees: []accounts.Naming{{Field: "beneficiaryId", Value: payee.ID, By: accounts.ByID}}, Amount: euros(4_200), Reference: "R1",
		}}
	}
	for name, test := range map[string]struct {
		operation, when string
		asked           government.Asked
	}{
		"the request":      {"getOrder", `request.operation == "getOrder" && request.method == "GET" && request.path == "/p" && request.caller == "staff"`, government.Asked{Names: names("walletId", w), Details: func() government.Details { return government.Details{Method: "GET", Path: "/p"} }}},
		"the customer":     {"getOrder", `customer.type == "INDIVIDUAL" && customer.risk == "LOW" && customer.state == "ACTIVE" && !customer.member`, government.Asked{Names: names("walletId", w)}},
		"an order":         {"executeOperation", `order.amount == 4200 && order.type == "TRANSFER" && order.network == "SEPA" && beneficiary.country == "DE"`, government.Asked{Names: names("walletId", w, "orderId", prepared.Order.ID)}},
		"an order to come": {"prepareOperation", `order.amount == 4200 && order.network == "SEPA" && order.reference == "R1" && order.currency == "EUR" && beneficiary.name == "Nordwind"`, government.Asked{Names: names("walletId", w), Details: preparation}},
		"a payee":          {"deleteBeneficiary", `beneficiary.iban == "` + outsideIBAN + `"`, government.Asked{Names: names("walletId", w, "beneficiaryId", payee.ID)}},
		"a payee to come": {"createBeneficiary", `beneficiary.iban == "` + outsideIBAN + `" && beneficiary.name == "Flagged GmbH" && beneficiary.country == "DE"`, government.Asked{Names: names("walletId", w), Details: func() government.Details {
			return government.Details{Payee: accounts.Description{Texts: map[string]string{"partyType": payments.BusinessParty, "companyName": "Flagged GmbH", "iban": "de89 3704 0044 0532 0130 00", "country": "DE"}}}
		}}},
		"a payment consent":         {"approvePaymentConsent", `paymentConsent.type == "TRANSFER"`, government.Asked{Names: names("consentId", consent.Consent.ID)}},
		"a payment consent to come": {"createPaymentConsent", `paymentConsent.type == "TOPUP"`, government.Asked{Names: names("walletId", w), Details: func() government.Details { return government.Details{PaymentConsent: payments.Topup} }}},
		"a document to come": {"uploadVerificationDocument", `document.type == "PASSPORT" && document.fileName == "p.pdf" && document.size > 5`, government.Asked{Details: func() government.Details {
			return government.Details{Document: customers.Upload{Type: "PASSPORT", FileName: "p.pdf", Base64: passport}}
		}}},
		"a registration": {"registerOrganization", `customer.type == "ORGANIZATION" && customer.email startsWith "office" && customer.category == "B2B_SMALL_BUSINESS"`, government.Asked{Registers: true, Details: func() government.Details {
			return government.Details{Registration: &customers.Registration{Email: "office@m.example", Company: &onboarding.Company{}}}
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := g.SetTenantScenarioText("t", fmt.Sprintf("name: x\nrules:\n  - on: %s\n    when: '%s'\n    refuse: RATE_LIMITED\n", test.operation, test.when))
			g.ok(err)
			test.asked.Operation = test.operation
			before, _ := g.Engine().Dump(t.Context(), "t")
			d := g.ask(g.staff, test.asked)
			g.refused(d.Refusal, refusal.RateLimited)
			if after, _ := g.Engine().Dump(t.Context(), "t"); after != before {
				t.Error("looking at the facts has changed something")
			}
		})
	}
}

func TestFaults(t *testing.T) {
	g := played(t, `
rules:
  - {on: getOrder, times: 1, fault: {status: 503, body: busy, headers: {X-A: b}, retryAfter: 5s, after: 2s}}
  - {on: getOrder, skip: 1, times: 1, fault: {after: 1s, until: 3s}}
  - {on: getOrder, refuse: ORDER_NOT_FOUND}
  - {on: "*", fault: lost}`)
	anna := g.register("anna@example.com", "").Customer.ID
	in := government.Asked{Operation: "getOrder", Names: names("customerId", anna)}
	d := g.ask(g.staff, in)
	if d.Fault == nil || d.Fault.Kind != fault.Status || d.Fault.Status != 503 || d.Delay != 2*time.Second || d.Refusal != nil {
		t.Errorf("first: %+v", d)
	}
	d = g.ask(g.staff, in)
	if d.Fault == nil || d.Fault.Kind == fault.Status {
		t.Errorf("second: %+v", d)
	}
	// What does the work of the operation may still be refused, and lost then.
	g.refused(d.Refusal, refusal.OrderNotFound)
	if d := g.ask(g.staff, government.Asked{Operation: "getWalletBalance", Names: names("customerId", anna)}); d.Fault == nil || d.Fault.Kind != fault.Lost {
		t.Errorf("another operation: %+v", d)
	}
}

func TestADelayIsDrawnFromTheSeed(t *testing.T) {
	var first []time.Duration
	for run := range 2 {
		g := played(t, `rules: [{on: "*", fault: {after: 1s, until: 3s}}]`)
		anna := g.register("anna@example.com", "").Customer.ID
		var drawn []time.Duration
		for range 20 {
			d := g.ask(g.staff, government.Asked{Operation: "getOrder", Names: names("customerId", anna)})
			if d.Delay < time.Second || d.Delay > 3*time.Second {
				t.Fatalf("drew %v", d.Delay)
			}
			drawn = append(drawn, d.Delay)
		}
		if slices.Min(drawn) == slices.Max(drawn) {
			t.Errorf("all are %v", drawn[0])
		}
		if run == 0 {
			first = drawn
		} else if !slices.Equal(first, drawn) {
			t.Errorf("another run draws otherwise: %v, %v", first, drawn)
		}
	}
}
