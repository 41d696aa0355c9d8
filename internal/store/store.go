// Package store owns the keys and values of the sandbox: an ordered key-value
// store in memory or in one file, with transactions that are whole or absent.
//
// It must not know what is stored, nor read any clock: expiry belongs to the
// engine's timers, so the expiry of the underlying database is never used.
package store

import (
	"errors"
	"fmt"
	"strings"

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

// Store is one open database: BuntDB in memory, and the data file from which it
// was filled and to which every commit goes. It is safe for concurrent use: one
// writer at a time, and no reader beside a writer.
type Store struct {
	db   *buntdb.DB
	log  *commitLog
	lock *flock.Flock
}

// Open opens the store. A data file whose last commit was torn is cut back to
// the commit before, and the report says by how much; one that was damaged, or
// that is none of ours, is left alone and refused.
func Open(o Options) (*Store, Report, error) {
	db, err := buntdb.Open(":memory:")
	if err != nil {
		return nil, Report{}, fmt.Errorf("open store in memory: %w", err)
	}
	s := &Store{db: db}
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
func (s *Store) Sync() error {
	if s.log == nil {
		return nil
	}
	return s.log.sync()
}

// Ready gives an *Unwritten if the last commit could not be written, and would not
// be by now: the disk is full, or has failed.
func (s *Store) Ready() error {
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
func (s *Store) Close() error {
	err := s.db.Close()
	if s.log != nil {
		err = errors.Join(err, s.log.close(), s.lock.Unlock())
	}
	return err
}

// View runs fn on a consistent state. fn must do no I/O and open no other
// transaction: it holds the lock that writers wait for.
func (s *Store) View(fn func(*Tx) error) error {
	return s.db.View(func(tx *buntdb.Tx) error {
		t := &Tx{tx: tx}
		return errors.Join(fn(t), t.err)
	})
}

// Update runs fn and commits what it wrote, or nothing if fn returns an error
// or panics, or if the data file cannot be written (*Unwritten). BuntDB by
// itself commits the half-done work of a panic; the panic is therefore held back
// until the transaction is rolled back.
func (s *Store) Update(fn func(*Tx) error) error {
	var panicked any
	err := s.db.Update(func(tx *buntdb.Tx) (err error) {
		defer func() {
			if panicked = recover(); panicked != nil {
				err = fmt.Errorf("panic in transaction: %v", panicked)
			}
		}()
		t := &Tx{tx: tx, log: s.log}
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

// Tx is one transaction. Its methods remember the first failure of the
// database, which then fails the transaction, so that callers need not look.
type Tx struct {
	tx *buntdb.Tx
	// log takes down what is written; nil in memory, and for readers.
	log *commitLog
	// undo is what was written over since the first mark, the newest last.
	undo   []before
	marked bool
	err    error
}

// Get reads one value.
func (t *Tx) Get(key string) (value string, ok bool) {
	value, err := t.tx.Get(key)
	if err != nil {
		if !errors.Is(err, buntdb.ErrNotFound) {
			t.fail("get", key, err)
		}
		return "", false
	}
	return value, true
}

// Set writes one value.
func (t *Tx) Set(key, value string) {
	was, present, ok := t.set(key, value)
	if !ok {
		return
	}
	t.note(key, was, present)
	if t.log != nil {
		t.log.buf = appendSet(t.log.buf, key, value)
	}
}

// Delete removes a key; one that is absent stays absent.
func (t *Tx) Delete(key string) {
	was, present := t.remove(key)
	if !present {
		return
	}
	t.note(key, was, true)
	if t.log != nil {
		t.log.buf = appendDelete(t.log.buf, key)
	}
}

// set writes a value in the database alone, and gives what was there.
func (t *Tx) set(key, value string) (was string, present, ok bool) {
	was, present, err := t.tx.Set(key, value, nil)
	if err != nil {
		t.fail("set", key, err)
	}
	return was, present, err == nil
}

// remove removes a key from the database alone, and gives what was there.
func (t *Tx) remove(key string) (was string, present bool) {
	was, err := t.tx.Delete(key)
	if err != nil && !errors.Is(err, buntdb.ErrNotFound) {
		t.fail("delete", key, err)
	}
	return was, err == nil
}

// Range visits the keys from from up to, but without, to, in their order, until
// visit returns false. visit must not write: collect first.
func (t *Tx) Range(from, to string, visit func(key, value string) bool) {
	if err := t.tx.AscendRange("", from, to, visit); err != nil {
		t.fail("range", from, err)
	}
}

// Clear removes every key with the prefix and says how many there were.
func (t *Tx) Clear(prefix string) int {
	var keys []string
	t.Range(prefix, After(prefix), func(key, _ string) bool {
		keys = append(keys, key)
		return true
	})
	for _, key := range keys {
		t.Delete(key)
	}
	return len(keys)
}

func (t *Tx) fail(what, key string, err error) {
	if t.err == nil {
		t.err = fmt.Errorf("store: %s %s: %w", what, key, err)
	}
}

// Key joins the parts of a key. Parts cannot run into each other: a slash
// within a part is escaped.
func Key(parts ...string) string {
	for i, p := range parts {
		if strings.ContainsAny(p, "/%") {
			parts[i] = strings.NewReplacer("%", "%25", "/", "%2F").Replace(p)
		}
	}
	return strings.Join(parts, "/")
}

// After is the first key that does not have the prefix: the end of a range.
func After(prefix string) string { return prefix + "\xff" }

// Number is a number as a part of a key that sorts by value. It must not be
// negative.
func Number(n int64) string { return fmt.Sprintf("%019d", n) }
