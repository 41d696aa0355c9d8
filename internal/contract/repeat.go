package contract

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// repeat is a member of a body that repeats a parameter of the path.
type repeat struct {
	// steps lead to the member; items are the steps through a list.
	steps []string
	param string
	// words are the other names of a value, in capitals (x-synonyms of the
	// parameter); nil if the values are ids.
	words map[string]string
}

// items is the step through every item of a list.
const items = "[]"

// repeats finds the members of an operation's bodies that repeat a parameter of
// its path: those whose schema names it in x-repeats-path. Of several names the
// one that the path has counts, since a schema may serve several paths.
func repeats(families []family, params []*openapi3.Parameter) []repeat {
	words := map[string]map[string]string{}
	for _, p := range params {
		if p.In == openapi3.ParameterInPath {
			words[p.Name] = synonyms(p.Extensions["x-synonyms"])
		}
	}
	found := map[string]repeat{}
	// within are the schemas that the walk is in; one that contains itself is not
	// entered again.
	within := map[*openapi3.Schema]bool{}
	var walk func(s *openapi3.Schema, steps []string)
	walk = func(s *openapi3.Schema, steps []string) {
		if within[s] {
			return
		}
		within[s] = true
		defer delete(within, s)
		for _, name := range wordsOf(s.Extensions["x-repeats-path"]) {
			if known, ok := words[name]; ok {
				found[strings.Join(steps, ".")] = repeat{slices.Clone(steps), name, known}
				break
			}
		}
		for _, part := range slices.Concat(s.AllOf, s.AnyOf, s.OneOf) {
			walk(part.Value, steps)
		}
		if s.Items != nil {
			walk(s.Items.Value, append(slices.Clone(steps), items))
		}
		for name, member := range s.Properties {
			walk(member.Value, append(slices.Clone(steps), name))
		}
	}
	if len(words) > 0 {
		for _, f := range families {
			walk(f.schema, nil)
		}
	}
	var list []repeat
	for _, at := range slices.Sorted(maps.Keys(found)) {
		list = append(list, found[at])
	}
	return list
}

func wordsOf(extension any) []string {
	if name, ok := extension.(string); ok {
		return []string{name}
	}
	return words(extension)
}

func synonyms(extension any) map[string]string {
	object, _ := extension.(map[string]any)
	if object == nil {
		return nil
	}
	known := map[string]string{}
	for word, others := range object {
		known[strings.ToUpper(word)] = strings.ToUpper(word)
		for _, other := range words(others) {
			known[strings.ToUpper(other)] = strings.ToUpper(word)
		}
	}
	return known
}

// CheckRepeats holds what a body repeats of the path to the path. What the body
// leaves out, or has as something else than a text, is not looked at.
func (o *Operation) CheckRepeats(body any, path func(name string) string) []Violation {
	var list []Violation
	for _, r := range o.repeats {
		list = r.check(body, r.steps, "", path(r.param), list)
	}
	return list
}

func (r repeat) check(value any, steps []string, at, want string, list []Violation) []Violation {
	if len(steps) == 0 {
		sent, ok := value.(string)
		if ok && sent != "" && !r.same(sent, want) {
			return append(list, Violation{
				In: "body", Field: strings.ReplaceAll(at[1:], "/", "."), Pointer: at,
				Message: fmt.Sprintf("is %s, but the path says %s", sent, want),
			})
		}
		return list
	}
	switch value := value.(type) {
	case []any:
		if steps[0] == items {
			for i, item := range value {
				list = r.check(item, steps[1:], at+"/"+strconv.Itoa(i), want, list)
			}
		}
	case map[string]any:
		if member, ok := value[steps[0]]; ok {
			return r.check(member, steps[1:], at+"/"+escapes.Replace(steps[0]), want, list)
		}
	}
	return list
}

// same compares as the document says: words by their synonyms in any case,
// UUIDs in any case, other ids to the letter.
func (r repeat) same(sent, want string) bool {
	if r.words != nil {
		return meaning(r.words, sent) == meaning(r.words, want)
	}
	return sent == want || uuidPattern.MatchString(want) && strings.EqualFold(sent, want)
}

func meaning(words map[string]string, word string) string {
	word = strings.ToUpper(word)
	if known, ok := words[word]; ok {
		return known
	}
	return word
}
