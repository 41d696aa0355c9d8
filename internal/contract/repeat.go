package contract

import (
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// repeats are the members of an operation's bodies that repeat a parameter of its
// path: those whose schema names it in x-repeats-path. Of several names the one
// that the path has counts, since a schema may serve several paths.
type repeats struct {
	marks
	// words are, for each parameter of the path, the other names of its values, in
	// capitals (x-synonyms); nil if the values are ids.
	words map[string]map[string]string
}

func newRepeats(families []family, params []param) repeats {
	r := repeats{words: map[string]map[string]string{}}
	for _, p := range params {
		if p.In == inPath {
			r.words[p.Name] = synonyms(p.Synonyms)
		}
	}
	r.marks = newMarks(families, func(s *openapi3.Schema) bool { return r.param(s) != "" })
	return r
}

// param is the parameter of the path that a schema repeats; empty for none.
func (r repeats) param(s *openapi3.Schema) string {
	for _, name := range wordsOf(s.Extensions["x-repeats-path"]) {
		if _, ok := r.words[name]; ok {
			return name
		}
	}
	return ""
}

func wordsOf(extension any) []string {
	if name, ok := extension.(string); ok {
		return []string{name}
	}
	return words(extension)
}

func synonyms(words map[string][]string) map[string]string {
	if words == nil {
		return nil
	}
	known := map[string]string{}
	for word, others := range words {
		known[strings.ToUpper(word)] = strings.ToUpper(word)
		for _, other := range others {
			known[strings.ToUpper(other)] = strings.ToUpper(word)
		}
	}
	return known
}

// CheckRepeats holds what a body repeats of the path to the path. What the body
// leaves out, or has as something else than a text, is not looked at.
func (o *Operation) CheckRepeats(body any, path func(name string) string) []Violation {
	var list []Violation
	all := o.rules().repeats
	for _, found := range all.texts(body) {
		name := all.param(found.schema)
		if want := path(name); !same(all.words[name], found.Text, want) {
			list = append(list, Violation{
				In: "body", Field: found.Field(), Pointer: found.Pointer,
				Message: fmt.Sprintf("is %s, but the path says %s", found.Text, want),
			})
		}
	}
	return list
}

// same compares as the document says: words by their synonyms in any case,
// UUIDs in any case, other ids to the letter.
func same(words map[string]string, sent, want string) bool {
	if words != nil {
		return meaning(words, sent) == meaning(words, want)
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
