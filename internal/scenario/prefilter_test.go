package scenario

import (
	"testing"

	"github.com/expr-lang/expr/vm"

	"finhub-sandbox/internal/domain/machine"
)

// What is looked at without the expression's machine says the same as it.
func TestNeedsSayWhatTheConditionSays(t *testing.T) {
	known := NewCatalog([]machine.Description{{Name: "customer", States: []machine.State{"ACTIVE", "CLOSED"}}}, nil)
	words := []string{"", "PRIVACY_POLICY", "SANCTIONS_CHECK", "Ona", "On", "na", "ACTIVE", "GET", "INDIVIDUAL", "HIGH", "SEPA", "TRANSFER", "staff"}
	var all []*Facts
	for _, word := range words {
		for _, amount := range []int64{-1, 0, 5, 6} {
			all = append(all, &Facts{
				Customer:     Customer{Type: word, Email: word, Name: word, Category: word, Risk: word, State: word},
				Verification: Verification{Type: word}, Consent: Consent{Type: word}, Beneficiary: Beneficiary{Name: word, IBAN: word},
				Order:   Order{Type: word, Network: word, Reference: word, Amount: amount},
				Request: Request{Method: word, Operation: word, Caller: word},
			})
		}
	}
	conditions := map[string]bool{
		`customer.name == "Ona"`: true, `"Ona" == customer.name`: true, `customer.name in ["Ona", "na"]`: true, `customer.name in []`: true,
		`customer.name contains "n"`: true, `customer.name startsWith "On"`: true, `customer.name endsWith "na"`: true,
		`customer.name != "Ona"`: false, `customer.name == "Ona" or customer.email == "na"`: false, `not (customer.name == "Ona")`: false,
		`"Ona" contains customer.name`: false, `lower(customer.name) == "ona"`: false, `customer.name == customer.email`: false,
		`order.amount == 5 and customer.name == "Ona" && order.amount >= 5`: true, `order.amount < 5`: true, `order.amount <= 5`: true,
		`order.amount > 5`: true, `order.amount != 5`: false, `order.amount + 1 == 6`: false, `order.amount % 2 == 1`: false,
		`customer.member`: false, `customer.type == "INDIVIDUAL"`: true, `customer.email == "na"`: true, `customer.category == "na"`: true,
		`customer.risk == "HIGH"`: true, `customer.state == "ACTIVE"`: true, `verification.type == "SANCTIONS_CHECK"`: true, `consent.type == "PRIVACY_POLICY"`: true,
		`beneficiary.name == "na"`: true, `beneficiary.iban == "na"`: true, `order.type == "TRANSFER"`: true, `order.network == "SEPA"`: true,
		`order.reference == "na"`: true, `request.method == "GET"`: true, `request.operation == "na"`: true, `request.caller == "staff"`: true,
	}
	for condition, simple := range conditions {
		s, err := Parse("s.yaml", []byte("name: s\nrules:\n  - {on: any, refuse: X, when: '"+condition+"'}\n"), known)
		if err != nil {
			t.Error(err)
			continue
		}
		r := s.Rules[0]
		if (len(r.needs) > 0) != simple {
			t.Errorf("%s: %d needs", condition, len(r.needs))
		}
		held := false
		for _, facts := range all {
			var m vm.VM
			want, err := m.Run(r.program, facts)
			if err != nil {
				t.Fatal(err)
			}
			got, err := r.holds(&inquiry{tell: Told(*facts)}, &m)
			if err != nil || got != want {
				t.Errorf("%s with %+v: got %v, %v, want %v", condition, facts, got, err, want)
			}
			held = held || got
		}
		if simple && !held && condition != "customer.name in []" {
			t.Errorf("%s never holds here", condition)
		}
	}
}
