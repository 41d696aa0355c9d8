package scenario

import (
	"reflect"
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/machine"
)

// Catalog is what scenarios can speak about: the choice points of the tables,
// and the operations with the codes of their refusals.
type Catalog struct {
	points map[string]machine.Answer
	// deadlines are choice points that no rule may answer: their end was
	// announced to the caller.
	deadlines []string
	// operations is nil if they are not known; rules about them are then taken as
	// they stand.
	operations map[string][]string
	// states are those of the customer's table.
	states []string
}

// NewCatalog gathers the choice points of tables, and the operations with the
// refusal codes that each can give. Without operations (nil) those that rules
// name are not checked: that is for callers who have no document.
func NewCatalog(tables []machine.Description, operations map[string][]string) Catalog {
	c := Catalog{points: map[string]machine.Answer{}, operations: operations}
	for _, d := range tables {
		if d.Name == "customer" {
			for _, state := range d.States {
				c.states = append(c.states, string(state))
			}
		}
		for _, t := range d.Transitions {
			for _, choice := range t.Choices {
				if !choice.Deadline {
					c.points[choice.Point] = choice
				} else if !slices.Contains(c.deadlines, choice.Point) {
					c.deadlines = append(c.deadlines, choice.Point)
				}
			}
		}
	}
	return c
}

// Points lists the choice points in alphabetical order.
func (c Catalog) Points() []string { return sortedNames(c.points) }

// Operations lists the operations in alphabetical order.
func (c Catalog) Operations() []string { return sortedNames(c.operations) }

// isOperation tells whether a word names an operation. Choice points have a dot
// in their names, operations have none.
func (c Catalog) isOperation(word string) bool {
	if c.operations == nil {
		return word != "" && !strings.Contains(word, ".")
	}
	_, ok := c.operations[word]
	return ok
}

// askable are the facts that a condition can ask about at a choice point; nil
// is all of them. A table's name begins the names of its points, and nothing
// but its own aggregate and the customer is known when one of them is decided.
func (c Catalog) askable(on string) []string {
	if _, ok := c.points[on]; !ok {
		return nil
	}
	subject, _, _ := strings.Cut(on, ".")
	switch subject {
	case "activation":
		return []string{"customer"}
	case "verification", "consent", "beneficiary":
		return []string{"customer", subject}
	case "document":
		return []string{"customer", "verification", "document"}
	case "payment_consent":
		return []string{"customer", "paymentConsent"}
	case "settlement", "order":
		return []string{"customer", "order"}
	}
	return nil
}

// closed gives the values of a fact whose values are a closed list; nil is any.
func (c Catalog) closed(fact string) []string {
	switch fact {
	case "customer.type":
		return []string{"INDIVIDUAL", "ORGANIZATION"}
	case "customer.risk":
		return []string{"LOW", "MEDIUM", "HIGH"}
	case "customer.state":
		return c.states
	case "order.network":
		return networks()
	case "order.type":
		return []string{"TRANSFER", "TOPUP", "WITHDRAWAL"}
	case "request.method":
		return []string{"GET", "POST", "PUT", "PATCH", "DELETE"}
	case "request.caller":
		return []string{"public", "customer", "staff"}
	case "request.operation":
		return c.Operations()
	}
	return nil
}

// networks are the ways of money that have fees of their own.
func networks() []string { return []string{"INTERNAL", "SEPA", "SEPA_INSTANT", "SWIFT"} }

// factMembers gives the members of each fact, by their names in conditions.
func factMembers() map[string][]string {
	members := map[string][]string{}
	facts := reflect.TypeFor[Facts]()
	for i := range facts.NumField() {
		fact := facts.Field(i)
		for j := range fact.Type.NumField() {
			name := fact.Tag.Get("expr")
			members[name] = append(members[name], fact.Type.Field(j).Tag.Get("expr"))
		}
	}
	return members
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
