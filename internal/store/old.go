package store

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
)

// The format before checksums was BuntDB's own: commands alone, of which one in
// each commit sets a mark to the number of commands of that commit, and one in
// the first commit names the format. Files of this format become the present one
// when they are opened; where they cannot be replaced, what is written from then
// on follows what they hold, from its first line on.
const (
	oldMark   = "!commit"
	oldFormat = "!format"
	// oldBeginning is how such a file begins, with either of the two.
	oldBeginning = "*3\r\n$3\r\nset\r\n$7\r\n!"
)

// isOld reports whether a file begins as one of the old format does. A file that
// is shorter than that beginning is taken for one.
func isOld(head []byte) bool {
	n := min(len(head), len(oldBeginning))
	return string(head[:n]) == oldBeginning[:n]
}

// nextOld gives the commands of the next commit of the old format but for its
// mark; nothing, and no error, where that format ends.
func (r *reader) nextOld() ([]byte, error) {
	if ahead, _ := r.in.Peek(firstLength); formatOf(string(ahead)) > 0 {
		r.old, r.format, r.formatAt = false, formatOf(string(ahead)), r.at
		return nil, r.skip(firstLength)
	}
	r.buf = r.buf[:0]
	read := 0
	for seen, want := 0, -1; want < 0 || seen < want; seen++ {
		begin := len(r.buf)
		key, value, err := r.nextCommand()
		switch {
		case errors.Is(err, io.EOF) && read == 0 && len(r.buf) == 0:
			return nil, io.EOF
		case errors.Is(err, io.EOF):
			return nil, errTorn
		case err != nil:
			return nil, r.damage(err.Error())
		}
		read += len(r.buf) - begin
		if key == oldMark {
			if want >= 0 {
				return nil, r.damage("a commit has two marks")
			}
			if want, err = strconv.Atoi(value); err != nil || want <= seen {
				return nil, r.damage("the mark of a commit is not understood")
			}
		}
		if key == oldMark || key == oldFormat {
			r.buf = r.buf[:begin]
		}
	}
	r.at += int64(read)
	r.commits++
	return r.buf, nil
}

var errCommand = errors.New("a command is not understood")

// nextCommand reads one command into buf: set with key and value, or del with a
// key. It gives io.EOF if the file ends within it.
func (r *reader) nextCommand() (key, value string, err error) {
	n, err := r.count('*')
	if err != nil {
		return "", "", err
	}
	if n != 2 && n != 3 {
		return "", "", errCommand
	}
	var parts [3]string
	for i := range n {
		if parts[i], err = r.part(); err != nil {
			return "", "", err
		}
	}
	if n == 3 && parts[0] != "set" || n == 2 && parts[0] != "del" {
		return "", "", errCommand
	}
	return parts[1], parts[2], nil
}

// part reads one part of a command: its length, and as many bytes.
func (r *reader) part() (string, error) {
	size, err := r.count('$')
	if err != nil {
		return "", err
	}
	begin := len(r.buf)
	err = r.fill(int64(size + len("\r\n")))
	text := r.buf[begin:]
	// No value has a line end in it: what has one was given a wrong length, be it
	// one that goes beyond the end of the file.
	if end := bytes.IndexByte(text, '\n'); end >= 0 && end != size+1 || err == nil && text[size] != '\r' {
		return "", errCommand
	}
	if errors.Is(err, errTorn) {
		return "", io.EOF
	}
	if err != nil {
		return "", err
	}
	return string(text[:size]), nil
}

// maxPart bounds one key or value of the old format.
const maxPart = 64 << 20

// count reads a line with a sign and a number.
func (r *reader) count(sign byte) (int, error) {
	line, err := r.in.ReadSlice('\n')
	r.buf = append(r.buf, line...)
	if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
		return 0, err
	}
	if len(line) < 4 || line[0] != sign || line[len(line)-2] != '\r' {
		return 0, errCommand
	}
	n, err := strconv.Atoi(string(line[1 : len(line)-2]))
	if err != nil || n < 0 || n > maxPart {
		return 0, errCommand
	}
	return n, nil
}
