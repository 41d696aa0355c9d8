package console

import (
	"slices"

	"finhub-sandbox/internal/client"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/journal"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/timeline"
	"finhub-sandbox/internal/sandbox/world"
)

// stateCount is how many customers are in a state.
type stateCount struct {
	State machine.State
	Count int
}

type overviewPage struct {
	Clock    client.Clock
	Scenario client.ActiveScenario
	States   []stateCount
	Total    int
	Pending  []timeline.Pending
	Requests []journal.Entry
	// NoJournal tells that the sandbox keeps none.
	NoJournal bool
	Step      []*button
}

// soon is how much of what is pending the overview shows.
const soon = 5

func overview(v *visit) (string, any, error) {
	p := &overviewPage{}
	if err := v.get("/clock", nil, &p.Clock); err != nil {
		return "", nil, err
	}
	var list client.ScenarioList
	if err := v.get("/scenarios", nil, &list); err != nil {
		return "", nil, err
	}
	p.Scenario = list.Active
	var counts map[machine.State]int
	err := v.look(func(act *world.Act) error {
		p.Pending = timeline.PendingAnywhere(act)
		p.Pending = p.Pending[:min(len(p.Pending), soon)]
		counts = customers.CountStates(act)
		return nil
	})
	if err != nil {
		return "", nil, err
	}
	for _, state := range onboarding.CustomerTable().States() {
		p.States = append(p.States, stateCount{state, counts[state]})
		p.Total += counts[state]
	}
	p.Requests, _ = v.requests(journal.Filter{Limit: lastRequests})
	p.NoJournal = v.console.Journal == nil
	p.Step = v.clockButtons(p.Clock)
	return "Overview", p, nil
}

// lastRequests is how many requests the overview shows.
const lastRequests = 12

// requests gives entries of the journal, the newest first, and how many more fit. They
// are read where they are kept: as control calls tell them they have their bodies.
func (v *visit) requests(f journal.Filter) (list []journal.Entry, omitted int) {
	if v.console.Journal == nil {
		return nil, 0
	}
	page := v.console.Journal.Entries(v.tenant, f)
	slices.Reverse(page.Entries)
	return page.Entries, page.Omitted
}

// clockButtons are those that bring on what is due.
func (v *visit) clockButtons(clock client.Clock) (list []*button) {
	if clock.NextDue != nil {
		list = append(list, v.button("advance-clock", "Step to the next", [][2]string{{"to", clock.NextDue.At}}))
	}
	list = append(list, v.button("advance-clock", "Advance by a day", [][2]string{{"by", "1d"}}))
	if clock.Mode == "frozen" {
		return append(list, v.button("run-clock", "Run", nil))
	}
	return append(list, v.button("freeze-clock", "Freeze", nil))
}
