package rest

import (
	"bytes"
	"fmt"

	"finhub-sandbox/internal/domain/refusal"
)

// The bounds on what a JSON text becomes: a few bytes for an object in the text
// are a hundred times as many in memory, and every value is looked at once for
// each form that the body may have.
const (
	maxDepth  = 32
	maxValues = 5_000
)

// checkBounds refuses a JSON text that nests deeper, or has more values, than any
// request needs. It counts before anything is decoded; what is no JSON is left
// to the decoder.
func checkBounds(text []byte) error {
	depth, values := 0, 1
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i = endOfString(text, i+1)
		case '{', '[':
			depth++
			values++
		case '}', ']':
			depth--
		case ',':
			values++
		}
		if depth > maxDepth {
			return beyond("is nested more than %d levels deep", maxDepth)
		}
		if values > maxValues {
			return beyond("has more than %d members and items", maxValues)
		}
	}
	return nil
}

func beyond(message string, bound int) error {
	return refusal.Invalid([]refusal.Fault{{Field: "body", Message: fmt.Sprintf(message, bound)}})
}

// endOfString gives the place of the quote that ends a string which begins at i.
func endOfString(text []byte, i int) int {
	for i < len(text) {
		n := bytes.IndexAny(text[i:], `"\`)
		if n < 0 {
			return len(text)
		}
		if i += n; text[i] == '"' {
			return i
		}
		i += 2
	}
	return i
}
