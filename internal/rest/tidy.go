package rest

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json/jsontext"

	"finhub-sandbox/internal/domain/refusal"
)

// tidy takes the members that are null out of a decoded body: a client that
// writes null for what it leaves out means the same. It tells texts and names
// with control characters, which no text of this API has; tabs and line ends
// are none of them. text is the body as it came, and spares most bodies the way
// through their members.
func tidy(text []byte, value any) []refusal.Fault {
	t := tidier{nulls: bytes.Contains(text, []byte("null")), controls: mayControl(text)}
	if t.nulls || t.controls {
		t.value(value, "")
	}
	// Members come in no order.
	slices.SortFunc(t.faults, func(a, b refusal.Fault) int { return strings.Compare(a.Pointer, b.Pointer) })
	return t.faults
}

// mayControl reports whether a JSON text can have control characters in its
// strings. Those below U+0020 come only as escapes; DEL, and U+0080 to U+009F,
// may come as they are.
func mayControl(text []byte) bool {
	for _, sign := range []string{`\u00`, `\b`, `\f`, "\x7f", "\xc2"} {
		if bytes.Contains(text, []byte(sign)) {
			return true
		}
	}
	return false
}

type tidier struct {
	nulls, controls bool
	faults          []refusal.Fault
}

func (t *tidier) value(value any, at string) {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			if member == nil {
				delete(v, name)
				continue
			}
			t.text(name, at)
			t.value(member, within(at, name))
		}
	case []any:
		for i, item := range v {
			t.value(item, within(at, strconv.Itoa(i)))
		}
	case string:
		t.text(v, at)
	}
}

// maxPointer is how long a pointer may get: a refusal cuts it off there anyway, and
// there may be one for every value of a body.
const maxPointer = 400

// within gives the place of a member or item; behind maxPointer it is that of
// what it stands in.
func within(at, name string) string {
	if len(at)+len(name) >= maxPointer {
		return at
	}
	return string(jsontext.Pointer(at).AppendToken(name))
}

func (t *tidier) text(s, at string) {
	if !t.controls || !strings.ContainsFunc(s, isControl) {
		return
	}
	t.faults = append(t.faults, faultAt(at, "must not contain control characters"))
}

// faultAt says what is wrong with what a JSON pointer leads to.
func faultAt(pointer, message string) refusal.Fault {
	field := strings.ReplaceAll(strings.TrimPrefix(pointer, "/"), "/", ".")
	if field == "" {
		field = "body"
	}
	return refusal.Fault{Field: field, Pointer: pointer, Message: message}
}

func isControl(r rune) bool {
	return unicode.IsControl(r) && r != '\t' && r != '\n' && r != '\r'
}
