package control

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/scenario"
)

type activeScenarioView struct {
	Tenant string `json:"tenant"`
	Name   string `json:"name"`
	// Source says who chose it: the tenant, the server, or nobody.
	Source      string `json:"source"`
	Description string `json:"description"`
}

type scenarioSummary struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Extends     string `json:"extends,omitempty"`
	From        string `json:"from"`
}

type scenarioView struct {
	scenarioSummary
	Settings map[string]any `json:"settings"`
	Rules    []ruleView     `json:"rules"`
	// YAML is the scenario as it was written, without what it extends.
	YAML string `json:"yaml"`
}

type ruleView struct {
	Name     string     `json:"name"`
	Scenario string     `json:"scenario"`
	On       string     `json:"on"`
	When     string     `json:"when,omitempty"`
	Decide   string     `json:"decide,omitempty"`
	Reason   string     `json:"reason,omitempty"`
	After    string     `json:"after,omitempty"`
	Reads    int        `json:"reads,omitzero"`
	Refuse   string     `json:"refuse,omitempty"`
	Fault    *faultView `json:"fault,omitzero"`
	Times    int        `json:"times,omitzero"`
	Skip     int        `json:"skip,omitzero"`
	Every    int        `json:"every,omitzero"`
	Chance   float64    `json:"chance"`
	// Effect says to people what the rule does.
	Effect string `json:"effect"`
}

type faultView struct {
	Kind       string            `json:"kind"`
	After      string            `json:"after,omitempty"`
	Until      string            `json:"until,omitempty"`
	Status     int               `json:"status,omitzero"`
	Body       string            `json:"body,omitempty"`
	Headers    map[string]string `json:"headers,omitempty"`
	RetryAfter string            `json:"retryAfter,omitempty"`
}

// listScenarios lists the scenarios that can govern the tenant's customers, and
// the one that governs those for whom nothing else is chosen.
func listScenarios(_ *rest.Call, act *world.Act) (rest.Reply, error) {
	active, err := readActive(act)
	if err != nil {
		return rest.Reply{}, err
	}
	scenarios, err := world.ListScenarios(act)
	list := []scenarioSummary{}
	for _, s := range scenarios {
		list = append(list, summarizeScenario(s))
	}
	return rest.Reply{Data: map[string]any{"active": active, "scenarios": list}}, err
}

// getScenario shows a scenario rule by rule. It refuses with SCENARIO_UNKNOWN.
func getScenario(c *rest.Call, act *world.Act) (rest.Reply, error) {
	s, err := find(act, c.Path("name"))
	if err != nil {
		return rest.Reply{}, err
	}
	view := scenarioView{scenarioSummary: summarizeScenario(s), Settings: s.Settings.View(), Rules: []ruleView{}, YAML: s.Text()}
	for _, r := range s.Rules {
		view.Rules = append(view.Rules, viewRule(r))
	}
	return rest.Reply{Data: view}, nil
}

// getScenarioReference lists what scenarios can speak about.
func getScenarioReference(_ *rest.Call, act *world.Act) (rest.Reply, error) {
	reference := act.Catalog().Reference()
	return rest.Reply{Data: &reference}, nil
}

// scenarioSchema is the schema by which editors check scenarios.
func (a *API) scenarioSchema() (*rest.Asset, error) {
	text, err := scenario.Schema(a.world.Catalog())
	return rest.NewAsset("application/schema+json", text), err
}

// useScenario makes a scenario the tenant's active one: a known one by its name,
// or a new one as YAML. It refuses with SCENARIO_UNKNOWN and SCENARIO_INVALID,
// and then nothing has changed.
func useScenario(c *rest.Call, act *world.Act) (rest.Reply, error) {
	var err error
	if c.Text != nil {
		_, err = world.SetTenantScenarioText(act, string(c.Text))
	} else {
		err = world.SetTenantScenario(act, c.Body.Str("name"))
	}
	var mistakes scenario.Mistakes
	if errors.As(err, &mistakes) {
		return rest.Reply{}, invalidScenario(mistakes)
	}
	if err != nil {
		return rest.Reply{}, err
	}
	active, err := readActive(act)
	return rest.Reply{Data: active}, err
}

func readActive(act *world.Act) (activeScenarioView, error) {
	name, source := world.TenantScenario(act)
	s, err := find(act, name)
	if err != nil {
		return activeScenarioView{}, err
	}
	return activeScenarioView{act.Tenant(), name, source, strings.TrimSpace(s.Description)}, nil
}

// find gives a scenario of the tenant's, or one of all tenants.
func find(act *world.Act, name string) (*scenario.Scenario, error) {
	scenarios, err := world.ListScenarios(act)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, s := range scenarios {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return nil, refusal.New(refusal.ScenarioUnknown, "there is no scenario %s; there are %s", name, scenario.DidYouMean(name, names))
}

func invalidScenario(mistakes scenario.Mistakes) error {
	var faults []refusal.Fault
	for _, m := range mistakes {
		faults = append(faults, refusal.Fault{
			Field: fmt.Sprintf("line %d, column %d", m.Line, m.Column), Message: m.Message, File: m.File, Line: m.Line, Column: m.Column,
		})
	}
	return refusal.New(refusal.ScenarioInvalid, "mistakes: %d", mistakes.Count()).List(faults)
}

func summarizeScenario(s *scenario.Scenario) scenarioSummary {
	return scenarioSummary{s.Name, strings.TrimSpace(s.Description), s.Extends, s.File}
}

func viewRule(r *scenario.Rule) ruleView {
	view := ruleView{
		Name: r.Label(), Scenario: r.Scenario(), On: r.On, When: r.When, Decide: r.Decide, Reason: r.Reason, Reads: r.Reads,
		Refuse: r.Refuse, Times: r.Times, Skip: r.Skip, Every: r.Every, Chance: r.Chance, Effect: r.Effect(),
	}
	if r.Delayed {
		view.After = cmp.Or(length(r.After), "0s")
	}
	if f := r.Fault; f != nil {
		view.Fault = &faultView{
			Kind: string(f.Kind), After: length(f.After), Until: length(f.Until), Status: f.Status, Body: f.Body,
			Headers: f.Headers, RetryAfter: length(f.RetryAfter),
		}
	}
	return view
}

// length writes a delay as scenarios do; empty for none.
func length(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return machine.DelayText(d)
}
