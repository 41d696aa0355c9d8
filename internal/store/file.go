package store

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
)

// markKey holds the number of commands of the commit that wrote it last, and
// formatKey, in the first commit of a file, tells that the file is ours. They
// sort before every key of a tenant.
const (
	markKey   = "!commit"
	formatKey = "!format"
	format    = "finhub-sandbox 1"
)

// ownKeys is how many keys of a file are not the sandbox's.
const ownKeys = 2

// beginning is how every data file of ours begins, whichever of the two keys of
// its first commit comes first.
const beginning = "*3\r\n$3\r\nset\r\n$7\r\n!"

// compactAbove is the size from which a file is worth compacting, and
// compactRatio how many times more commands than keys it must hold.
const (
	compactAbove = 1 << 20
	compactRatio = 4
)

// mend reads a data file command by command, cuts an unfinished commit off its
// end, and compacts it when most of it is history. A file that does not exist is
// fine.
func mend(path string) (report Report, err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return Report{}, nil
	}
	if err != nil {
		return Report{}, fmt.Errorf("open data file: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return Report{}, fmt.Errorf("open data file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return Report{}, fmt.Errorf("open data file: %s is not a regular file", path)
	}
	if err := checkBeginning(f); err != nil {
		return Report{}, fmt.Errorf("read data file %s: %w", path, err)
	}
	log, err := readLog(f)
	if err != nil {
		return Report{}, fmt.Errorf("read data file %s: %w", path, err)
	}
	report = Report{Dropped: info.Size() - log.size, Commits: log.commits, Records: max(0, len(log.values)-ownKeys)}
	if report.Dropped > 0 {
		if err := f.Truncate(log.size); err != nil {
			return Report{}, fmt.Errorf("cut data file %s: %w", path, err)
		}
	}
	if log.size > compactAbove && log.commands > compactRatio*len(log.values) {
		if err := compact(path, log.values); err != nil {
			return Report{}, fmt.Errorf("compact data file %s: %w", path, err)
		}
	}
	return report, nil
}

// checkBeginning tells our files from others before anything is cut off: what
// looks like a torn commit at the end of ours may be all that another file is.
func checkBeginning(f *os.File) error {
	head := make([]byte, len(beginning))
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if string(head[:n]) != beginning[:n] {
		return fmt.Errorf("%w: it begins with %q", ErrNotOurs, head[:n])
	}
	return nil
}

// commitLog is what a data file holds up to the end of its last whole commit.
type commitLog struct {
	size     int64
	commits  int
	commands int
	values   map[string]string
}

// ErrNotOurs says that a file holds something else than the state of a sandbox.
var ErrNotOurs = errors.New("not a data file of the sandbox")

// readLog reads the commits one after the other. The commands of a commit stand
// together, in any order, one of them being the mark with their number.
func readLog(r io.Reader) (commitLog, error) {
	log := commitLog{values: map[string]string{}}
	in := &commandReader{r: bufio.NewReaderSize(r, 1<<16)}
	for {
		var commit [][]string
		want := -1
		for want < 0 || len(commit) < want {
			command, err := in.next()
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return log, nil
			}
			if err != nil {
				return log, err
			}
			if len(command) == 3 && command[1] == markKey {
				if want, err = strconv.Atoi(command[2]); err != nil || want < 1 {
					return log, fmt.Errorf("%w: bad mark at byte %d", ErrNotOurs, in.read)
				}
			}
			commit = append(commit, command)
		}
		for _, c := range commit {
			if len(c) == 3 {
				log.values[c[1]] = c[2]
			} else {
				delete(log.values, c[1])
			}
		}
		log.size = in.read
		log.commits++
		log.commands += len(commit)
	}
}

// commandReader reads the RESP commands of BuntDB's file: set with key and
// value, and del with a key. Expiry is never written by the store.
type commandReader struct {
	r    *bufio.Reader
	read int64
}

func (c *commandReader) next() ([]string, error) {
	n, err := c.number('*')
	if err != nil {
		return nil, err
	}
	if n != 2 && n != 3 {
		return nil, fmt.Errorf("%w: command of %d parts at byte %d", ErrNotOurs, n, c.read)
	}
	parts := make([]string, n)
	for i := range parts {
		size, err := c.number('$')
		if err != nil {
			return nil, torn(err)
		}
		text := make([]byte, size+2)
		if _, err := io.ReadFull(c.r, text); err != nil {
			return nil, torn(err)
		}
		c.read += int64(len(text))
		parts[i] = string(text[:size])
	}
	if (n == 3 && parts[0] != "set") || (n == 2 && parts[0] != "del") {
		return nil, fmt.Errorf("%w: command %q at byte %d", ErrNotOurs, parts[0], c.read)
	}
	return parts, nil
}

// maxPart bounds one key or value, so that a damaged length cannot ask for more
// memory than any commit of ours has.
const maxPart = 64 << 20

func (c *commandReader) number(sign byte) (int, error) {
	line, err := c.r.ReadString('\n')
	c.read += int64(len(line))
	if err != nil {
		if line != "" {
			return 0, torn(err)
		}
		return 0, err
	}
	if len(line) < 4 || line[0] != sign {
		return 0, fmt.Errorf("%w: unexpected %q at byte %d", ErrNotOurs, line, c.read)
	}
	n, err := strconv.Atoi(line[1 : len(line)-2])
	if err != nil || n < 0 || n > maxPart {
		return 0, fmt.Errorf("%w: unexpected %q at byte %d", ErrNotOurs, line, c.read)
	}
	return n, nil
}

func torn(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// compact writes the values as one commit into a new file and puts it in the
// place of the old one, which stays until the new one is whole.
func compact(path string, values map[string]string) (err error) {
	delete(values, markKey)
	f, err := os.Create(path + ".compact")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	w := bufio.NewWriterSize(f, 1<<16)
	set := func(key, value string) {
		// What fails here fails again at Flush, which reports it.
		_, _ = fmt.Fprintf(w, "*3\r\n$3\r\nset\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n", len(key), key, len(value), value)
	}
	set(markKey, strconv.Itoa(len(values)+1))
	for key, value := range values {
		set(key, value)
	}
	if err := errors.Join(w.Flush(), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
