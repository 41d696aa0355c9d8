package store

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/tidwall/btree"
	"github.com/tidwall/buntdb"
)

// frozen is a tenant of a DB as it was. Nothing is copied for it: units that write
// over one of its rows leave there what the row was, and readers look for that first.
type frozen struct {
	db     *DB
	tenant *tenant
	// rows is the database that the tenant had; nil is none.
	rows *buntdb.DB
	// copied has a copy of them, until a tenant takes it.
	copied *buntdb.DB

	// before has the rows that were written over since. Who writes there holds tenant.mu
	// as well.
	mu     sync.Mutex
	before btree.Map[string, frozenRow]
	// left tells that before has not everything: the tenant has another database, or the
	// frozen one was closed.
	left bool
}

// frozenRow is what a row was; one that was not there is absent.
type frozenRow struct {
	value  string
	absent bool
}

// Freeze gives the rows of a tenant as they are.
func (s *DB) Freeze(ctx context.Context, tenant string) (Frozen, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f, newest := s.freeze(tenant)
	if err := s.wait(newest); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// freeze is Freeze, with the unit on whose work it looks, if that is on its way.
func (s *DB) freeze(tenant string) (*frozen, *unit) {
	t := s.tenants.enter(tenant)
	f := &frozen{db: s, tenant: t}
	t.mu.Lock()
	defer t.mu.Unlock()
	f.rows = t.db
	s.tenants.holds.hold(f.rows)
	t.frozen = append(t.frozen, f)
	return f, t.newest.Load()
}

func (f *frozen) Close() {
	f.leave()
	if f.copied != nil {
		_ = f.copied.Close()
		f.copied = nil
	}
	t := f.tenant
	t.mu.Lock()
	open := len(t.frozen)
	t.frozen = slices.DeleteFunc(t.frozen, func(other *frozen) bool { return other == f })
	closed := len(t.frozen) < open
	t.mu.Unlock()
	if closed {
		_ = f.db.tenants.holds.letGo(f.rows) // It is in memory, and cannot fail to be closed.
		f.db.tenants.leave(t)
	}
}

// noteFrozen leaves what a row of a database was with those who look at it as it was.
func (t *tenant) noteFrozen(db *buntdb.DB, key, was string, present bool) {
	for _, f := range t.frozen {
		if f.rows != db {
			continue
		}
		f.mu.Lock()
		if _, known := f.before.Get(key); !known {
			f.before.Set(key, frozenRow{was, !present})
		}
		f.mu.Unlock()
	}
}

// leaveFrozen tells those who look at a database as it was that the tenant gets another.
func (t *tenant) leaveFrozen(db *buntdb.DB) {
	for _, f := range t.frozen {
		if f.rows == db {
			f.leave()
		}
	}
}

func (f *frozen) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left = true
}

func (f *frozen) Copy(visit func(key, value string) bool) error {
	whole := true
	db, err := newRows(func(set func(key, value string)) error {
		return f.Range(nil, nil, func(key, value string) bool {
			set(key, value)
			whole = visit(key, value)
			return whole
		})
	})
	if err == nil && whole {
		f.copied, db = db, f.copied
	}
	if db != nil {
		err = errors.Join(err, db.Close())
	}
	return err
}

// newRows makes a database of the rows that each sets. It gives that also beside an
// error.
func newRows(each func(set func(key, value string)) error) (*buntdb.DB, error) {
	db, err := buntdb.Open(":memory:")
	if err != nil {
		return nil, err
	}
	return db, db.Update(func(tx *buntdb.Tx) error {
		// A transaction that has emptied its database keeps nothing of what it writes over.
		fault := tx.DeleteAll()
		return errors.Join(each(func(key, value string) {
			if _, _, err := tx.Set(key, value, nil); err != nil {
				fault = err
			}
		}), fault)
	})
}

// frozenSlice is how many rows are read while writers wait.
const frozenSlice = 512

type frozenPair struct{ key, value string }

func (f *frozen) Range(from, to []byte, visit func(key, value string) bool) error {
	begin, end := string(from), string(to)
	var list []frozenPair
	for more := true; more; {
		var err error
		if list, begin, more, err = f.slice(list[:0], begin, end); err != nil {
			return err
		}
		for _, row := range list {
			if !visit(row.key, row.value) {
				return nil
			}
		}
	}
	return nil
}

// slice reads the rows from a key on, some at most; next is where the others begin.
func (f *frozen) slice(list []frozenPair, from, to string) (_ []frozenPair, next string, more bool, err error) {
	f.tenant.mu.RLock()
	defer f.tenant.mu.RUnlock()
	last := to
	if f.rows != nil {
		seen := 0
		err = f.rows.View(func(tx *buntdb.Tx) error {
			return tx.AscendGreaterOrEqual("", from, func(key, value string) bool {
				if to != "" && key >= to {
					return false
				}
				if seen == frozenSlice {
					last, more = key, true
					return false
				}
				seen++
				if _, written := f.before.Get(key); !written {
					list = append(list, frozenPair{key, value})
				}
				return true
			})
		})
	}
	present := len(list)
	f.before.Ascend(from, func(key string, row frozenRow) bool {
		if last != "" && key >= last {
			return false
		}
		if !row.absent {
			list = append(list, frozenPair{key, row.value})
		}
		return true
	})
	if len(list) > present {
		slices.SortFunc(list, func(a, b frozenPair) int { return strings.Compare(a.key, b.key) })
	}
	return list, last, more, err
}

// holds are the databases at which somebody looks as they were: they are closed when
// nobody does any more.
type holds struct {
	mu   sync.Mutex
	held map[*buntdb.DB]*held
}

type held struct {
	by int
	// left tells that the tenant has another by now.
	left bool
}

func (h *holds) hold(db *buntdb.DB) {
	if db == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.held == nil {
		h.held = map[*buntdb.DB]*held{}
	}
	if h.held[db] == nil {
		h.held[db] = &held{}
	}
	h.held[db].by++
}

func (h *holds) letGo(db *buntdb.DB) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	of := h.held[db]
	if of == nil {
		return nil
	}
	if of.by--; of.by > 0 {
		return nil
	}
	delete(h.held, db)
	if of.left {
		return db.Close()
	}
	return nil
}

// close closes a database that its tenant has left, or leaves that to the last who
// looks at it.
func (h *holds) close(db *buntdb.DB) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if of := h.held[db]; of != nil {
		of.left = true
		return nil
	}
	return db.Close()
}
