package engine

import (
	"strings"

	"finhub-sandbox/internal/domain/machine"
)

// Passage is something that can pass in a unit of work: a step of a table, what a
// choice comes to, or an event. It has the members of the one that it is.
type Passage struct {
	// Kind is that of the aggregate, of a step.
	Kind     string
	From, To machine.State
	On       machine.Trigger
	// Point and Option are those of a choice.
	Point, Option string
	Event         string
}

// passages number everything that can pass.
type passages struct {
	list     []Passage
	steps    map[stepID]uint16
	outcomes map[outcomeID]uint16
	events   map[string]uint16
}

type stepID struct {
	kind string
	from machine.State
	on   machine.Trigger
}

type outcomeID struct{ point, option string }

// Passages lists everything that can pass, from the tables: steps in the order of the
// kinds, with a passage for each state from which a row leads. Its place in the list
// is the number that Config.Passed is told.
func (e *Engine) Passages() []Passage { return e.passages.list }

// newPassages numbers what the tables have.
func newPassages(e *Engine) *passages {
	p := &passages{steps: map[stepID]uint16{}, outcomes: map[outcomeID]uint16{}, events: map[string]uint16{}}
	add := func(one Passage) uint16 {
		p.list = append(p.list, one)
		return uint16(len(p.list) - 1)
	}
	for _, name := range e.order {
		for _, t := range e.kinds[name].describe().Transitions {
			if t.Refusal != "" {
				continue
			}
			for _, from := range t.From {
				p.steps[stepID{name, from, t.Trigger}] = add(Passage{Kind: name, From: from, To: t.To, On: t.Trigger})
			}
			for _, c := range t.Choices {
				for _, option := range c.Options {
					id := outcomeID{c.Point, option}
					if _, listed := p.outcomes[id]; !listed {
						p.outcomes[id] = add(Passage{Point: c.Point, Option: option})
					}
				}
			}
		}
	}
	for _, event := range e.Events() {
		p.events[event] = add(Passage{Event: event})
	}
	return p
}

// passedRoom is for how many passages a unit needs no more memory.
const passedRoom = 40

// passStep, passOutcome and passEvent note what has passed, as long as the unit lasts:
// only what is committed has.
func (u *Unit) passStep(kind string, step machine.Step) {
	if number, ok := u.engine.passages.steps[stepID{kind, step.From, step.On}]; ok {
		u.pass(number)
	}
}

func (u *Unit) passOutcome(a machine.Armed) {
	if number, ok := u.engine.passages.outcomes[outcomeID{a.Point, a.Option}]; ok {
		u.pass(number)
	}
}

func (u *Unit) passEvent(event string) {
	if number, ok := u.engine.passages.events[event]; ok {
		u.pass(number)
	}
}

func (u *Unit) pass(number uint16) {
	if u.engine.Passed == nil {
		return
	}
	if u.passed == nil {
		u.passed = u.passedRoom[:0]
	}
	u.passed = append(u.passed, number)
}

// tellPassed tells what has passed in units that have been committed.
func (c *Config) tellPassed(tenant string, passed []uint16) {
	if len(passed) > 0 {
		c.Passed(tenant, passed)
	}
}

// Name is the passage in words, of which each has its own within its sort.
func (p Passage) Name() string {
	switch {
	case p.Event != "":
		return p.Event
	case p.Point != "":
		return p.Point + " " + p.Option
	}
	words := []string{p.Kind, string(p.From), string(p.On), string(p.To)}
	if p.From == machine.None {
		words[1] = "new"
	}
	return strings.Join(words, " ")
}
