package engine

import (
	"context"
	"errors"
	"time"
)

// noteDue sets when the tenant is due: the instant, in wall time, at which its first
// timer comes. It is a row of the commit that changes the timers or the clock, so
// that it is never another than these say. A frozen clock reaches nothing.
func (u *Unit) noteDue() {
	at := time.Time{}
	if t, ok := u.firstTimer(); ok && !u.clock.Frozen {
		at = ceil(u.clock.Wall(t.Due))
	}
	if !at.Equal(u.tx.Due()) {
		u.tx.SetDue(at)
		u.dueChanged = true
	}
}

// ceil gives the first whole millisecond that is not before an instant: clocks
// show no shorter time.
func ceil(at time.Time) time.Time {
	return at.Add(time.Millisecond - 1).Truncate(time.Millisecond)
}

// Changed tells that NextDue may have another answer.
func (e *Engine) Changed() <-chan struct{} { return e.changed }

func (e *Engine) tellChanged() {
	select {
	case e.changed <- struct{}{}:
	default:
	}
}

// NextDue is the wall time at which the next timer of a running tenant comes due;
// the zero time if there is none.
func (e *Engine) NextDue(ctx context.Context) (next time.Time, err error) {
	err = e.Store.Due(ctx, func(_ string, at time.Time) bool {
		next = at
		return false
	})
	return next, err
}

// FireDue fires every timer of the running tenants that is due, until the context
// ends.
func (e *Engine) FireDue(ctx context.Context) error {
	if ctx.Err() != nil {
		return nil
	}
	now := e.Wall()
	var tenants []string
	err := e.Store.Due(ctx, func(tenant string, at time.Time) bool {
		if at.After(now) {
			return false
		}
		tenants = append(tenants, tenant)
		return true
	})
	if err != nil {
		return err
	}
	var faults []error
	for _, tenant := range tenants {
		faults = append(faults, e.catchUp(ctx, tenant))
	}
	return errors.Join(faults...)
}

// errBehind says that a timer is due which has not been fired.
var errBehind = errors.New("engine: a timer is due")

// upToDate runs something that gives errBehind while a timer of the tenant is due,
// and fires what is due in between: nobody sees a state that time has already
// left, however late the driver is.
func (e *Engine) upToDate(ctx context.Context, tenant string, run func() error) error {
	for range maxSteps {
		err := run()
		if !errors.Is(err, errBehind) {
			return err
		}
		if err := e.catchUp(ctx, tenant); err != nil {
			return err
		}
	}
	return errEndless
}

var errEndless = errors.New("engine: the due timers do not end")

// catchUp fires what is due on a running clock. When the context ends, it leaves
// the rest to others, between two timers.
func (e *Engine) catchUp(ctx context.Context, tenant string) error {
	for range maxSteps {
		if ctx.Err() != nil {
			return nil
		}
		fired, err := e.fireFirst(context.WithoutCancel(ctx), tenant)
		if err != nil || fired == nil {
			return err
		}
	}
	return errEndless
}

// fireFirst fires the first timer if it is due on the running clock, at the
// instant at which it came due.
func (e *Engine) fireFirst(ctx context.Context, tenant string) (fired *Timer, err error) {
	_, err = e.update(ctx, tenant, func(u *Unit) error {
		timer, ok := u.firstTimer()
		if !ok || u.clock.Frozen || timer.Due.After(u.now) {
			return nil
		}
		fired = &timer
		u.now = timer.Due
		return u.fireTimer(timer)
	})
	if err != nil && fired != nil {
		return nil, e.abandon(ctx, tenant, *fired, err)
	}
	return fired, err
}

// noteAllDue notes when each tenant is due: a data file of an earlier format does
// not say.
func (e *Engine) noteAllDue(ctx context.Context, tenants []string) (err error) {
	for _, tenant := range tenants {
		_, noted := e.update(ctx, tenant, func(u *Unit) error {
			u.noteDue()
			return nil
		})
		err = errors.Join(err, noted)
	}
	return err
}
