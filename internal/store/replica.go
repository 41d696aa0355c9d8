package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Log keeps the commits of tenants for several replicas: those of one tenant are
// numbered from 1 on without a gap, and each number is given once. It is safe for
// concurrent use.
type Log interface {
	// Append adds commits of a tenant behind the one with a number (0 is none), all or
	// none of them. It gives ErrBehind if that is not the last, or is not there, and nothing
	// has happened then.
	//
	// Of any other error nothing has happened either, unless it is an *Unwritten that says
	// that its outcome is not known: then the commits may come at any time, unless others
	// take their numbers.
	Append(ctx context.Context, tenant string, behind int64, commits []Commit) error
	// Read gives the commits of a tenant from a number on, of that one without its body, as
	// many as are read at once; more tells that there are others. Before the first stands
	// one with the number 0, as soon as there is any. The last one is always there, and so
	// are those behind the last base.
	Read(ctx context.Context, tenant string, from int64) (commits []Commit, more bool, err error)
	// Base gives the last base of a tenant: commits that make what all up to its number have
	// made. Number 0 is none.
	Base(ctx context.Context, tenant string) (number int64, parts [][]byte, err error)
	// PutBase adds a base, and lets the commits before its number go, and other bases.
	PutBase(ctx context.Context, tenant string, number int64, parts func(yield func([]byte) bool)) error
	// Last gives the last commit of every tenant, without bodies, and where News goes on.
	Last(ctx context.Context) (last []News, place int64, err error)
	// News gives what has come behind a place, as a hint: some may be missing, and come twice.
	News(ctx context.Context, place int64) (news []News, next int64, err error)
}

// ErrBehind says that commits were not added, since others have come before them.
var ErrBehind = errors.New("store: the log has other commits")

// Commit is one in a Log.
type Commit struct {
	Number int64
	// ID tells it apart from all others of the tenant.
	ID string
	// Head is what is known of the tenant behind it.
	Head Head
	// Body are its commands, in the form of the data file.
	Body []byte
}

// Head is what is known of a tenant beside its rows.
type Head struct {
	// Present tells that the tenant is listed.
	Present bool
	// Due is when it is due; the zero time is never.
	Due time.Time
}

// News is the last commit of a tenant, as far as is known.
type News struct {
	Tenant string
	Number int64
	Head   Head
}

// ReplicaOptions say how a replica works.
type ReplicaOptions struct {
	// Node is in the ids of its commits; no other replica may have it.
	Node string
	// LocalReads lets those who read see what the replica has, which may be older than what
	// another has acknowledged.
	LocalReads bool
	// Patience is how long a call of the log may take; 0 is five seconds.
	Patience time.Duration
}

// Replica is a Store over a Log that others write to as well. It has its own copy of the
// tenants that it was asked for: a unit runs on that, and its write set is added to the log.
// If somebody else was first, the replica takes over what is missing and runs the unit
// again. So fn of View and Update may be run several times; what it gave last counts.
//
// Who reads sees everything that was acknowledged before, by whatever replica, unless
// LocalReads says that this does not matter.
type Replica struct {
	ReplicaOptions
	// rows are the copies.
	rows *DB
	log  Log
	ids  atomic.Int64
	// applied is told what others have done.
	applied atomic.Pointer[func(Applied)]
	// place is how far News has been read.
	place atomic.Int64
	// basing are those who write bases.
	basing sync.WaitGroup
}

// patience is how long a call of the log may take.
const patience = 5 * time.Second

// OpenReplica makes a replica of what a log has.
func OpenReplica(ctx context.Context, log Log, o ReplicaOptions) (*Replica, error) {
	rows, _, err := Open(Options{})
	if err != nil {
		return nil, err
	}
	if o.Patience == 0 {
		o.Patience = patience
	}
	rows.tenants.lines = true
	r := &Replica{ReplicaOptions: o, rows: rows, log: log}
	if err := r.Look(ctx); err != nil {
		return nil, errors.Join(err, rows.Close())
	}
	return r, nil
}

// Applied is a change of a tenant by what others did.
type Applied struct {
	Tenant string
	// Copied tells that this replica has a copy, which has the change; otherwise it has only
	// heard of that.
	Copied bool
	// Anew tells that the tenant was cleared on the way.
	Anew bool
}

// OnApplied has a function told of every change of a tenant by what others did, mostly within
// the lock of the tenant: it must not use the store.
func (r *Replica) OnApplied(fn func(Applied)) { r.applied.Store(&fn) }

func (r *Replica) tell(a Applied) {
	if told := r.applied.Load(); told != nil {
		(*told)(a)
	}
}

// Close ends what the replica does by itself. The log stays.
func (r *Replica) Close() error {
	r.basing.Wait()
	return r.rows.Close()
}

// Commits counts the units of work that this replica has committed.
func (r *Replica) Commits() int64 { return r.rows.Commits() }

// Behind asks the log, and gives how many commits of others the copies do not have yet, as
// far as News tells. Who reads does not miss them, unless LocalReads is set.
func (r *Replica) Behind(ctx context.Context) (commits int64, err error) {
	var news []News
	err = r.call(ctx, func(ctx context.Context) (err error) {
		news, _, err = r.log.News(ctx, r.place.Load())
		return err
	})
	for _, n := range news {
		t := r.enter(n.Tenant)
		t.line.mu.Lock()
		if t.line.loaded {
			commits += max(0, n.Number-t.line.number)
		}
		t.line.mu.Unlock()
		r.leave(t)
	}
	return commits, err
}

// call calls the log, within the time that there is for that, whoever has left meanwhile.
func (r *Replica) call(ctx context.Context, fn func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.Patience)
	defer cancel()
	err := fn(ctx)
	var unwritten *Unwritten
	if err == nil || errors.Is(err, ErrBehind) || errors.As(err, &unwritten) {
		return err
	}
	return &Unwritten{Cause: err, Remote: true}
}

func (r *Replica) enter(tenant string) *tenant {
	return r.rows.tenants.enter(tenant)
}

func (r *Replica) leave(t *tenant) { r.rows.tenants.leave(t) }

// maxAgain bounds how often a unit is run again, since others are always first.
const maxAgain = 1_000

// View runs fn on a state of a tenant that somebody was in, at the earliest when View was
// called.
func (r *Replica) View(ctx context.Context, tenant string, fn func(Tx) error) error {
	t := r.enter(tenant)
	defer r.leave(t)
	for range maxAgain {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.current(ctx, t); err != nil {
			return err
		}
		u, err := t.view(fn)
		if kept := r.wait(ctx, u); !errors.Is(kept, ErrBehind) {
			return errors.Join(err, kept)
		}
	}
	return errCrowded(tenant)
}

func errCrowded(tenant string) error {
	return &Unwritten{Cause: fmt.Errorf("others write to the tenant %q all the time", tenant), Remote: true}
}

// current sees to it that the copy of a tenant is what those see who read.
func (r *Replica) current(ctx context.Context, t *tenant) error {
	if t.line.use() && r.LocalReads {
		return nil
	}
	return r.upToDate(ctx, t)
}

// Update runs fn on the copy, and adds what it wrote to the log. What fn refuses, or
// does without writing, was decided on what was acknowledged before.
func (r *Replica) Update(ctx context.Context, tenant string, fn func(Tx) error) error {
	t := r.enter(tenant)
	defer r.leave(t)
	for range maxAgain {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !t.line.use() {
			if err := r.upToDate(ctx, t); err != nil {
				return err
			}
		}
		u, seen, wrote, err := r.run(t, fn)
		kept := r.wait(ctx, u)
		if errors.Is(kept, ErrBehind) {
			continue // Who had the turn has taken over what came before.
		}
		if errors.Is(err, ErrBehind) {
			if err := r.upToDate(ctx, t); err != nil {
				return err
			}
			continue
		}
		if kept != nil || wrote {
			return errors.Join(err, kept)
		}
		if fault := r.upToDate(ctx, t); fault != nil {
			return fault
		}
		if t.line.applied.Load() == seen {
			return err
		}
	}
	return errCrowded(tenant)
}

// run runs fn as DB.Update does. It gives the unit for which the answer must wait, whether
// that is its own, and how many commits of others fn has seen.
func (r *Replica) run(t *tenant, fn func(Tx) error) (u *unit, seen int64, wrote bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	seen = t.line.applied.Load()
	commands := beginCommit(nil)
	x := &transaction{tenant: t, writes: true, logged: &commands, notes: true}
	x.begin(t.place)
	kept := false
	defer func() {
		if !kept { // Be it for a panic.
			x.end(false)
		}
	}()
	if err := errors.Join(fn(x), x.err); err != nil {
		return t.newest.Load(), seen, false, err
	}
	if len(x.taken) > 0 {
		x.logWhole()
	}
	if len(commands) == lineLength {
		return t.newest.Load(), seen, false, nil
	}
	u = &unit{tenant: t, was: x.was, is: x.place, undo: x.undo, commands: commands[lineLength:], copies: x.taken}
	if err := t.line.enqueue(u); err != nil {
		return nil, seen, false, err
	}
	kept = true
	x.end(true)
	t.place = x.place
	return u, seen, true, x.err
}

// Freeze gives the rows of a tenant as they were somewhen after it was called.
func (r *Replica) Freeze(ctx context.Context, tenant string) (Frozen, error) {
	t := r.enter(tenant)
	defer r.leave(t)
	for range maxAgain {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := r.current(ctx, t); err != nil {
			return nil, err
		}
		f, newest := r.rows.freeze(tenant)
		err := r.wait(ctx, newest)
		if err == nil {
			return f, nil
		}
		f.Close()
		if !errors.Is(err, ErrBehind) {
			return nil, err
		}
	}
	return nil, errCrowded(tenant)
}

// Tenants lists the tenants that there are, of whichever replica.
func (r *Replica) Tenants(ctx context.Context) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !r.LocalReads {
		if err := r.Look(ctx); err != nil {
			return nil, err
		}
	}
	return r.rows.Tenants(ctx)
}

// Due visits the tenants that are due, as far as this replica knows.
func (r *Replica) Due(ctx context.Context, visit func(tenant string, at time.Time) bool) error {
	return r.rows.Due(ctx, visit)
}
