package engine

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
)

// check holds the parts of a state to each other.
func (r *importer) check() {
	s := r.state
	for name, records := range s.records {
		for _, record := range records {
			_, seq := record.Value.(Record).Key()
			r.checkSequence(record.Pointer+"/seq", seq)
			if k, ok := r.engine.kinds[name]; ok {
				r.checkLife(k, record)
			}
		}
	}
	r.checkTimers()
	if used := r.state.counters.event; r.lastEvent > used && r.seen["sequence"] {
		r.fault(r.lastEventAt+"/seq", "is %d, beyond the sequence: /sequence/events is %d", r.lastEvent, used)
	}
	if len(r.faults) == 0 && r.engine.State.Check != nil {
		r.faults = append(r.faults, r.engine.State.Check(s)...)
	}
	slices.SortStableFunc(r.faults, func(a, b refusal.Fault) int { return strings.Compare(a.Pointer, b.Pointer) })
}

// checkSequence refuses a number that the tenant has not given to anything yet.
func (r *importer) checkSequence(pointer string, seq int64) {
	c, kind := r.state.counters, "numbers"
	used, n := c.seq, seq
	if seq > apartFrom {
		used, n, kind = c.apart, seq-apartFrom, "apart"
	}
	if n < 0 || n > used {
		r.fault(pointer, "is %d, beyond the sequence: /sequence/%s is %d", seq, kind, used)
	}
}

// checkLife holds an aggregate to its table, and what it waits for to the timers.
func (r *importer) checkLife(k kind, record StateRecord) {
	life := record.Value.(machine.Living).Lives()
	if states := k.describe().States; !slices.Contains(states, life.State) {
		r.fault(record.Pointer+"/state", "is %q; there are %s", life.State, joinStates(states))
	}
	for i, a := range life.Armed {
		pointer := record.Pointer + "/armed/" + strconv.Itoa(i)
		r.checkSequence(pointer+"/seq", a.Seq)
		if a.Due.IsZero() {
			continue // It waits for being read.
		}
		t, ok := r.timers[a.Seq]
		if !ok || t.Entity != k.kindName() || t.ID != life.ID || t.Point != a.Point || !t.Due.Equal(a.Due) {
			r.fault(pointer, "waits until %s, and no timer says so", a.Due.Format(time.RFC3339Nano))
			continue
		}
		r.armed[a.Seq] = true
	}
}

// checkTimers refuses a timer for which nothing waits.
func (r *importer) checkTimers() {
	for _, t := range r.timers {
		r.checkSequence(r.timerAt[t.Seq]+"/seq", t.Seq)
		if !r.armed[t.Seq] {
			r.fault(r.timerAt[t.Seq], "is %s of %s %s, and no entity waits for it", t.Point, t.Entity, t.ID)
		}
	}
}

func joinStates(states []machine.State) string {
	words := make([]string, len(states))
	for i, s := range states {
		words[i] = string(s)
	}
	return strings.Join(words, ", ")
}
