package control

import (
	"finhub-sandbox/internal/rest"
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

type mistypedView struct {
	Sent    string `json:"sent"`
	Nearest string `json:"nearest,omitempty"`
	Notice  string `json:"notice"`
}

// listMagic lists every value that makes a scenario act, made from the scenarios
// that are loaded.
func (a *API) listMagic(c *rest.Call) (rest.Reply, error) {
	active, err := a.active(c.Tenant)
	if err != nil {
		return rest.Reply{}, err
	}
	scenarios, err := a.sandbox.TenantScenarios(c.Tenant)
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
	data := map[string]any{"active": active, "values": list}
	if seen := a.sandbox.Mistyped(c.Tenant); len(seen) > 0 {
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
