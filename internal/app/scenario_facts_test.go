package app_test

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/scenario"
)

// Facts of one life and what they must be, wherever they are known: a comparison
// for each. What differs from place to place stands under the place as well.
func factsOfAnna() map[string]string {
	return map[string]string{
		"customer.id": `customer.id != ""`, "customer.type": `customer.type == "INDIVIDUAL"`, "customer.email": `customer.email == "anna@example.com"`,
		"customer.phone": `customer.phone == "+37062767557"`, "customer.name": `customer.name == "Anna Petrauskaitė"`,
		"customer.category": `customer.category == "LOW_RISK_INDIVIDUAL"`, "customer.risk": `customer.risk == "LOW"`,
		"customer.state": `customer.state == "ACTIVE"`, "customer.age": `customer.age == 35`, "customer.ageKnown": `customer.ageKnown`,
		"customer.dateOfBirth": `customer.dateOfBirth == "1990-05-14"`, "customer.nationality": `customer.nationality == "LT"`,
		"customer.country": `customer.country == "LV"`, "customer.pep": `not customer.pep`, "customer.riskScore": `customer.riskScore == 5`, "customer.features": `customer.features.monitoring == "WEEKLY"`,
		"customer.legalForm": `customer.legalForm == ""`, "customer.industry": `customer.industry == ""`, "customer.member": `not customer.member`,
		"customer.organization": `customer.organization == ""`, "customer.position": `customer.position == ""`, "customer.number": `customer.number == 0`,
		"customer.share": `customer.share == 0`, "customer.ubo": `not customer.ubo`, "customer.roles": `len(customer.roles) == 0`,
		"customer.people": `none(customer.people, .age > 0)`,

		"verification.type": `verification.type == "IDENTITY_VERIFICATION"`, "verification.attempt": `verification.attempt == 1`,
		"verification.level": `verification.level == "TENANT_VERIFIED"`, "verification.state": `verification.state == "APPROVED"`,
		"verification.highRisk":  `not verification.highRisk`,
		"verification.documents": `any(verification.documents, .type == "PASSPORT" && .number == "24010101" && .country == "LV" && .expiry == "2032-03-01" && not .expired && .fileName != "" && .mimeType != "")`,

		"document.type": `document.type == "PASSPORT"`, "document.fileName": `document.fileName == "24010101"`, "document.mimeType": `document.mimeType == "application/json"`,
		"document.size": `document.size == 0`, "document.state": `document.state == "UPLOADED"`, "document.category": `document.category == ""`,
		"document.number": `document.number == "24010101"`, "document.country": `document.country == "LV"`, "document.expiry": `document.expiry == "2032-03-01"`,
		"document.expired": `not document.expired`,

		"consent.type": `consent.type in ["TERMS_AND_CONDITIONS", "PRIVACY_POLICY", "DATA_PROCESSING"]`, "consent.version": `consent.version == "1.0"`,
		"consent.state": `consent.state == "PENDING"`,

		"wallet.id": `wallet.id != ""`, "wallet.purpose": `wallet.purpose == "product"`, "wallet.state": `wallet.state == "ACTIVE"`,
		"wallet.iban": `wallet.iban startsWith "LT"`, "wallet.currency": `wallet.currency == "EUR"`, "wallet.balance": `wallet.balance == 500000`,
		"wallet.available": `wallet.available > 400000`,

		"beneficiary.name": `beneficiary.name == "Nordwind Handels GmbH"`, "beneficiary.partyType": `beneficiary.partyType == "BUSINESS_CUSTOMER"`,
		"beneficiary.iban": `beneficiary.iban == "DE89370400440532013000"`, "beneficiary.bic": `beneficiary.bic == "COBADEFFXXX"`,
		"beneficiary.country": `beneficiary.country == "DE"`, "beneficiary.bank": `beneficiary.bank == "Commerzbank"`,
		"beneficiary.currency": `beneficiary.currency == "EUR"`, "beneficiary.network": `beneficiary.network == "SEPA"`,
		"beneficiary.state": `beneficiary.state == "ACTIVE"`, "beneficiary.screening": `beneficiary.screening == "VERIFIED"`,
		"beneficiary.registered": `beneficiary.registered`,

		"paymentConsent.type": `paymentConsent.type == "TRANSFER"`, "paymentConsent.kind": `paymentConsent.kind == "TRANSFER"`, "paymentConsent.title": `paymentConsent.title == "Rent"`,
		"paymentConsent.state": `paymentConsent.state == "ACTIVE"`, "paymentConsent.used": `paymentConsent.used in [0, 1]`, "paymentConsent.approval": `not paymentConsent.approval`,

		"order.type": `order.type == "TRANSFER"`, "order.amount": `order.amount == 10000`, "order.fee": `order.fee == 150`, "order.currency": `order.currency == "EUR"`,
		"order.network": `order.network == "SEPA"`, "order.reference": `order.reference == "R-1"`, "order.description": `order.description == "Machines"`,
		"order.purpose": `order.purpose == "INVOICE_PAYMENT"`, "order.source": `order.source startsWith "LT"`, "order.target": `order.target == "DE89370400440532013000"`,
		"order.counterparty": `order.counterparty == "Nordwind Handels GmbH"`, "order.state": `order.state == "PROCESSING"`, "order.documents": `order.documents == 0`,

		"request.operation": `request.operation != ""`, "request.method": `request.method != ""`, "request.path": `request.path contains "/api/v2.1/"`,
		"request.caller": `request.caller == "staff"`, "request.user": `request.user == "sandbox-admin"`, "request.powerTenant": `not request.powerTenant`,

		"event.type": `event.type == "beneficiary.created"`, "event.id": `event.id startsWith "evt_"`, "delivery.attempt": `delivery.attempt == 1`,
		"delivery.state": `delivery.state == "PENDING"`, "delivery.subscription": `delivery.subscription == "Shop"`, "delivery.url": `delivery.url == "http://127.0.0.1:9/hooks"`,

		"clock.date": `clock.date startsWith "2026-01-"`, "clock.weekday": `clock.weekday in ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]`,
		"clock.hour": `clock.hour == 9`, "clock.day": `clock.day in [5, 6, 16, 17]`, "clock.month": `clock.month == 1`, "clock.year": `clock.year == 2026`,
	}
}

// elsewhere are the facts that are different at one place.
func elsewhere() map[string]map[string]string {
	waiting := map[string]string{
		"wallet.state": `wallet.state == "INACTIVE"`, "wallet.iban": `wallet.iban == ""`, "wallet.balance": `wallet.balance == 0`, "wallet.available": `wallet.available == 0`,
	}
	onboarding := butWith(waiting, map[string]string{
		"customer.state": `customer.state == "PENDING_VERIFICATION"`, "verification.state": `verification.state in ["PENDING", "IN_PROGRESS"]`,
	})
	consents := butWith(waiting, map[string]string{
		"customer.state": `customer.state == "PENDING_ACTIVATION"`, "consent.state": `consent.state in ["PENDING", "ACCEPTED"]`,
	})
	inactive := map[string]string{
		"customer.state": `customer.state == "ACTIVATING"`, "wallet.state": `wallet.state == "PENDING_ACTIVATION"`, "wallet.iban": `wallet.iban == ""`,
		"wallet.balance": `wallet.balance == 0`, "wallet.available": `wallet.available == 0`,
	}
	fresh := map[string]string{"wallet.balance": `wallet.balance == 0`, "wallet.available": `wallet.available == 0`}
	suspended := map[string]string{
		"customer.state": `customer.state in ["ACTIVE", "SUSPENDED"]`, "wallet.state": `wallet.state in ["ACTIVE", "SUSPENDED"]`,
		"wallet.balance": `wallet.balance == 489850`,
	}
	return map[string]map[string]string{
		"verification.outcome": onboarding, "document.review": onboarding,
		"consent.confirmation": consents, "consent.lapse": consents,
		"activation.outcome": inactive,
		"customer.review":    fresh,
		"wallet.review": {
			"customer.state": `customer.state in ["ACTIVATING", "ACTIVE"]`, "wallet.balance": `wallet.balance == 0`, "wallet.available": `wallet.available == 0`,
			"wallet.purpose": `wallet.purpose in ["product", "master"]`,
		},
		"customer.suspension":     suspended,
		"wallet.suspension":       suspended,
		"beneficiary.screening":   {"beneficiary.state": `beneficiary.state == "PENDING"`, "beneficiary.screening": `beneficiary.screening == "PENDING"`},
		"payment_consent.outcome": {"paymentConsent.state": `paymentConsent.state == "PENDING"`},
		"settlement.return": {
			"order.state": `order.state == "COMPLETED"`, "wallet.balance": `wallet.balance == 489850`,
		},
		"registerIndividual": {
			"customer.id": `customer.id == ""`, "customer.state": `customer.state == ""`,
		},
		"submitIndividualVerification": {"customer.state": `customer.state == "PENDING_VERIFICATION"`, "document.state": `document.state == ""`, "document.fileName": `document.fileName == "passport"`, "document.mimeType": `document.mimeType == ""`},
		"acceptIndividualConsent":      butWith(consents, map[string]string{"consent.state": `consent.state == ""`}),
		"activateIndividual":           butWith(inactive, map[string]string{"customer.state": `customer.state == "PENDING_ACTIVATION"`}),
		"createBeneficiary": {
			"beneficiary.state": `beneficiary.state == ""`, "beneficiary.screening": `beneficiary.screening == ""`, "beneficiary.registered": `not beneficiary.registered`,
			"beneficiary.currency": `beneficiary.currency == ""`,
		},
		"prepareOperation": {"order.state": `order.state == ""`},
		"executeOperation": {"order.state": `order.state == "READY"`},
		"getOrder":         {"order.state": `order.state == "COMPLETED"`, "wallet.balance": `wallet.balance == 489850`},
	}
}

// butWith gives facts with others in place of some of them.
func butWith(facts map[string]string, others map[string]string) map[string]string {
	changed := maps.Clone(facts)
	maps.Copy(changed, others)
	return changed
}

// asked are the operations of the life with the facts that their requests name.
func asked() map[string][]string {
	return map[string][]string{
		"registerIndividual":           {"customer", "request", "clock"},
		"submitIndividualVerification": {"customer", "document", "request", "clock"},
		"acceptIndividualConsent":      {"customer", "verification", "consent", "request", "clock"},
		"activateIndividual":           {"customer", "verification", "wallet", "request", "clock"},
		"createBeneficiary":            {"customer", "verification", "wallet", "beneficiary", "request", "clock"},
		"prepareOperation":             {"customer", "verification", "wallet", "beneficiary", "paymentConsent", "order", "request", "clock"},
		"executeOperation":             {"customer", "verification", "wallet", "beneficiary", "paymentConsent", "order", "request", "clock"},
		"getOrder":                     {"customer", "verification", "wallet", "beneficiary", "paymentConsent", "order", "request", "clock"},
	}
}

// TestEveryFactIsKnownWhereItCanBeAsked takes a customer through a life that meets
// every choice point, under a scenario with a rule for every fact that can be
// asked about at each. The rules never act, since they let the first billion
// matches pass, but what they match is counted: a fact that is declared and never
// filled, or with another value, has no count.
func TestEveryFactIsKnownWhereItCanBeAsked(t *testing.T) {
	server := openFlowServer(t, app.Config{})
	places := asked()
	catalog := server.app.World().Catalog()
	for _, point := range catalog.Points() {
		places[point] = catalog.Known(point)
		if len(places[point]) == 0 {
			t.Errorf("nothing is known at %s", point)
		}
	}
	text, rules := ruleForEachFact(t, places)
	counts := liveUnder(t, server, text, lifeOfAnna)
	for _, rule := range rules {
		if !strings.Contains(counts, "facts#"+rule[0]+"=") {
			t.Errorf("%s did not hold: %s", rule[0], rule[1])
		}
	}
}

// liveUnder plays a life under a scenario, and gives what the tenant keeps of it.
func liveUnder(t *testing.T, server *flowServer, scenario, life string) (dump string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "facts.yaml"), []byte(life), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := readFlow(dir, "facts")
	if err != nil {
		t.Fatal(err)
	}
	p := newFlowPlay(server, dir, f)
	if err := p.enter(p.tenant); err != nil {
		t.Fatal(err)
	}
	header := http.Header{"X-Tenant-Id": {p.tenant}, "Content-Type": {"application/yaml"}}
	reply, err := server.exchange(http.MethodPut, "/_sandbox/scenario", header, strings.NewReader(scenario))
	if err != nil || reply.status != http.StatusOK {
		t.Fatalf("%s: %v\n%s", reply, err, scenario)
	}
	if err := p.play(); err != nil {
		t.Fatal(err)
	}
	if dump, err = server.dump(p.tenant); err != nil {
		t.Fatal(err)
	}
	return dump
}

// ruleForEachFact writes the scenario, and gives the rules' names with their
// conditions.
func ruleForEachFact(t *testing.T, places map[string][]string) (text string, rules [][2]string) {
	t.Helper()
	members, _ := scenario.Members()
	known, differ, options := factsOfAnna(), elsewhere(), firstOptions()
	var b strings.Builder
	b.WriteString("name: facts\nrules:\n")
	for _, place := range sortedKeys(places) {
		for _, fact := range places[place] {
			for _, member := range members[fact] {
				name := fact + "." + member
				condition := differ[place][name]
				if condition == "" {
					condition = known[name]
				}
				if condition == "" {
					t.Errorf("%s is not tried", name)
					continue
				}
				does := "refuse: RATE_LIMITED"
				if option := options[place]; option != "" {
					does = "decide: " + option
				}
				rule := place + "-" + strings.ReplaceAll(name, ".", "-")
				rules = append(rules, [2]string{rule, condition})
				fmt.Fprintf(&b, "  - {name: %s, on: %s, when: '%s', skip: 1000000000, %s}\n", rule, place, condition, does)
			}
		}
	}
	// What acts is what leads through the optional choices.
	b.WriteString("  - {on: customer.review, decide: SUSPENDED, after: 10d}\n  - {on: customer.suspension, decide: ACTIVE, after: 1d}\n")
	b.WriteString("  - {on: wallet.review, decide: SUSPENDED, after: 11d}\n")
	return b.String(), rules
}

// firstOptions gives an option of each choice point.
func firstOptions() map[string]string {
	options := map[string]string{}
	for _, m := range tables() {
		for _, row := range m.Transitions {
			for _, choice := range row.Choices {
				options[choice.Point] = choice.Options[0]
			}
		}
	}
	return options
}

// lifeOfAnna is the life, from the registration to a suspension.
const lifeOfAnna = `description: A life that meets every choice point.
steps:
  - do: Register
    call: POST /customer/individual/registration
    body:
      firstName: Anna
      lastName: Petrauskaitė
      email: anna@example.com
      phone: "+37062767557"
      password: SecurePass123!
      matchingPassword: SecurePass123!
      dateOfBirth: 1990-05-14
      nationality: LT
      roleIds: [ACCOUNT_OWNER, USER]
      customerCategory: {code: LOW_RISK_INDIVIDUAL}
      individualCustomer:
        customerName: Anna Petrauskaitė
        person: {firstName: Anna, lastName: Petrauskaitė, email: anna@example.com, dateOfBirth: 1990-05-14, nationality: LT, addresses: [{type: HOME, city: Riga, country: LV, isPrimary: true}]}
        categorization:
          code: LOW_RISK_INDIVIDUAL
          categoryFeatureRelations:
            - feature: {id: feature-aml-0001}
              enabled: true
              parametrization: [{name: riskLevel, value: LOW}, {name: riskScore, value: "5"}, {name: pep, value: "false"}, {name: sanctionsCheck, value: STANDARD}, {name: monitoring, value: WEEKLY}, {name: edd, value: "false"}]
    status: 200
    keep: {customer: data.id, wallet: data.wallet.walletId}
  - {do: The papers, call: "POST /customer/individual/${customer}/verification", body: {verificationType: IDENTITY, verificationData: {documentType: PASSPORT, documentNumber: "24010101", issuingCountry: LV, expiryDate: 2032-03-01}}, status: 200}
  - {do: A day later, advance: 24h}
  - {do: Terms, call: "POST /customer/individual/${customer}/consents/terms", body: {accepted: true, version: "1.0"}, status: 200}
  - {do: Privacy, call: "POST /customer/individual/${customer}/consents/privacy", body: {accepted: true, version: "1.0"}, status: 200}
  - {do: Data, call: "POST /customer/individual/${customer}/consents/data-processing", body: {accepted: true, version: "1.0"}, status: 200}
  - {do: Activate, call: "POST /customer/individual/${customer}/activation", body: {code: A}, status: 200}
  - {do: Money, call: "POST /_sandbox/wallets/${wallet}/fund", body: {amount: "5000.00"}, status: 200}
  - {do: The subscription, call: "POST /webhooks/subscriptions", body: {endpointUrl: "http://127.0.0.1:9/hooks", subscribedEvents: [beneficiary.created], subscriptionName: Shop}, status: 200}
  - do: The payee
    call: POST /fintrans/${wallet}/beneficiaries
    body: {partyType: BUSINESS_CUSTOMER, companyName: Nordwind Handels GmbH, iban: DE89370400440532013000, bic: COBADEFFXXX, currency: EUR, country: DE, networkName: SEPA, bankName: Commerzbank, purposeCode: INVOICE_PAYMENT}
    status: 200
  - do: The payment consent
    call: POST /fintrans/${wallet}/payment-consents/types/transfer
    body: {paymentType: TRANSFER, title: Rent, parameters: {validity: {startDate: 2026-01-01, endDate: 2026-12-31}, limits: {}}}
    status: 201
    keep: {consent: data.consentId, code: data.magicLinkToken.answer}
  - do: The order
    call: POST /fintrans/${wallet}/types/transfer/prepare
    body: {sourceAccount: {walletId: "${wallet}"}, target: {iban: DE89370400440532013000, name: Nordwind Handels GmbH}, amount: {value: "10000", scale: 2, currency: EUR}, reference: R-1, description: Machines, consent: {consentReference: "${consent}"}}
    status: 200
    keep: {order: data.preparedOrderId}
  - {do: The execution, call: "POST /fintrans/${wallet}/types/transfer/execute", body: {preparedOrderId: "${order}", otp: "${code}", consentId: "${consent}"}, status: 200}
  - {do: A look, call: "GET /fintrans/${wallet}/orders/${order}", status: 200}
  - {do: The suspension, advance: 10d, events: [customer.suspended]}
  - {do: Its end, advance: 1d, events: [customer.updated]}
`
