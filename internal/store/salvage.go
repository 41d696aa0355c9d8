package store

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// Saved says what of a damaged data file could be saved.
type Saved struct {
	// Commits were written to the new file, all that stood before the damage, and
	// Bytes is how long it has become.
	Commits int
	Bytes   int64
	// Damage is what was found, nil if the file is whole or only its last commit
	// is not.
	Damage *Damage
	// Restored tells that line ends had been converted, and were restored.
	Restored bool
	// LostBytes stood from the first commit on that is not whole, and of
	// LostCommits there is a sign in them. These may be whole, but they build upon
	// one that is not.
	LostBytes   int64
	LostCommits int
}

// ErrNothingWhole says that there is nothing in a file that could be saved.
var ErrNothingWhole = errors.New("no commit is whole")

// Salvage writes the commits of a data file that stand before any damage to a
// new one, which must not exist yet. The damaged file is only read.
func Salvage(from, to string) (saved Saved, err error) {
	f, err := os.Open(from)
	if err != nil {
		return saved, fmt.Errorf("open data file: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	lock := flock.New(lockName(from), flock.SetFlag(os.O_RDONLY))
	if got, err := lock.TryLock(); err == nil && !got {
		return saved, fmt.Errorf("open %s: %w", from, ErrInUse)
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	info, err := f.Stat()
	if err != nil {
		return saved, fmt.Errorf("open data file: %w", err)
	}
	size, err := written(f, info.Size())
	if err != nil {
		return saved, err
	}
	source := &damaged{file: f, size: size}
	r, err := source.open(&saved)
	if err != nil {
		return saved, fmt.Errorf("read data file %s: %w", from, err)
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return saved, err
	}
	err = errors.Join(saved.copy(out, r), out.Chmod(info.Mode().Perm()), out.Sync(), out.Close(), syncDirectory(filepath.Dir(to)))
	if err == nil && saved.Commits == 0 {
		err = ErrNothingWhole
	}
	if err == nil {
		err = source.countLost(&saved, r)
	}
	if err != nil {
		return saved, errors.Join(err, os.Remove(to))
	}
	return saved, nil
}

// damaged is a file that is to be saved.
type damaged struct {
	file     io.ReaderAt
	size     int64
	restored bool
}

// text gives the file from its beginning.
func (d *damaged) text() io.Reader {
	text := io.Reader(io.NewSectionReader(d.file, 0, d.size))
	if d.restored {
		return restoreLines(text)
	}
	return text
}

// open begins to read. Damage to the first line, and converted line ends, do not
// stand in the way.
func (d *damaged) open(saved *Saved) (*reader, error) {
	r, err := newReader(d.text())
	if !errors.As(err, &saved.Damage) {
		return r, err
	}
	if head, _ := r.in.Peek(lineLength); isConverted(head) {
		d.restored, saved.Restored, saved.Damage = true, true, nil
		return newReader(d.text())
	}
	return r, nil
}

// copy writes every commit that is whole.
func (s *Saved) copy(to io.Writer, r *reader) error {
	at, err := copyCommits(to, r)
	s.Commits, s.Bytes = r.commits, at.size
	if errors.Is(err, io.EOF) || errors.Is(err, errTorn) || errors.As(err, &s.Damage) {
		return nil
	}
	return err
}

// countLost looks at what stands behind the last whole commit.
func (d *damaged) countLost(saved *Saved, r *reader) error {
	rest := bufio.NewReaderSize(d.text(), 1<<16)
	if _, err := io.CopyN(io.Discard, rest, r.at); err != nil {
		return err
	}
	for {
		line, err := rest.ReadSlice('\n')
		saved.LostBytes += int64(len(line))
		if a, ok := parseLine(line); ok && a.number > r.number {
			saved.LostCommits = max(saved.LostCommits, int(a.number-r.number))
		} else if bytes.Equal(line, []byte(oldMark+"\r\n")) {
			saved.LostCommits++
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil {
			if saved.LostBytes > 0 {
				saved.LostCommits = max(saved.LostCommits, 1)
			}
			return nil
		}
	}
}
