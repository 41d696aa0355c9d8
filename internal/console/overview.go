package console

import (
	"net/url"
	"slices"

	"finhub-sandbox/internal/client"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
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
	Requests []client.JournalEntry
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
	p.Requests, p.NoJournal = v.requests(some("limit", "12"))
	p.Step = v.clockButtons(p.Clock)
	return "Overview", p, nil
}

// requests gives entries of the journal, the newest first.
func (v *visit) requests(q url.Values) (list []client.JournalEntry, off bool) {
	var page client.Journal
	if v.get("/journal", q, &page) != nil {
		return nil, true
	}
	slices.Reverse(page.Entries)
	return page.Entries, false
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
