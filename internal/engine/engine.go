// Package engine owns how anything happens in the sandbox: a unit of work in
// which triggers are fired, with its consequences, its pending decisions and
// its events, and which is committed whole or not at all. It owns the tenants'
// clocks too, since a timer that comes due is just another trigger.
//
// It knows no product: kinds of aggregates are registered by internal/sandbox.
// It never reads the wall clock itself, it is given one.
package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/store"
)

// Config is what an engine stands on.
type Config struct {
	Store store.Store
	// Collections are those that are no kinds.
	Collections []Indexed
	// Wall is the real time.
	Wall func() time.Time
	// WallOf is the real time by which a unit of a tenant goes; nil is Wall for all.
	WallOf func(tenant string) time.Time
	// DelayScale is the part of a default delay that a running clock waits:
	// 1 is real time, 0 is at once. A frozen clock always waits whole delays.
	DelayScale float64
	// Scale gives the part that a tenant waits, if it is another one; nil is
	// DelayScale for all.
	Scale func(u *Unit) float64
	// Told is told of every event in the unit in which it happens, and may let more
	// follow from it (Unit.After). Nil is nobody.
	Told func(u *Unit, e Event)
	// Fired is told of every timer that has been fired, when that is committed, with
	// the events that happened. Nil is nobody.
	Fired func(tenant string, t Timer, events []Event)
	// Depart is told that a tenant's clock is going to be moved. It gives what lets
	// happen outside what waits there at an instant, with what came of it, and takes
	// the end of the way. Nil has no outside.
	Depart func(ctx context.Context, tenant string) (settle func(context.Context) ([]Event, error), arrived func())
	// Passed is told what has passed in a tenant when that has been committed, by its
	// numbers in the list of Passages. It must not keep them. Nil is nobody.
	Passed func(tenant string, numbers []uint16)
	// Choose answers a choice when it is armed. Nil takes the default.
	Choose func(u *Unit, kind string, aggregate any, p machine.Pending) (machine.Decision, error)
	// State is what only others know of exported states.
	State StateConfig
	// CheckShared holds units that only read to changing nothing of what they get; it
	// costs what sharing saves.
	CheckShared bool
}

// Engine runs units of work, one writer of a tenant at a time.
type Engine struct {
	Config
	kinds map[string]kind
	order []string
	// collections are all that have records, by name.
	collections map[string]Indexed

	shared *sharedRecords
	// reindexed are the collections whose indexes were rebuilt.
	reindexed []string
	changed   chan struct{}
	passages  *passages
	waiting   waiting
	// taking is held by who takes a snapshot.
	taking sync.Mutex
	mu     sync.Mutex
	// resets counts the resets of every tenant that had one.
	resets map[string]int
}

// kind is a Kind without its types.
type kind interface {
	Indexed
	kindName() string
	validate() error
	describe() machine.Description
	nouns() []string
	life(u *Unit, id string) *machine.Life
	decide(u *Unit, id string, seq int64) error
	abandon(u *Unit, id string, seq int64)
}

// New makes an engine over a store. The kinds that it runs are those given;
// a table with a mistake is an error that names all its mistakes.
func New(c Config, kinds ...kind) (*Engine, error) {
	e := &Engine{Config: c, kinds: map[string]kind{}, shared: newSharedRecords(), changed: make(chan struct{}, 1), resets: map[string]int{}}
	if e.Choose == nil {
		e.Choose = Default
	}
	if e.WallOf == nil {
		e.WallOf = func(string) time.Time { return e.Wall() }
	}
	if e.Scale == nil {
		e.Scale = func(*Unit) float64 { return e.DelayScale }
	}
	var faults []error
	collections := slices.Clone(c.Collections)
	for _, k := range kinds {
		faults = append(faults, k.validate())
		e.kinds[k.kindName()] = k
		e.order = append(e.order, k.kindName())
		collections = append(collections, k)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	e.passages = newPassages(e)
	return e, e.openIndexes(context.Background(), collections)
}

// Default answers a choice as its table does.
func Default(_ *Unit, _ string, _ any, p machine.Pending) (machine.Decision, error) {
	return machine.Decision{Option: p.Default, After: p.After}, nil
}

// Machines describes every table, in the order of registration.
func (e *Engine) Machines() []machine.Description {
	var list []machine.Description
	for _, name := range e.order {
		list = append(list, e.kinds[name].describe())
	}
	return list
}

// Do runs fn as one unit of work of the tenant and commits what it did. If fn
// returns an error nothing has happened. The tenant exists from its first Do.
//
// When the context ends before the unit has begun, nothing happens, and the error
// is the context's. A unit that has begun is done whole, whoever has left.
func (e *Engine) Do(ctx context.Context, tenant string, fn func(*Unit) error) error {
	return e.upToDate(ctx, tenant, func() error {
		return e.update(ctx, tenant, func(u *Unit) error {
			if u.behind {
				return errBehind
			}
			return fn(u)
		})
	})
}

// Read runs fn on the tenant's state; it must not change anything.
func (e *Engine) Read(ctx context.Context, tenant string, fn func(*Unit) error) error {
	return e.upToDate(ctx, tenant, func() error {
		return refuseUnwritten(e.Store.View(ctx, tenant, func(tx store.Tx) error {
			u := e.begin(tx, tenant, false)
			if u.behind {
				return errBehind
			}
			return errors.Join(fn(u), u.err)
		}))
	})
}

// Show runs fn as Read does, unless it turns out that something has to be written:
// something that it reads waits for being read (Kind.CountRead), or is counted. Then
// fn runs a second time, as a unit of work. It must set what it gives, and not add
// to it.
func (e *Engine) Show(ctx context.Context, tenant string, fn func(*Unit) error) error {
	waited := false
	err := e.Read(ctx, tenant, func(u *Unit) error {
		err := fn(u)
		waited = u.waited
		return err
	})
	if !waited {
		return err
	}
	return e.Do(ctx, tenant, fn)
}

func (e *Engine) update(ctx context.Context, tenant string, fn func(*Unit) error) error {
	var u *Unit
	err := e.commit(ctx, tenant, func(tx store.Tx) error {
		if err := ctx.Err(); err != nil {
			return err // It ended while others had their turn.
		}
		u = e.begin(tx, tenant, true)
		if err := fn(u); err != nil {
			return err
		}
		return u.finish()
	})
	if err == nil && u.dueChanged {
		e.tellChanged()
	}
	if err == nil {
		e.tellPassed(tenant, u.passed)
		tell(u.committed)
	}
	return err
}

// commit runs fn in a transaction. One that cannot be written is refused.
func (e *Engine) commit(ctx context.Context, tenant string, fn func(store.Tx) error) error {
	err := e.Store.Update(ctx, tenant, fn)
	if err == nil {
		e.waiting.wake(tenant)
	}
	return refuseUnwritten(err)
}

// refuseUnwritten refuses what the store could not keep, be it that somebody has only
// looked at it.
func refuseUnwritten(err error) error {
	var unwritten *store.Unwritten
	if !errors.As(err, &unwritten) {
		return err
	}
	if !unwritten.Remote {
		return errors.Join(refusal.New(refusal.DataUnwritable, "nothing was changed: %s", unwritten.Reason()), err)
	}
	told := refusal.New(refusal.DataUnwritable, "nothing was changed: %s", unwritten)
	if unwritten.Unknown {
		told = refusal.New(refusal.DataUnwritable, "whether this happened is not known, so look before it is sent again: %s", unwritten)
	}
	told.Message = "The database cannot be reached"
	return errors.Join(told, err)
}

func (e *Engine) begin(tx store.Tx, tenant string, writable bool) *Unit {
	u := &Unit{engine: e, tx: tx, tenant: tenant, writable: writable, wall: e.WallOf(tenant), loaded: map[recordID]*slot{}}
	u.clock = u.readClock()
	u.now = u.clock.Now(u.wall)
	due := tx.Due()
	u.behind = !due.IsZero() && !due.After(u.wall)
	if writable {
		u.counters = u.readCounters()
		u.before = u.counters
	}
	return u
}

// Tenants lists the tenants that exist, in alphabetical order.
func (e *Engine) Tenants(ctx context.Context) ([]string, error) {
	places, err := e.Store.Tenants(ctx)
	return slices.DeleteFunc(places, func(place string) bool { return strings.HasPrefix(place, snapshotPrefix) }), err
}

const countersKey = "counters"

// counters are the numbers that a tenant has used up.
type counters struct{ seq, event, timers, apart int64 }

// all are the counters, in the order in which they are written.
func (c *counters) all() []*int64 { return []*int64{&c.seq, &c.event, &c.timers, &c.apart} }

func (u *Unit) readCounters() counters {
	text, _ := u.tx.Get(u.key(countersKey))
	return parseCounters(text)
}

func parseCounters(text string) (c counters) {
	parts := strings.Split(text, ",")
	for i, p := range c.all() {
		if i < len(parts) {
			*p, _ = strconv.ParseInt(parts[i], 10, 64)
		}
	}
	return c
}

func (u *Unit) writeCounters() {
	if u.counters == u.before {
		return
	}
	u.tx.Set(u.key(countersKey), formatCounters(u.counters))
}

func formatCounters(c counters) string {
	text := fmt.Sprintf("%d,%d,%d", c.seq, c.event, c.timers)
	if c.apart > 0 {
		text += fmt.Sprintf(",%d", c.apart)
	}
	return text
}

// Dump gives everything that is stored of a tenant, one key and value a line,
// in the order of the keys: two dumps are equal when nothing has changed.
func (e *Engine) Dump(ctx context.Context, tenant string) (string, error) {
	var b strings.Builder
	err := e.Store.View(ctx, tenant, func(tx store.Tx) error {
		tx.Range(nil, nil, func(key []byte, value string) bool {
			fmt.Fprintf(&b, "%s=%s\n", key, value)
			return true
		})
		return nil
	})
	return b.String(), err
}
