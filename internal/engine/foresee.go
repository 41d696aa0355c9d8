package engine

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/store"
)

// maxForeseen is how many timers are tried to find out whether an event comes.
// Past it the event is taken to come.
const maxForeseen = 10_000

// errForeseen takes back what was only tried.
var errForeseen = errors.New("engine: only tried")

// foresee refuses an event that does not come, whatever time passes: moving the
// clock until then would end everything that has an end. It fires the timers on
// the way in a transaction that is taken back.
func (e *Engine) foresee(tenant, event string) error {
	comes := false
	var pending []string
	err := e.Store.Update(func(tx *store.Tx) error {
		pending = pendingPoints(tx, tenant)
		comes = e.tryUntil(tx, tenant, event)
		return errForeseen
	})
	if !errors.Is(err, errForeseen) {
		return err
	}
	// What was tried has noted when its own next timer would be due.
	if _, err := e.update(tenant, func(u *Unit) error { u.timersChanged = true; return nil }); err != nil {
		return err
	}
	if comes {
		return nil
	}
	why := "nothing is pending"
	if len(pending) > 0 {
		why = "pending are " + strings.Join(pending, ", ")
	}
	return refusal.Invalid([]refusal.Fault{{Field: "until", Pointer: "/until", Message: event + " does not come by itself: " + why}})
}

func (e *Engine) tryUntil(tx *store.Tx, tenant, event string) bool {
	for range maxForeseen {
		timer, ok := firstTimer(tx, tenant)
		if !ok || timer.Due.After(lastInstant()) {
			return false
		}
		u := e.begin(tx, tenant, true)
		if timer.Due.After(u.now) {
			u.moveTo(timer.Due)
		}
		if err := errors.Join(u.fireTimer(timer), u.finish()); err != nil {
			return true // What is wrong is said by who does it for real.
		}
		if slices.ContainsFunc(u.events, func(happened Event) bool { return happened.Type == event }) {
			return true
		}
	}
	return true
}

// maxPending is how many pending decisions are named.
const maxPending = 5

func pendingPoints(tx *store.Tx, tenant string) []string {
	var list []string
	more := 0
	findTimer(tx, tenant, time.Time{}, func(t Timer) bool {
		if len(list) == maxPending {
			more++
		} else {
			list = append(list, fmt.Sprintf("%s of %s %s at %s", t.Point, t.Entity, t.ID, t.Due.Format(time.RFC3339)))
		}
		return false
	})
	if more > 0 {
		list = append(list, fmt.Sprintf("%d more", more))
	}
	return list
}

// Events lists the types of everything that can happen, in alphabetical order.
func (e *Engine) Events() []string {
	var types []string
	for _, name := range e.order {
		k := e.kinds[name]
		for _, event := range k.describe().Events() {
			types = append(types, event)
			for _, noun := range k.nouns() {
				_, verb, _ := strings.Cut(event, ".")
				types = append(types, noun+"."+verb)
			}
		}
	}
	slices.Sort(types)
	return slices.Compact(types)
}
