package app_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"finhub-sandbox/internal/scenario"
	"finhub-sandbox/spec"
)

// enumOf gives the words that the document lists for a schema.
func enumOf(t *testing.T, name string) []string {
	t.Helper()
	var document struct {
		Components struct {
			Schemas map[string]struct {
				Enum []string `json:"enum"`
			} `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(spec.Product(), &document); err != nil {
		t.Fatal(err)
	}
	return document.Components.Schemas[name].Enum
}

// TestTheWordsOfConditionsAreTheDocuments: what conditions can wait for is what the
// document lists for it.
func TestTheWordsOfConditionsAreTheDocuments(t *testing.T) {
	catalog := openApp(t).World().Catalog()
	for fact, schema := range map[string]string{
		"document.type": "DocumentTypeName", "verification.type": "VerificationType", "verification.level": "VerificationLevel",
	} {
		words := enumOf(t, schema)
		if len(words) == 0 {
			t.Fatalf("%s has no words", schema)
		}
		for _, word := range append(words, "NOTHING") {
			text := fmt.Sprintf("name: s\nrules:\n  - {on: createVerification, when: '%s == %q', refuse: RATE_LIMITED}\n", fact, strings.TrimPrefix(word, "DT_"))
			if _, err := scenario.Parse("s.yaml", []byte(text), catalog); (err == nil) != (word != "NOTHING") {
				t.Errorf("%s == %s: %v", fact, word, err)
			}
		}
	}
}

// TestConditionsThatNeverHoldAreMistakes has a value of each form that looks right
// and that its fact never has, and how it is written.
func TestConditionsThatNeverHoldAreMistakes(t *testing.T) {
	catalog := openApp(t).World().Catalog()
	for condition, want := range map[string]string{
		`beneficiary.iban == "DE89 3704 0044 0532 0130 00"`:  `it is written without blanks and in capitals, "DE89370400440532013000"`,
		`beneficiary.iban startsWith "de89"`:                 `it is written without blanks and in capitals`,
		`wallet.iban in ["DE89370400440532013001"]`:          `wallet.iban is never "DE89370400440532013001"`,
		`order.target == "DE89370400440532013000"`:           ``,
		`order.amount > 10000.00`:                            `order.amount is in minor units and whole: 10000.00 is written 1000000`,
		`order.amount in [1000.50]`:                          `order.amount is in minor units and whole: 1000.50 is written 100050`,
		`order.amount - order.fee > 10.5`:                    `order.amount is in minor units and whole: 10.50 is written 1050`,
		`order.amount > 10,000`:                              `the comma does not belong here; numbers have none`,
		`order.amount * 2 > 10 and customer.share > 25.5`:    ``,
		`wallet.balance < 0.5`:                               `wallet.balance is in minor units and whole: 0.50 is written 50`,
		`order.currency == "eur"`:                            `it is "EUR" alone`,
		`customer.nationality == "Lithuania"`:                `it is written "LT"`,
		`customer.country != "lt"`:                           `it is written "LT"`,
		`customer.country == "LTU"`:                          `it is a code of two letters such as "LT"`,
		`any(customer.people, .country == "Iran")`:           `customer.people.country is never "Iran"; it is written "IR"`,
		`customer.country == "Lietuva"`:                      ``,
		`customer.dateOfBirth > "01.01.2008"`:                `it is written as "2026-01-31"`,
		`document.expiry < "2026-1-1"`:                       `it is written as "2026-01-31"`,
		`document.expiry < clock.date`:                       ``,
		`customer.category == "HIGH_RISK"`:                   `customer.category is never "HIGH_RISK"`,
		`customer.email == "*@example.com"`:                  `endsWith and contains compare a part`,
		`customer.email endsWith "@example.com"`:             ``,
		`customer.features.risklevel == "HIGH"`:              `it would be customer.features.riskLevel`,
		`customer.features.riskLevel == "high"`:              `did you mean HIGH?`,
		`customer.features.anything == "x"`:                  ``,
		`lower(customer.name) contains "Sanction"`:           `never has letters such as those of "Sanction"`,
		`upper(customer.name) == "SANCTION"`:                 ``,
		`customer.people == []`:                              `customer.people is a list; any(`,
		`len(customer.people) == 0`:                          ``,
		`"ADMIN_USER" in customer.roles`:                     ``,
		`verification.documents.type == "PASSPORT"`:          `verification.documents is a list; any(verification.documents, .type == "PASSPORT")`,
		`payee.iban == "DE89370400440532013000"`:             `did you mean beneficiary?`,
		`order.beneficiary.iban == "DE89370400440532013000"`: `did you mean beneficiary.iban or wallet.iban?`,
		`amount > 5`:                        `did you mean order.amount?`,
		`customer.birthDate < "2008-01-01"`: `did you mean customer.dateOfBirth?`,
		`any(customer.people, pep)`:         `did you mean .pep?`,
		`customer.pep AND customer.ubo`:     `AND is written and`,
		`customer.name like "A"`:            `like does not belong here; the operators are`,
		`paymentConsent.kind == "MONTHLY"`:  `it can be TRANSFER, RECURRING, BULK, INTERNATIONAL`,
	} {
		text := "name: s\nrules:\n  - {on: prepareOperation, when: '" + condition + "', refuse: RATE_LIMITED}\n"
		_, err := scenario.Parse("s.yaml", []byte(text), catalog)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v\nwant %s", condition, err, want)
		}
	}
}

// TestTheShippedSchemaIsThatOfTheSandbox: editors complete what the running sandbox
// accepts.
func TestTheShippedSchemaIsThatOfTheSandbox(t *testing.T) {
	want, err := scenario.Schema(openApp(t).World().Catalog())
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(moduleRoot, "scenarios", "scenario.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("scenarios/scenario.schema.json speaks about other tables or operations than the sandbox: run go generate ./...")
	}
}
