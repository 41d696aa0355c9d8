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

// listMagic lists every value that makes a scenario act, made from the scenarios
// that are loaded.
func (a *API) listMagic(c *rest.Call) (rest.Reply, error) {
	active, err := a.active(c.Tenant)
	if err != nil {
		return rest.Reply{}, err
	}
	library, err := a.library(c.Tenant)
	if err != nil {
		return rest.Reply{}, err
	}
	list := []magicView{}
	for _, m := range library.Magic() {
		view := magicView{
			Kind: m.Kind, Send: send(m), Value: m.Value, Fact: m.Fact, Operator: m.Operator, Scenario: m.Scenario, Rule: m.Rule, On: m.On, Effect: m.Effect,
		}
		for _, need := range m.Needs {
			view.Needs = append(view.Needs, comparisonView{need.Fact, need.Operator, need.Value})
		}
		list = append(list, view)
	}
	return rest.Reply{Data: map[string]any{"active": active, "values": list}}, nil
}

// library gives all scenarios of a tenant, those of its own among them.
func (a *API) library(tenant string) (*scenario.Library, error) {
	shared := a.sandbox.Scenarios()
	all, err := a.sandbox.TenantScenarios(tenant)
	if err != nil {
		return nil, err
	}
	var own []scenario.Source
	for _, s := range all {
		if shared.Get(s.Name) == nil {
			own = append(own, scenario.Source{File: s.File, Text: []byte(s.Text())})
		}
	}
	return scenario.Load(own, a.sandbox.Catalog(), shared)
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
