package engine

import (
	"errors"
	"maps"
	"reflect"
	"time"

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
	if u.err != nil {
		err = errors.Join(err, u.err)
	}
	u.queue, u.draining, u.err = was.queue, was.draining, was.err
	if err == nil {
		return nil
	}
	if fault := u.restore(was); fault != nil {
		u.fail(fault)
	}
	return err
}

// remembered is a unit at an instant.
type remembered struct {
	mark     store.Mark
	counters counters
	now      time.Time
	clock    Clock
	loaded   map[recordID]*slot
	texts    map[*slot]string
	dirty    []*slot
	events   []Event

	queue                           []func() error
	followed                        int
	draining, timersChanged, waited bool
	err                             error
}

// remember notes how the unit is. Of the records, those that are to be written
// have no text yet.
func (u *Unit) remember() (remembered, error) {
	texts := map[*slot]string{}
	for _, s := range u.dirty {
		if !s.dirty {
			continue
		}
		text, err := store.Encode(s.value)
		if err != nil {
			return remembered{}, err
		}
		texts[s] = text
	}
	return remembered{
		mark: u.tx.Mark(), counters: u.counters, now: u.now, clock: u.clock,
		loaded: maps.Clone(u.loaded), texts: texts, dirty: u.dirty, events: u.events,
		queue: u.queue, followed: u.followed, draining: u.draining, timersChanged: u.timersChanged, waited: u.waited, err: u.err,
	}, nil
}

// restore makes the unit what it was.
func (u *Unit) restore(was remembered) error {
	u.tx.Undo(was.mark)
	u.counters, u.now, u.clock = was.counters, was.now, was.clock
	u.loaded, u.dirty, u.events = was.loaded, was.dirty, was.events
	u.followed, u.timersChanged, u.waited = was.followed, was.timersChanged, was.waited
	var faults []error
	for _, s := range was.loaded {
		text, unwritten := was.texts[s]
		if s.dirty = unwritten; !unwritten {
			text = s.text
		}
		// What is decoded into a value leaves alone what the text does not name.
		reflect.ValueOf(s.value).Elem().SetZero()
		faults = append(faults, store.Decode(text, s.value))
	}
	return errors.Join(faults...)
}
