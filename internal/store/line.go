package store

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
)

// line is what a replica knows of a tenant's commits. Whoever waits for one of them, or
// wants to know whether there are others, and finds nobody asking the log takes a turn at
// it, for all who have come until then.
type line struct {
	// applied counts what has been taken over of others.
	applied atomic.Int64

	mu sync.Mutex
	// idle tells those who wait that a turn is over.
	idle sync.Cond
	busy bool
	// begun and ended count the turns, and fault is how the last one ended.
	begun, ended int64
	fault        error
	// refusing tells that units are being undone and others' taken over, so that none may
	// come that builds on what was before.
	refusing bool
	queue    []*unit

	// The rest is of whoever has the turn, who writes it under mu.
	//
	// number is that of the last commit that the copy has; loaded tells that there is a copy.
	// It was dropped before, if dropped says so.
	number          int64
	id              string
	loaded, dropped bool
	// base is the number of the last base, as far as is known, and size how many bytes it has;
	// grown is how many came since. basing tells that one is being written.
	base        int64
	size, grown int
	basing      bool
	// rested counts how often nobody had used the copy.
	rested int
	// heard is the number of the last commit that was heard of, without a copy.
	heard int64
}

func newLine() *line {
	l := &line{}
	l.idle.L = &l.mu
	return l
}

// use notes that somebody uses the copy, and reports whether there is one.
func (l *line) use() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rested = 0
	return l.loaded
}

// hasCopy reports whether there is a copy that may be used again.
func (l *line) hasCopy() bool {
	if l == nil {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.loaded
}

// enqueue puts a unit into the queue.
func (l *line) enqueue(u *unit) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refusing || !l.loaded {
		return ErrBehind
	}
	l.queue = append(l.queue, u)
	u.tenant.newest.Store(u)
	return nil
}

// wait waits until a unit is in the log, or takes the turn that brings it there.
func (r *Replica) wait(ctx context.Context, u *unit) error {
	if u == nil {
		return nil
	}
	l := u.tenant.line
	l.mu.Lock()
	defer l.mu.Unlock()
	for !u.done {
		r.takeTurn(ctx, u.tenant)
	}
	return u.err
}

// upToDate waits for a turn that begins from now on: behind it, the copy has all that was
// acknowledged before.
func (r *Replica) upToDate(ctx context.Context, t *tenant) error {
	l := t.line
	l.mu.Lock()
	defer l.mu.Unlock()
	for turn := l.begun + 1; l.ended < turn; {
		r.takeTurn(ctx, t)
	}
	return l.fault
}

// takeTurn asks the log once, or waits until somebody else has done so. It is called under
// the line's lock.
func (r *Replica) takeTurn(ctx context.Context, t *tenant) {
	l := t.line
	if l.busy {
		l.idle.Wait()
		return
	}
	units := l.queue
	l.busy, l.queue = true, nil
	l.begun++
	l.mu.Unlock()
	var err error
	if len(units) == 0 {
		err = r.takeOver(ctx, t)
	} else {
		err = r.add(ctx, t, units)
	}
	if err == nil && l.wantsBase() {
		r.makeBase(t)
	}
	l.mu.Lock()
	l.busy, l.fault = false, err
	l.ended++
	l.idle.Broadcast()
}

// add adds units to the log. If others were first, they are undone, and what has come is
// taken over; then the copy is up to date as well.
func (r *Replica) add(ctx context.Context, t *tenant, units []*unit) error {
	l := t.line
	commits := make([]Commit, len(units))
	size := 0
	for i, u := range units {
		id := r.Node + "-" + strconv.FormatInt(r.ids.Add(1), 36)
		commits[i] = Commit{Number: l.number + int64(i) + 1, ID: id, Head: Head{u.is.exists, u.is.due}, Body: u.commands}
		size += len(u.commands)
	}
	err := r.call(ctx, func(ctx context.Context) error { return r.log.Append(ctx, t.name, l.number, commits) })
	if err != nil {
		r.undo(t, units, err)
		if errors.Is(err, ErrBehind) {
			return r.takeOver(ctx, t)
		}
		l.accept()
		return err
	}
	for _, u := range units {
		err = errors.Join(err, r.rows.tenants.keep(u))
	}
	r.rows.commits.Add(int64(len(units)))
	l.mu.Lock()
	defer l.mu.Unlock()
	last := commits[len(commits)-1]
	l.number, l.id, l.grown = last.Number, last.ID, l.grown+size
	finishUnits(units, err)
	return nil
}

func finishUnits(units []*unit, err error) {
	for _, u := range units {
		u.done, u.err = true, err
		u.tenant.newest.CompareAndSwap(u, nil)
		u.commands = nil
	}
}

// undo makes the copy what it was before units that are not kept, and before those that
// came behind them. No other may come until accept.
func (r *Replica) undo(t *tenant, units []*unit, why error) {
	l := t.line
	l.mu.Lock()
	l.refusing = true
	units, l.queue = append(units, l.queue...), nil
	l.mu.Unlock()
	for _, u := range slices.Backward(units) {
		_ = u.revert() // Memory cannot fail to be what it was.
	}
	for _, u := range units {
		for _, taken := range u.copies {
			// Whoever runs the unit again takes the copy again.
			if taken.of.copied == nil {
				_ = taken.of.Copy(func(string, string) bool { return true }) // Without one the unit fails.
			}
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	finishUnits(units, why)
}

func (l *line) accept() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refusing = false
}
