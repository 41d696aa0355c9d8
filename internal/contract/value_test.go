package contract

import (
	"encoding/json"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"finhub-sandbox/spec"
)

// oddValues are of all kinds, around bounds of a few schemas.
func oddValues() []any {
	return []any{
		nil, true, "", " ", "a", "ab", "abc", "abcd", "éé", "\xff", "A", "a\n", "a1", "1a", "x1a", 0.0, 1.0, 1.005, 1.5, 1.1, 2.0, 3.0, -1.0, 19.99, 1e12, math.NaN(), math.Inf(1), math.Inf(-1),
		[]any{}, []any{true}, []any{true, "a"}, []any{true, true}, []any{true, true, true}, []any{nil},
		map[string]any{}, map[string]any{"a": "x"}, map[string]any{"a": 1.0}, map[string]any{"b": "x"}, map[string]any{"a": nil}, map[string]any{"a": "x", "b": "y"}, map[string]any{"a": "x", "b": "y", "c": "z"},
	}
}

// valueMaker makes values for schemas, of which many fit.
type valueMaker struct {
	*rand.Rand
	// texts are all those of the documents' examples.
	texts []string
}

func newValueMaker(t testing.TB) *valueMaker {
	t.Helper()
	m := &valueMaker{Rand: rand.New(rand.NewPCG(1, 2))} //nolint:gosec // the same values each time
	for _, bundled := range [][]byte{spec.Product(), spec.Control()} {
		var tree any
		if err := json.Unmarshal(bundled, &tree); err != nil {
			t.Fatal(err)
		}
		m.collect(tree)
	}
	slices.Sort(m.texts)
	m.texts = slices.Compact(m.texts)
	return m
}

func (m *valueMaker) collect(node any) {
	switch n := node.(type) {
	case string:
		if len(n) < 100 {
			m.texts = append(m.texts, n)
		}
	case []any:
		for _, item := range n {
			m.collect(item)
		}
	case map[string]any:
		for _, member := range n {
			m.collect(member)
		}
	}
}

// value makes one for a schema; now and then it is of another kind.
func (m *valueMaker) value(s *openapi3.Schema, depth int) any {
	if m.IntN(60) == 0 {
		odd := oddValues()
		return odd[m.IntN(len(odd))]
	}
	if len(s.AnyOf) > 0 {
		return m.value(s.AnyOf[m.IntN(len(s.AnyOf))].Value, depth)
	}
	if len(s.AllOf) > 0 {
		return m.whole(s, depth)
	}
	switch kind := kinds(s)[0]; kind {
	case openapi3.TypeBoolean:
		return m.IntN(2) == 0
	case openapi3.TypeInteger, openapi3.TypeNumber:
		return m.number(s, kind)
	case openapi3.TypeArray:
		items := []any{}
		for range m.IntN(3) + int(min(s.MinItems, 3)) { //nolint:gosec // it is no more than 3
			if s.Items != nil && depth < 6 {
				items = append(items, m.value(s.Items.Value, depth+1))
			}
		}
		return items
	case openapi3.TypeObject:
		return m.object(s, depth)
	}
	return m.text(s)
}

// whole makes a value of the members of all parts, or for the first.
func (m *valueMaker) whole(s *openapi3.Schema, depth int) any {
	all := map[string]any{}
	for _, part := range s.AllOf {
		object, is := m.value(part.Value, depth).(map[string]any)
		if !is {
			return m.value(part.Value, depth)
		}
		maps.Copy(all, object)
	}
	return all
}

func (m *valueMaker) object(s *openapi3.Schema, depth int) map[string]any {
	object := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		rarely := 3
		if slices.Contains(s.Required, name) {
			rarely = 40
		}
		if m.IntN(rarely) > 0 && depth < 6 {
			object[name] = m.value(s.Properties[name].Value, depth+1)
		}
	}
	if m.IntN(10) == 0 {
		object["unknown"] = "a"
	}
	return object
}

func (m *valueMaker) number(s *openapi3.Schema, kind string) float64 {
	low, high := 0.0, 1e6
	if s.Min != nil {
		low = *s.Min
	}
	if s.Max != nil {
		high = *s.Max
	}
	switch m.IntN(8) {
	case 0:
		return low
	case 1:
		return high
	case 2:
		return low - 1
	case 3:
		return high + 1
	case 4:
		return low + (high-low)*m.Float64()
	}
	number := math.Round(low + m.Float64()*min(high-low, 1000))
	if kind == openapi3.TypeNumber {
		number += float64(m.IntN(1000)) / 1000 * float64(m.IntN(2))
	}
	return number
}

// text is one that fits, if one of a few does.
func (m *valueMaker) text(s *openapi3.Schema) any {
	if len(s.Enum) > 0 && m.IntN(10) > 0 {
		return s.Enum[m.IntN(len(s.Enum))]
	}
	text := ""
	for range 20 {
		text = m.texts[m.IntN(len(m.texts))]
		if short := *s; !m.spoils() {
			short.Format = ""
			if short.VisitJSON(text) == nil {
				break
			}
		}
	}
	if m.IntN(30) == 0 {
		text += []string{" ", "é", "\n", "A", "0", "-", text}[m.IntN(7)]
	}
	return text
}

func (m *valueMaker) spoils() bool { return m.IntN(30) == 0 }

// numbers gives some of the numbers of a body a form that cannot be read.
func (m *valueMaker) numbers(f family, body any) Numbers {
	numbers := Numbers{}
	for _, found := range f.numbers.in(body) {
		if m.IntN(8) == 0 {
			numbers[found.Pointer] = []string{"1e1", "1.0", "1.12345678901234567"}[m.IntN(3)]
		}
	}
	return numbers
}
