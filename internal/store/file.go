package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/gofrs/flock"
)

// openFile fills the store from its data file, cuts an unfinished commit off its
// end, and writes the file anew when most of it is history or when it is of an
// earlier format.
func (s *DB) openFile(o Options) (report Report, err error) {
	f, err := openLocked(o.Path)
	if err != nil {
		return Report{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.free())
		}
	}()
	in, report, err := f.load()
	if err != nil {
		return Report{}, fmt.Errorf("read data file %s: %w", o.Path, err)
	}
	if report.Records, err = s.tenants.take(in); err != nil {
		return Report{}, fmt.Errorf("read data file %s: %w", o.Path, err)
	}
	if in.old {
		free, lockErr := lockEarlier(f.path)
		if lockErr != nil {
			return Report{}, lockErr
		}
		defer func() { err = errors.Join(err, free()) }()
	}
	if report.Dropped > 0 {
		if err := f.Truncate(in.at); err != nil {
			return Report{}, fmt.Errorf("cut data file %s: %w", o.Path, err)
		}
	}
	at, begun := position{in.at, in.number}, in.at > 0 && !in.old
	if write := s.anew(f, in); write != nil {
		anew, whole, err := f.replace(write)
		if report.Kept = err; err == nil {
			f, at, begun, in.formatAt, err = anew, whole, true, 0, errors.Join(syncDirectory(filepath.Dir(f.path)), f.free())
		}
		if err != nil && report.Kept == nil {
			return Report{}, fmt.Errorf("replace data file %s: %w", o.Path, err)
		}
	}
	file := File(f.File)
	if o.Through != nil {
		file = o.Through(f.File)
	}
	log := newLog(file, o.Durability == Always, at, s.tenants.keep)
	if !begun {
		if in.format = presentFormat; at.size > 0 {
			in.format, in.formatAt = formatOldRows, at.size
		}
		if err := errors.Join(log.writeFirstLine(in.format), syncDirectory(filepath.Dir(f.path))); err != nil {
			return Report{}, fmt.Errorf("write data file %s: %w", o.Path, err)
		}
	}
	s.log, s.lock = log, f.lock
	if in.format < presentFormat {
		if err := log.upgrade(in.upgrade, in.formatAt); err != nil {
			return Report{}, fmt.Errorf("upgrade data file %s: %w", o.Path, err)
		}
	}
	return report, nil
}

// load reads the commits of a file.
func (f *lockedFile) load() (*loaded, Report, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, Report{}, err
	}
	size, err := written(f, info.Size())
	if err != nil {
		return nil, Report{}, err
	}
	r, err := newReader(io.NewSectionReader(f, 0, size))
	if err != nil {
		return nil, Report{}, err
	}
	in, err := load(r)
	if err != nil {
		return nil, Report{}, err
	}
	return in, Report{Dropped: info.Size() - in.at, Commits: in.commits}, nil
}

// upgrade brings the file into the present format: the rows first, and when they are
// on the disk the line that says so, of which one byte changes.
func (l *commitLog) upgrade(commands []byte, lineAt int64) error {
	if len(commands) > 0 {
		commit := append(beginCommit(nil), commands...)
		if _, fault := l.write([]*unit{{commands: commit}}); fault != nil {
			return fault
		}
	}
	if err := l.file.Sync(); err != nil {
		return err
	}
	_, err := l.file.WriteAt([]byte(firstLine(presentFormat)), lineAt)
	return err
}

// writeFirstLine begins the part of a file that is of the present format.
func (l *commitLog) writeFirstLine(format int) error {
	if _, err := l.file.WriteAt([]byte(firstLine(format)), l.size); err != nil {
		return errors.Join(err, l.file.Truncate(l.size))
	}
	l.size += int64(firstLength)
	if l.always {
		return l.file.Sync()
	}
	l.unsynced = true
	return nil
}

// lockedFile is a data file that no other process has open.
type lockedFile struct {
	*os.File
	// path is the file's own, behind all links.
	path string
	lock *flock.Flock
}

func (f *lockedFile) free() error { return errors.Join(f.Close(), f.lock.Unlock()) }

// maxReplaced is how often a file may be replaced by another process while it is
// being opened.
const maxReplaced = 10

// openLocked opens a data file, and makes it if there is none. What is locked is
// the file and not its name, since a file can have several: links, mounts.
func openLocked(path string) (*lockedFile, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return nil, fmt.Errorf("open data file: %s is not a regular file", path)
	}
	for range maxReplaced {
		// It holds the key that signs tokens, and is nobody else's business.
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, fmt.Errorf("open data file: %w", err)
		}
		locked, err := lock(f, path)
		if locked != nil || err != nil {
			return locked, err
		}
	}
	return nil, fmt.Errorf("open %s: %w", path, ErrInUse)
}

// lock locks an open file; it gives nothing if the file has been replaced.
func lock(f *os.File, path string) (locked *lockedFile, err error) {
	defer func() {
		if locked == nil {
			err = errors.Join(err, f.Close())
		}
	}()
	own, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, fmt.Errorf("open data file: %w", err)
	}
	l := flock.New(lockName(own), flock.SetFlag(lockFlag()))
	got, err := l.TryLock()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("lock %s: %w", path, err)
	case !got:
		return nil, fmt.Errorf("open %s: %w", path, ErrInUse)
	}
	if same, err := isStill(own, f, l); !same || err != nil {
		return nil, errors.Join(err, l.Unlock())
	}
	return &lockedFile{File: f, path: own, lock: l}, nil
}

// isStill reports whether a name, an open file and a lock are of one file.
func isStill(path string, f *os.File, l *flock.Flock) (bool, error) {
	named, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	opened, errOpened := f.Stat()
	locked, errLocked := l.Stat()
	if err := errors.Join(err, errOpened, errLocked); err != nil {
		return false, fmt.Errorf("open data file: %w", err)
	}
	return os.SameFile(named, opened) && (locksByName || os.SameFile(opened, locked)), nil
}

// lockEarlier sees to it that no earlier version of the program has a file open:
// it locked a file beside it, which goes with the earlier format.
func lockEarlier(path string) (free func() error, err error) {
	l := flock.New(path+".lock", flock.SetFlag(os.O_RDWR))
	got, err := l.TryLock()
	switch {
	case locksByName, errors.Is(err, fs.ErrNotExist):
		return func() error { return nil }, nil
	case err == nil && !got:
		err = ErrInUse
		fallthrough
	case err != nil:
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return func() error { return errors.Join(os.Remove(l.Path()), l.Unlock()) }, nil
}

// locksByName is for systems on which nobody can read a file that is locked, be
// it the process that locked it: there a file beside it is locked.
const locksByName = runtime.GOOS == "windows"

func lockName(path string) string {
	if locksByName {
		return path + ".lock"
	}
	return path
}

func lockFlag() int {
	if locksByName {
		return os.O_RDWR | os.O_CREATE
	}
	return os.O_RDWR
}
