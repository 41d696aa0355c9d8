package engine

import (
	"fmt"
	"slices"
	"time"

	"finhub-sandbox/internal/domain/machine"
)

// Kind is one kind of aggregate: its records, its table, and what its life
// means to others. T embeds machine.Life.
type Kind[T, F any] struct {
	Collection[T]
	Table *machine.Table[F]
	// Facts gathers what the needs of the table read.
	Facts func(u *Unit, e *T, cause machine.Cause) F
	// Effect is what a step does besides changing the state: to the aggregate
	// itself, and as follow-up triggers to others. It runs before the state
	// changes, and an error refuses the trigger.
	Effect func(u *Unit, e *T, step machine.Step, cause machine.Cause) error
	// Subject is what an event says about the aggregate.
	Subject func(e *T) Subject
	// Nouns are those that Subject may give.
	Nouns []string
	// Apart tells that the kind's life goes by the world outside: its timers have
	// numbers apart (Unit.NextApart).
	Apart bool
}

// Subject names the aggregate in an event: the customer whom it concerns, and
// the documented ids under their wire names.
type Subject struct {
	Customer string
	Data     map[string]string
	// Noun replaces the first word of the event's type: what happens to a
	// customer is told of an organization as organization.created.
	Noun string
}

// Create fires the trigger that brings the aggregate to life and stores it. Its
// id and sequence number must be set.
func (k *Kind[T, F]) Create(u *Unit, e *T, on machine.Trigger, cause machine.Cause) error {
	life := any(e).(machine.Living).Lives()
	life.Created = u.now
	k.Add(u, e)
	return k.Fire(u, e, on, cause)
}

// Fire applies a trigger with all its consequences, or refuses it. This is the
// one way in which a state changes, whoever asks.
func (k *Kind[T, F]) Fire(u *Unit, e *T, on machine.Trigger, cause machine.Cause) error {
	if err := k.apply(u, e, on, cause); err != nil {
		return err
	}
	return u.drain()
}

// Then queues a trigger as a consequence: it is applied in this unit, after
// what caused it.
func (k *Kind[T, F]) Then(u *Unit, e *T, on machine.Trigger, cause machine.Cause) {
	u.After(func() error { return k.apply(u, e, on, cause) })
}

// Can reports whether the trigger would be applied now, and if not, why.
func (k *Kind[T, F]) Can(u *Unit, e *T, on machine.Trigger, cause machine.Cause) error {
	_, err := k.fire(u, e, on, cause)
	return err
}

// Needs tells how each need of a trigger stands now, and with what the trigger would
// be refused; nil if it would be applied.
func (k *Kind[T, F]) Needs(u *Unit, e *T, on machine.Trigger, cause machine.Cause) ([]machine.Standing, error) {
	state, facts := any(e).(machine.Living).Lives().State, k.Facts(u, e, cause)
	_, err := k.Table.Fire(state, on, facts)
	return k.Table.Needs(state, on, facts), err
}

// fire asks the table, which is told the facts if it needs any.
func (k *Kind[T, F]) fire(u *Unit, e *T, on machine.Trigger, cause machine.Cause) (machine.Step, error) {
	state := any(e).(machine.Living).Lives().State
	var facts F
	if k.Table.Asks(state, on) {
		facts = k.Facts(u, e, cause)
	}
	return k.Table.Fire(state, on, facts)
}

func (k *Kind[T, F]) apply(u *Unit, e *T, on machine.Trigger, cause machine.Cause) error {
	life := any(e).(machine.Living).Lives()
	step, err := k.fire(u, e, on, cause)
	if err != nil {
		return err
	}
	if err := u.mustWrite(); err != nil {
		return err
	}
	if k.Effect != nil {
		if err := k.Effect(u, e, step, cause); err != nil {
			return err
		}
	}
	if step.Moved() {
		k.disarm(u, life)
		life.State, life.Since = step.To, u.now
	}
	for _, point := range step.Disarms {
		u.withdraw(life, point)
	}
	k.Save(u, e)
	u.passStep(k.Name, step)
	if step.Emit != "" {
		u.emit(step.Emit, k.Name, life, k.Subject(e), cause)
	}
	for _, p := range step.Arms {
		if err := k.arm(u, e, life, p); err != nil {
			return err
		}
	}
	return nil
}

// arm makes a choice pending, with the answer that the scenario gives.
func (k *Kind[T, F]) arm(u *Unit, e *T, life *machine.Life, p machine.Pending) error {
	if slices.ContainsFunc(life.Armed, func(a machine.Armed) bool { return a.Point == p.Point }) {
		return nil
	}
	decision := machine.Decision{Option: p.Default}
	if p.Until.IsZero() {
		var err error
		if decision, err = u.engine.Choose(u, k.Name, e, p); err != nil {
			return err
		}
	}
	if decision.Option == "" {
		return nil
	}
	now, seq, err := u.arm(k.Name, life, p, decision, k.Apart)
	if now {
		u.After(func() error { return k.decided(u, e, seq) })
	}
	return err
}

// arm makes a decision pending. It reports whether that comes at once, and its number.
func (u *Unit) arm(kind string, life *machine.Life, p machine.Pending, decision machine.Decision, apart bool) (now bool, seq int64, err error) {
	option, ok := p.Option(decision.Option)
	if !ok {
		return false, 0, fmt.Errorf("engine: %s has no option %q", p.Point, decision.Option)
	}
	armed := machine.Armed{
		Point: p.Point, Option: option.Name, Trigger: option.Trigger, Otherwise: option.Otherwise, Reason: decision.Reason,
		Due: p.Until, Reads: decision.Reads, Seq: u.number(apart), Deadline: !p.Until.IsZero(),
		Rule: decision.Rule,
	}
	if !armed.Deadline && armed.Reads == 0 {
		armed.Due = u.now.Add(u.Delay(decision.After))
	}
	life.Armed = append(life.Armed, armed)
	switch {
	case armed.Reads > 0:
	case !armed.Due.After(u.now):
		return true, armed.Seq, nil
	default:
		u.addTimer(kind, life.ID, armed)
	}
	return false, armed.Seq, nil
}

// number numbers a choice.
func (u *Unit) number(apart bool) int64 {
	if apart {
		return u.NextApart()
	}
	return u.Next()
}

// Delay is how long a delay lasts on the tenant's clock.
func (u *Unit) Delay(d time.Duration) time.Duration {
	if u.clock.Frozen {
		return d
	}
	return time.Duration(float64(d) * u.engine.Scale(u)).Round(time.Millisecond)
}

// decided fires what a pending choice came to, if it is still pending: its
// state may have been left since.
func (k *Kind[T, F]) decided(u *Unit, e *T, seq int64) error {
	life := any(e).(machine.Living).Lives()
	i := slices.IndexFunc(life.Armed, func(a machine.Armed) bool { return a.Seq == seq })
	if i < 0 {
		return nil
	}
	armed := life.Armed[i]
	u.passOutcome(armed)
	life.Armed = slices.Delete(life.Armed, i, i+1)
	k.Save(u, e)
	on, cause := armed.Trigger, machine.Cause{By: armed.Point, Reason: armed.Reason, World: true, Rule: armed.Rule}
	if armed.Otherwise != "" {
		if cause.Refused = k.Can(u, e, on, cause); cause.Refused != nil {
			on = armed.Otherwise
		}
	}
	return k.apply(u, e, on, cause)
}

// Hasten lets the pending decision of a choice come now, whatever it waits for. Without
// one nothing happens.
func (k *Kind[T, F]) Hasten(u *Unit, e *T, point string) error {
	life := any(e).(machine.Living).Lives()
	i := slices.IndexFunc(life.Armed, func(a machine.Armed) bool { return a.Point == point })
	if i < 0 {
		return nil
	}
	u.dropTimer(life.Armed[i])
	if err := k.decided(u, e, life.Armed[i].Seq); err != nil {
		return err
	}
	return u.drain()
}

// CountRead counts that somebody reads the aggregate. A pending decision that waits
// for so many reads comes with the last of them, before the aggregate is shown. In
// a unit that only reads it counts nothing and tells Show to run again.
func (k *Kind[T, F]) CountRead(u *Unit, e *T) error {
	life := any(e).(machine.Living).Lives()
	var come []int64
	for i := range life.Armed {
		a := &life.Armed[i]
		if a.Reads == 0 {
			continue
		}
		if !u.writable {
			u.waited = true
			return nil
		}
		k.Save(u, e)
		if a.Reads--; a.Reads == 0 {
			come = append(come, a.Seq)
		}
	}
	for _, seq := range come {
		if err := k.decided(u, e, seq); err != nil {
			return err
		}
	}
	return u.drain()
}

// withdraw takes one pending decision back.
func (u *Unit) withdraw(life *machine.Life, point string) {
	life.Armed = slices.DeleteFunc(life.Armed, func(a machine.Armed) bool {
		if a.Point == point {
			u.dropTimer(a)
		}
		return a.Point == point
	})
}

func (k *Kind[T, F]) disarm(u *Unit, life *machine.Life) {
	for _, a := range life.Armed {
		u.dropTimer(a)
	}
	life.Armed = nil
}

func (k *Kind[T, F]) kindName() string              { return k.Name }
func (k *Kind[T, F]) validate() error               { return k.Table.Validate() }
func (k *Kind[T, F]) nouns() []string               { return k.Nouns }
func (k *Kind[T, F]) describe() machine.Description { return k.Table.Describe() }

// life gives the life of an aggregate; nil if there is none.
func (k *Kind[T, F]) life(u *Unit, id string) *machine.Life {
	if e := k.Get(u, id); e != nil {
		return any(e).(machine.Living).Lives()
	}
	return nil
}

// decide is decided for a timer that has come due, with its consequences.
func (k *Kind[T, F]) decide(u *Unit, id string, seq int64) error {
	e := k.Get(u, id)
	if e == nil {
		return nil
	}
	if err := k.decided(u, e, seq); err != nil {
		return err
	}
	return u.drain()
}

// abandon forgets a pending choice without firing it.
func (k *Kind[T, F]) abandon(u *Unit, id string, seq int64) {
	e := k.Get(u, id)
	if e == nil {
		return
	}
	life := any(e).(machine.Living).Lives()
	life.Armed = slices.DeleteFunc(life.Armed, func(a machine.Armed) bool { return a.Seq == seq })
	k.Save(u, e)
}
