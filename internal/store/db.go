package store

import (
	"context"
	"errors"

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

// DB is the embedded Store: every tenant's rows in memory, and the data file from
// which they were filled and to which every commit goes. Tenants do not wait for
// each other, and readers for nobody.
type DB struct {
	tenants *tenants
	log     *commitLog
	lock    *flock.Flock
}

// Open opens the store. A data file whose last commit was torn is cut back to
// the commit before, and the report says by how much; one that was damaged, or
// that is none of ours, is left alone and refused.
func Open(o Options) (*DB, Report, error) {
	s := &DB{tenants: newTenants()}
	if o.Path == "" {
		return s, Report{}, nil
	}
	report, err := s.openFile(o)
	if err != nil {
		return nil, Report{}, err
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

// Close writes what is pending and gives the data file free. Nothing may be written
// any more.
func (s *DB) Close() error {
	if s.log == nil {
		return nil
	}
	return errors.Join(s.log.close(), s.lock.Unlock())
}

// View runs fn on a consistent state of a tenant: the one that was committed last.
func (s *DB) View(ctx context.Context, tenant string, fn func(Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t := &transaction{state: s.tenants.stateOf(tenant)}
	return errors.Join(fn(t), t.err)
}

// Update runs fn and commits what it wrote for the tenant. The next unit of the
// tenant begins before this one is in the data file, and is acknowledged after it.
func (s *DB) Update(ctx context.Context, tenant string, fn func(Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t := s.tenants.enter(tenant)
	defer s.tenants.leave(t)
	if s.log == nil {
		return s.updateInMemory(t, fn)
	}
	u, err := s.run(t, fn)
	return errors.Join(err, s.log.wait(u))
}

func (s *DB) updateInMemory(t *tenant, fn func(Tx) error) error {
	t.writing.Lock()
	defer t.writing.Unlock()
	was := t.state.Load()
	x := &transaction{state: *was, tenant: t, writes: true}
	if err := fn(x); err != nil {
		return err
	}
	if now := x.state; now != *was {
		s.tenants.show(t, &now)
	}
	return nil
}

// run runs fn on what the last unit of the tenant has made, and gives the unit for
// which the answer must wait: the one that it has made itself, or else that at whose
// work it has looked.
func (s *DB) run(t *tenant, fn func(Tx) error) (*unit, error) {
	t.writing.Lock()
	defer t.writing.Unlock()
	before, commands := s.log.begin(t)
	x := &transaction{tenant: t, writes: true, logged: &commands}
	if before != nil {
		x.state = before.state
	} else {
		x.state = *t.state.Load()
	}
	if err := fn(x); err != nil || len(commands) == lineLength {
		return before, err
	}
	u := &unit{tenant: t, state: x.state, commands: commands}
	s.log.enqueue(u, before)
	return u, nil
}
