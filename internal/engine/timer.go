package engine

import (
	"fmt"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/store"
)

// Timer is a pending choice in the order in which time reaches it.
type Timer struct {
	Due    time.Time       `json:"due"`
	Seq    int64           `json:"seq"`
	Entity string          `json:"entity"`
	ID     string          `json:"id"`
	Point  string          `json:"point"`
	Option string          `json:"option"`
	On     machine.Trigger `json:"trigger"`
	// Deadline marks an announced end: nobody waits for it.
	Deadline bool `json:"deadline,omitempty"`
}

const timerFormat = "2006-01-02T15:04:05.000000000"

func timerPrefix(tenant string) string { return prefix(tenant) + "timer/" }

func timerKey(tenant string, due time.Time, seq int64) string {
	return timerPrefix(tenant) + due.UTC().Format(timerFormat) + "/" + store.Number(seq)
}

func (u *Unit) addTimer(entity, id string, a machine.Armed) {
	text, err := store.Encode(Timer{
		Due: a.Due, Seq: a.Seq, Entity: entity, ID: id, Point: a.Point, Option: a.Option, On: a.Trigger, Deadline: a.Deadline,
	})
	if err != nil {
		u.fail(err)
		return
	}
	u.tx.Set(timerKey(u.tenant, a.Due, a.Seq), text)
	u.counters.timers++
	u.timersChanged = true
}

func (u *Unit) dropTimer(a machine.Armed) {
	key := timerKey(u.tenant, a.Due, a.Seq)
	if _, ok := u.tx.Get(key); !ok {
		return
	}
	u.tx.Delete(key)
	u.counters.timers--
	u.timersChanged = true
}

func firstTimer(tx *store.Tx, tenant string) (Timer, bool) {
	return findTimer(tx, tenant, time.Time{}, func(Timer) bool { return true })
}

// findTimer gives the earliest timer that fits; ties go by sequence. With an
// instant it does not look at those that are due after it: there may be many,
// and an advance asks at each of its steps.
func findTimer(tx *store.Tx, tenant string, to time.Time, fits func(Timer) bool) (found Timer, ok bool) {
	from := timerPrefix(tenant)
	end := store.After(from)
	if !to.IsZero() {
		end = store.After(from + to.UTC().Format(timerFormat))
	}
	tx.Range(from, end, func(_, text string) bool {
		var t Timer
		if err := store.Decode(text, &t); err != nil {
			return false
		}
		if ok = fits(t); ok {
			found = t
		}
		return !ok
	})
	return found, ok
}

// Target says how far to advance: to an instant, by a duration, until only
// deadlines are pending, or until an event of a type has happened.
type Target struct {
	To    time.Time
	By    time.Duration
	Idle  bool
	Event string
}

// maxRepeats is how often one choice of one aggregate may come due within one
// advance before it counts as a loop, and maxSteps bounds the advance.
const (
	maxRepeats = 1_000
	maxSteps   = 1_000_000
)

// Advance moves the tenant's clock and fires every timer on the way, the
// earliest first, each at its own instant and in its own commit. It gives the
// events that happened, in their order. On a running clock it moves the offset.
//
// An event that does not come is refused with what is pending, and nothing has
// moved. A loop is refused with the name of its timer; what had happened until
// then has happened.
func (e *Engine) Advance(tenant string, target Target) ([]Event, error) {
	to := target.To
	if target.By != 0 || !to.IsZero() {
		now, err := e.now(tenant)
		if err != nil {
			return nil, err
		}
		field := "to"
		if target.By != 0 {
			field, to = "by", now.Add(target.By)
		}
		if err := checkInstant(field, to); err != nil {
			return nil, err
		}
		if to.Before(now) {
			return nil, backwards(to, now)
		}
	}
	if target.Event != "" {
		if err := e.foresee(tenant, target.Event); err != nil {
			return nil, err
		}
	}
	limit := to.UTC().Truncate(time.Millisecond)
	if to.IsZero() {
		limit = lastInstant()
	}
	events, err := e.fireUntil(tenant, limit, target)
	if err != nil || to.IsZero() {
		return events, err
	}
	_, err = e.update(tenant, func(u *Unit) error {
		if to.After(u.now) {
			u.moveTo(to.UTC().Truncate(time.Millisecond))
		}
		return nil
	})
	return events, err
}

func (e *Engine) now(tenant string) (now time.Time, err error) {
	err = e.Read(tenant, func(u *Unit) error {
		now = u.now
		return nil
	})
	return now, err
}

func (e *Engine) fireUntil(tenant string, to time.Time, target Target) ([]Event, error) {
	var events []Event
	repeats := map[string]int{}
	for range maxSteps {
		timer, happened, err := e.fireNext(tenant, to, func(t Timer) bool { return !target.Idle || !t.Deadline })
		if err != nil || timer == nil {
			return events, err
		}
		events = append(events, happened...)
		for _, event := range happened {
			if event.Type == target.Event {
				return events, nil
			}
		}
		key := timer.ID + timer.Point
		if repeats[key]++; repeats[key] > maxRepeats {
			return events, looping(*timer)
		}
	}
	return events, refusal.New(refusal.TimerLoop, "more than %d timers came due in one advance", maxSteps)
}

func looping(t Timer) error {
	return refusal.New(refusal.TimerLoop, "%s of %s %s came due more than %d times", t.Point, t.Entity, t.ID, maxRepeats)
}

// fireNext fires the earliest timer that fits, up to an instant if there is one,
// with the clock at the timer's. A deadline that is passed on the way to a timer
// that fits is fired first.
func (e *Engine) fireNext(tenant string, to time.Time, fits func(Timer) bool) (fired *Timer, events []Event, err error) {
	events, err = e.update(tenant, func(u *Unit) error {
		// A deadline of this very instant has passed as well.
		wanted, ok := findTimer(u.tx, tenant, to, func(t Timer) bool { return !t.Due.After(u.now) || fits(t) })
		if !ok {
			return nil
		}
		timer, _ := firstTimer(u.tx, tenant)
		if timer.Due.After(wanted.Due) {
			timer = wanted
		}
		fired = &timer
		if timer.Due.After(u.now) {
			u.moveTo(timer.Due)
		}
		return u.fireTimer(timer)
	})
	if err != nil && fired != nil {
		return nil, nil, e.abandon(tenant, *fired, err)
	}
	return fired, events, err
}

func (u *Unit) fireTimer(t Timer) error {
	u.dropTimer(machine.Armed{Due: t.Due, Seq: t.Seq})
	k, ok := u.engine.kinds[t.Entity]
	if !ok {
		return nil
	}
	return k.decide(u, t.ID, t.Seq)
}

// abandon drops a timer that cannot be applied, so that it does not stop the
// clock for ever, and says so: a decision that its own table refuses is a fault
// of the sandbox, never of the caller.
func (e *Engine) abandon(tenant string, t Timer, cause error) error {
	_, err := e.update(tenant, func(u *Unit) error {
		u.dropTimer(machine.Armed{Due: t.Due, Seq: t.Seq})
		if k, ok := e.kinds[t.Entity]; ok {
			k.abandon(u, t.ID, t.Seq)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return fmt.Errorf("engine: %s of %s %s could not be applied and is dropped: %w", t.Point, t.Entity, t.ID, cause)
}

// moveTo sets the tenant's time within a unit.
func (u *Unit) moveTo(at time.Time) {
	c := u.clock
	if c.Frozen {
		c.At = at
	} else {
		c.Offset = at.Sub(u.engine.Wall().UTC().Truncate(time.Millisecond))
	}
	u.setClock(c)
	u.now = at
}
