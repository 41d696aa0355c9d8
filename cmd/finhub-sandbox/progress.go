package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// progress is a bar on a terminal that says how much of something long is done; there
// is none elsewhere, nor for what is done at once.
type progress struct {
	out   io.Writer
	total int
}

// barWidth is how wide the bar is, in letters.
const barWidth = 40

func newProgress(out io.Writer, total int) progress {
	if total <= batch || !isTerminal(out) {
		out = io.Discard
	}
	return progress{out, total}
}

// at draws the bar over the one before.
func (p progress) at(done int) {
	filled := barWidth * done / p.total
	_, _ = fmt.Fprintf(p.out, "\r[%s%s] %d of %d", strings.Repeat("#", filled), strings.Repeat(".", barWidth-filled), done, p.total)
}

// end leaves the line to what comes next.
func (p progress) end() { _, _ = io.WriteString(p.out, "\r\x1b[K") }

// isTerminal reports whether what is written reaches a terminal.
func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
