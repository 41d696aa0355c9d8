package store

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/gofrs/flock"
	"github.com/tidwall/buntdb"
)

// rewriteAbove is the size from which a file is worth writing anew, and
// rewriteRatio how many times larger than its values it must be.
const (
	rewriteAbove = 1 << 20
	rewriteRatio = 4
)

// anew gives what writes a file anew if that is worth it: an earlier format is
// copied commit by commit, and what is mostly history becomes one commit.
func (s *DB) anew(f *lockedFile, in *loaded) func(to io.Writer) (position, error) {
	if in.old && in.commits > 0 {
		return func(to io.Writer) (position, error) {
			r, err := newReader(io.NewSectionReader(f, 0, in.at))
			if err != nil {
				return position{}, err
			}
			at, err := copyCommits(to, r)
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return at, err
		}
	}
	if in.format >= formatMoves && in.at > rewriteAbove && s.valuesBelow(in.at/rewriteRatio) {
		return func(to io.Writer) (position, error) { return s.writeValues(to, in.format) }
	}
	return nil
}

// valuesBelow reports whether keys and values together are shorter than a size.
func (s *DB) valuesBelow(most int64) bool {
	size := int64(0)
	err := s.each(nil, func(prefix, key, value string) bool {
		size += int64(len(prefix) + len(key) + len(value))
		return size <= most
	})
	return err == nil && size <= most
}

// each visits the rows of all tenants, each tenant's behind itself, until visit
// returns false.
func (s *DB) each(tenant func(*tenant), visit func(prefix, key, value string) bool) error {
	goOn := true
	for _, t := range s.tenants.all() {
		if tenant != nil {
			tenant(t)
		}
		if t.db == nil || !goOn {
			continue
		}
		prefix := t.prefix(t.home)
		if err := t.db.View(func(tx *buntdb.Tx) error {
			return tx.Ascend("", func(key, value string) bool {
				goOn = visit(prefix, key, value)
				return goOn
			})
		}); err != nil {
			return err
		}
	}
	return nil
}

// replace has a new file written and puts it in the place of the old one, which stays until the new one is whole. The new one has the
// mode and, where that is allowed, the owner of the old one, and is locked
// before it has its name.
func (old *lockedFile) replace(write func(to io.Writer) (position, error)) (anew *lockedFile, at position, err error) {
	info, err := old.Stat()
	if err != nil {
		return nil, at, err
	}
	switch names := namesOf(info); {
	case names > 1:
		return nil, at, fmt.Errorf("the file has %d names, and would be replaced under one of them only", names)
	case locksByName:
		return nil, at, errors.New("a file that is open cannot be replaced on this system")
	}
	path := old.path + ".new"
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, at, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, at, err
	}
	l := flock.New(path, flock.SetFlag(lockFlag()))
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), l.Unlock(), os.Remove(path))
		}
	}()
	if got, err := l.TryLock(); err != nil || !got {
		return nil, at, errors.Join(err, ErrInUse)
	}
	keepOwner(f, info)
	if at, err = write(f); err != nil {
		return nil, at, err
	}
	if err := errors.Join(f.Chmod(info.Mode().Perm()), f.Sync()); err != nil {
		return nil, at, err
	}
	if err := os.Rename(path, old.path); err != nil {
		return nil, at, err
	}
	return &lockedFile{f, old.path, l}, at, nil
}

// copyCommits writes the commits of a file one after the other, with checksums and
// with the rows that they have. It gives what ended the reader: io.EOF if all were whole.
func copyCommits(to io.Writer, r *reader) (position, error) {
	w := newCommitWriter(to, max(r.format, formatOldRows))
	for {
		commands, err := r.next()
		if err != nil {
			return w.finish(err)
		}
		w.buf = append(w.buf, commands...)
		word := wordCommit
		if r.inParts {
			word = wordValues
		}
		w.seal(word)
	}
}

// partSize is from where on the next part begins.
const partSize = 1 << 18

// writeValues writes everything that the store holds as one commit, in the order
// of the keys.
func (s *DB) writeValues(to io.Writer, format int) (position, error) {
	w := newCommitWriter(to, format)
	err := s.each(func(t *tenant) {
		w.set(tenantPrefix, t.escaped, formatHead(t.head))
	}, func(prefix, key, value string) bool {
		w.set(prefix, key, value)
		return true
	})
	w.seal(wordCommit)
	return w.finish(err)
}

// set writes a row, and what there is in parts.
func (w *commitWriter) set(place, key, value string) {
	if len(w.buf) >= partSize {
		w.seal(wordValues)
	}
	w.buf = appendSet(w.buf, place, []byte(key), value)
}

// commitWriter writes a file of commits.
type commitWriter struct {
	to  *bufio.Writer
	buf []byte
	position
}

func newCommitWriter(to io.Writer, format int) *commitWriter {
	w := &commitWriter{to: bufio.NewWriterSize(to, 1<<16), buf: beginCommit(nil)}
	w.write([]byte(firstLine(format)))
	return w
}

func (w *commitWriter) write(text []byte) {
	// What fails here fails again at Flush, which reports it.
	n, _ := w.to.Write(text)
	w.size += int64(n)
}

// seal writes what stands in buf.
func (w *commitWriter) seal(word string) {
	w.number++
	seal(w.buf, word, w.number)
	w.write(w.buf)
	w.buf = beginCommit(w.buf)
}

func (w *commitWriter) finish(err error) (position, error) {
	if flushed := w.to.Flush(); flushed != nil {
		err = flushed
	}
	return w.position, err
}
