package store

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"syscall"

	"github.com/tidwall/buntdb"
)

// Unwritten says that a commit did not reach the data file, or the log of replicas. Nothing
// has happened then, neither there nor for readers, unless the outcome is unknown.
type Unwritten struct {
	// Cause is what the system said.
	Cause error
	// Broken tells that nothing more is written until the store is opened again.
	Broken bool
	// Remote tells that it is the log of several replicas that could not be asked, and
	// Unknown that nobody can say whether the commit comes into it.
	Remote, Unknown bool
}

// Error says what happened, with the file's name.
func (u *Unwritten) Error() string {
	if u.Remote {
		return "the database cannot be reached: " + u.Reason()
	}
	return fmt.Sprintf("the data file cannot be written: %v%s", u.Cause, u.consequence())
}

// Unwrap gives the cause.
func (u *Unwritten) Unwrap() error { return u.Cause }

// Reason says it in the system's plain words, such as "no space left on device".
func (u *Unwritten) Reason() string {
	var plain syscall.Errno
	if errors.As(u.Cause, &plain) {
		return plain.Error() + u.consequence()
	}
	return u.Cause.Error() + u.consequence()
}

func (u *Unwritten) consequence() string {
	if u.Broken {
		return "; nothing is written any more until the sandbox is started again"
	}
	return ""
}

// File is what a store does with its data file.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Truncate(size int64) error
	Sync() error
}

// commitLog is the data file of an open store, written to at its end. Units come
// into a queue; whoever waits for one and finds nobody writing writes all of them, in
// one piece that costs one sync.
type commitLog struct {
	file File
	// always makes every commit wait for the disk.
	always bool
	// keep is told of units that have been written, in their order.
	keep func(*unit) error

	mu sync.Mutex
	// idle tells those who wait that nobody is writing any more.
	idle    sync.Cond
	writing bool
	// undoing tells that units are being undone, so that none may come that builds on
	// one of them.
	undoing bool
	queue   []*unit
	// spare is where commands were, for those of later units.
	spare [][]byte
	// unsynced tells that the disk may not have everything.
	unsynced bool
	// fault is why the last commit was not written, and failed is how long it was.
	// It is broken if nobody knows what the file holds behind size, or what of it
	// has reached the disk.
	fault  *Unwritten
	failed int

	// The rest is of whoever is writing.
	position
	// group is where commits are put together.
	group []byte
}

// position is how far a data file has been written: where the next commit begins,
// and the number of the last.
type position struct{ size, number int64 }

// unit is a unit of work that has been done, on its way to the data file.
type unit struct {
	tenant *tenant
	// was and is are where the tenant was before it, and after it.
	was, is place
	// undo is what it has written over.
	undo []before
	// commands have room for the line of a commit before them.
	commands []byte
	// taken is the copy that it has taken, and copies are all that a unit of a replica has.
	taken  *taken
	copies []*taken
	done   bool
	err    error
}

// revert makes the tenant what it was before the unit, which was its last.
func (u *unit) revert() (err error) {
	t := u.tenant
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case u.is.db != u.was.db:
		if u.is.db != nil {
			err = u.is.db.Close()
		}
	case u.is.db != nil:
		err = u.is.db.Update(func(tx *buntdb.Tx) error {
			for _, b := range slices.Backward(u.undo) {
				if b.place != nil {
					continue
				}
				if err := restore(tx, b); err != nil {
					return err
				}
			}
			return nil
		})
	}
	t.place = u.was
	return err
}

// keep makes what a unit did known to those who ask for all tenants, and closes the
// database that it has replaced.
func (s *tenants) keep(u *unit) error {
	err := s.list(u.tenant, u.is.head)
	if u.was.db != nil && u.was.db != u.is.db {
		err = errors.Join(err, s.holds.close(u.was.db))
	}
	return err
}

func newLog(file File, always bool, at position, keep func(*unit) error) *commitLog {
	l := &commitLog{file: file, always: always, keep: keep, position: at}
	l.idle.L = &l.mu
	return l
}

// maxKept is how much room is kept for the commands of later units, and maxSpare how
// often.
const (
	maxKept  = 1 << 20
	maxSpare = 32
)

// room gives room for the commands of a unit.
func (l *commitLog) room() (commands []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := len(l.spare); n > 0 {
		commands, l.spare = l.spare[n-1], l.spare[:n-1]
	}
	return beginCommit(commands)
}

// enqueue puts a unit into the queue. While a fault stands, or is being dealt with,
// it gives that instead.
func (l *commitLog) enqueue(u *unit) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fault != nil && (l.fault.Broken || l.undoing) {
		return l.fault
	}
	if u.taken != nil {
		var err error
		if u.commands, err = u.taken.complete(u.commands, u.tenant); err != nil {
			return err
		}
		u.taken = nil
	}
	if len(u.commands)-lineLength > maxCommit {
		l.fault, l.failed = &Unwritten{Cause: fmt.Errorf("a commit of %d bytes is too large", len(u.commands))}, 0
		return l.fault
	}
	l.queue = append(l.queue, u)
	u.tenant.newest.Store(u)
	return nil
}

// wait waits until a unit is written, or writes it with all others in the queue.
func (l *commitLog) wait(u *unit) error {
	if u == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for !u.done {
		if l.writing {
			l.idle.Wait()
			continue
		}
		l.writeQueue()
	}
	return u.err
}

// writeQueue writes what is in the queue. A group that is not written whole, or
// under Always does not reach the disk, is undone, and with it what has come into the
// queue meanwhile and may build on it.
func (l *commitLog) writeQueue() {
	units := l.queue
	l.writing, l.queue = true, nil
	l.mu.Unlock()
	length, fault := l.write(units)
	var kept error
	if fault == nil {
		for _, u := range units {
			kept = errors.Join(kept, l.keep(u))
		}
	}
	l.mu.Lock()
	if l.fault == nil || !l.fault.Broken {
		l.fault, l.failed = fault, length
	}
	if fault != nil {
		units, l.queue = append(units, l.queue...), nil
		l.undo(units)
		kept = fault
	} else {
		l.unsynced = !l.always
	}
	for _, u := range units {
		u.done, u.err = true, kept
		u.tenant.newest.CompareAndSwap(u, nil)
		if len(l.spare) < maxSpare && cap(u.commands) <= maxKept {
			l.spare = append(l.spare, u.commands)
		}
		u.commands = nil
	}
	l.writing = false
	l.idle.Broadcast()
}

// undo takes back what units have done in memory, the last first.
func (l *commitLog) undo(units []*unit) {
	l.undoing = true
	l.mu.Unlock()
	for _, u := range slices.Backward(units) {
		// Memory cannot fail to be what it was.
		_ = u.revert()
	}
	l.mu.Lock()
	l.undoing = false
}

// write writes the commits of units at the end of the file. It says how long they
// were if there may be room for them later.
func (l *commitLog) write(units []*unit) (length int, fault *Unwritten) {
	if cap(l.group) > maxKept {
		l.group = nil
	}
	l.group = l.group[:0]
	for i, u := range units {
		seal(u.commands, wordCommit, l.number+int64(i)+1)
		l.group = append(l.group, u.commands...)
	}
	if _, err := l.file.WriteAt(l.group, l.size); err != nil {
		undone := l.file.Truncate(l.size)
		return len(l.group), &Unwritten{Cause: errors.Join(err, undone), Broken: undone != nil}
	}
	if l.always {
		if err := l.file.Sync(); err != nil {
			// The system may have thrown away what it could not write, and would
			// report success the next time: what was said to be on the disk still
			// is, but more cannot be promised.
			return 0, &Unwritten{Cause: errors.Join(err, l.file.Truncate(l.size)), Broken: true}
		}
	}
	l.size += int64(len(l.group))
	l.number += int64(len(units))
	return 0, nil
}

// alone runs fn while nobody writes.
func (l *commitLog) alone(fn func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.writing {
		l.idle.Wait()
	}
	l.writing = true
	l.mu.Unlock()
	fn()
	l.mu.Lock()
	l.writing = false
	l.idle.Broadcast()
}

// sync brings to the disk what is not there yet. It may be called beside units.
func (l *commitLog) sync() error {
	l.mu.Lock()
	pending := l.unsynced && (l.fault == nil || !l.fault.Broken)
	l.unsynced = false
	l.mu.Unlock()
	if !pending {
		return nil
	}
	if err := l.file.Sync(); err != nil {
		return l.fail(&Unwritten{Cause: err, Broken: true}, 0)
	}
	return nil
}

func (l *commitLog) fail(fault *Unwritten, length int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fault, l.failed = fault, length
	return fault
}

// ready gives why the last commit was not written, unless it could be by now.
func (l *commitLog) ready() (err error) {
	l.mu.Lock()
	fault := l.fault
	l.mu.Unlock()
	if fault == nil {
		return nil
	}
	l.alone(func() { err = l.tryAgain() })
	return err
}

// tryAgain finds out whether a commit of the length that failed could be written
// by now.
func (l *commitLog) tryAgain() error {
	l.mu.Lock()
	fault, failed := l.fault, l.failed
	l.mu.Unlock()
	switch {
	case fault == nil:
		return nil
	case fault.Broken:
		return fault
	}
	// Should the process end in between, the zeros are cut off the next time.
	_, err := l.file.WriteAt(make([]byte, failed), l.size)
	undone := l.file.Truncate(l.size)
	if err := errors.Join(err, undone); err != nil {
		return l.fail(&Unwritten{Cause: err, Broken: undone != nil}, failed)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fault = nil
	return nil
}

// close brings everything to the disk, and gives the file free.
func (l *commitLog) close() (err error) {
	l.alone(func() {
		_ = l.sync() // It stands in fault.
		l.mu.Lock()
		if l.fault != nil && l.fault.Broken {
			err = l.fault
		}
		l.mu.Unlock()
		err = errors.Join(err, l.file.Close())
	})
	return err
}
