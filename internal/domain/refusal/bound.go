package refusal

import (
	"fmt"
	"unicode/utf8"
)

// The bounds of a refusal: a small request must not have a large reply, however
// often what was sent would be said again. Nobody mends more than maxFaults at
// once. Texts are cut where they get longer than any of ours.
const (
	maxFaults = 50
	// maxListed bounds the texts of all listed faults together.
	maxListed = 16 << 10
	maxText   = 1_000
	maxPlace  = 300
)

// List adds faults to the refusal, up to its bounds. Where some are left out its
// details say so.
func (e *Error) List(faults []Fault) *Error {
	size := 0
	for i, f := range faults {
		f.Field, f.Pointer, f.Message = short(f.Field, maxPlace), short(f.Pointer, maxPlace), short(f.Message, maxText)
		size += len(f.Field) + len(f.Pointer) + len(f.Message)
		if i == maxFaults || size > maxListed {
			e.Details += fmt.Sprintf("; the first %d are listed", i)
			break
		}
		e.Faults = append(e.Faults, f)
	}
	return e
}

// short cuts a text at so many bytes, between two characters, and says by how much.
func short(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	end := limit
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return fmt.Sprintf("%s... (%d bytes more)", text[:end], len(text)-end)
}
