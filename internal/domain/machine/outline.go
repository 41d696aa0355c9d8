package machine

import (
	"slices"
	"time"

	"finhub-sandbox/internal/domain/refusal"
)

// outline is a table without its functions. What does not depend on facts is done with
// it: once for all tables, where the compiler would make it anew for the facts of each.
type outline struct {
	name      string
	otherwise refusal.Code
	rows      []outlineRow
}

type outlineRow struct {
	from    []State
	on      []Trigger
	to      State
	needs   []outlineNeed
	emit    string
	arms    []outlineChoice
	disarms []string
	refuse  refusal.Code
}

type outlineNeed struct {
	name     string
	code     refusal.Code
	advisory bool
	// checked tells that there is a check.
	checked bool
	parts   []outlineNeed
}

type outlineChoice struct {
	point    string
	options  []Option
	standard string
	after    time.Duration
	deadline bool
}

func (t *Table[F]) outline() outline {
	o := outline{t.Name, t.Otherwise, make([]outlineRow, len(t.Rows))}
	for i, r := range t.Rows {
		row := outlineRow{r.From, r.On, r.To, outlineNeeds(r.Needs), r.Emit, make([]outlineChoice, len(r.Arms)), r.Disarms, r.Refuse}
		for j, c := range r.Arms {
			row.arms[j] = outlineChoice{c.Point, c.Options, c.Default, c.After, c.Until != nil}
		}
		o.rows[i] = row
	}
	return o
}

func outlineNeeds[F any](needs []Need[F]) []outlineNeed {
	list := make([]outlineNeed, len(needs))
	for i, n := range needs {
		list[i] = outlineNeed{n.Name, n.Code, n.Advisory, n.Unmet != nil, outlineNeeds(n.Parts)}
	}
	return list
}

// targets are all states to which the row leads.
func (r *outlineRow) targets() []State {
	if r.to == Same {
		return r.from
	}
	return []State{r.to}
}

// allows reports whether a row other than a refusing one answers the trigger.
func (o *outline) allows(from State, on Trigger) bool {
	for _, r := range o.rows {
		if slices.Contains(r.on, on) && slices.Contains(r.from, from) {
			return r.refuse == ""
		}
	}
	return false
}

func (o *outline) states() []State {
	var states []State
	add := func(s State) {
		if s != None && s != Same && !slices.Contains(states, s) {
			states = append(states, s)
		}
	}
	for _, r := range o.rows {
		for _, s := range r.from {
			add(s)
		}
		add(r.to)
	}
	return states
}

func (o *outline) triggers() []Trigger {
	var triggers []Trigger
	for _, r := range o.rows {
		for _, on := range r.on {
			if !slices.Contains(triggers, on) {
				triggers = append(triggers, on)
			}
		}
	}
	return triggers
}
