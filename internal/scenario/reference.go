package scenario

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/fault"
)

// Reference is all that scenarios can speak about: choice points, operations, facts and
// faults.
type Reference struct {
	Points     []PointReference     `json:"points"`
	Operations []OperationReference `json:"operations"`
	Facts      []FactReference      `json:"facts"`
	// Faults are those of requests, DeliveryFaults those of webhook.delivery.
	Faults         []FaultReference `json:"faults"`
	DeliveryFaults []FaultReference `json:"deliveryFaults"`
}

// PointReference tells of a choice point what can be decided there, and what conditions can
// ask about. What a rule leaves open goes as it goes without one: the default option,
// after the default delay, in seconds.
type PointReference struct {
	machine.Answer

	// Machine is the table in which the choice point stands.
	Machine string   `json:"machine"`
	Facts   []string `json:"facts"`
}

// Usual says what comes about when no rule says otherwise, and when.
func (p PointReference) Usual() string {
	switch {
	case p.Default == "":
		return "nothing"
	case p.AfterSeconds == 0:
		return p.Default + ", at once"
	}
	return p.Default + ", after " + machine.DelayText(time.Duration(p.AfterSeconds)*time.Second)
}

// OperationReference tells with which codes a rule can refuse an operation.
type OperationReference struct {
	Operation string   `json:"operation"`
	Refusals  []string `json:"refusals"`
}

// FactReference tells of a fact, or of a member of a list's items, what values it has.
type FactReference struct {
	// Name is as conditions write it; that of an item's member has the list's name
	// and [] before it.
	Name string `json:"name"`
	Type string `json:"type"`
	// Values are all that it can have; none if they are no closed list.
	Values []string `json:"values,omitempty"`
	Means  string   `json:"means,omitempty"`
}

// FaultReference tells how a fault is written, and what it does.
type FaultReference struct {
	Form string `json:"form"`
	Does string `json:"does"`
	// Works tells that the work of the operation is done all the same, or that the
	// webhook is sent.
	Works bool `json:"works"`
}

// Reference gives all that scenarios of the catalog can speak about.
func (c Catalog) Reference() Reference {
	r := Reference{Facts: c.facts(), Faults: faultReference(), DeliveryFaults: deliveryFaultReference()}
	for _, point := range c.Points() {
		facts := slices.Clone(c.Known(point))
		slices.Sort(facts)
		r.Points = append(r.Points, PointReference{Answer: c.points[point], Machine: c.tables[point], Facts: facts})
	}
	for _, operation := range c.Operations() {
		codes := slices.Compact(slices.Sorted(slices.Values(c.operations[operation])))
		r.Operations = append(r.Operations, OperationReference{Operation: operation, Refusals: codes})
	}
	return r
}

// facts lists the members of all facts, in the order in which they are declared.
func (c Catalog) facts() []FactReference {
	var list []FactReference
	facts := reflect.TypeFor[Facts]()
	for i := range facts.NumField() {
		list = c.factsOf(facts.Field(i).Type, facts.Field(i).Tag.Get("expr"), ".", list)
	}
	return list
}

// factsOf appends the members of a fact, and those of the items of its lists.
func (c Catalog) factsOf(fact reflect.Type, name, sign string, list []FactReference) []FactReference {
	for i := range fact.NumField() {
		field := fact.Field(i)
		member := field.Tag.Get("expr")
		list = append(list, FactReference{
			Name: name + sign + member, Type: typeName(field.Type), Values: c.closed(name + "." + member), Means: field.Tag.Get("means"),
		})
		if field.Type.Kind() == reflect.Slice && field.Type.Elem().Kind() == reflect.Struct {
			list = c.factsOf(field.Type.Elem(), name+"."+member, "[].", list)
		}
	}
	return list
}

// typeName is what the values of a type are called.
func typeName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "whole number"
	case reflect.Float64:
		return "number"
	case reflect.Map:
		return "texts by key"
	case reflect.Slice:
		if t.Elem().Kind() == reflect.String {
			return "list of texts"
		}
		return "list"
	}
	return "text"
}

func faultReference() []FaultReference {
	var list []FaultReference
	for _, f := range []struct {
		kind       fault.Kind
		form, does string
	}{
		{fault.Delay, "{after: 2s}", "the reply comes late; {after: 1s, until: 5s} lies between two bounds"},
		{fault.Drip, "{kind: drip, after: 5s}", "the reply comes little by little, over that time"},
		{fault.Cut, "cut", "the connection is closed in the middle of the reply"},
		{fault.Lost, "lost", "the connection is closed where the reply would begin"},
		{fault.Timeout, "timeout", "no reply comes, and the connection stays open for a minute; {kind: timeout, after: 10s} closes it earlier"},
		{fault.Status, "{status: 503}", "another status is the reply; with body, headers, and retryAfter: 30s if it is to be tried again"},
		{fault.Reset, "reset", "the connection is closed at once"},
		{fault.Malformed, "malformed", "half a JSON text is the reply"},
		{fault.Empty, "empty", "200 is the reply, with nothing in it"},
	} {
		list = append(list, FaultReference{f.form, f.does, !f.kind.Answers()})
	}
	return list
}

func deliveryFaultReference() []FaultReference {
	does := map[delivery.FaultKind]string{
		delivery.Duplicate: "it comes twice", delivery.Drop: "it is not sent, and no answer comes, so that it is tried again", delivery.Late: "it is held back, on the tenant's clock",
		delivery.Reorder: "so many later ones overtake it", delivery.BadSignature: "its signature is wrong",
		delivery.StaleTimestamp: "its signature is too old", delivery.Truncated: "half of its body comes",
	}
	forms := strings.Split(deliveryForms, " or ")
	var list []FaultReference
	for _, kind := range delivery.FaultKinds() {
		form := string(kind)
		for _, f := range forms {
			if strings.HasPrefix(f, "{"+form+":") {
				form = f
			}
		}
		list = append(list, FaultReference{form, does[kind], kind != delivery.Drop})
	}
	return list
}
