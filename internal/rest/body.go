package rest

import (
	"errors"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"finhub-sandbox/internal/domain/refusal"
)

// Body is a decoded request body. Its methods take the names under which a
// value may stand, dotted where it is nested, since each generation of the
// documentation has its own; the first that is present wins.
type Body map[string]any

// decode reads one JSON value, strictly: no duplicate names, no bad UTF-8,
// nothing after it.
func decode(text []byte) (any, error) {
	var value any
	err := json.Unmarshal(text, &value)
	if err == nil {
		return value, nil
	}
	details := err.Error()
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		details = syntax.Error()
	}
	return nil, refusal.New(refusal.BodyMalformed, "%s", strings.TrimPrefix(strings.TrimPrefix(details, "json: "), "jsontext: "))
}

// Get gives the first value that is present and not null.
func (b Body) Get(names ...string) any {
	for _, name := range names {
		if value := b.at(name); value != nil {
			return value
		}
	}
	return nil
}

func (b Body) at(name string) any {
	first, rest, nested := strings.Cut(name, ".")
	if !nested {
		return b[name]
	}
	object, _ := b[first].(map[string]any)
	return Body(object).at(rest)
}

// Has reports whether any of the names is present and not null.
func (b Body) Has(names ...string) bool { return b.Get(names...) != nil }

// Str gives the first text that is present and not empty.
func (b Body) Str(names ...string) string {
	for _, name := range names {
		if s, ok := b.Get(name).(string); ok && s != "" {
			return s
		}
	}
	return ""
}

// Strs gives the first list's texts.
func (b Body) Strs(names ...string) []string {
	list, _ := b.Get(names...).([]any)
	var out []string
	for _, v := range list {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// Int gives the first number as an integer. That it is whole, and within its
// range, the document's schema has seen to.
func (b Body) Int(names ...string) int64 {
	n, _ := b.Get(names...).(float64)
	return int64(n)
}

// Bool gives the first truth value.
func (b Body) Bool(names ...string) bool {
	v, _ := b.Get(names...).(bool)
	return v
}

// Object gives the first object, or an empty one.
func (b Body) Object(names ...string) Body {
	object, _ := b.Get(names...).(map[string]any)
	return object
}

// Objects gives the first list's objects.
func (b Body) Objects(names ...string) []Body {
	list, _ := b.Get(names...).([]any)
	return objects(list)
}

func objects(list []any) []Body {
	var out []Body
	for _, v := range list {
		if object, ok := v.(map[string]any); ok {
			out = append(out, object)
		}
	}
	return out
}
