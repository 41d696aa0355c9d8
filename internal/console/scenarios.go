package console

import (
	"strings"

	"finhub-sandbox/internal/client"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/journal"
	"finhub-sandbox/internal/sandbox/world"
)

type scenariosPage struct {
	client.ScenarioList
	Server *button
	Magic  client.MagicList
	// Text is the scenario that the tenant edits, and Mistakes what is wrong with it.
	Text     string
	Lines    []lintedLine
	Mistakes []client.FieldError
	Put      *button
}

// lintedLine is a line of a scenario with what is wrong with it.
type lintedLine struct {
	Number   int
	Text     string
	Mistakes []string
}

// newScenario is what the tenant's own begins with.
const newScenario = `name: mine
extends: happy-path
description: A person's second attempt is rejected.
rules:
  - name: second attempt
    on: verification.outcome
    when: verification.attempt > 1
    decide: REJECTED
    reason: SUSPECTED_FRAUD
    after: 2h
`

func scenarioList(v *visit) (string, any, error) {
	p := &scenariosPage{Text: newScenario}
	if err := v.get("/scenarios", nil, &p.ScenarioList); err != nil {
		return "", nil, err
	}
	if err := v.get("/magic", nil, &p.Magic); err != nil {
		return "", nil, err
	}
	p.Server = v.button("use-scenario", "Go back to the server's", [][2]string{{"name", ""}})
	p.Put = v.button("put-scenario", "Check and choose it", nil)
	return "Scenarios", p, nil
}

// mend shows the text that was refused, with the mistakes at their lines.
func (p *scenariosPage) mend(n *notice) {
	if n == nil || n.Text == "" {
		return
	}
	p.Text = n.Text
	if n.Refused == nil {
		return
	}
	at := map[int][]string{}
	for _, mistake := range n.Refused.Errors {
		at[mistake.Line] = append(at[mistake.Line], mistake.Message)
		p.Mistakes = append(p.Mistakes, mistake)
	}
	for i, line := range strings.Split(n.Text, "\n") {
		p.Lines = append(p.Lines, lintedLine{i + 1, line, at[i+1]})
	}
}

type scenarioPage struct {
	client.Scenario
	Rules  []actedRule
	Active bool
	Use    *button
	Put    *button
}

// actedRule is a rule, and how often it has acted as far as that is still known.
type actedRule struct {
	client.Rule
	Acted int
}

func scenarioOne(v *visit) (string, any, error) {
	p := &scenarioPage{}
	var list client.ScenarioList
	if err := v.get("/scenarios", nil, &list); err != nil {
		return "", nil, err
	}
	if err := v.get("/scenarios/"+escape(v.request.PathValue("name")), nil, &p.Scenario); err != nil {
		return "", nil, err
	}
	acted, err := v.acted()
	for _, r := range p.Scenario.Rules {
		p.Rules = append(p.Rules, actedRule{r, acted[r.Scenario+"/"+r.Name]})
	}
	p.Active = list.Active.Name == p.Name
	p.Use = v.button("use-scenario", "Let it govern new customers", [][2]string{{"name", p.Name}})
	p.Put = v.button("put-scenario", "Check and choose it", nil)
	return "Scenario " + p.Name, p, err
}

// mostCounted is how many of the newest events are looked through for rules.
const mostCounted = 2000

// acted counts how often rules have acted: in events, and in the requests that are kept.
func (v *visit) acted() (map[string]int, error) {
	counts := map[string]int{}
	count := func(rule machine.Rule) { counts[rule.Scenario+"/"+rule.Name]++ }
	err := v.look(func(act *world.Act) error {
		for _, e := range act.LastEvents(mostCounted) {
			count(e.Rule)
		}
		return nil
	})
	if v.console.Journal != nil {
		for _, e := range v.console.Journal.Entries(v.tenant, journal.Filter{}).Entries {
			for _, rule := range e.Rules {
				count(rule)
			}
		}
	}
	return counts, err
}
