package engine

import (
	"context"
	"errors"
	"time"

	"finhub-sandbox/internal/store"
)

// noteWake remembers when the tenant's first timer comes due in wall time. It
// runs within the transaction, so that the order of notes is that of commits.
// Should the commit then fail, it is noted anew.
func (e *Engine) noteWake(tx *store.Tx, tenant string, c Clock) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.wakes, tenant)
	if t, ok := firstTimer(tx, homeOf(tx, tenant)); ok && !c.Frozen {
		e.wakes[tenant] = c.Wall(t.Due)
	}
	select {
	case e.changed <- struct{}{}:
	default:
	}
}

func (e *Engine) loadWakes() error {
	return e.Store.View(func(tx *store.Tx) error {
		for _, tenant := range tenants(tx) {
			e.noteWake(tx, tenant, readClock(tx, homeOf(tx, tenant)))
		}
		return nil
	})
}

// Changed tells that NextWake may have another answer.
func (e *Engine) Changed() <-chan struct{} { return e.changed }

// NextWake is the wall time at which the next timer of a running tenant comes
// due.
func (e *Engine) NextWake() (at time.Time, ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, wake := range e.wakes {
		if !ok || wake.Before(at) {
			at, ok = wake, true
		}
	}
	return at, ok
}

// Wake fires every timer of the running tenants that is due, until the context
// ends.
func (e *Engine) Wake(ctx context.Context) error {
	now := e.Wall()
	e.mu.Lock()
	var due []string
	for tenant, wake := range e.wakes {
		if !wake.After(now) {
			due = append(due, tenant)
		}
	}
	e.mu.Unlock()
	var faults []error
	for _, tenant := range due {
		faults = append(faults, e.catchUpUntil(ctx, tenant))
	}
	return errors.Join(faults...)
}

// catchUp fires what is due on a running clock before anything else happens to
// the tenant, so that nobody sees a state that time has already left, however
// late the driver is.
func (e *Engine) catchUp(tenant string) error { return e.catchUpUntil(context.Background(), tenant) }

// catchUpUntil is catchUp for who does not need it: it leaves the rest to others
// when the context ends.
func (e *Engine) catchUpUntil(ctx context.Context, tenant string) error {
	for range maxSteps {
		if ctx.Err() != nil {
			return nil
		}
		e.mu.Lock()
		wake, ok := e.wakes[tenant]
		e.mu.Unlock()
		wall := e.Wall()
		if !ok || wake.After(wall) {
			return nil
		}
		timer, err := e.fireDue(tenant)
		if err != nil {
			return err
		}
		if timer == nil {
			return nil
		}
	}
	return errors.New("engine: the due timers do not end")
}

// fireDue fires the first timer if it is due on the running clock, at the
// instant at which it came due.
func (e *Engine) fireDue(tenant string) (fired *Timer, err error) {
	_, err = e.update(tenant, func(u *Unit) error {
		u.timersChanged = true
		timer, ok := firstTimer(u.tx, u.home)
		if !ok || u.clock.Frozen || timer.Due.After(u.now) {
			return nil
		}
		fired = &timer
		u.now = timer.Due
		return u.fireTimer(timer)
	})
	if err != nil && fired != nil {
		return nil, e.abandon(tenant, *fired, err)
	}
	return fired, err
}
