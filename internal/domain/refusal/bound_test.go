package refusal_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"finhub-sandbox/internal/domain/refusal"
)

// However much was sent, and however often it would be said again, a refusal has
// a bounded length, and its texts are still texts.
func TestARefusalIsBounded(t *testing.T) {
	long := strings.Repeat("ä", 100_000)
	for name, faults := range map[string][]refusal.Fault{
		"one long":   {{Field: long, Pointer: "/" + long, Message: long}},
		"many long":  slicesOf(refusal.Fault{Field: long, Pointer: long, Message: "x" + long}, 5_000),
		"many short": slicesOf(refusal.Fault{Field: "a", Message: "is required"}, 5_000),
	} {
		e := refusal.New(refusal.BodyMalformed, "%s", long).WithMessage(long).List(faults)
		size := len(e.Details) + len(e.Message)
		for _, f := range e.Faults {
			size += len(f.Field) + len(f.Pointer) + len(f.Message)
			if !utf8.ValidString(f.Field + f.Pointer + f.Message) {
				t.Errorf("%s: a character is cut in two", name)
			}
		}
		if size > 20<<10 || len(e.Faults) == 0 || len(e.Faults) > 50 {
			t.Errorf("%s: %d bytes, %d faults", name, size, len(e.Faults))
		}
		if left := len(e.Faults) < len(faults); left != strings.Contains(e.Details, "are listed") {
			t.Errorf("%s: %d of %d faults, and it says %q", name, len(e.Faults), len(faults), e.Details[max(0, len(e.Details)-60):])
		}
	}
}

func slicesOf(f refusal.Fault, n int) []refusal.Fault {
	list := make([]refusal.Fault, n)
	for i := range list {
		list[i] = f
	}
	return list
}
