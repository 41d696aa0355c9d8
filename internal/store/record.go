package store

import (
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"
)

// A data file is text that a person can read. Its first line names it and its
// format: 5 is the present one, which differs from 4 and 3 in a command each, and these
// from 2 in what the rows are. Then come the commits, each a line of fixed length and
// the commands which that line announces, in the form of Redis:
//
//	finhub-sandbox data 5
//	commit 000000000001 0000000027 9a8b7c6d 5e6f7a8b
//	*3
//	$3
//	set
//	…
//
// There are four commands: set with a name and a value, del with a name, clear with a
// tenant, of which then nothing is left, and copy with two tenants: the second is
// cleared, and gets the rows that the first has at this place of the file. The rows
// are, by how their names begin:
//
//	t/demo/…    the rows of the tenant demo; the t may be followed by a number
//	tenant/demo its head, without which it is not there: that number, and when it is due
//
// Up to format 4 there was no copy, and up to format 3 no clear. A tenant with much in
// it moved to another number instead, and there were rows to go with it (due/, home/,
// left/, moves), which are not read any more.
//
// The line has the number of the commit, the length of its commands in bytes,
// their checksum, and the checksum of the line itself up to there. The length
// tells a commit that was torn off by the end of a process from one that was
// damaged later: only the former is shorter than it says. Since the line has a
// checksum of its own, the length can be believed; since commits are numbered,
// none can be missing from the middle.
//
// What a file held when it was written anew is one commit in many parts, so that
// nobody needs the memory for all of it at once: the lines of all but the last
// have the word "values" in place of "commit".
//
// Every line ends in CR LF, and no value has either in it: what a transfer or a
// checkout in text mode does to the file can be told, and undone.
const (
	firstFormat = "finhub-sandbox data %d\r\n"
	firstLength = len("finhub-sandbox data 5\r\n")
	lineFormat  = "%s %012d %010d %08x "
	lineLength  = len("commit 000000000000 0000000000 00000000 00000000\r\n")
)

// The formats: commands without checksums, rows as they were before upgrade, tenants
// that move, and the present one. Between the last two was one without copies.
const (
	formatOld     = 1
	formatOldRows = 2
	formatMoves   = 3
	presentFormat = 5
)

// firstLine begins a file of a format.
func firstLine(format int) string { return fmt.Sprintf(firstFormat, format) }

// formatOf reads a first line, be it that of a newer format; 0 is none.
func formatOf(line string) (format int) {
	if _, err := fmt.Sscanf(line, firstFormat, &format); err != nil || !strings.HasPrefix(line, firstLine(format)) {
		return 0
	}
	return format
}

// maxCommit bounds the commands of one commit: their length has ten digits.
const maxCommit = 9_999_999_999

// The words of lines: that of a commit, or of the last part of one, and that of a
// part which others follow. They are equally long.
const (
	wordCommit = "commit"
	wordValues = "values"
)

// announced is what the line of a commit, or of a part of one, says. They are
// numbered together.
type announced struct {
	word           string
	number, length int64
	sum            uint32
}

func (a announced) line() string {
	line := fmt.Sprintf(lineFormat, a.word, a.number, a.length, a.sum)
	return fmt.Sprintf("%s%08x\r\n", line, checksum([]byte(line)))
}

// parseLine reads the line of a commit. One that differs by a single bit from
// what would have been written is none.
func parseLine(line []byte) (a announced, ok bool) {
	if len(line) != lineLength {
		return a, false
	}
	text := string(line)
	a.word = text[:len(wordCommit)]
	var faults [3]error
	a.number, faults[0] = strconv.ParseInt(text[7:19], 10, 64)
	a.length, faults[1] = strconv.ParseInt(text[20:30], 10, 64)
	sum, err := strconv.ParseUint(text[31:39], 16, 32)
	a.sum, faults[2] = uint32(sum), err
	return a, faults == [3]error{} && (a.word == wordCommit || a.word == wordValues) && text == a.line()
}

// checksum is CRC-32C, for which processors have an instruction. Like every
// checksum of its kind it finds each run of damage of up to 32 bits.
func checksum(text []byte) uint32 {
	return crc32.Checksum(text, crc32.MakeTable(crc32.Castagnoli))
}

// beginCommit makes room for the line of a commit, before its commands are known.
func beginCommit(buf []byte) []byte { return append(buf[:0], make([]byte, lineLength)...) }

// seal writes the line of a commit, or of a part, into the room made for it.
func seal(commit []byte, word string, number int64) {
	commands := commit[lineLength:]
	copy(commit, announced{word, number, int64(len(commands)), checksum(commands)}.line())
}

// The names of commands are given in two parts, the place of a tenant and a key.

func appendSet(buf []byte, place string, key []byte, value string) []byte {
	buf = append(buf, "*3\r\n$3\r\nset\r\n"...)
	return appendPart(appendPart(buf, place, key), value, nil)
}

func appendDelete(buf []byte, place string, key []byte) []byte {
	buf = append(buf, "*2\r\n$3\r\ndel\r\n"...)
	return appendPart(buf, place, key)
}

func appendClear(buf []byte, tenant string) []byte {
	buf = append(buf, "*2\r\n$5\r\nclear\r\n"...)
	return appendPart(buf, tenant, nil)
}

func appendCopy(buf []byte, from, to string) []byte {
	buf = append(buf, "*3\r\n$4\r\ncopy\r\n"...)
	return appendPart(appendPart(buf, from, nil), to, nil)
}

func appendPart(buf []byte, text string, more []byte) []byte {
	buf = append(buf, '$')
	buf = strconv.AppendInt(buf, int64(len(text)+len(more)), 10)
	buf = append(buf, '\r', '\n')
	buf = append(append(buf, text...), more...)
	return append(buf, '\r', '\n')
}
