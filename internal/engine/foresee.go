package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/store"
)

// maxForeseen is how many timers are tried to find out whether an event comes:
// nobody else has a turn meanwhile. Past it the question is refused.
const maxForeseen = 1_000

// errForeseen takes back what was only tried.
var errForeseen = errors.New("engine: only tried")

// foresee refuses an event that does not come, whatever time passes: moving the
// clock until then would end everything that has an end. It fires the timers on
// the way in a transaction that is taken back.
func (e *Engine) foresee(ctx context.Context, tenant, event string) error {
	var seen error
	err := e.Store.Update(ctx, tenant, func(tx store.Tx) error {
		pending := e.begin(tx, tenant, false).pendingPoints()
		seen = e.tryUntil(tx, tenant, event, pending)
		return errForeseen
	})
	if !errors.Is(err, errForeseen) {
		return err
	}
	return seen
}

// tryUntil fires timers until an event happens. It refuses one that does not, with
// what was pending before.
func (e *Engine) tryUntil(tx store.Tx, tenant, event, pending string) error {
	var last Timer
	for range maxForeseen {
		u := e.begin(tx, tenant, true)
		timer, ok := u.firstTimer()
		if !ok || timer.Due.After(lastInstant()) {
			return unforeseen("%s does not come by itself: %s", event, pending)
		}
		last = timer
		if timer.Due.After(u.now) {
			u.moveTo(timer.Due)
		}
		if err := errors.Join(u.fireTimer(timer), u.finish()); err != nil {
			return nil // What is wrong is said by who does it for real.
		}
		if slices.ContainsFunc(u.events, func(happened Event) bool { return happened.Type == event }) {
			return nil
		}
	}
	return unforeseen("%s is not among what the next %d timers bring, and nobody looks further at once: move the clock to %s, then ask again",
		event, maxForeseen, last.Due.UTC().Format(time.RFC3339Nano))
}

func unforeseen(message string, args ...any) error {
	return refusal.Invalid([]refusal.Fault{{Field: "until", Pointer: "/until", Message: fmt.Sprintf(message, args...)}})
}

// maxPending is how many pending decisions are named.
const maxPending = 5

// pendingPoints says what a tenant waits for.
func (u *Unit) pendingPoints() string {
	var list []string
	for _, t := range u.firstTimers(maxPending) {
		list = append(list, fmt.Sprintf("%s of %s %s at %s", t.Point, t.Entity, t.ID, t.Due.Format(time.RFC3339)))
	}
	if len(list) == 0 {
		return "nothing is pending"
	}
	if more := u.readCounters().timers - int64(len(list)); more > 0 {
		list = append(list, fmt.Sprintf("%d more", more))
	}
	return "pending are " + strings.Join(list, ", ")
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
