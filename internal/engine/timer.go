package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"finhub-sandbox/internal/domain/machine"
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
	// Rule is the rule of the scenario that decided; none for the default.
	Rule machine.Rule `json:"rule,omitzero"`
}

const (
	timerPrefix = "timer/"
	timerFormat = "2006-01-02T15:04:05.000000000"
)

func (u *Unit) timerKey(due time.Time, seq int64) []byte {
	key := due.UTC().AppendFormat(u.key(timerPrefix), timerFormat)
	return store.AppendInt(append(key, '/'), seq)
}

func (u *Unit) addTimer(entity, id string, a machine.Armed) {
	text, err := store.Encode(Timer{
		Due: a.Due, Seq: a.Seq, Entity: entity, ID: id, Point: a.Point, Option: a.Option, On: a.Trigger, Deadline: a.Deadline, Rule: a.Rule,
	})
	if err != nil {
		u.fail(err)
		return
	}
	u.tx.Set(u.timerKey(a.Due, a.Seq), text)
	u.counters.timers++
	u.timersChanged = true
}

func (u *Unit) dropTimer(a machine.Armed) {
	key := u.timerKey(a.Due, a.Seq)
	if _, ok := u.tx.Get(key); !ok {
		return
	}
	u.tx.Delete(key)
	u.counters.timers--
	u.timersChanged = true
}

// firstTimer gives the earliest timer; ties go by sequence.
func (u *Unit) firstTimer() (Timer, bool) {
	for _, t := range u.firstTimers(1) {
		return t, true
	}
	return Timer{}, false
}

// firstTimers gives the earliest timers, so many at most.
func (u *Unit) firstTimers(limit int) []Timer {
	var list []Timer
	from := u.key(timerPrefix)
	u.tx.Range(from, store.PrefixEnd(from), func(_ []byte, text string) bool {
		var t Timer
		if err := store.Decode(text, &t); err != nil {
			return false
		}
		list = append(list, t)
		return len(list) < limit
	})
	return list
}

// firstDue is when the earliest timer comes due, as its key says.
func (u *Unit) firstDue() (due time.Time, ok bool) {
	from := u.key(timerPrefix)
	u.tx.Range(from, store.PrefixEnd(from), func(key []byte, _ string) bool {
		at, err := time.Parse(timerFormat, string(key[len(timerPrefix):len(timerPrefix)+len(timerFormat)]))
		due, ok = at, err == nil
		return false
	})
	return due, ok
}

// firing is a timer that has been fired, and what came of it.
type firing struct {
	Timer
	events []Event
}

// batch is how many timers are fired in one commit: they share what that costs, and
// between two of them others have their turn.
const batch = 64

// fire fires timers one after the other, each in a unit of its own, and commits
// them together: as many as next chooses, a batch at most, and none behind one of
// which somebody outside is to hear. next moves the unit to
// the instant of its timer. With a timer that cannot be applied it ends: those
// before it are committed, and if there are none, the timer is dropped.
func (e *Engine) fire(ctx context.Context, tenant string, next func(u *Unit, last []Event) (Timer, bool, error)) ([]firing, error) {
	var fired []firing
	var failed *Timer
	dueChanged := false
	var committed []func()
	var passed []uint16
	for most := batch; ; most = len(fired) {
		err := e.commit(ctx, tenant, func(tx store.Tx) error {
			fired, failed, dueChanged, committed, passed = nil, nil, false, nil, passed[:0]
			var last []Event
			for range most {
				u := e.begin(tx, tenant, true)
				timer, ok, err := next(u, last)
				if err != nil {
					return err
				}
				if !ok {
					break
				}
				if err = u.fireTimer(timer); err == nil {
					err = u.finish()
				}
				if err != nil {
					failed = &timer
					return err
				}
				passed = append(passed, u.passed...)
				fired, last, dueChanged = append(fired, firing{timer, u.events}), u.events, dueChanged || u.dueChanged
				if committed = u.committed; len(committed) > 0 {
					break
				}
			}
			return nil
		})
		switch {
		case err == nil:
			if dueChanged {
				e.tellChanged()
			}
			e.tellPassed(tenant, passed)
			tell(committed)
			e.tellFired(tenant, fired)
			return fired, nil
		case failed == nil:
			return nil, err
		case len(fired) == 0:
			return nil, e.abandon(ctx, tenant, *failed, err)
		}
	}
}

// tellFired tells which timers were fired in units that have been committed.
func (c *Config) tellFired(tenant string, fired []firing) {
	if c.Fired == nil {
		return
	}
	for _, f := range fired {
		c.Fired(tenant, f.Timer, f.events)
	}
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
func (e *Engine) abandon(ctx context.Context, tenant string, t Timer, cause error) error {
	var unwritten *store.Unwritten
	if errors.As(cause, &unwritten) {
		return cause // It can be applied when the data file can be written again.
	}
	err := e.update(ctx, tenant, func(u *Unit) error {
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
