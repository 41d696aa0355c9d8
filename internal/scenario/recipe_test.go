package scenario

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/expr-lang/expr/vm"

	"finhub-sandbox/internal/domain/machine"
)

// Each way of a condition is one line, with all that it takes.
func TestRecipesOfConditions(t *testing.T) {
	many := make([]string, 0, 8)
	for i := range 8 {
		many = append(many, fmt.Sprintf(`(customer.name == "a%d" or customer.email == "b%d")`, i, i))
	}
	tooMany := strings.Join(many, " and ")
	for condition, want := range map[string]string{
		`customer.type == "INDIVIDUAL" && not customer.member && customer.name contains "Sanction"`: `customer.type == INDIVIDUAL and customer.member == false and customer.name contains Sanction`,
		`customer.pep or customer.age < 18 and customer.risk == "LOW"`:                              "customer.pep == true\ncustomer.age < 18 and customer.risk == LOW",
		`(customer.pep or customer.age < 18) and customer.risk == "LOW"`:                            "customer.pep == true and customer.risk == LOW\ncustomer.age < 18 and customer.risk == LOW",
		`customer.type == "INDIVIDUAL" and (customer.name == "A" or customer.name == "B" and (customer.pep or customer.ubo))`: "customer.type == INDIVIDUAL and customer.name == A\n" +
			"customer.type == INDIVIDUAL and customer.name == B and customer.pep == true\ncustomer.type == INDIVIDUAL and customer.name == B and customer.ubo == true",
		`not (customer.pep and order.amount > 5)`:                               "customer.pep == false\norder.amount <= 5",
		`not (customer.pep or not (order.amount > 5))`:                          "customer.pep == false and order.amount > 5",
		`not (customer.name contains "x") and customer.name not startsWith "y"`: "customer.name not contains x and customer.name not startsWith y",
		`not (customer.age < 18)`:                                               "customer.age not < 18",
		`10000 < order.amount`:                                                  "order.amount > 10000",
		`customer.pep ? order.amount > 5 : customer.name == "A"`:                "customer.pep == true and order.amount > 5\ncustomer.pep == false and customer.name == A",
		`order.reference in ["A", "B"]`:                                         "order.reference in A\norder.reference in B",
		`not (order.reference in ["A", "B"])`:                                   `order.reference not in ["A", "B"]`,
		`customer.pep and order.reference in ["A", "B"]`:                        `customer.pep == true and order.reference in ["A", "B"]`,
		`true and customer.pep or false`:                                        "customer.pep == true",
		`true`:                                                                  "",
		`lower(customer.name) == "a"`:                                           "lower(customer.name) == a",
		`any(customer.people, .pep and .ubo) and order.amount + order.fee > 5`:  "any(customer.people, .pep and .ubo) == true and order.amount + order.fee > 5",
		`customer.name == beneficiary.name`:                                     "customer.name == beneficiary.name",
		`hasPrefix(customer.name, "A") and not hasSuffix(customer.name, "B")`:   `hasPrefix(customer.name, "A") == true and hasSuffix(customer.name, "B") == false`,
		tooMany: tooMany + " == true",
	} {
		r := ruleWhen(t, condition)
		var got []string
		for _, recipe := range r.recipes() {
			got = append(got, recipe.String())
		}
		if strings.Join(got, "\n") != want {
			t.Errorf("%s\ngot\n%s\nwant\n%s", condition, strings.Join(got, "\n"), want)
		}
	}
}

func ruleWhen(t *testing.T, condition string) *Rule {
	t.Helper()
	s, err := Parse("s.yaml", []byte("name: s\nrules:\n  - {on: any, refuse: X, when: '"+condition+"'}\n"), NewCatalog([]machine.Description{}, nil))
	if err != nil {
		t.Fatalf("%s: %v", condition, err)
	}
	return s.Rules[0]
}

// TestRecipesHoldWhenTheConditionHolds tries nested conditions with all values of
// what they ask: one of the ways holds exactly if the condition does.
func TestRecipesHoldWhenTheConditionHolds(t *testing.T) {
	parts := []string{"customer.pep", "customer.ubo", "customer.member", "not customer.pep", "!customer.ubo"}
	conditions := slices.Clone(parts)
	for range 2 {
		var deeper []string
		for i, a := range conditions {
			b := conditions[(i*7+3)%len(conditions)]
			deeper = append(deeper, "("+a+" and "+b+")", "("+a+" || "+b+")", "not ("+a+" && "+b+")", "!("+a+" or "+b+")", "("+a+" ? "+b+" : "+parts[i%len(parts)]+")")
		}
		conditions = deeper
	}
	for _, condition := range conditions {
		r := ruleWhen(t, condition)
		recipes := r.recipes()
		for bits := range 8 {
			values := map[string]bool{"customer.pep": bits&1 > 0, "customer.ubo": bits&2 > 0, "customer.member": bits&4 > 0}
			facts := &Facts{Customer: Customer{PEP: values["customer.pep"], UBO: values["customer.ubo"], Member: values["customer.member"]}}
			var m vm.VM
			holds, err := m.Run(r.program, facts)
			if err != nil {
				t.Fatal(err)
			}
			some := slices.ContainsFunc(recipes, func(recipe Recipe) bool {
				return !slices.ContainsFunc(recipe, func(c Comparison) bool { return fmt.Sprint(values[c.Fact]) != c.Value })
			})
			if some != holds {
				t.Errorf("%s is %v with %v, and its ways say %v", condition, holds, values, recipes)
			}
		}
	}
}
