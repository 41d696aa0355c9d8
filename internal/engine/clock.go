package engine

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/refusal"
)

// FirstYear is the first that a tenant's clock can show.
const FirstYear = 2000

// firstInstant and lastInstant bound what a tenant's clock can be set to: far from
// where an instant, or the difference of two, cannot be counted or written.
func firstInstant() time.Time { return time.Date(FirstYear, 1, 1, 0, 0, 0, 0, time.UTC) }
func lastInstant() time.Time  { return time.Date(2200, 12, 31, 23, 59, 59, 0, time.UTC) }

// checkInstant refuses to set the clock to an instant outside of the bounds.
func checkInstant(field string, at time.Time) error {
	if !at.Before(firstInstant()) && !at.After(lastInstant()) {
		return nil
	}
	return refusal.Invalid([]refusal.Fault{{Field: field, Pointer: "/" + field, Message: fmt.Sprintf(
		"would set the clock to %s; it goes from %s to %s", at.UTC().Format(time.RFC3339), firstInstant().Format(time.RFC3339), lastInstant().Format(time.RFC3339))}})
}

// Clock is a tenant's time. It is data: an instant at which it stands still, or
// an offset to the wall clock.
type Clock struct {
	Frozen bool
	At     time.Time
	Offset time.Duration
}

// Now is the tenant's time when the wall clock shows wall, to the millisecond.
func (c Clock) Now(wall time.Time) time.Time {
	if c.Frozen {
		return c.At
	}
	return wall.Add(c.Offset).UTC().Truncate(time.Millisecond)
}

// Wall is the wall time at which a running clock shows the instant.
func (c Clock) Wall(at time.Time) time.Time { return at.Add(-c.Offset) }

const clockKey = "clock"

// readClock gives the tenant's clock; a tenant without one has the wall's. The
// form is "frozen <unix ms>" or "running <offset ms>", since every request
// reads it.
func (u *Unit) readClock() Clock {
	text, ok := u.tx.Get(u.key(clockKey))
	if !ok {
		return Clock{}
	}
	return parseClock(text)
}

func parseClock(text string) Clock {
	mode, number, _ := strings.Cut(text, " ")
	ms, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return Clock{}
	}
	if mode == "frozen" {
		return Clock{Frozen: true, At: time.UnixMilli(ms).UTC()}
	}
	return Clock{Offset: time.Duration(ms) * time.Millisecond}
}

func (u *Unit) setClock(c Clock) {
	u.clock = c
	u.now = c.Now(u.wall)
	u.tx.Set(u.key(clockKey), formatClock(c))
	u.timersChanged = true
}

func formatClock(c Clock) string {
	if c.Frozen {
		return "frozen " + strconv.FormatInt(c.At.UnixMilli(), 10)
	}
	return "running " + strconv.FormatInt(c.Offset.Milliseconds(), 10)
}

// ClockView is a clock as a person sees it.
type ClockView struct {
	Tenant string
	Frozen bool
	Now    time.Time
	// Offset is how far the tenant is ahead of the wall clock.
	Offset time.Duration
	// Due is the timer that comes next, if there is one.
	Due *Timer
	// Pending is the number of timers.
	Pending int64
}

// Clock shows the tenant's clock.
func (e *Engine) Clock(ctx context.Context, tenant string) (ClockView, error) {
	var view ClockView
	err := e.Read(ctx, tenant, func(u *Unit) error {
		view = u.clockView()
		return nil
	})
	return view, err
}

func (u *Unit) clockView() ClockView {
	view := ClockView{Tenant: u.tenant, Frozen: u.clock.Frozen, Now: u.now, Offset: u.now.Sub(u.wall)}
	if t, ok := u.firstTimer(); ok {
		view.Due = &t
	}
	view.Pending = u.readCounters().timers
	return view
}

// Freeze stops the tenant's clock, at the instant given or where it is. A later
// instant is reached as by Advance; an earlier one is refused once anything has
// happened, since time has no way back.
func (e *Engine) Freeze(ctx context.Context, tenant string, at *time.Time) (Happened, error) {
	if at != nil {
		if err := checkInstant("at", *at); err != nil {
			return Happened{}, err
		}
	}
	err := e.Do(ctx, tenant, func(u *Unit) error {
		stop := Clock{Frozen: true, At: u.now}
		if at != nil && at.Before(u.now) {
			if u.counters.seq > 0 {
				return backwards(*at, u.now)
			}
			stop.At = at.UTC().Truncate(time.Millisecond)
		}
		u.setClock(stop)
		return nil
	})
	if err != nil || at == nil {
		return Happened{}, err
	}
	return e.Advance(ctx, tenant, Target{To: *at})
}

// Run lets the tenant's clock run on from where it is.
func (e *Engine) Run(ctx context.Context, tenant string) error {
	return e.Do(ctx, tenant, func(u *Unit) error {
		u.setClock(Clock{Offset: u.now.Sub(u.wall.UTC().Truncate(time.Millisecond))})
		return nil
	})
}

func backwards(to, now time.Time) error {
	return refusal.New(refusal.ClockBackwards, "the tenant's time is %s, later than %s",
		now.Format(time.RFC3339Nano), to.Format(time.RFC3339Nano))
}
