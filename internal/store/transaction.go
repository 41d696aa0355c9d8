package store

import (
	"errors"
	"time"
)

// state is what a tenant is after a unit of work. It never changes, so that it can
// be read by anybody; the next unit makes another one, which has most in common
// with it.
type state struct {
	// exists tells that the tenant is listed, though it may have no rows.
	exists bool
	due    time.Time
	rows   rows
	// home is a part of the names of its rows in the data file: that of files which
	// were written by earlier versions.
	home string
}

// errReader says that a view has written.
var errReader = errors.New("store: a view cannot write")

// transaction is one of a DB: it works on a state of its own.
type transaction struct {
	state
	tenant *tenant
	// writes tells that it may write, and own that nobody else has its rows.
	writes, own bool
	// logged are the commands for the data file, if there is one.
	logged *[]byte
	marks  []marked
	// shown is where keys are shown.
	shown []byte
	err   error
}

// marked is what a transaction was at a mark.
type marked struct {
	state
	logged int
}

func (t *transaction) Get(key []byte) (value string, ok bool) { return t.rows.get(string(key)) }

func (t *transaction) Set(key []byte, value string) {
	if !t.begin() {
		return
	}
	if !t.exists {
		t.create()
	}
	t.rows.set(string(key), value)
	if t.logged != nil {
		*t.logged = appendSet(*t.logged, t.tenant.place(t.home), key, value)
	}
}

func (t *transaction) Delete(key []byte) {
	if !t.begin() || !t.rows.delete(string(key)) {
		return
	}
	if t.logged != nil {
		*t.logged = appendDelete(*t.logged, t.tenant.place(t.home), key)
	}
}

func (t *transaction) Range(from, to []byte, visit func(key []byte, value string) bool) {
	end := string(to)
	t.rows.ascend(string(from), func(key, value string) bool {
		if to != nil && key >= end {
			return false
		}
		t.shown = append(t.shown[:0], key...)
		return visit(t.shown, value)
	})
}

func (t *transaction) Clear() (removed int) {
	if !t.exists || !t.begin() {
		return 0
	}
	removed = t.rows.len()
	t.state, t.own = state{}, false
	if t.logged != nil {
		*t.logged = appendClear(*t.logged, t.tenant.escaped)
	}
	return removed
}

func (t *transaction) Due() time.Time { return t.due }

func (t *transaction) SetDue(at time.Time) {
	if at.Equal(t.due) || !t.begin() {
		return
	}
	t.exists, t.due = true, at.UTC()
	t.logHead()
}

// create brings the tenant into being.
func (t *transaction) create() {
	t.exists = true
	t.logHead()
}

func (t *transaction) logHead() {
	if t.logged != nil {
		*t.logged = appendSet(*t.logged, tenantPrefix, []byte(t.tenant.escaped), head(t.home, t.due))
	}
}

func (t *transaction) Mark() Mark {
	t.marks = append(t.marks, marked{t.state, t.length()})
	t.own = false
	return Mark(len(t.marks) - 1)
}

func (t *transaction) Undo(m Mark) {
	was := t.marks[m]
	t.state, t.own = was.state, false
	if t.logged != nil {
		*t.logged = (*t.logged)[:was.logged]
	}
	t.marks = t.marks[:m+1]
}

func (t *transaction) length() int {
	if t.logged == nil {
		return 0
	}
	return len(*t.logged)
}

// begin prepares for something to be written, and reports whether it may.
func (t *transaction) begin() bool {
	if !t.writes {
		t.err = errReader
		return false
	}
	if !t.own {
		t.rows, t.own = t.rows.copied(), true
	}
	return true
}
