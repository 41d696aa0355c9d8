package rest

import (
	"bytes"
	"fmt"
	"strings"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/refusal"
)

// The bounds on what a JSON text becomes: a few bytes for an object in the text
// are a hundred times as many in memory, and every value is looked at once for
// each form that the body may have. A text may stand where its form does not know
// it, and be read all the same; only files are longer, in operations whose bodies
// have a bound of their own. The name of a member stands in the place of all that
// is below it.
const (
	maxDepth  = 32
	maxValues = 5_000
	maxString = 16 << 10
	maxName   = 256
)

// checkBounds refuses a JSON text that nests deeper, has more values, longer names
// or, without files, longer texts than any request needs. It counts before anything is
// decoded; what is no JSON is left to the decoder. plain says that every number is
// written in a few digits alone.
func checkBounds(text []byte, files bool) (plain bool, err error) {
	depth, values := 0, 1
	plain = true
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			start := i + 1
			i = endOfString(text, start)
			if err := checkString(text, start, i, files); err != nil {
				return false, err
			}
		case '{', '[':
			depth++
			values++
		case '}', ']':
			depth--
		case ',':
			values++
		case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			end := endOfNumber(text, i)
			plain = plain && contract.IsPlain(string(text[i:end]))
			i = end - 1
		}
		if depth > maxDepth {
			return false, beyond("is nested more than %d levels deep", maxDepth)
		}
		if values > maxValues {
			return false, beyond("has more than %d members and items", maxValues)
		}
	}
	return plain, nil
}

func checkString(text []byte, start, end int, files bool) error {
	switch length := end - start; {
	case length > maxName && isName(text, end+1):
		return beyond("has a member whose name has more than %d bytes", maxName)
	case length > maxString && !files:
		return beyond("has a text of more than %d bytes", maxString)
	}
	return nil
}

// isName reports whether the string that ends before i names a member.
func isName(text []byte, i int) bool {
	rest := bytes.TrimLeft(text[min(i, len(text)):], " \t\r\n")
	return len(rest) > 0 && rest[0] == ':'
}

func beyond(message string, bound int) error {
	return refusal.Invalid([]refusal.Fault{{Field: "body", Message: fmt.Sprintf(message, bound)}})
}

// endOfString gives the place of the quote that ends a string which begins at i.
func endOfString(text []byte, i int) int {
	for {
		n := bytes.IndexByte(text[min(i, len(text)):], '"')
		if n < 0 {
			return len(text)
		}
		i += n
		// A quote is one of the text's own behind an odd number of backslashes.
		if before := bytes.TrimRight(text[:i], `\`); (i-len(before))%2 == 0 {
			return i
		}
		i++
	}
}

// endOfNumber gives the place behind a number that begins at i.
func endOfNumber(text []byte, i int) int {
	for i < len(text) && (text[i] >= '0' && text[i] <= '9' || strings.IndexByte("+-.eE", text[i]) >= 0) {
		i++
	}
	return i
}
