package sandbox

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/scenario"
)

// aggregateTypes are what the tables are about that decide something.
func aggregateTypes() map[string]reflect.Type {
	return map[string]reflect.Type{
		"customer": reflect.TypeFor[onboarding.Customer](), "verification": reflect.TypeFor[onboarding.Verification](),
		"document": reflect.TypeFor[onboarding.Document](), "consent": reflect.TypeFor[onboarding.Consent](),
		"wallet": reflect.TypeFor[payments.Wallet](), "beneficiary": reflect.TypeFor[payments.Beneficiary](),
		"paymentConsent": reflect.TypeFor[payments.PaymentConsent](), "order": reflect.TypeFor[payments.Order](),
		"delivery": reflect.TypeFor[delivery.Delivery](),
	}
}

// TestChoicePointsKnowTheirChains follows from each aggregate about which something
// is decided the ids of others that it holds, to the end: a condition can ask about
// all that is found so, whatever is added to the tables or to the aggregates.
func TestChoicePointsKnowTheirChains(t *testing.T) {
	links := map[string]string{
		"CustomerID": "customer", "VerificationID": "verification", "WalletID": "wallet", "BeneficiaryID": "beneficiary", "ConsentID": "paymentConsent",
	}
	elsewhere := map[string]string{
		"UserID": "who uses the customer is asked about in requests", "MasterWalletID": "the second wallet of a power tenant holds what the first does",
		"AssetID": "the beneficiary's own second id", "AssetSubUnitID": "an id beside the wallet's own", "TargetWalletID": "the payee's account is asked about by its IBAN",
		"ExecutionID": "the order's own second id", "TransactionID": "what an order becomes when it is settled", "ID": "its own",
		"SubscriptionID": "the delivery's own facts have what it tells", "EventID": "the event's id",
	}
	types := aggregateTypes()
	var follow func(fact string, found map[string]bool)
	follow = func(fact string, found map[string]bool) {
		if found[fact] {
			return
		}
		found[fact] = true
		for field := range fieldsOf(types[fact]) {
			if !strings.HasSuffix(field, "ID") {
				continue
			}
			if links[field] == "" && elsewhere[field] == "" {
				t.Errorf("%s.%s: no fact belongs to it, and no reason is given", fact, field)
			}
			if links[field] != "" {
				follow(links[field], found)
			}
		}
	}
	catalog, points := openSandboxForFacts(t)
	for point, table := range points {
		fact := strings.ReplaceAll(table, "payment_consent", "paymentConsent")
		if types[fact] == nil {
			t.Errorf("%s: what is a %s?", point, table)
			continue
		}
		found := map[string]bool{"clock": true, "verification": true}
		follow(fact, found)
		for needed := range found {
			if !slices.Contains(catalog.Known(point), needed) {
				t.Errorf("%s is decided and nothing is known of its %s", point, needed)
			}
		}
	}
}

func fieldsOf(of reflect.Type) map[string]bool {
	fields := map[string]bool{}
	for _, f := range reflect.VisibleFields(of) {
		fields[f.Name] = true
	}
	return fields
}

// openSandboxForFacts gives the catalog, and the table of each of its choice points.
func openSandboxForFacts(t *testing.T) (catalog scenario.Catalog, points map[string]string) {
	t.Helper()
	s := newBank(t).World
	points = map[string]string{}
	for _, table := range s.Engine().Machines() {
		for _, transition := range table.Transitions {
			for _, choice := range transition.Choices {
				if !choice.Deadline {
					points[choice.Point] = table.Name
				}
			}
		}
	}
	return s.Catalog(), points
}
