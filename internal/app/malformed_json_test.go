package app_test

import (
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// rawMark begins a text in whose place something is written that need not be
// JSON.
const rawMark = "@@raw@@"

// spoilJSON changes the value of a body that is JSON, and the bytes of others.
func (s spoiler) spoilJSON(r *wireRequest) {
	var value any
	if json.Unmarshal(r.body, &value, jsontext.AllowDuplicateNames(true)) != nil {
		r.body = s.spoilBytes(r.body)
		return
	}
	raw := ""
	value = s.spoilAt(value, s.random.IntN(countValues(value)), &raw)
	text, err := json.Marshal(value, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return
	}
	r.body = []byte(strings.Replace(string(text), `"`+rawMark+`"`, raw, 1))
	if s.chance(3) {
		r.body = s.doubled(r.body)
	}
}

// countValues is how many values there are in a value, itself among them.
func countValues(value any) int {
	n := 1
	switch v := value.(type) {
	case map[string]any:
		for _, member := range v {
			n += countValues(member)
		}
	case []any:
		for _, item := range v {
			n += countValues(item)
		}
	}
	return n
}

// spoilAt changes the value with a number, counted from the outside.
func (s spoiler) spoilAt(value any, number int, raw *string) any {
	if number == 0 {
		return s.spoilValue(value, raw)
	}
	number--
	switch v := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			n := countValues(v[name])
			if number < n {
				v[name] = s.spoilAt(v[name], number, raw)
				return v
			}
			number -= n
		}
	case []any:
		for i, item := range v {
			n := countValues(item)
			if number < n {
				v[i] = s.spoilAt(item, number, raw)
				return v
			}
			number -= n
		}
	}
	return value
}

func (s spoiler) spoilValue(value any, raw *string) any {
	switch n := s.random.IntN(12); {
	case n < 3:
		*raw = pickOf(s, []string{
			"1e1", "2.0", "1e400", "-1e400", "1e-400", "-0", "0.1", "9007199254740993", "12345678901234567890123", "1.50", "100.00000000000000001", "NaN", "Infinity", "0x10", "01",
			"+1", ".5", "5.", "1_000", `"\ud800"`, `"\udc00\ud800"`, `"\u0000"`, `"\x41"`, "'x'", "undefined", "nul", "tru", "\"\xff\"", "\"a\nb\"", "\"\t\"", "", "[1,]", "{,}", `{"a":1,"a":2}`,
			strings.Repeat("[", 40) + strings.Repeat("]", 40), strings.Repeat("[", 6_000), `{"a":` + strings.Repeat("[", 31), "1" + strings.Repeat("0", 500), "-", "1e", "1e+",
		})
		return rawMark
	case n < 5:
		return s.text()
	case n < 7:
		return pickOf(s, []any{nil, true, false, 0.0, -1.0, 1.5, 1e15, 1e300, []any{}, map[string]any{}, []any{nil}, []any{[]any{}}, map[string]any{"": nil}})
	case n < 8:
		return s.many(value)
	case n < 9:
		return s.nested(value)
	}
	object, _ := value.(map[string]any)
	names := slices.Sorted(maps.Keys(object))
	if len(names) == 0 {
		return pickOf(s, []any{[]any{value}, map[string]any{"value": value}, s.text()})
	}
	name, other := pickOf(s, names), pickOf(s, names)
	switch s.random.IntN(6) {
	case 0:
		delete(object, name)
	case 1:
		object[s.renamed(name)] = object[name]
		delete(object, name)
	case 2:
		object[s.renamed(name)] = object[other]
	case 3:
		object[name], object[other] = object[other], object[name]
	case 4:
		object[name] = value
		return s.cut(object, 3)
	case 5:
		for _, o := range s.others {
			var more map[string]any
			if s.chance(20) && json.Unmarshal(o.body, &more) == nil {
				maps.Copy(object, more)
			}
		}
	}
	return object
}

func (s spoiler) renamed(name string) string {
	return pickOf(s, []string{strings.ToUpper(name), name + " ", " " + name, name + "\u200b", name + ".x", name + "/x", "~" + name, "", "__proto__", "\u0000", name + "\xff", strings.Repeat(name, 200)})
}

// many repeats a value.
func (s spoiler) many(value any) any {
	n := pickOf(s, []int{2, 51, 101, 1_000, 4_990, 5_001, 20_000})
	text, err := json.Marshal(value, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return value
	}
	n = min(n, 200_000/countValues(value), 2<<20/(len(text)+1))
	if s.chance(50) {
		return slices.Repeat([]any{value}, n)
	}
	object := map[string]any{}
	for i := range n {
		object["m"+strings.Repeat("x", i%7)+string(rune('a'+i%26))+strings.Repeat("y", i%11)] = value
	}
	return object
}

// nested puts a value into copies of itself, where it has an object or a list.
func (s spoiler) nested(value any) any {
	text, err := json.Marshal(value, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return value
	}
	// An object may double with each copy.
	depth := 1 + s.random.IntN(20)
	for depth > 1 && len(text)<<depth > 2<<20 {
		depth--
	}
	for range depth {
		switch v := value.(type) {
		case map[string]any:
			outer := maps.Clone(v)
			names := slices.Sorted(maps.Keys(v))
			name := "owners"
			if len(names) > 0 && s.chance(50) {
				name = pickOf(s, names)
			}
			outer[name] = value
			if s.chance(60) {
				outer[name] = []any{value}
			}
			value = outer
		default:
			value = []any{value}
		}
	}
	return value
}

// cut ends a value that contains itself.
func (s spoiler) cut(value any, depth int) any {
	object, ok := value.(map[string]any)
	if !ok {
		return value
	}
	out := map[string]any{}
	for name, member := range object {
		if inner, same := member.(map[string]any); same && depth > 0 {
			out[name] = s.cut(inner, depth-1)
		} else if !same {
			out[name] = member
		}
	}
	return out
}

// doubled writes a member of the outermost object twice.
func (s spoiler) doubled(text []byte) []byte {
	var object map[string]jsontext.Value
	if json.Unmarshal(text, &object) != nil || len(object) == 0 {
		return text
	}
	name := pickOf(s, slices.Sorted(maps.Keys(object)))
	quotedName, _ := json.Marshal(name)
	return append([]byte("{"+string(quotedName)+":"+string(object[name])+","), text[1:]...)
}
