package store

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/gofrs/flock"
)

// Durability says when a commit reaches the disk.
type Durability string

// The durabilities: at every commit, within a second, or whenever the operating
// system thinks fit. A killed process loses nothing under any of them; they
// differ when the machine loses its power.
const (
	Always Durability = "always"
	Second Durability = "second"
	Never  Durability = "never"
)

// Options say where the state is kept.
type Options struct {
	// Path is the data file; empty keeps the state in memory.
	Path       string
	Durability Durability
	// Through stands between the store and its data file; nil is nothing. Tests
	// give one that fails.
	Through func(File) File
}

// Report says what opening a data file had to do.
type Report struct {
	// Dropped are the bytes at the end of the file that belonged to a commit
	// which was never finished.
	Dropped int64
	// Commits is the number of whole commits that the file held, and Records what
	// they come to.
	Commits, Records int
	// Kept is why a file that should have been written anew, since it is full of
	// history or of an earlier format, was left as it was. It can be used as it is.
	Kept error
}

// ErrInUse says that another process has the data file open.
var ErrInUse = errors.New("the data file is in use by another process")

// DB is the embedded Store: a BuntDB in memory for every tenant that has rows, and the
// data file from which they were filled and to which every commit goes. Tenants do
// not wait for each other.
type DB struct {
	tenants *tenants
	log     *commitLog
	lock    *flock.Flock
	// commits are those since it was opened.
	commits atomic.Int64
}

// Open opens the store. A data file whose last commit was torn is cut back to
// the commit before, and the report says by how much; one that was damaged, or
// that is none of ours, is left alone and refused.
func Open(o Options) (*DB, Report, error) {
	tenants, err := newTenants()
	if err != nil {
		return nil, Report{}, fmt.Errorf("open store in memory: %w", err)
	}
	s := &DB{tenants: tenants}
	if o.Path == "" {
		return s, Report{}, nil
	}
	report, err := s.openFile(o)
	if err != nil {
		return nil, Report{}, errors.Join(err, tenants.close())
	}
	return s, report, nil
}

// Sync brings to the disk what is not there yet. Under Second, whoever opened the
// store calls it every second.
func (s *DB) Sync() error {
	if s.log == nil {
		return nil
	}
	return s.log.sync()
}

// Ready gives an *Unwritten if the last commit could not be written, and would not
// be by now: the disk is full, or has failed.
func (s *DB) Ready() error {
	if s.log == nil {
		return nil
	}
	return s.log.ready()
}

// Commits counts the units of work that have been committed since the store was opened.
func (s *DB) Commits() int64 { return s.commits.Load() }

// Close writes what is pending and gives the data file free.
func (s *DB) Close() error {
	var err error
	if s.log != nil {
		err = errors.Join(s.log.close(), s.lock.Unlock())
	}
	return errors.Join(err, s.tenants.close())
}

// View runs fn on a consistent state of a tenant, and gives it out when that is
// kept. fn must do no I/O: it holds the lock that writers of the tenant wait for.
func (s *DB) View(ctx context.Context, tenant string, fn func(Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t := s.tenants.get(tenant)
	if t == nil {
		x := &transaction{}
		return errors.Join(fn(x), x.err)
	}
	u, err := t.view(fn)
	return errors.Join(err, s.wait(u))
}

// view runs fn, and gives the unit on whose work it has looked, if that is on its way.
func (t *tenant) view(fn func(Tx) error) (*unit, error) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	x := &transaction{tenant: t}
	x.begin(t.place)
	defer x.end(false)
	err := fn(x)
	return t.newest.Load(), errors.Join(err, x.err)
}

// Update runs fn and commits what it wrote for the tenant. The next unit of the
// tenant begins before this one is in the data file, and is acknowledged after it.
func (s *DB) Update(ctx context.Context, tenant string, fn func(Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t := s.tenants.enter(tenant)
	defer s.tenants.leave(t)
	u, err := s.run(t, fn)
	return errors.Join(err, s.wait(u))
}

// wait waits until a unit is kept.
func (s *DB) wait(u *unit) error {
	if u == nil {
		return nil
	}
	return s.log.wait(u)
}

// run runs fn on what the last unit of the tenant has made, and gives the unit for
// which the answer must wait: the one that it has made itself, or else that on whose
// work it has looked.
func (s *DB) run(t *tenant, fn func(Tx) error) (*unit, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u := &unit{tenant: t}
	x := &transaction{tenant: t, writes: true}
	if s.log != nil {
		u.commands = s.log.room()
		x.logged, x.notes = &u.commands, true
	}
	x.begin(t.place)
	kept := false
	defer func() {
		if !kept { // Be it for a panic.
			x.end(false)
		}
	}()
	if err := errors.Join(fn(x), x.err); err != nil {
		return t.newest.Load(), err
	}
	u.was, u.is, u.undo = x.was, x.place, x.undo
	if s.log != nil {
		if len(u.commands) == lineLength {
			return t.newest.Load(), nil
		}
		if x.db != x.was.db {
			t.leaveFrozen(x.was.db)
		}
		u.taken = x.takenAs(x.db)
		err := s.log.enqueue(u)
		if errors.Is(err, errLeft) {
			x.logWhole()
			u.taken = nil
			err = s.log.enqueue(u)
		}
		if err != nil {
			return nil, err
		}
	}
	kept = true
	s.commits.Add(1)
	x.end(true)
	t.place = x.place
	if s.log == nil {
		return nil, errors.Join(x.err, s.tenants.keep(u))
	}
	return u, x.err
}
