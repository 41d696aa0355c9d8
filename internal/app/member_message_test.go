package app_test

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/spec"
)

// TestViolationsAreAboutWhatWasSent puts a wrong value, of each other JSON type and
// beyond each bound, into every member of every form of every body. What is said
// must be about this member of this form, in words, and about what was sent.
func TestViolationsAreAboutWhatWasSent(t *testing.T) {
	documents := loadDocuments(t)
	for i, d := range memberDocuments(t) {
		for _, o := range d.operations {
			for _, f := range o.families {
				t.Run(o.id+"/"+f.name, func(t *testing.T) {
					s := messageSweep{d.raw, documents[i].Operation(o.id), f, o.members}
					for _, m := range o.members {
						if m.family == f.name {
							s.member(t, m)
						}
					}
				})
			}
		}
	}
}

type messageSweep struct {
	raw       rawDocument
	operation *contract.Operation
	family    memberFamily
	// members are those of all families of the operation.
	members []member
}

func (s messageSweep) sent() contract.Sent {
	meant, _ := s.family.schema["x-for-path"].(map[string]any)
	return contract.Sent{Path: func(name string) string {
		if values, _ := meant[name].([]any); len(values) > 0 {
			return values[0].(string)
		}
		return "transfer"
	}}
}

func (s messageSweep) member(t *testing.T, m member) {
	t.Helper()
	for what, value := range s.raw.wrongValues(m.schema) {
		body := with(s.family.schema["example"], strings.Split(m.at, "."), value)
		_, list := s.operation.CheckBody(body, s.sent())
		if s.meansAnother(m, what) {
			continue
		}
		if fault := s.fault(m, what, list); fault != "" {
			t.Errorf("%s with %s: %s\n\tbody %s\n\tsaid %v", m.at, what, fault, asText(t, body), list[:min(len(list), 4)])
		}
	}
}

// TestNoFormHidesAnother puts a value of a wrong JSON type into every member of every
// form, in the example of every form of the operation: that a body fits without the
// member is no reason to take what stands in it.
func TestNoFormHidesAnother(t *testing.T) {
	documents := loadDocuments(t)
	for i, d := range memberDocuments(t) {
		for _, o := range d.operations {
			for _, f := range o.families {
				s := messageSweep{d.raw, documents[i].Operation(o.id), f, o.members}
				for _, m := range o.members {
					s.hidden(t, m)
				}
			}
		}
	}
}

func (s messageSweep) hidden(t *testing.T, m member) {
	t.Helper()
	for what, value := range s.raw.wrongValues(m.schema) {
		if !strings.HasPrefix(what, "another type: ") || s.meansAnother(m, what) {
			continue
		}
		body := with(s.family.schema["example"], strings.Split(m.at, "."), value)
		if _, list := s.operation.CheckBody(body, s.sent()); len(list) == 0 {
			t.Errorf("%s: %s of %s with %s passes as %s", s.operation.ID, m.at, m.family, what, s.family.name)
		}
	}
}

// meansAnother reports whether a value that a member does not take here shows
// that another form is meant, which takes it.
func (s messageSweep) meansAnother(m member, what string) bool {
	kind, _ := strings.CutPrefix(what, "another type: ")
	return slices.ContainsFunc(s.members, func(other member) bool {
		if other.family == m.family || other.at != m.at {
			return false
		}
		freeText := other.schema["type"] == "string" && other.schema["enum"] == nil && other.schema["pattern"] == nil && other.schema["format"] == nil
		return slices.Contains(s.raw.kinds(other.schema), kind) || what == "another word" && freeText
	})
}

// jargon are words and signs of JSON Schema and of patterns.
var jargon = regexp.MustCompile(`schema|pattern|anyOf|oneOf|allOf|\b(string|array|integer|boolean|enum|regular|propert)|[\^$\\]|\[[A-Z0-9a-z]-`)

// kindWords are what a message about a wrong JSON type names, by the type that
// is taken.
func kindWords() map[string]string {
	return map[string]string{
		"object": "an object", "array": "a list", "string": "a text", "number": "a number", "integer": "a whole number", "boolean": "true or false",
	}
}

func (s messageSweep) fault(m member, what string, list []contract.Violation) string {
	field := strings.ReplaceAll(m.at, "[]", "0")
	var about []string
	for _, v := range list {
		switch {
		case slices.Contains([]string{"a longer text", "another word"}, what) && strings.HasSuffix(v.Message, "must be identical"):
			// It is another text than the one that it must repeat.
		case jargon.MatchString(v.Message):
			return "says jargon: " + v.Message
		case v.Field == field:
			about = append(about, v.Message)
		case v.Message != "is required" && !strings.HasPrefix(v.Field, field+"."):
			return "says something of another member: " + v.String()
		}
	}
	if len(about) != 1 {
		return fmt.Sprintf("says %d things of the member", len(about))
	}
	if kind, other := strings.CutPrefix(what, "another type: "); other {
		for _, taken := range s.raw.kinds(m.schema) {
			if m.schema["enum"] == nil && !strings.Contains(about[0], kindWords()[taken]) {
				return fmt.Sprintf("does not say of %s that %s is taken", kind, taken)
			}
		}
	}
	return ""
}

// kinds are the JSON types that a schema takes.
func (d rawDocument) kinds(schema map[string]any) []string {
	var kinds []string
	for _, part := range d.parts(schema) {
		if kind, ok := part["type"].(string); ok && !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// wrongValues are values that a schema does not take, by what they are.
func (d rawDocument) wrongValues(schema map[string]any) map[string]any {
	wrong := map[string]any{}
	kinds := d.kinds(schema)
	for kind, value := range map[string]any{"object": map[string]any{}, "array": []any{}, "string": "x", "number": 1.0, "boolean": true} {
		if !slices.Contains(kinds, kind) && (kind != "number" || !slices.Contains(kinds, "integer")) {
			wrong["another type: "+kind] = value
		}
	}
	for _, part := range d.parts(schema) {
		maps.Copy(wrong, beyondBounds(part, kinds))
	}
	return wrong
}

func beyondBounds(schema map[string]any, kinds []string) map[string]any {
	wrong := map[string]any{}
	switch schema["type"] {
	case "string":
		if schema["enum"] != nil || schema["pattern"] != nil && schema["pattern"] != `^$` {
			wrong["another word"] = "§ 1"
		}
		if longest, ok := schema["maxLength"].(float64); ok && longest < 1e5 && schema["pattern"] == nil && schema["format"] == nil {
			wrong["a longer text"] = strings.Repeat("x", int(longest)+1)
		}
	case "integer", "number":
		if least, ok := schema["minimum"].(float64); ok {
			wrong["less"] = least - 1
		}
		if most, ok := schema["maximum"].(float64); ok {
			wrong["more"] = math.Floor(most) + 1
		}
		if !slices.Contains(kinds, "number") {
			wrong["a fraction"] = 1.5
		}
	case "array":
		if most, ok := schema["maxItems"].(float64); ok && most < 1e4 {
			wrong["more items"] = slices.Repeat([]any{nil}, int(most)+1)
		}
	}
	return wrong
}

// with copies a body and puts a value at a place, making what leads to it.
func with(body any, at []string, value any) any {
	if len(at) == 0 {
		return value
	}
	if at[0] == "[]" {
		list, _ := body.([]any)
		out := slices.Clone(list)
		if len(out) == 0 {
			out = []any{nil}
		}
		out[0] = with(out[0], at[1:], value)
		return out
	}
	object, _ := body.(map[string]any)
	out := maps.Clone(object)
	if out == nil {
		out = map[string]any{}
	}
	out[at[0]] = with(out[at[0]], at[1:], value)
	return out
}

func asText(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value, json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	if len(text) > 600 {
		return string(text[:600]) + "… " + strconv.Itoa(len(text))
	}
	return string(text)
}

// TestPatternsHaveWords: a pattern says nothing to the one whose text it refuses.
func TestPatternsHaveWords(t *testing.T) {
	for _, bundled := range [][]byte{spec.Product(), spec.Control()} {
		patterns := 0
		var walk func(at string, node any)
		walk = func(at string, node any) {
			switch node := node.(type) {
			case map[string]any:
				if pattern, ok := node["pattern"].(string); ok {
					patterns++
					if words, _ := node["x-words"].(string); words == "" || jargon.MatchString(words) {
						t.Errorf("%s: %s has no x-words that say what is taken: %q", at, pattern, words)
					}
				}
				for name, part := range node {
					walk(at+"/"+name, part)
				}
			case []any:
				for i, part := range node {
					walk(at+"/"+strconv.Itoa(i), part)
				}
			}
		}
		walk("", map[string]any(readRawDocument(t, bundled)))
		if patterns == 0 {
			t.Error("a document has no patterns")
		}
	}
}

// TestExplanationsGrowWithTheBody: what is wrong with twice as much may take twice
// as long to say, and not four times.
func TestExplanationsGrowWithTheBody(t *testing.T) {
	bodies := map[string]func(n int) any{
		"members": func(n int) any {
			object := map[string]any{}
			for i := range n {
				object["m"+strconv.Itoa(i)] = i
			}
			return object
		},
		"items": func(n int) any { return slices.Repeat([]any{map[string]any{"type": "CORPORATE"}}, n) },
		"owners": func(n int) any {
			return map[string]any{"type": "CORPORATE", "owners": slices.Repeat([]any{map[string]any{}}, n)}
		},
	}
	for _, d := range loadDocuments(t) {
		for _, o := range d.Operations {
			for name, body := range bodies {
				cost := func(n int) float64 {
					return testing.AllocsPerRun(1, func() { o.CheckBody(body(n), contract.Sent{}) })
				}
				if half, whole := cost(200), cost(400); whole > 3*half+1_000 {
					t.Errorf("%s: %s cost %v allocations, and twice as many %v", o.ID, name, half, whole)
				}
			}
		}
	}
}
