package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/gofrs/flock"
	"github.com/tidwall/buntdb"
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

// DB is the embedded Store: BuntDB in memory, and the data file from which it was
// filled and to which every commit goes. There is one writer at a time, and no
// reader beside a writer, whatever the tenants.
type DB struct {
	db   *buntdb.DB
	log  *commitLog
	lock *flock.Flock
	left chan struct{}
}

// Open opens the store. A data file whose last commit was torn is cut back to
// the commit before, and the report says by how much; one that was damaged, or
// that is none of ours, is left alone and refused.
func Open(o Options) (*DB, Report, error) {
	db, err := buntdb.Open(":memory:")
	if err != nil {
		return nil, Report{}, fmt.Errorf("open store in memory: %w", err)
	}
	s := &DB{db: db, left: make(chan struct{}, 1)}
	if o.Path == "" {
		return s, Report{}, nil
	}
	report, err := s.openFile(o)
	if err != nil {
		return nil, Report{}, errors.Join(err, db.Close())
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
	if fault, _ := s.log.lastFault(); fault == nil {
		return nil
	}
	// It is tried while nobody writes.
	return s.db.Update(func(*buntdb.Tx) error { return s.log.tryAgain() })
}

// Close writes what is pending and gives the data file free.
func (s *DB) Close() error {
	err := s.db.Close()
	if s.log != nil {
		err = errors.Join(err, s.log.close(), s.lock.Unlock())
	}
	return err
}

// View runs fn on a consistent state of a tenant. fn must do no I/O and open no
// other transaction: it holds the lock that writers wait for.
func (s *DB) View(ctx context.Context, tenant string, fn func(Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.view(func(t *transaction) error {
		t.enter(tenant)
		return fn(t)
	})
}

// Update runs fn and commits what it wrote for the tenant.
func (s *DB) Update(ctx context.Context, tenant string, fn func(Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.update(func(t *transaction) error {
		t.enter(tenant)
		return fn(t)
	})
}

// view is View on the rows of all tenants.
func (s *DB) view(fn func(*transaction) error) error {
	return s.db.View(func(tx *buntdb.Tx) error {
		t := &transaction{tx: tx}
		return errors.Join(fn(t), t.err)
	})
}

// update is Update on the rows of all tenants. BuntDB by itself commits the
// half-done work of a panic; the panic is therefore held back until the
// transaction is rolled back.
func (s *DB) update(fn func(*transaction) error) error {
	var panicked any
	err := s.db.Update(func(tx *buntdb.Tx) (err error) {
		defer func() {
			if panicked = recover(); panicked != nil {
				err = fmt.Errorf("panic in transaction: %v", panicked)
			}
		}()
		t := &transaction{tx: tx, log: s.log}
		if s.log != nil {
			s.log.begin()
		}
		if err := errors.Join(fn(t), t.err); err != nil || s.log == nil {
			return err
		}
		return s.log.commit()
	})
	if panicked != nil {
		panic(panicked)
	}
	return err
}
