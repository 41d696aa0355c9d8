package scenario_test

import (
	"slices"
	"strings"
	"testing"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/scenario"
	"finhub-sandbox/scenarios"
	"finhub-sandbox/spec"
)

// product is the catalog of the tables and of the product's document.
func product(t testing.TB) scenario.Catalog {
	t.Helper()
	document, err := contract.Load(spec.Product(), nil)
	if err != nil {
		t.Fatal(err)
	}
	operations := map[string][]string{}
	for _, o := range document.Operations {
		operations[o.ID] = o.Refusals
	}
	catalog, err := scenario.NewCatalog([]machine.Description{
		onboarding.CustomerTable().Describe(), onboarding.VerificationTable().Describe(), onboarding.DocumentTable().Describe(), onboarding.ConsentTable().Describe(),
		payments.BeneficiaryTable().Describe(), payments.PaymentConsentTable().Describe(), payments.OrderTable().Describe(), delivery.Table().Describe(),
		payments.WalletTable().Describe(),
	}, operations).Seeing(topics())
	if err != nil {
		t.Fatal(err)
	}
	return catalog
}

// topics are what can be asked about where the product's tables decide, as
// internal/sandbox registers it.
func topics() map[string][]scenario.Topic {
	known := map[string][]scenario.Topic{
		"customer": nil, "verification": nil, "wallet": nil, "document": {scenario.AboutDocument}, "consent": {scenario.AboutConsent},
		"delivery": {scenario.AboutEvent, scenario.AboutDelivery}, "beneficiary": {scenario.AboutBeneficiary}, "payment_consent": {scenario.AboutPaymentConsent},
		"order": {scenario.AboutOrder, scenario.AboutBeneficiary, scenario.AboutPaymentConsent},
	}
	for table, own := range known {
		known[table] = append([]scenario.Topic{scenario.AboutCustomer, scenario.AboutVerification, scenario.AboutWallet}, own...)
	}
	return known
}

func builtIn(t testing.TB) *scenario.Library {
	t.Helper()
	list, err := scenario.Sources(scenarios.Files)
	if err != nil {
		t.Fatal(err)
	}
	library, err := scenario.Load(list, product(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	return library
}

func TestBuiltInScenarios(t *testing.T) {
	library := builtIn(t)
	for _, name := range []string{
		"happy-path", "kyc-rejected", "kyc-second-passport", "kyc-expired", "kyc-high-risk", "kyb-rejected", "kyb-ubo-rejected",
		"consent-outdated", "consent-magic-link", "consent-expires", "activation-delayed", "activation-fails",
		"beneficiary-flagged", "consent-limit", "insufficient-funds", "settlement-delayed", "settlement-fails",
		"order-expires", "flaky-gateway", "slow-gateway", "rate-limited", "lost-replies", "chaos",
	} {
		if library.Get(name) == nil {
			t.Errorf("there is no scenario %s", name)
		}
	}
	for _, name := range library.Names() {
		s := library.Get(name)
		if s.File != name+".yaml" {
			t.Errorf("%s stands in %s", name, s.File)
		}
		if name != "happy-path" && !strings.Contains(s.Description, "A client ") {
			t.Errorf("%s does not say in its description what a client should do", name)
		}
		if !strings.HasPrefix(s.Text(), "# yaml-language-server: $schema=scenario.schema.json\n") {
			t.Errorf("%s does not name its schema", name)
		}
		for _, r := range s.Rules {
			if r.Name == "" {
				t.Errorf("%s: a rule on %s has no name", name, r.On)
			}
		}
		if name != "happy-path" && len(s.Rules) == len(library.Get("happy-path").Rules) {
			t.Errorf("%s has no rules of its own", name)
		}
	}
}

// What conditions are checked against is what the domain has.
func TestClosedListsAreThoseOfTheDomain(t *testing.T) {
	known := product(t)
	accepted := func(condition string) bool {
		text := "name: s\nrules:\n  - {on: prepareOperation, refuse: RATE_LIMITED, when: '" + condition + "'}\n"
		_, err := scenario.Parse("s.yaml", []byte(text), known)
		return err == nil
	}
	var conditions []string
	for _, network := range payments.Networks() {
		conditions = append(conditions, `order.network == "`+string(network)+`"`)
		text := "name: s\ntenant: {fees: {" + string(network) + ": 1}}\n"
		if _, err := scenario.Parse("s.yaml", []byte(text), known); err != nil {
			t.Error(err)
		}
	}
	for _, operation := range payments.OrderOperations() {
		conditions = append(conditions, `order.type == "`+string(operation)+`"`)
	}
	for _, kind := range []onboarding.CustomerType{onboarding.Individual, onboarding.Organization} {
		conditions = append(conditions, `customer.type == "`+string(kind)+`"`)
	}
	for _, risk := range []onboarding.Risk{onboarding.LowRisk, onboarding.MediumRisk, onboarding.HighRisk} {
		conditions = append(conditions, `customer.risk == "`+string(risk)+`"`)
	}
	for _, sort := range []access.Sort{access.Public, access.Customer, access.Staff} {
		conditions = append(conditions, `request.caller == "`+string(sort)+`"`)
	}
	for _, state := range onboarding.CustomerTable().States() {
		conditions = append(conditions, `customer.state == "`+string(state)+`"`)
	}
	for _, condition := range conditions {
		if !accepted(condition) {
			t.Errorf("%s is not accepted", condition)
		}
	}
	for _, fact := range []string{"request.caller", "order.network", "order.type", "customer.type", "customer.risk", "customer.state"} {
		if accepted(fact + ` == "NOTHING"`) {
			t.Errorf("%s can be anything", fact)
		}
	}
}

// Every value that a scenario waits for is told, and only those.
func TestMagic(t *testing.T) {
	library, err := scenario.Load([]scenario.Source{{File: "s.yaml", Text: []byte(`
name: s
description: Payments of some amounts fail. A client shows why.
extends: base
rules:
  - name: by amount
    on: settlement.outcome
    when: order.amount == 1301 || order.reference in ["A", "B"]
    decide: FAILED
  - {name: others, on: executeOperation, when: 'not (order.amount == 5) && customer.email != "x"', refuse: ORDER_EXPIRED}
`)}, {File: "base.yaml", Text: []byte(`
name: base
rules:
  - {name: by name, on: verification.outcome, when: '"Fraud" == customer.name or customer.name contains "Blur"', decide: REJECTED, times: 1}
`)}}, catalog(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	magic, _ := scenario.ListMagic(all(library))
	for _, m := range magic {
		got = append(got, strings.Join([]string{m.Kind, m.Scenario, m.Fact, m.Operator, m.Value, m.Rule, m.On, m.Effect}, "|"))
	}
	name := []string{
		"|customer.name|==|Fraud|by name|verification.outcome|decides REJECTED, once at most",
		"|customer.name|contains|Blur|by name|verification.outcome|decides REJECTED, once at most",
	}
	want := []string{
		"header|base|X-Sandbox-Scenario|==|base|||", "tag|base|email|contains|+base|||",
		"header|s|X-Sandbox-Scenario|==|s|||Payments of some amounts fail.", "tag|s|email|contains|+s|||Payments of some amounts fail.",
		"fact|base" + name[0], "fact|base" + name[1],
		"fact|s|order.amount|==|1301|by amount|settlement.outcome|decides FAILED",
		"fact|s|order.reference|in|A|by amount|settlement.outcome|decides FAILED",
		"fact|s|order.reference|in|B|by amount|settlement.outcome|decides FAILED",
		"condition|s|||order.amount != 5 and customer.email != x|others|executeOperation|refuses with ORDER_EXPIRED",
		"fact|s" + name[0], "fact|s" + name[1],
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func all(l *scenario.Library) (list []*scenario.Scenario) {
	for _, name := range l.Names() {
		list = append(list, l.Get(name))
	}
	return list
}
