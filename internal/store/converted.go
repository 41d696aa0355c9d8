package store

import (
	"bufio"
	"bytes"
	"io"
	"strings"
)

// isConverted reports whether a file would begin as a data file does if its line
// ends were restored.
func isConverted(head []byte) bool {
	restored, err := io.ReadAll(restoreLines(bytes.NewReader(head)))
	return err == nil && (formatOf(string(restored)) > 0 || strings.HasPrefix(string(restored), oldBeginning))
}

// restoreLines gives a file in which every line ends as it was written, whether
// its carriage returns were lost or doubled.
func restoreLines(from io.Reader) io.Reader { return &restored{from: bufio.NewReaderSize(from, 1<<18)} }

type restored struct {
	from *bufio.Reader
	line []byte
}

func (r *restored) Read(p []byte) (int, error) {
	if len(r.line) == 0 {
		line, err := r.from.ReadBytes('\n')
		if len(line) == 0 {
			return 0, err
		}
		if bytes.HasSuffix(line, []byte("\n")) {
			line = append(bytes.TrimRight(line, "\r\n"), "\r\n"...)
		}
		r.line = line
	}
	n := copy(p, r.line)
	r.line = r.line[n:]
	return n, nil
}
