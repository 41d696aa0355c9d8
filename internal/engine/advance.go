package engine

import (
	"bytes"
	"context"
	"slices"
	"time"

	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/store"
)

// Target says how far to advance: to an instant, by a duration, until only
// deadlines are pending, or until an event of a type has happened.
type Target struct {
	To    time.Time
	By    time.Duration
	Idle  bool
	Event string
	// Skip passes over what would happen outside on the way (Config.Depart).
	Skip bool
}

// Happened is what came about while a clock was moved, in its order. Of more
// than maxListed events the newest are listed, and Omitted counts the others.
type Happened struct {
	Events  []Event
	Omitted int
}

// maxListed is how many events an advance lists: what it says must not grow with
// what it has done.
const maxListed = 10_000

// add takes in what happened next. The list is cut when it has grown to twice its
// bound, so that each event is moved once.
func (h *Happened) add(events []Event) {
	if h.Events = append(h.Events, events...); len(h.Events) >= 2*maxListed {
		h.cut()
	}
}

func (h *Happened) cut() {
	if n := len(h.Events) - maxListed; n > 0 {
		h.Events, h.Omitted = append([]Event(nil), h.Events[n:]...), h.Omitted+n
	}
}

// maxRepeats is how often one choice of one aggregate may come due within one
// advance before it counts as a loop, and maxSteps bounds the advance.
const (
	maxRepeats = 1_000
	maxSteps   = 1_000_000
)

// Advance moves the tenant's clock and fires every timer on the way, the
// earliest first, each at its own instant and in a unit of its own, of which some
// are committed together. It gives the events that happened, in their order. On a running clock it moves the offset.
//
// An event that does not come is refused with what is pending, and nothing has
// moved. A loop is refused with the name of its timer; what had happened until
// then has happened. When the context ends, so does the advance, between two
// timers: it is refused with where the clock stands.
func (e *Engine) Advance(ctx context.Context, tenant string, target Target) (Happened, error) {
	j := journey{engine: e, tenant: tenant, target: target, resets: e.resetsOf(tenant)}
	whole := context.WithoutCancel(ctx)
	to, err := e.limit(whole, tenant, target)
	if err != nil {
		return Happened{}, err
	}
	j.to = to
	if target.Event != "" {
		if err := e.foresee(whole, tenant, target.Event); err != nil {
			return Happened{}, err
		}
	}
	if to.IsZero() {
		j.to = lastInstant()
	}
	if e.Depart != nil {
		outside, arrived := e.Depart(ctx, tenant)
		defer arrived()
		if !target.Skip {
			j.outside = outside
		}
	}
	if err = j.run(ctx); err == nil && !to.IsZero() {
		err = j.arrive(whole, to)
	}
	j.happened.cut()
	return j.happened, err
}

// limit is the instant to which a target goes, to the millisecond; none if it
// names no time.
func (e *Engine) limit(ctx context.Context, tenant string, target Target) (time.Time, error) {
	to, field := target.To, "to"
	if target.By == 0 && to.IsZero() {
		return to, nil
	}
	now, err := e.now(ctx, tenant)
	if err != nil {
		return to, err
	}
	if target.By != 0 {
		field, to = "by", now.Add(target.By)
	}
	if err := checkInstant(field, to); err != nil {
		return to, err
	}
	if to.Before(now) {
		return to, backwards(to, now)
	}
	return to.UTC().Truncate(time.Millisecond), nil
}

func (e *Engine) now(ctx context.Context, tenant string) (now time.Time, err error) {
	err = e.Read(ctx, tenant, func(u *Unit) error {
		now = u.now
		return nil
	})
	return now, err
}

// checkReset refuses to go on in a tenant that has been reset on the way: what
// happens in it then is none of this journey.
func (j *journey) checkReset(u *Unit) error {
	if j.engine.resetsOf(j.tenant) == j.resets {
		return nil
	}
	return refusal.New(refusal.ClockInterrupted, "the tenant was reset, or another state took its place, meanwhile; its clock stands at %s", u.now.Format(time.RFC3339Nano))
}

// arrive sets the clock to the end of a journey, behind its last timer.
func (j *journey) arrive(ctx context.Context, to time.Time) error {
	err := j.engine.update(ctx, j.tenant, func(u *Unit) error {
		if err := j.checkReset(u); err != nil {
			return err
		}
		if to.After(u.now) {
			u.moveTo(to)
		}
		return nil
	})
	return err
}

// journey is one advance on its way.
type journey struct {
	engine *Engine
	tenant string
	target Target
	to     time.Time
	// resets is how often the tenant had been reset when the journey began.
	resets int

	// outside lets happen what waits outside, before the clock goes on from an
	// instant, and at the last one; nil is nothing.
	outside  func(context.Context) ([]Event, error)
	happened Happened
	// decision is the next timer that is no deadline, as far as it is known: on
	// the way to it deadlines are passed, which nobody waits for.
	decision *Timer
	repeats  map[string]int
}

func (j *journey) run(ctx context.Context) error {
	j.repeats = map[string]int{}
	for steps := 0; steps < maxSteps; {
		if ctx.Err() != nil {
			return j.interrupted(context.WithoutCancel(ctx))
		}
		if err := j.settle(ctx); err != nil {
			return err
		}
		fired, err := j.fireNext(ctx)
		if err != nil {
			return err
		}
		steps += len(fired)
		for _, f := range fired {
			done, err := j.note(f)
			if done {
				err = j.settle(ctx)
			}
			if done || err != nil {
				return err
			}
		}
		if len(fired) == 0 && ctx.Err() == nil {
			if more, err := j.findDecision(ctx); err != nil || !more {
				return err
			}
		}
	}
	return refusal.New(refusal.TimerLoop, "more than %d timers came due in one advance", maxSteps)
}

// settle lets everything outside happen that belongs to this instant.
func (j *journey) settle(ctx context.Context) error {
	if j.outside == nil {
		return nil
	}
	events, err := j.outside(ctx)
	j.happened.add(events)
	return err
}

// note takes in what came of a timer, and reports whether it is what was waited for.
// It refuses a loop.
func (j *journey) note(f firing) (done bool, err error) {
	j.happened.add(f.events)
	if j.arrived(f.events) {
		return true, nil
	}
	key := f.ID + f.Point
	if j.repeats[key]++; j.repeats[key] > maxRepeats {
		return false, looping(f.Timer)
	}
	return false, nil
}

// arrived reports whether an event is among them that was waited for.
func (j *journey) arrived(events []Event) bool {
	return slices.ContainsFunc(events, func(e Event) bool { return e.Type == j.target.Event })
}

func looping(t Timer) error {
	return refusal.New(refusal.TimerLoop, "%s of %s %s came due more than %d times", t.Point, t.Entity, t.ID, maxRepeats)
}

// interrupted says where the clock stands.
func (j *journey) interrupted(ctx context.Context) error {
	now, err := j.engine.now(ctx, j.tenant)
	if err != nil {
		return err
	}
	return refusal.New(refusal.ClockInterrupted, "the clock stands at %s; what came due until then has happened, %d events",
		now.Format(time.RFC3339Nano), len(j.happened.Events)+j.happened.Omitted)
}

// fireNext fires the earliest timers on the way, with the clock at each one's
// instant. There are none if there is no timer up to the end, or where only
// decisions are waited for, if none of those is known.
func (j *journey) fireNext(ctx context.Context) ([]firing, error) {
	return j.engine.fire(context.WithoutCancel(ctx), j.tenant, func(u *Unit, last []Event) (Timer, bool, error) {
		if err := j.checkReset(u); err != nil || ctx.Err() != nil || j.arrived(last) {
			return Timer{}, false, err
		}
		timer, ok := u.firstTimer()
		if !ok || timer.Due.After(j.to) || !j.wants(u, timer) {
			return timer, false, nil
		}
		if timer.Due.After(u.now) {
			u.moveTo(timer.Due)
		}
		return timer, true, nil
	})
}

// wants reports whether the clock goes on to a timer. A deadline of this very
// instant has passed; one that is still to come is passed on the way to a decision.
func (j *journey) wants(u *Unit, t Timer) bool {
	if !j.target.Idle || !t.Deadline || !t.Due.After(u.now) {
		return true
	}
	if j.decision == nil {
		return false
	}
	_, pending := u.tx.Get(u.timerKey(j.decision.Due, j.decision.Seq))
	return pending
}

// slice is how much of a tenant is looked at in one transaction: between two of
// them the others have their turn.
const slice = 1_000

// findDecision looks for the next timer that is no deadline, slice by slice, since
// there may be any number of deadlines before it.
func (j *journey) findDecision(ctx context.Context) (found bool, err error) {
	if !j.target.Idle {
		return false, nil
	}
	j.decision = nil
	for from, more := []byte(timerPrefix), true; j.decision == nil && more; {
		if ctx.Err() != nil {
			return false, j.interrupted(context.WithoutCancel(ctx))
		}
		err := j.engine.Store.View(ctx, j.tenant, func(tx store.Tx) (err error) {
			j.decision, from, more, err = j.decisionWithin(tx, from)
			return err
		})
		if err != nil {
			return false, err
		}
	}
	return j.decision != nil, nil
}

// decisionWithin looks at one slice of the timers, from a key on. If
// none of them is a decision and there are more, it gives the key at which the
// next slice begins.
func (j *journey) decisionWithin(tx store.Tx, from []byte) (found *Timer, next []byte, more bool, err error) {
	looked := 0
	to := store.PrefixEnd([]byte(timerPrefix + j.to.Format(timerFormat)))
	tx.Range(from, to, func(key []byte, text string) bool {
		if looked == slice {
			next, more = bytes.Clone(key), true
			return false
		}
		looked++
		var t Timer
		if err = store.Decode(text, &t); err == nil && !t.Deadline {
			found = &t
		}
		return err == nil && found == nil
	})
	return found, next, more, err
}

// moveTo sets the tenant's time within a unit.
func (u *Unit) moveTo(at time.Time) {
	c := u.clock
	if c.Frozen {
		c.At = at
	} else {
		c.Offset = at.Sub(u.wall.UTC().Truncate(time.Millisecond))
	}
	u.setClock(c)
	u.now = at
}
