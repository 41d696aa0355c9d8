// Package world is what all areas of the sandbox share: the act in which everything
// happens, the kinds of things that there are, the keys and settings of tenants, and
// which scenario governs whom. It must not know what the areas do with these.
package world

import (
	"context"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/engine"
)

// Act is one unit of work of one caller: whatever a request does it does in one
// act, which is committed whole or not at all. Verbs take it, so that several of
// them can be one act. It must not be kept after the function that got it.
type Act struct {
	*engine.Unit
	*World
	Caller access.Caller
	// Kept is a refusal that leaves what the act has done.
	Kept error
	// Counted tells that a rule that is limited has been counted.
	Counted bool
	// Rules are those of scenarios that answered or refused in the act.
	Rules []machine.Rule
	// Unheard tells that nobody subscribes to the tenant's events.
	Unheard bool
	// Arrange has the last word on how a choice is answered that is armed in the act;
	// nil leaves it to the scenario.
	Arrange func(aggregate any, p machine.Pending, d machine.Decision) machine.Decision
	// from is the tenant's origin, once it has been asked for.
	from Origin
}

// NoteRule notes a rule that has acted; the zero rule is none.
func (act *Act) NoteRule(r machine.Rule) {
	if r != (machine.Rule{}) {
		act.Rules = append(act.Rules, r)
	}
}

// Do runs verb as an act that may change the caller's tenant, and gives what it
// gives. If it fails nothing has happened, unless it says so (Act.RefuseAndKeep).
// A verb can be run again after it has failed: it sets what it gives, and does
// not add to it. It opens no act itself, which would wait for this one. When the
// context ends before the act has begun, nothing happens (engine.Do).
func Do[R any](ctx context.Context, w *World, c access.Caller, verb func(*Act) (R, error)) (R, error) {
	return run(ctx, w, (*engine.Engine).Do, c, verb)
}

// Show runs verb as an act that looks at the caller's tenant and counts that
// (engine.Show).
func Show[R any](ctx context.Context, w *World, c access.Caller, verb func(*Act) (R, error)) (R, error) {
	return run(ctx, w, (*engine.Engine).Show, c, verb)
}

// opener is Engine.Do or Engine.Show.
type opener func(e *engine.Engine, ctx context.Context, tenant string, fn func(*engine.Unit) error) error

func run[R any](ctx context.Context, w *World, open opener, c access.Caller, verb func(*Act) (R, error)) (R, error) {
	var out R
	act := new(Act)
	err := open(w.engine, ctx, c.Tenant, func(u *engine.Unit) (err error) {
		*act = Act{Unit: u, World: w, Caller: c}
		u.Beside = act
		out, err = verb(act)
		if act.Kept != nil {
			return nil
		}
		return err
	})
	if err == nil {
		err = act.Kept
	}
	return out, err
}

// ActOf is the act of a unit of work, whoever has opened that. One that the engine
// has opened itself, for a timer that has come due, has nobody as its caller.
func (w *World) ActOf(u *engine.Unit) *Act {
	act, ok := u.Beside.(*Act)
	if !ok {
		act = &Act{Unit: u, World: w}
		u.Beside = act
	}
	return act
}

// RefuseAndKeep refuses what was asked, and lets stand what the act has done.
func (act *Act) RefuseAndKeep(err error) error {
	act.Kept = err
	return err
}

// By is the cause of a trigger that the caller fires.
func By(act *Act) machine.Cause { return machine.Cause{By: act.Caller.UserID, Input: act.Caller} }

// Facts lets a kind gather facts in the act.
func Facts[T, F any](w *World, gather func(*Act, *T, machine.Cause) F) func(*engine.Unit, *T, machine.Cause) F {
	return func(u *engine.Unit, e *T, cause machine.Cause) F { return gather(w.ActOf(u), e, cause) }
}

// Effect lets what a step of a kind does happen in the act.
func Effect[T any](w *World, do func(*Act, *T, machine.Step, machine.Cause) error) func(*engine.Unit, *T, machine.Step, machine.Cause) error {
	return func(u *engine.Unit, e *T, step machine.Step, cause machine.Cause) error {
		return do(w.ActOf(u), e, step, cause)
	}
}
