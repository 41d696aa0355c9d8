// Package coverage counts what the requests of a tenant have met of all that exists:
// operations and their documented replies and refusals, from the document; states,
// transitions, outcomes of choices, events and deliveries, from the tables. It makes
// reports of that, compares and joins them. It must not know any operation by name,
// nor change what happens to a request. The control API is no part of what it counts.
package coverage

import (
	"slices"
	"sync/atomic"
	"time"

	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/lately"
	"finhub-sandbox/internal/rest"
)

// maxTenants bounds the tenants that are counted: whoever has had no request for the
// longest time is forgotten for another.
const maxTenants = 256

// Coverage counts for all tenants. It is kept in memory alone.
type Coverage struct {
	space *space
	now   func() time.Time

	tallies *lately.Tenants[*tally]
}

// tally is what one tenant has met.
type tally struct {
	since time.Time
	// counts are those of the items, in the order of the space.
	counts            []atomic.Uint32
	requests, unknown atomic.Int64
	habits            habits
}

// New counts what there is in a sandbox. now is the real time.
func New(w What, now func() time.Time) *Coverage {
	return &Coverage{space: newSpace(w), now: now, tallies: lately.New(maxTenants, func(*tally) {})}
}

// tally gives the tally of a tenant that is busy, which it begins if there is none.
func (c *Coverage) tally(tenant string) *tally { return c.tallies.Use(tenant, c.begin) }

func (c *Coverage) begin() *tally {
	return &tally{since: c.now(), counts: make([]atomic.Uint32, len(c.space.items))}
}

// Clear begins to count anew for a tenant.
func (c *Coverage) Clear(tenant string) { c.tallies.Forget(tenant) }

// Came is told of a request that has come (rest.Witness).
func (c *Coverage) Came(*rest.Exchange) {}

// Gone counts a request that is over (rest.Witness).
func (c *Coverage) Gone(x *rest.Exchange) {
	if x.Operation == nil {
		t := c.tally(x.InTenant())
		t.requests.Add(1)
		t.unknown.Add(1)
		return
	}
	o := c.space.operations[x.Operation]
	if o == nil {
		return // It is the control API's.
	}
	t := c.tally(x.InTenant())
	t.requests.Add(1)
	answeredBy := x.Fault != nil && x.Fault.Kind.Answers()
	if x.Refusal == nil && !answeredBy || o.refusesAlways {
		t.met(o.item)
	}
	if i := slices.Index(o.statuses, x.Status); i >= 0 {
		t.met(o.replies[i])
	}
	code := refusal.Code("")
	switch {
	case answeredBy:
		code = o.only[x.Status]
	case x.Refusal != nil:
		code = x.Refusal.Code
	}
	if i, ok := slices.BinarySearch(o.codes, code); ok {
		t.met(o.refusals[i])
	}
	t.habits.note(x, o)
}

// Passed counts what has been committed, by the numbers of engine.Passages.
func (c *Coverage) Passed(tenant string, numbers []uint16) {
	t := c.tally(tenant)
	for _, n := range numbers {
		p := &c.space.passed[n]
		t.met(p.item)
		t.met(p.state)
		if p.tells {
			t.habits.lookAtAll()
		}
	}
}

// nothing is where an item would be that is none.
const nothing = -1

func (t *tally) met(item int) {
	if item != nothing {
		t.counts[item].Add(1)
	}
}
