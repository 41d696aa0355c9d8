package engine

import (
	"errors"
	"maps"
	"reflect"

	"finhub-sandbox/internal/store"
)

// Attempt runs fn, with all its consequences. If that fails, everything that has
// come of it is taken back, the unit goes on as if fn had not run, and the error
// says why; what the unit did before stays.
//
// Records that were got before keep their pointers, and read as they did: who has
// changed one must have called Save before the attempt, as before whatever else
// can fail.
func (u *Unit) Attempt(fn func() error) error {
	was, err := u.remember()
	if err != nil {
		return err
	}
	u.queue, u.draining, u.err = nil, false, nil
	if err = fn(); err == nil {
		err = u.drain()
	}
	if err = errors.Join(err, u.err); err != nil {
		u.restore(was)
		return err
	}
	u.queue, u.draining, u.err = was.unit.queue, was.unit.draining, was.unit.err
	return nil
}

// remembered is a unit at an instant. Its records change in place, and so do the
// rows of its transaction: they are remembered by themselves.
type remembered struct {
	unit  Unit
	mark  store.Mark
	texts map[*slot]string
}

// remember notes how the unit is. Of the records, those that are to be written
// have no text yet.
func (u *Unit) remember() (remembered, error) {
	was := remembered{unit: *u, mark: u.tx.Mark(), texts: map[*slot]string{}}
	was.unit.loaded = maps.Clone(u.loaded)
	for _, s := range u.dirty {
		text, err := store.Encode(s.value)
		if err != nil {
			return remembered{}, err
		}
		was.texts[s] = text
	}
	return was, nil
}

// restore makes the unit what it was.
func (u *Unit) restore(was remembered) {
	*u = was.unit
	u.found = nil
	u.tx.Undo(was.mark)
	if !u.writable {
		return // Its records belong to others, and nobody changes them.
	}
	for _, s := range u.loaded {
		text, unwritten := was.texts[s]
		if s.dirty = unwritten; !unwritten {
			text = s.text
		}
		// What is decoded into a value leaves alone what the text does not name.
		reflect.ValueOf(s.value).Elem().SetZero()
		if err := store.Decode(text, s.value); err != nil {
			u.fail(err)
		}
	}
}
