package store

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"syscall"
)

// Unwritten says that a commit did not reach the data file. Nothing has happened
// then, neither in the file nor for readers.
type Unwritten struct {
	// Cause is what the system said.
	Cause error
	// Broken tells that nothing more is written until the store is opened again.
	Broken bool
}

// Error says what happened, with the file's name.
func (u *Unwritten) Error() string {
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

// commitLog is the data file of an open store, written to at its end.
type commitLog struct {
	file File
	// always makes every commit wait for the disk.
	always bool
	// buf is the commit that is being made, reused by the next.
	buf []byte
	position

	mu sync.Mutex
	// unsynced tells that the disk may not have everything.
	unsynced bool
	// fault is why the last commit was not written, and failed is how long it was.
	// It is broken if nobody knows what the file holds behind size, or what of it
	// has reached the disk.
	fault  *Unwritten
	failed int
}

// position is how far a data file has been written: where the next commit begins,
// and the number of the last.
type position struct{ size, number int64 }

// begin makes room for the next commit. What a very long one needed is given back.
func (l *commitLog) begin() {
	if cap(l.buf) > maxKept {
		l.buf = nil
	}
	l.buf = beginCommit(l.buf)
}

const maxKept = 1 << 20

// commit writes what stands in buf, if there are commands in it. A commit that
// is not written whole, or under Always does not reach the disk, is undone.
func (l *commitLog) commit() error {
	if len(l.buf) == lineLength {
		return nil
	}
	if err := l.standing(); err != nil {
		return err
	}
	if len(l.buf)-lineLength > maxCommit {
		return l.fail(fmt.Errorf("a commit of %d bytes is too large", len(l.buf)), 0, false)
	}
	seal(l.buf, wordCommit, l.number+1)
	if _, err := l.file.WriteAt(l.buf, l.size); err != nil {
		undone := l.file.Truncate(l.size)
		return l.fail(errors.Join(err, undone), len(l.buf), undone != nil)
	}
	if l.always {
		if err := l.file.Sync(); err != nil {
			// The system may have thrown away what it could not write, and would
			// report success the next time: what was said to be on the disk still
			// is, but more cannot be promised.
			return l.fail(errors.Join(err, l.file.Truncate(l.size)), 0, true)
		}
	}
	l.size += int64(len(l.buf))
	l.number++
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fault, l.unsynced = nil, !l.always
	return nil
}

// standing gives the fault that no later commit can make good.
func (l *commitLog) standing() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fault != nil && l.fault.Broken {
		return l.fault
	}
	return nil
}

func (l *commitLog) fail(cause error, length int, broken bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fault, l.failed = &Unwritten{cause, broken}, length
	return l.fault
}

// sync brings to the disk what is not there yet. It may be called beside commit.
func (l *commitLog) sync() error {
	l.mu.Lock()
	pending := l.unsynced && (l.fault == nil || !l.fault.Broken)
	l.unsynced = false
	l.mu.Unlock()
	if !pending {
		return nil
	}
	if err := l.file.Sync(); err != nil {
		return l.fail(err, 0, true)
	}
	return nil
}

// lastFault is why the last commit was not written; nil if it was.
func (l *commitLog) lastFault() (fault *Unwritten, failed int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.fault, l.failed
}

// tryAgain finds out whether a commit of the length that failed could be written
// by now. It must not be called beside commit.
func (l *commitLog) tryAgain() error {
	fault, failed := l.lastFault()
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
		return l.fail(err, failed, undone != nil)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fault = nil
	return nil
}

// close brings everything to the disk, and gives the file free.
func (l *commitLog) close() error {
	_ = l.sync() // It stands in standing.
	return errors.Join(l.standing(), l.file.Close())
}
