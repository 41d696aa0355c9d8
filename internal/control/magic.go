package control

import (
	"maps"
	"slices"
	"strings"

	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/scenario"
)

type magicView struct {
	Kind string `json:"kind"`
	// Send is the value in its place: a header line, an e-mail address, or a
	// condition on what is sent.
	Send     string `json:"send"`
	Value    string `json:"value"`
	Fact     string `json:"fact"`
	Operator string `json:"operator"`
	// Needs are the comparisons that must all hold.
	Needs    []comparisonView `json:"needs,omitempty"`
	Scenario string           `json:"scenario"`
	Rule     string           `json:"rule,omitempty"`
	On       string           `json:"on,omitempty"`
	Effect   string           `json:"effect"`
}

type comparisonView struct {
	Fact     string `json:"fact"`
	Operator string `json:"operator"`
	Value    string `json:"value"`
}

type factView struct {
	Name    string   `json:"name"`
	Members []string `json:"members"`
	// List tells that the fact is a list, whose items have the members.
	List bool     `json:"list"`
	On   []string `json:"on"`
}

type mistypedView struct {
	Sent    string `json:"sent"`
	Nearest string `json:"nearest,omitempty"`
	Notice  string `json:"notice"`
}

// listMagic lists every value that makes a scenario act, made from the scenarios
// that are loaded.
func listMagic(c *rest.Call, act *world.Act) (rest.Reply, error) {
	active, err := readActive(act)
	if err != nil {
		return rest.Reply{}, err
	}
	scenarios, err := world.ListScenarios(act)
	if err != nil {
		return rest.Reply{}, err
	}
	values, more := scenario.ListMagic(scenarios)
	list := []magicView{}
	for _, m := range values {
		view := magicView{
			Kind: m.Kind, Send: send(m), Value: m.Value, Fact: m.Fact, Operator: m.Operator, Scenario: m.Scenario, Rule: m.Rule, On: m.On, Effect: m.Effect,
		}
		for _, need := range m.Needs {
			view.Needs = append(view.Needs, comparisonView{need.Fact, need.Operator, need.Value})
		}
		list = append(list, view)
	}
	data := map[string]any{"active": active, "values": list, "facts": viewFacts(act.Catalog())}
	if seen := act.Mistyped(c.Tenant); len(seen) > 0 {
		mistyped := []mistypedView{}
		for _, m := range seen {
			mistyped = append(mistyped, mistypedView{m.Sent, m.Nearest, m.Notice})
		}
		data["mistyped"] = mistyped
	}
	if more > 0 {
		data["rulesLeftOut"] = more
	}
	return rest.Reply{Data: data}, nil
}

// viewFacts tells what conditions can ask about, and on which choice points; on
// operations they can ask about everything.
func viewFacts(catalog scenario.Catalog) []factView {
	facts, items := scenario.Members()
	var views []factView
	for _, members := range []map[string][]string{facts, items} {
		for _, name := range slices.Sorted(maps.Keys(members)) {
			fact, _, _ := strings.Cut(name, ".")
			view := factView{Name: name, Members: members[name], List: items[name] != nil, On: []string{}}
			for _, point := range catalog.Points() {
				if slices.Contains(catalog.Known(point), fact) {
					view.On = append(view.On, point)
				}
			}
			views = append(views, view)
		}
	}
	return views
}

func send(m scenario.Magic) string {
	switch m.Kind {
	case scenario.MagicCondition:
		return m.Value
	case scenario.MagicHeader:
		return scenario.Header + ": " + m.Value
	case scenario.MagicTag:
		return "anna" + m.Value + "@example.com"
	}
	return m.Fact + " " + m.Operator + " " + m.Value
}
