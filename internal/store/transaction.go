package store

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tidwall/buntdb"
)

// transaction is one of a DB. Its names of rows are those of the database, for
// which a tenant's keys are put behind the tenant's prefix.
type transaction struct {
	tx *buntdb.Tx
	// log takes down what is written; nil in memory, and for readers.
	log *commitLog

	// tenant is the name as a part of a row's. The names of its rows begin with
	// place and a slash; so put, the compiler joins them without copying the key.
	tenant, place string
	head          head

	// undo is what was written over since the first mark, the newest last.
	undo   []before
	marked bool
	// shown is where keys are shown.
	shown []byte
	err   error
}

// before is what a row was before it was written, and how much had been taken
// down for the data file.
type before struct {
	name, value string
	present     bool
	logged      int
}

func (t *transaction) name(key []byte) string {
	return t.place + "/" + string(key)
}

func (t *transaction) Get(key []byte) (value string, ok bool) { return t.get(t.name(key)) }

func (t *transaction) Set(key []byte, value string) {
	if !t.head.exists {
		t.create()
	}
	t.set(t.name(key), value)
}

func (t *transaction) Delete(key []byte) { t.delete(t.name(key)) }

func (t *transaction) Range(from, to []byte, visit func(key []byte, value string) bool) {
	end := t.name(to)
	if to == nil {
		end = prefixEnd(t.place + "/")
	}
	t.scan(t.name(from), end, func(name, value string) bool {
		t.shown = append(t.shown[:0], name[len(t.place)+len("/"):]...)
		return visit(t.shown, value)
	})
}

func (t *transaction) Mark() Mark {
	t.marked = true
	return Mark(len(t.undo))
}

func (t *transaction) Undo(m Mark) {
	for i := len(t.undo) - 1; i >= int(m); i-- {
		b := t.undo[i]
		if b.present {
			t.put(b.name, b.value)
		} else {
			t.drop(b.name)
		}
		if t.log != nil {
			t.log.buf = t.log.buf[:b.logged]
		}
	}
	clear(t.undo[m:])
	t.undo = t.undo[:m]
	t.readHead()
}

// note notes what a row was, if that may have to come back.
func (t *transaction) note(name, value string, present bool) {
	if !t.marked {
		return
	}
	b := before{name: name, value: value, present: present}
	if t.log != nil {
		b.logged = len(t.log.buf)
	}
	t.undo = append(t.undo, b)
}

func (t *transaction) get(name string) (value string, ok bool) {
	value, err := t.tx.Get(name)
	if err != nil && !errors.Is(err, buntdb.ErrNotFound) {
		t.fail("get", name, err)
	}
	return value, err == nil
}

func (t *transaction) set(name, value string) {
	was, present, ok := t.put(name, value)
	if !ok {
		return
	}
	t.note(name, was, present)
	if t.log != nil {
		t.log.buf = appendSet(t.log.buf, name, value)
	}
}

func (t *transaction) delete(name string) {
	was, present := t.drop(name)
	if !present {
		return
	}
	t.note(name, was, true)
	if t.log != nil {
		t.log.buf = appendDelete(t.log.buf, name)
	}
}

// scan visits the rows from a name up to, but without, another.
func (t *transaction) scan(from, to string, visit func(name, value string) bool) {
	if err := t.tx.AscendRange("", from, to, visit); err != nil {
		t.fail("range", from, err)
	}
}

// put writes a row in the database alone, and gives what it was.
func (t *transaction) put(name, value string) (was string, present, ok bool) {
	was, present, err := t.tx.Set(name, value, nil)
	if err != nil {
		t.fail("set", name, err)
	}
	return was, present, err == nil
}

// drop removes a row from the database alone, and gives what it was.
func (t *transaction) drop(name string) (was string, present bool) {
	was, err := t.tx.Delete(name)
	if err != nil && !errors.Is(err, buntdb.ErrNotFound) {
		t.fail("delete", name, err)
	}
	return was, err == nil
}

func (t *transaction) fail(what, name string, err error) {
	if t.err == nil {
		t.err = fmt.Errorf("store: %s %s: %w", what, name, err)
	}
}

// prefixEnd is PrefixEnd for the names of rows, none of which begins with its last
// letter.
func prefixEnd(prefix string) string { return string(PrefixEnd([]byte(prefix))) }

// under gives what names have behind a prefix, in their order.
func (t *transaction) under(prefix string, limit int) []string {
	var list []string
	t.scan(prefix, prefixEnd(prefix), func(name, _ string) bool {
		list = append(list, strings.TrimPrefix(name, prefix))
		return len(list) != limit
	})
	return list
}
