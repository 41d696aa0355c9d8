package contract

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// What is wrong is said in words about what was sent: a pattern, the name of a
// format or of a type of JSON Schema says nothing to the one who sent it.

// reason says what is wrong in the caller's words, not the validator's.
func reason(e *openapi3.SchemaError) string {
	s := e.Schema
	switch e.SchemaField {
	case "required":
		return "is required"
	case ruleEnum:
		if words, told := s.Extensions["x-words"].(string); told {
			return "must be " + words
		}
		return "must be " + oneOf(s.Enum)
	case ruleType:
		return mustBeOfKind(s.Type.Slice())
	case "nullable":
		return "must not be null"
	case "format":
		return formatReason(e)
	case "pattern":
		return "must be " + patternWords(s)
	case "minimum", "exclusiveMinimum":
		return "must " + leastWords(s)
	case "maximum", "exclusiveMaximum":
		return "must be at most " + plainFloat(*s.Max)
	case "multipleOf":
		return stepWords(*s.MultipleOf)
	case "minLength":
		return "must have at least " + counted(s.MinLength, "character")
	case "maxLength":
		return "must have at most " + counted(*s.MaxLength, "character")
	case "minItems":
		return "must have at least " + counted(s.MinItems, "item")
	case "maxItems":
		return "must have at most " + counted(*s.MaxItems, "item")
	case "minProperties":
		return "must have at least " + counted(s.MinProps, "member")
	case "uniqueItems":
		return "must not have an item twice"
	}
	return e.Reason
}

// stepWords speak of decimals where a step has some.
func stepWords(step float64) string {
	text := plainFloat(step)
	if decimals, ok := strings.CutPrefix(text, "0."); ok {
		return "must have at most " + counted(uint64(len(decimals)), "decimal")
	}
	return "must be a multiple of " + text
}

// patternWords are those that stand beside a pattern in the document (x-words).
func patternWords(s *openapi3.Schema) string {
	words, _ := s.Extensions["x-words"].(string)
	return cmp.Or(words, "of another form")
}

func formatReason(e *openapi3.SchemaError) string {
	if e.Origin == nil {
		return "must be a valid " + e.Schema.Format
	}
	if inner := errors.Unwrap(e.Origin); inner != nil {
		return inner.Error()
	}
	return e.Origin.Error()
}

func leastWords(s *openapi3.Schema) string {
	switch {
	case s.ExclusiveMin.IsTrue():
		return "be more than " + plainFloat(*s.Min)
	case *s.Min == 0:
		return "not be negative"
	}
	return "be at least " + plainFloat(*s.Min)
}

func plainFloat(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// mustBeOfKind names JSON types for people.
func mustBeOfKind(taken []string) string {
	if slices.Contains(taken, openapi3.TypeNumber) {
		taken = slices.DeleteFunc(slices.Clone(taken), func(kind string) bool { return kind == openapi3.TypeInteger })
	}
	var list []string
	for _, kind := range []struct{ kind, words string }{
		{openapi3.TypeObject, "an object"}, {openapi3.TypeArray, "a list"}, {openapi3.TypeString, "a text"},
		{openapi3.TypeNumber, "a number"}, {openapi3.TypeInteger, "a whole number"}, {openapi3.TypeBoolean, "true or false"},
	} {
		if slices.Contains(taken, kind.kind) {
			list = append(list, kind.words)
		}
	}
	last := len(list) - 1
	if last == 0 {
		return "must be " + list[0]
	}
	return "must be " + strings.Join(list[:last], ", ") + " or " + list[last]
}

func counted[N uint64 | int](n N, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func oneOf(enum []any) string {
	var values []string
	for _, v := range enum {
		if value := cmp.Or(fmt.Sprint(v), `""`); !slices.Contains(values, value) {
			values = append(values, value)
		}
	}
	if len(values) == 1 {
		return values[0]
	}
	return "one of " + strings.Join(values, ", ")
}
