package engine

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"finhub-sandbox/internal/store"
)

// Unit is one unit of work: one tenant, one instant, one commit. It must not
// be kept after the function that got it.
type Unit struct {
	engine *Engine
	tx     store.Tx
	tenant string
	// Beside is what whoever opened the unit keeps with it; the engine does not look
	// at it.
	Beside any
	// wall is the real time by which the whole unit goes, and now the tenant's.
	wall, now time.Time
	clock     Clock
	writable  bool

	counters, before counters
	// loaded has every record of the unit once, so that two readers of a
	// record see each other's changes and it is decoded and encoded once.
	loaded map[recordID]*slot
	dirty  []*slot
	// found has the ids that indexes gave for a value, until one comes or goes.
	found  map[string][]string
	events []Event
	// passed are the numbers of what has passed.
	passed []uint16

	queue    []func() error
	followed int
	draining bool
	// behind tells that a timer had come due when the unit began; timersChanged that
	// another may be the first now, and dueChanged that it is.
	behind, timersChanged, dueChanged bool
	// committed is called when the unit has been committed.
	committed []func()
	// waited tells that a reader has something to write, such as that it has looked.
	waited bool
	err    error

	// keyBuf is where keys are put together.
	keyBuf [128]byte
	// passedRoom is where passed is, as long as there is room.
	passedRoom [passedRoom]uint16
}

// slot is a record of the unit: as it was stored, if it was, and as it is now.
type slot struct {
	recordID
	text  string
	value any
	dirty bool
}

// recordID names a record within its tenant.
type recordID struct{ collection, id string }

// key puts a key together, which holds until the next one.
func (u *Unit) key(parts ...string) []byte {
	key := u.keyBuf[:0]
	for _, part := range parts {
		key = append(key, part...)
	}
	return key
}

func (u *Unit) recordKey(r recordID) []byte { return u.key(r.collection, "/", store.Escape(r.id)) }

// maxFollowUps bounds the consequences of one unit of work.
const maxFollowUps = 10_000

// Tenant is the tenant whose unit this is.
func (u *Unit) Tenant() string { return u.tenant }

// Now is the tenant's time, the same for the whole unit.
func (u *Unit) Now() time.Time { return u.now }

// Wall is the real time by which the unit goes.
func (u *Unit) Wall() time.Time { return u.wall }

// Frozen reports whether the tenant's clock stands still.
func (u *Unit) Frozen() bool { return u.clock.Frozen }

// Next gives the tenant's next sequence number. Ids and invented data are made
// from it; it moves in the same commit as what it numbers.
func (u *Unit) Next() int64 {
	u.counters.seq++
	return u.counters.seq
}

// apartFrom is where the numbers apart begin: timers of either stand in one row.
const apartFrom = 1 << 40

// NextApart gives a number of the tenant's that shifts none that Next gives. It is
// for what happens when the world outside pleases, which no second run repeats.
func (u *Unit) NextApart() int64 {
	u.counters.apart++
	return apartFrom + u.counters.apart
}

// OnCommit has a function called when the unit has been committed, and only then.
func (u *Unit) OnCommit(fn func()) { u.committed = append(u.committed, fn) }

func tell(committed []func()) {
	for _, fn := range committed {
		fn()
	}
}

const valuePrefix = "value/"

// Value reads a value that belongs to the tenant as a whole, such as its
// settings.
func (u *Unit) Value(name string, into any) (bool, error) {
	text, ok := u.tx.Get(u.key(valuePrefix, name))
	if !ok {
		return false, nil
	}
	return true, store.Decode(text, into)
}

// mustWrite is an error in a unit that only reads, which tells Show to run it again
// as one that can write.
func (u *Unit) mustWrite() error {
	if u.writable {
		return nil
	}
	u.waited = true
	return errors.New("engine: a unit that reads has something to write")
}

// SetValue writes such a value.
func (u *Unit) SetValue(name string, value any) error {
	if err := u.mustWrite(); err != nil {
		return err
	}
	text, err := store.Encode(value)
	if err != nil {
		return err
	}
	u.tx.Set(u.key(valuePrefix, name), text)
	return nil
}

// After queues something that follows from what is happening, when the state
// has changed. It happens in this unit, after what caused it and
// after the consequences that were queued before it.
func (u *Unit) After(follow func() error) { u.queue = append(u.queue, follow) }

func (u *Unit) drain() error {
	if u.draining {
		return nil
	}
	u.draining = true
	defer func() { u.draining = false }()
	for len(u.queue) > 0 {
		if u.followed++; u.followed > maxFollowUps {
			return fmt.Errorf("engine: more than %d consequences in one unit of work", maxFollowUps)
		}
		follow := u.queue[0]
		u.queue = u.queue[1:]
		if err := follow(); err != nil {
			return err
		}
	}
	return nil
}

// finish writes everything that changed, in the order in which it changed.
func (u *Unit) finish() error {
	if err := u.drain(); err != nil {
		return err
	}
	for _, s := range u.dirty {
		if !s.dirty {
			// It has been removed since.
			continue
		}
		text, err := store.Encode(s.value)
		if err != nil {
			return err
		}
		u.tx.Set(u.recordKey(s.recordID), text)
	}
	u.writeCounters()
	if u.timersChanged {
		u.noteDue()
	}
	return u.err
}

// Note fails the unit at its end if err is one. Those who gather facts have no
// other way to say that they could not.
func (u *Unit) Note(err error) { u.fail(err) }

func (u *Unit) fail(err error) {
	u.err = errors.Join(u.err, err)
}

// Count counts a name up and gives how often it has been counted. In a unit that
// only reads it tells Show to run it again as one that can.
func (u *Unit) Count(name string) int64 {
	key := u.key("count/", store.Escape(name))
	text, _ := u.tx.Get(key)
	n, _ := strconv.ParseInt(text, 10, 64)
	n++
	if !u.writable {
		u.waited = true
		return n
	}
	u.tx.Set(key, strconv.FormatInt(n, 10))
	return n
}
