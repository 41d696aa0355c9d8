package store

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"
	"unsafe"

	"github.com/tidwall/buntdb"
)

// place is where a tenant's rows are, and what is known of it beside them.
type place struct {
	head
	// db has the rows; nil is none.
	db *buntdb.DB
}

// head is what is known of a tenant beside its rows.
type head struct {
	// exists tells that the tenant is listed, though it may have no rows.
	exists bool
	due    time.Time
	// home is a part of the names of its rows in the data file: that of files which
	// were written by earlier versions.
	home string
}

// transaction is one of a DB, within one of the tenant's database. The tenant's lock
// is held meanwhile.
type transaction struct {
	tenant *tenant
	was    place
	place
	tx *buntdb.Tx
	// writes tells that it may write.
	writes bool
	// logged are the commands for the data file, if there is one.
	logged *[]byte
	// taken are the copies that the tenant has taken.
	taken []*taken
	// undo is what was written over, the newest last: since the first mark, or from
	// the beginning if it may turn out later that the unit is not kept.
	undo  []before
	notes bool
	// marked tells that there is a mark.
	marked bool
	shown  []byte
	err    error
}

// before is what a row was before it was written, or the place before it changed, and
// how much had been taken down for the data file.
type before struct {
	key, value string
	present    bool
	place      *place
	tx         *buntdb.Tx
	logged     int
}

// begin begins a transaction where a tenant is.
func (t *transaction) begin(p place) {
	t.was, t.place = p, p
	if p.db != nil {
		t.tx = t.open(p.db)
	}
}

func (t *transaction) open(db *buntdb.DB) *buntdb.Tx {
	tx, err := db.Begin(t.writes)
	t.check("begin", err)
	return tx
}

// end ends the transaction. One that is not kept leaves the tenant as it was.
func (t *transaction) end(keep bool) {
	if t.tx != nil && keep && t.writes {
		t.check("commit", t.tx.Commit())
	} else {
		t.drop(t.tx)
	}
	// The places that it has left.
	last := t.tx
	for _, b := range slices.Backward(t.undo) {
		if b.place == nil || b.tx == last {
			continue
		}
		last = b.tx
		t.drop(b.tx)
		t.close(b.place.db)
	}
	if !keep {
		t.close(t.db)
	}
}

func (t *transaction) drop(tx *buntdb.Tx) {
	if tx != nil {
		t.check("roll back", tx.Rollback())
	}
}

// close closes a database that nobody has used but the transaction. A copy that was
// taken is what it was, and given back.
func (t *transaction) close(db *buntdb.DB) {
	switch copied := t.takenAs(db); {
	case copied != nil:
		copied.of.copied = db
	case db != nil && db != t.was.db:
		_ = db.Close() // It may have been closed for an earlier change.
	}
}

// errReader says that a view has written.
var errReader = errors.New("store: a view cannot write")

func (t *transaction) Get(key []byte) (value string, ok bool) {
	if t.tx == nil {
		return "", false
	}
	value, err := t.tx.Get(lent(key))
	if err != nil && !errors.Is(err, buntdb.ErrNotFound) {
		t.check("get", err)
	}
	return value, err == nil
}

func (t *transaction) Set(key []byte, value string) {
	if !t.mayWrite() {
		return
	}
	if !t.exists {
		t.create()
	}
	if t.db == nil {
		t.makeRoom()
	}
	kept := string(key)
	was, present, err := t.set(kept, value)
	t.check("set", err)
	t.tenant.noteFrozen(t.db, kept, was, present)
	t.note(before{key: kept, value: was, present: present})
	if t.logged != nil {
		*t.logged = appendSet(*t.logged, t.tenant.prefix(t.home), key, value)
	}
}

// set writes a row and gives what it was, as far as somebody may ask for it.
func (t *transaction) set(key, value string) (was string, present bool, err error) {
	if t.marked && t.isNew() {
		was, present = t.Get([]byte(key)) // Of an emptied database nobody else says so.
		_, _, err = t.tx.Set(key, value, nil)
		return was, present, err
	}
	return t.tx.Set(key, value, nil)
}

// isNew reports whether the tenant's database is one that nobody had before.
func (t *transaction) isNew() bool { return t.db != t.was.db }

func (t *transaction) Delete(key []byte) {
	if !t.mayWrite() || t.tx == nil {
		return
	}
	kept := string(key)
	was, err := t.tx.Delete(kept)
	if errors.Is(err, buntdb.ErrNotFound) {
		return
	}
	t.check("delete", err)
	t.tenant.noteFrozen(t.db, kept, was, true)
	t.note(before{key: kept, value: was, present: true})
	if t.logged != nil {
		*t.logged = appendDelete(*t.logged, t.tenant.prefix(t.home), key)
	}
}

func (t *transaction) Range(from, to []byte, visit func(key []byte, value string) bool) {
	if t.tx == nil {
		return
	}
	t.check("range", t.tx.AscendGreaterOrEqual("", lent(from), func(key, value string) bool {
		t.shown = append(t.shown[:0], key...)
		return (to == nil || bytes.Compare(t.shown, to) < 0) && visit(t.shown, value)
	}))
}

func (t *transaction) Clear() (removed int) {
	if !t.exists || !t.mayWrite() {
		return 0
	}
	if t.tx != nil {
		n, err := t.tx.Len()
		t.check("count", err)
		removed = n
	}
	t.notePlace()
	t.place, t.tx = place{}, nil
	if t.logged != nil {
		*t.logged = appendClear(*t.logged, t.tenant.escaped)
	}
	return removed
}

// errTaken says that there is no copy to be taken.
var errTaken = errors.New("store: a copy that was not made, or was taken before")

func (t *transaction) Take(from Frozen) {
	f, ok := from.(*frozen)
	if !t.mayWrite() {
		return
	}
	if !ok || f.copied == nil {
		t.err = errTaken
		return
	}
	t.notePlace()
	t.place = place{head: head{exists: true}, db: f.copied}
	f.copied = nil
	t.tx = t.open(t.db)
	copied := &taken{of: f, db: t.db}
	if t.logged != nil {
		*t.logged = appendCopy(*t.logged, f.tenant.escaped, t.tenant.escaped)
		copied.at = len(*t.logged)
	}
	t.taken = append(t.taken, copied)
}

// takenAs gives the copy that a database is, as it was taken last; nil if it is none.
func (t *transaction) takenAs(db *buntdb.DB) *taken {
	for _, copied := range slices.Backward(t.taken) {
		if copied.db == db {
			return copied
		}
	}
	return nil
}

func (t *transaction) Due() time.Time { return t.due }

func (t *transaction) SetDue(at time.Time) {
	if at.Equal(t.due) || !t.mayWrite() {
		return
	}
	t.notePlace()
	t.exists, t.due = true, at.UTC()
	t.logHead()
}

// create brings the tenant into being.
func (t *transaction) create() {
	t.notePlace()
	t.exists = true
	t.logHead()
}

// makeRoom makes the database for the first row.
func (t *transaction) makeRoom() {
	db, err := buntdb.Open(":memory:")
	t.check("open", err)
	t.notePlace()
	t.db, t.tx = db, t.open(db)
	// A transaction that has emptied its database keeps nothing of what it writes over.
	t.check("empty", t.tx.DeleteAll())
}

func (t *transaction) logHead() {
	if t.logged != nil {
		*t.logged = appendSet(*t.logged, tenantPrefix, []byte(t.tenant.escaped), formatHead(t.head))
	}
}

func (t *transaction) Mark() Mark {
	t.notes, t.marked = true, true
	return Mark(len(t.undo))
}

func (t *transaction) Undo(m Mark) {
	for i := len(t.undo) - 1; i >= int(m); i-- {
		b := t.undo[i]
		if b.place == nil {
			t.check("undo", restore(t.tx, b))
		} else {
			if b.tx != t.tx {
				t.drop(t.tx)
				t.close(t.db)
			}
			t.place, t.tx = *b.place, b.tx
		}
		if t.logged != nil {
			*t.logged = (*t.logged)[:b.logged]
		}
	}
	clear(t.undo[m:])
	t.undo = t.undo[:m]
}

// restore makes a row what it was.
func restore(tx *buntdb.Tx, b before) error {
	if b.present {
		_, _, err := tx.Set(b.key, b.value, nil)
		return err
	}
	_, err := tx.Delete(b.key)
	return err
}

// note notes what was, if that may have to come back.
func (t *transaction) note(b before) {
	if !t.notes || !t.marked && t.isNew() {
		return // A database that nobody had before goes as a whole.
	}
	if t.logged != nil {
		b.logged = len(*t.logged)
	}
	t.undo = append(t.undo, b)
}

// notePlace notes where the tenant was: a place that is left is to be tidied up.
func (t *transaction) notePlace() {
	was := t.place
	b := before{place: &was, tx: t.tx}
	if t.logged != nil {
		b.logged = len(*t.logged)
	}
	t.undo = append(t.undo, b)
}

func (t *transaction) mayWrite() bool {
	if !t.writes {
		t.err = errReader
	}
	return t.writes
}

// check notes the first failure of the database.
func (t *transaction) check(what string, err error) {
	if err != nil && t.err == nil {
		t.err = fmt.Errorf("store: %s: %w", what, err)
	}
}

// lent gives a key as a string that holds as long as the key does: it is looked for,
// and not kept.
func lent(key []byte) string {
	return unsafe.String(unsafe.SliceData(key), len(key)) //nolint:gosec // It saves a copy for every row that is read.
}
