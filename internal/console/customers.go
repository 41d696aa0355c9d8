package console

import (
	"net/url"

	"finhub-sandbox/internal/client"
	"finhub-sandbox/internal/sandbox/fixtures"
)

// pageSize is how many customers a page lists.
const pageSize = "50"

type customersPage struct {
	Text, State, Kind, Scenario string
	States, Kinds, Scenarios    []string
	List                        []client.CustomerOverview
	// Next leads to those that follow; empty at the end. First leads back.
	Next, First string
	Narrowed    bool
	Make        *button
}

func customerList(v *visit) (string, any, error) {
	p := &customersPage{
		Text: v.query("text"), State: v.query("state"), Kind: v.query("kind"), Scenario: v.query("scenario"), Kinds: []string{"individual", "organization"},
	}
	for _, state := range fixtures.States() {
		p.States = append(p.States, string(state))
	}
	var scenarios client.ScenarioList
	if err := v.get("/scenarios", nil, &scenarios); err != nil {
		return "", nil, err
	}
	for _, s := range scenarios.Scenarios {
		p.Scenarios = append(p.Scenarios, s.Name)
	}
	filter := some("text", p.Text, "state", p.State, "kind", p.Kind, "scenario", p.Scenario)
	p.Narrowed = len(filter) > 0
	var page client.CustomerPage
	q := some("after", v.query("after"), "limit", pageSize)
	for name := range filter {
		q.Set(name, filter.Get(name))
	}
	if err := v.get("/customers", q, &page); err != nil {
		return "", nil, err
	}
	p.List = page.Customers
	p.First = withQuery(pathOf(v.tenant, "customers"), filter)
	if page.Next != "" {
		more := url.Values{"after": {page.Next}}
		for name := range filter {
			more.Set(name, filter.Get(name))
		}
		p.Next = withQuery(pathOf(v.tenant, "customers"), more)
	}
	if v.query("after") == "" {
		p.First = ""
	}
	p.Make = v.button("make-customers", "Make", nil,
		field{Name: "state", Label: "State", Options: p.States, Value: "ACTIVE"},
		field{Name: "kind", Label: "Kind", Options: p.Kinds},
		field{Name: "count", Label: "How many", Type: "number", Value: "1", Required: true},
		field{Name: "scenario", Label: "Scenario", Options: append([]string{""}, p.Scenarios...)},
		field{Name: "reason", Label: "Reason", Help: "such as SUSPECTED_FRAUD"},
		field{Name: "email", Label: "E-mail", Help: "made up if empty"},
		field{Name: "firstName", Label: "First name of a person"},
		field{Name: "lastName", Label: "Last name of a person"},
		field{Name: "legalName", Label: "Name of an organization"},
	)
	return "Customers", p, nil
}
