package scenario

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
)

// width is how long a line of a laid out text may be.
const width = 120

// layout writes a JSON text for people: what fits on a line stands on one, and lists
// of words fill theirs. Objects have their members in alphabetical order.
func layout(value any) ([]byte, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		return nil, err
	}
	var l layer
	l.value(plain, "", 0)
	l.out.WriteByte('\n')
	return l.out.Bytes(), l.err
}

type layer struct {
	out bytes.Buffer
	err error
}

// value writes a value whose line begins with indent, has so many letters before it,
// and is followed by no more than a comma.
func (l *layer) value(value any, indent string, before int) {
	text := l.short(value)
	deeper := indent + " "
	switch value := value.(type) {
	case map[string]any:
		if before+len(text) < width {
			break
		}
		if len(value) == 1 {
			l.member(value, indent, before)
			return
		}
		separator := "{\n"
		for _, name := range slices.Sorted(maps.Keys(value)) {
			key := l.short(name) + ": "
			l.out.WriteString(separator + deeper + key)
			l.value(value[name], deeper, len(deeper)+len(key))
			separator = ",\n"
		}
		l.out.WriteString("\n" + indent + "}")
		return
	case []any:
		if before+len(text) < width {
			break
		}
		l.list(value, indent, deeper)
		return
	}
	l.out.WriteString(text)
}

// member writes an object with one member around its value: a line for each of the two
// would say no more.
func (l *layer) member(object map[string]any, indent string, before int) {
	for name, value := range object {
		key := "{" + l.short(name) + ": "
		l.out.WriteString(key)
		l.value(value, indent, before+len(key))
		l.out.WriteString("}")
	}
}

// list writes items one beside the other as long as each is a word, and else one below
// the other.
func (l *layer) list(items []any, indent, deeper string) {
	l.out.WriteString("[\n" + deeper)
	column := len(deeper)
	for i, item := range items {
		text := l.short(item)
		if i > 0 {
			separator := ", "
			if _, word := item.(string); !word || column+len(separator)+len(text) >= width {
				separator = ",\n" + deeper
				column = len(deeper) - len(separator)
			}
			l.out.WriteString(separator)
			column += len(separator)
		}
		l.value(item, deeper, len(deeper))
		column += len(text)
	}
	l.out.WriteString("\n" + indent + "]")
}

// short writes a value on one line.
func (l *layer) short(value any) string {
	switch value := value.(type) {
	case map[string]any:
		var members []string
		for _, name := range slices.Sorted(maps.Keys(value)) {
			members = append(members, l.short(name)+": "+l.short(value[name]))
		}
		return "{" + strings.Join(members, ", ") + "}"
	case []any:
		var items []string
		for _, item := range value {
			items = append(items, l.short(item))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	text, err := json.Marshal(value)
	if err != nil {
		l.err = err
	}
	return string(text)
}
