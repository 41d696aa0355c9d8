package store

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// ErrNotOurs says that a file holds something else than the state of a sandbox.
var ErrNotOurs = errors.New("not a data file of the sandbox")

// ErrNewer says that a file was written by a newer sandbox, in a format that
// this one does not know.
var ErrNewer = errors.New("the data file was written by a newer version")

// Damage says where a data file is not what was written, and what is whole
// before it.
type Damage struct {
	// At is the byte at which the first damaged commit begins; what stands before
	// it is whole.
	At int64
	// Commits is how many commits stand before it.
	Commits int
	// Why is what is wrong there.
	Why string
}

// Error is one line.
func (d *Damage) Error() string {
	return fmt.Sprintf("damaged at byte %d, %d commits before it are whole (%s)", d.At, d.Commits, d.Why)
}

// errTorn says that a file ends within a commit.
var errTorn = errors.New("the last commit is not whole")

// reader reads the commits of a data file one after the other, so that a file
// of any length is read in the memory that its longest commit needs.
type reader struct {
	in *bufio.Reader
	// at is where the next commit begins, after how many others.
	at      int64
	commits int
	// number is that of the last commit, or part of one, with a checksum. The
	// parts of the next that have been read come to ahead bytes.
	number, ahead int64
	inParts       bool
	// old tells that the part without checksums is being read.
	old bool
	// format is that of what has been read, and formatAt where the line is that says so.
	format   int
	formatAt int64
	buf      []byte
}

// newReader looks at how a file begins. An empty file, and one that ends within
// its first line, have no commit. If the first line is damaged, and what follows
// is ours, it gives the reader beside the damage.
func newReader(from io.Reader) (*reader, error) {
	r := &reader{in: bufio.NewReaderSize(from, 1<<18), buf: []byte{}}
	head, err := r.in.Peek(firstLength + lineLength)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read data file: %w", err)
	}
	first := head[:min(len(head), firstLength)]
	r.format = formatOf(string(first))
	_, followed := parseLine(head[len(first):])
	switch {
	case r.format > presentFormat:
		return nil, fmt.Errorf("%w: its first line is %q", ErrNewer, bytes.TrimSpace(first))
	case r.format > 0:
		return r, r.skip(len(first))
	case strings.HasPrefix(firstLine(presentFormat), string(first)):
		// The process that made the file ended before it had written anything.
		r.format = presentFormat
		_, err := r.in.Discard(len(first))
		return r, err
	case isOld(head):
		r.old, r.format = true, formatOld
		return r, nil
	case followed:
		r.format = formatOldRows // Or later, which does not harm.
		return r, errors.Join(r.skip(len(first)), &Damage{Why: "its first line is not what was written"})
	case isConverted(head):
		at := int64(bytes.IndexByte(head, '\n'))
		return r, &Damage{At: at, Why: "its line ends were converted, as transfers and checkouts in text mode do"}
	}
	return nil, fmt.Errorf("%w: it begins with %q", ErrNotOurs, first)
}

func (r *reader) skip(n int) error {
	_, err := r.in.Discard(n)
	r.at += int64(n)
	return err
}

// next gives the commands of the next commit, or of a part of it; they hold until
// the call after. It gives io.EOF at the end of the file, errTorn if the file ends
// within a commit, and a *Damage if what stands there is not what was written; at
// and commits then say what is whole.
func (r *reader) next() ([]byte, error) {
	if r.old {
		commands, err := r.nextOld()
		if commands != nil || err != nil {
			return commands, err
		}
	}
	a, err := r.line()
	if err != nil {
		return nil, err
	}
	if _, err := r.in.Discard(lineLength); err != nil {
		return nil, fmt.Errorf("read data file: %w", err)
	}
	r.buf = r.buf[:0]
	if err := r.fill(a.length); err != nil {
		r.inParts = r.inParts || a.word == wordValues
		return nil, r.ends(err)
	}
	if checksum(r.buf) != a.sum {
		return nil, r.damage(fmt.Sprintf("the checksum of %d bytes does not fit", a.length))
	}
	r.number, r.inParts = a.number, a.word == wordValues
	if r.ahead += int64(lineLength) + a.length; !r.inParts {
		r.at, r.ahead = r.at+r.ahead, 0
		r.commits++
	}
	return r.buf, nil
}

// ends gives what the end of the file means. Only a new file has a commit in
// parts, and only when it is whole does it get its name.
func (r *reader) ends(err error) error {
	if r.inParts && (errors.Is(err, io.EOF) || errors.Is(err, errTorn)) {
		return r.damage("it ends within what it held when it was written anew")
	}
	return err
}

// line looks at the line of the next commit.
func (r *reader) line() (a announced, err error) {
	line, err := r.in.Peek(lineLength)
	if err != nil && !errors.Is(err, io.EOF) {
		return a, fmt.Errorf("read data file: %w", err)
	}
	a, ok := parseLine(line)
	switch {
	case len(line) == 0:
		return a, r.ends(io.EOF)
	case len(line) < lineLength && (r.inParts || r.mayBegin(string(line))):
		return a, r.ends(errTorn)
	case !ok:
		return a, r.damage("no commit begins there")
	case a.number != r.number+1:
		return a, r.damage(fmt.Sprintf("commit %d stands where commit %d belongs", a.number, r.number+1))
	}
	return a, nil
}

// mayBegin reports whether a text is the beginning of the next commit's line.
func (r *reader) mayBegin(text string) bool {
	known := announced{word: wordCommit, number: r.number + 1}.line()[:len("commit 000000000000 ")]
	n := min(len(text), len(known))
	return text[:n] == known[:n]
}

// readAhead is how much room is made at once for a commit that says how long it
// is: no file may ask for more memory than it has bytes.
const readAhead = 1 << 20

// fill reads n bytes into buf, behind what is there.
func (r *reader) fill(n int64) error {
	for n > 0 {
		piece, at := int(min(n, readAhead)), len(r.buf)
		r.buf = slices.Grow(r.buf, piece)[:at+piece]
		read, err := io.ReadFull(r.in, r.buf[at:])
		r.buf = r.buf[:at+read]
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return errTorn
		} else if err != nil {
			return fmt.Errorf("read data file: %w", err)
		}
		n -= int64(piece)
	}
	return nil
}

func (r *reader) damage(why string) error { return &Damage{At: r.at, Commits: r.commits, Why: why} }

// written gives the size of a file without the zeros at its end. These are what
// a loss of power leaves of a write whose length reached the disk and whose bytes
// did not; every commit ends in another byte.
func written(from io.ReaderAt, size int64) (int64, error) {
	buf := make([]byte, 1<<16)
	for size > 0 {
		piece := buf[:min(size, int64(len(buf)))]
		if _, err := from.ReadAt(piece, size-int64(len(piece))); err != nil && !errors.Is(err, io.EOF) {
			return 0, fmt.Errorf("read data file: %w", err)
		}
		if whole := len(bytes.TrimRight(piece, "\x00")); whole > 0 {
			return size - int64(len(piece)-whole), nil
		}
		size -= int64(len(piece))
	}
	return 0, nil
}
