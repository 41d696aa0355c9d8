// Package timeline tells what has happened to a customer and what is pending. It only
// looks: nothing is done, and nothing is counted.
package timeline

import (
	"fmt"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
)

// Thing names an aggregate.
type Thing struct{ Kind, ID string }

// Pending is something that is still to happen to a thing.
type Pending struct {
	Thing
	State machine.State
	// Point is the choice point, or the prerequisite that is not met, and Option what it
	// has come to.
	Point, Option string
	// Waits says in words for what it waits.
	Waits string
	// Due is when it comes on the tenant's clock; zero where no time brings it.
	Due      time.Time
	Deadline bool
	Rule     machine.Rule
	// Calls are those that bring it.
	Calls []refusal.Call
}

// maxPending is how much is told of what is pending.
const maxPending = 100

// PendingOf tells what is pending for things, in the order in which these are named, and
// the things of one in the order in which they were decided.
func PendingOf(act *world.Act, things []Thing) (list []Pending, err error) {
	standing, err := customers.ListStanding(act)
	if err != nil {
		return nil, err
	}
	for _, t := range things {
		life := act.Life(t.Kind, t.ID)
		if life == nil {
			continue
		}
		for _, a := range life.Armed {
			list = append(list, pending(act, t, life.State, a))
		}
		for _, s := range standing {
			if t.Kind == "verification" && s.ID == t.ID {
				list = append(list, Pending{Thing: t, State: s.State, Point: "documents", Waits: s.Why, Calls: []refusal.Call{s.Call}})
			}
		}
	}
	return list[:min(len(list), maxPending)], nil
}

// PendingAnywhere tells what is pending in the tenant and comes with time, the next first.
func PendingAnywhere(act *world.Act) (list []Pending) {
	const few = 20
	for _, t := range act.Timers(few) {
		p := Pending{Thing: Thing{t.Entity, t.ID}}
		if life := act.Life(t.Entity, t.ID); life != nil {
			p.State = life.State
		}
		p.comes(act, machine.Armed{Point: t.Point, Option: t.Option, Due: t.Due, Deadline: t.Deadline, Rule: t.Rule})
		list = append(list, p)
	}
	return list
}

func pending(act *world.Act, t Thing, state machine.State, a machine.Armed) Pending {
	p := Pending{Thing: t, State: state}
	p.comes(act, a)
	return p
}

// comes says how a decision that has been made comes about.
func (p *Pending) comes(act *world.Act, a machine.Armed) {
	p.Point, p.Option, p.Due, p.Deadline, p.Rule = a.Point, a.Option, a.Due, a.Deadline, a.Rule
	if a.Reads > 0 {
		p.Waits = fmt.Sprintf("until it has been read %d more times", a.Reads)
		if operation, parameter := reader(p.Kind); operation != "" {
			p.Calls = []refusal.Call{{Operation: operation, Params: map[string]string{parameter: p.ID}, Why: "reads it"}}
		}
		return
	}
	at := a.Due.UTC().Format(time.RFC3339Nano)
	p.Waits = "until the tenant's clock shows " + at
	if act.Frozen() {
		p.Waits += "; it stands still"
	}
	p.Calls = []refusal.Call{{Operation: "advanceClock", Why: `with {"to": "` + at + `"} it comes`}}
}

// reader is the operation that reads a thing of a kind, with the parameter for its id.
func reader(kind string) (operation, parameter string) {
	switch kind {
	case "verification":
		return "getVerification", "verificationId"
	case "order":
		return "getOrder", "orderId"
	}
	return "", ""
}

// thingsOf are those to which events of a customer have happened, the customer first.
func thingsOf(customer string, events []engine.Event) []Thing {
	list := []Thing{{world.CustomerName, customer}}
	seen := map[Thing]bool{list[0]: true}
	for _, e := range events {
		if t := (Thing{e.Entity, e.ID}); !seen[t] {
			seen[t] = true
			list = append(list, t)
		}
	}
	return list
}

// Things are those of a customer to which something has happened lately, the customer
// first.
func Things(act *world.Act, customer string) []Thing {
	events, _ := act.EventsOf(customer, 0, MaxEvents)
	return thingsOf(customer, events)
}

// MaxEvents is how many events of a customer are looked at, the newest.
const MaxEvents = 10_000
