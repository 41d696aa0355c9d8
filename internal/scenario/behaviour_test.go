package scenario_test

import (
	"fmt"
	"strings"
	"testing"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/scenario"
)

// What each shipped scenario does, as a sequence of things that happen to one
// customer. A word with a dot is a choice point, another an operation.
func TestWhatTheBuiltInScenariosDo(t *testing.T) {
	library := builtIn(t)
	person := scenario.Facts{Customer: scenario.Customer{Type: "INDIVIDUAL", Name: "Ona Jonaitė", Risk: "LOW"}, Verification: scenario.Verification{Attempt: 1}}
	company := scenario.Facts{Customer: scenario.Customer{Type: "ORGANIZATION", Name: "UAB Ąžuolas", Risk: "MEDIUM"}, Verification: scenario.Verification{Attempt: 1}}
	member, again := person, person
	member.Customer.Member = true
	again.Verification.Attempt = 2
	named := func(name string) scenario.Facts {
		f := person
		f.Customer.Name = name
		return f
	}
	order := func(kind string, amount int64) scenario.Facts {
		f := person
		f.Order = scenario.Order{Type: kind, Amount: amount}
		return f
	}
	to := func(iban string, amount int64) scenario.Facts {
		f := order("TRANSFER", amount)
		f.Beneficiary.IBAN = iban
		return f
	}
	aged := func(years int) scenario.Facts {
		f := person
		f.Customer.Age, f.Customer.AgeKnown = years, true
		return f
	}
	consent := func(kind string) scenario.Facts {
		f := person
		f.Consent.Type = kind
		return f
	}
	get := person
	get.Request.Method = "GET"
	risky, byPower := person, person
	risky.Customer.Risk = "HIGH"
	byPower.Request.PowerTenant = true
	type step struct {
		on    string
		facts scenario.Facts
		want  string
	}
	const usual = "as usual"
	for name, steps := range map[string][]step{
		"happy-path":          {{"verification.outcome", person, usual}, {"verification.outcome", company, "APPROVED after 2d"}, {"executeOperation", person, ""}},
		"kyc-rejected":        {{"verification.outcome", person, "DATA_MISMATCH"}, {"verification.outcome", again, "DATA_MISMATCH"}, {"verification.outcome", named("Jon Sanction"), "SANCTIONS_HIT"}, {"verification.outcome", named("Jon Fraud"), "SUSPECTED_FRAUD"}, {"verification.outcome", member, usual}, {"verification.outcome", company, "APPROVED after 2d"}},
		"kyc-second-passport": {{"verification.outcome", person, "REJECTED (DOCUMENT_BLURRED) after 6h"}, {"verification.outcome", again, usual}},
		"kyc-expired":         {{"verification.outcome", person, "EXPIRED after 3d"}, {"verification.outcome", again, usual}},
		"kyc-polled":          {{"verification.outcome", person, "APPROVED after 3 reads"}},
		"kyc-high-risk":       {{"approveVerification", person, "POWER_TENANT_REQUIRED"}, {"approveVerification", byPower, ""}, {"approveVerification", risky, ""}, {"verification.outcome", risky, "APPROVED after 3d"}},
		"kyc-minor":           {{"verification.outcome", aged(17), "REJECTED (UNDERAGE) after 1h"}, {"verification.outcome", aged(18), usual}, {"verification.outcome", person, usual}, {"verification.outcome", company, "APPROVED after 2d"}},
		"document-rejected":   {{"document.review", person, "REJECTED (DOCUMENT_BLURRED) after 10m"}, {"document.review", person, usual}},
		"kyb-rejected":        {{"verification.outcome", company, "REJECTED (DATA_MISMATCH) after 2d"}, {"verification.outcome", member, usual}},
		"kyb-ubo-rejected":    {{"verification.outcome", member, "REJECTED (SANCTIONS_HIT) after 1d"}, {"verification.outcome", company, "REJECTED (SANCTIONS_HIT) after 2d"}, {"verification.outcome", person, usual}},
		"consent-outdated": {{"acceptIndividualConsent", consent("PRIVACY_POLICY"), ""}, {"acceptIndividualConsent", consent("TERMS_AND_CONDITIONS"), "CONSENT_VERSION_OUTDATED"},
			{"acceptIndividualConsent", consent("TERMS_AND_CONDITIONS"), ""}, {"acceptOrganizationConsent", consent("TERMS_AND_CONDITIONS"), "CONSENT_VERSION_OUTDATED"}},
		"consent-magic-link":       {{"consent.confirmation", consent("PRIVACY_POLICY"), "NEEDS_CONFIRMATION"}},
		"consent-expires":          {{"consent.lapse", consent("TERMS_AND_CONDITIONS"), "EXPIRED after 30d"}, {"consent.lapse", consent("PRIVACY_POLICY"), usual}},
		"activation-delayed":       {{"activation.outcome", person, "ACTIVE after 4h"}, {"activation.outcome", company, "ACTIVE after 4h"}},
		"activation-fails":         {{"activation.outcome", company, "FAILED (ACCOUNT_NOT_OPENED) after 10m"}, {"activation.outcome", company, usual}},
		"beneficiary-flagged":      {{"beneficiary.screening", person, "FLAGGED"}, {"beneficiary.screening", person, usual}},
		"payment-consent-approval": {{"payment_consent.outcome", person, "NEEDS_APPROVAL"}},
		"consent-limit":            {{"prepareOperation", order("TRANSFER", 10000), ""}, {"prepareOperation", order("TRANSFER", 10001), "CONSENT_LIMIT_EXCEEDED"}, {"prepareOperation", order("TOPUP", 10001), ""}},
		"insufficient-funds":       {{"prepareOperation", order("TRANSFER", 5000), ""}, {"prepareOperation", order("WITHDRAWAL", 5001), "INSUFFICIENT_BALANCE"}, {"prepareOperation", order("TOPUP", 9000), ""}},
		"settlement-delayed":       {{"settlement.outcome", person, "COMPLETED after 1d"}},
		"settlement-fails":         {{"settlement.outcome", order("TRANSFER", 1302), "COMPLIANCE_REJECTED"}, {"settlement.outcome", order("TRANSFER", 5), "BANK_REJECTED"}},
		"settlement-fails-large":   {{"settlement.outcome", to("LT121000011101001000", 1000001), "AMOUNT_NOT_ACCEPTED"}, {"settlement.outcome", to("LT121000011101001000", 1000000), usual}, {"settlement.outcome", to("LT263500098765432109", 1000001), usual}},
		"settlement-returned":      {{"settlement.return", person, "RETURNED (ACCOUNT_CLOSED) after 2d"}},
		"order-expires":            {{"executeOperation", person, "ORDER_EXPIRED"}, {"executeOperation", person, ""}},
		"flaky-gateway":            {{"getOrder", get, "replies 503"}},
		"slow-gateway":             {{"getOrder", get, "byte by byte over 5s"}},
		"rate-limited":             {{"getOrder", get, ""}, {"executeOperation", person, ""}, {"getOrder", get, "replies 429, to be tried again after 1s"}, {"getOrder", get, ""}},
		"lost-replies":             {{"executeOperation", person, "does the work"}, {"executeOperation", person, ""}, {"createBeneficiary", person, "in the middle"}},
		"chaos":                    {{"verification.outcome", person, "REJECTED"}, {"settlement.outcome", person, "NETWORK_TIMEOUT"}, {"executeOperation", person, "lost reply"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := library.Get(name)
			if s == nil {
				t.Fatal("there is no such scenario")
			}
			dice := newDice()
			dice.throw = 0 // Whatever has a chance happens.
			for i, step := range steps {
				if got := happens(t, s, step.on, step.facts, dice); step.want == "" && got != "" || !strings.Contains(got, step.want) {
					t.Errorf("step %d, %s: got %q, want %q", i+1, step.on, got, step.want)
				}
			}
		})
	}
}

func happens(t *testing.T, s *scenario.Scenario, on string, facts scenario.Facts, dice scenario.Dice) string {
	t.Helper()
	var r *scenario.Rule
	var err error
	if strings.Contains(on, ".") {
		_, r, err = s.Answer(machine.Pending{Point: on, Default: "USUAL"}, scenario.Told(facts), dice)
		if r == nil && err == nil {
			return "as usual"
		}
	} else if r, err = s.Fault(on, scenario.Told(facts), dice); r == nil && err == nil {
		r, err = s.Refusal(on, scenario.Told(facts), dice)
	}
	if err != nil {
		t.Fatal(err)
	}
	if r == nil {
		return ""
	}
	return fmt.Sprintf("%s (%s)", r.Effect(), r.Label())
}
