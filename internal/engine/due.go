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
	if !u.clock.Frozen {
		if due, ok := u.firstDue(); ok {
			at = ceil(u.clock.Wall(due))
		}
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
	for range maxSteps / batch {
		if ctx.Err() != nil {
			return nil
		}
		fired, err := e.fireDue(ctx, tenant)
		if err != nil || fired == 0 {
			return err
		}
	}
	return errEndless
}

// fireDue fires the first timers that are due on the running clock, each at the
// instant at which it came due, and says how many they were.
func (e *Engine) fireDue(ctx context.Context, tenant string) (fired int, err error) {
	list, err := e.fire(context.WithoutCancel(ctx), tenant, func(u *Unit, _ []Event) (Timer, bool, error) {
		timer, ok := u.firstTimer()
		if !ok || u.clock.Frozen || timer.Due.After(u.now) || ctx.Err() != nil {
			return timer, false, nil
		}
		u.now = timer.Due
		return timer, true, nil
	})
	return len(list), err
}

// noteAllDue notes when each tenant is due: a data file of an earlier format does
// not say.
func (e *Engine) noteAllDue(ctx context.Context, tenants []string) (err error) {
	for _, tenant := range tenants {
		noted := e.update(ctx, tenant, func(u *Unit) error {
			u.noteDue()
			return nil
		})
		err = errors.Join(err, noted)
	}
	return err
}
