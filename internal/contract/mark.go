package contract

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Member is a text in a body, with its place.
type Member struct{ Pointer, Text string }

// Field is the place of the text in the words of a violation.
func (m Member) Field() string { return fieldAt(m.Pointer) }

// marks finds the values in bodies whose schemas have an extension that says
// something which a validator does not know: texts, or objects.
type marks struct {
	families []family
	// leads has the schemas in which a marked one stands, at any depth; of those
	// that are marked themselves it is true.
	leads map[*openapi3.Schema]bool
	// members are those of a schema that lead: a body has many that do not.
	members map[*openapi3.Schema][]string
}

func newMarks(families []family, marked func(*openapi3.Schema) bool) marks {
	m := marks{families, map[*openapi3.Schema]bool{}, map[*openapi3.Schema][]string{}}
	// Within itself a schema leads wherever it has been found to lead before, so
	// that the walk is repeated until it finds nothing new.
	entered := map[*openapi3.Schema]bool{}
	var walk func(s *openapi3.Schema) bool
	walk = func(s *openapi3.Schema) bool {
		_, leads := m.leads[s]
		if entered[s] {
			return leads
		}
		entered[s] = true
		defer delete(entered, s)
		here := marked(s)
		leads = leads || here
		for _, part := range within(s) {
			leads = walk(part.Value) || leads
		}
		if leads {
			m.leads[s] = here
		}
		return leads
	}
	for known := -1; known < len(m.leads); {
		known = len(m.leads)
		for _, f := range families {
			walk(f.schema)
		}
	}
	for s := range m.leads {
		for name, member := range s.Properties {
			if _, leads := m.leads[member.Value]; leads {
				m.members[s] = append(m.members[s], name)
			}
		}
	}
	return m
}

// marked is a value that was found, with the schema that marks it. Of what is no
// text there is none.
type marked struct {
	Member
	object map[string]any
	schema *openapi3.Schema
}

// texts gives the marked texts of a body that are not empty, as in does.
func (m marks) texts(body any) []marked {
	return slices.DeleteFunc(m.in(body), func(found marked) bool { return found.Text == "" })
}

// in gives the marked texts, numbers and objects of a body, in the order of their
// places. A place that several families know comes once.
func (m marks) in(body any) []marked {
	if len(m.leads) == 0 {
		return nil
	}
	var list []marked
	for _, f := range m.families {
		list = m.find(f.schema, body, "", list)
	}
	slices.SortStableFunc(list, func(a, b marked) int { return strings.Compare(a.Pointer, b.Pointer) })
	return slices.CompactFunc(list, func(a, b marked) bool { return a.Pointer == b.Pointer })
}

func (m marks) find(s *openapi3.Schema, value any, at string, list []marked) []marked {
	here, leads := m.leads[s]
	if !leads {
		return list
	}
	for _, refs := range [...]openapi3.SchemaRefs{s.AllOf, s.AnyOf, s.OneOf} {
		for _, ref := range refs {
			list = m.find(ref.Value, value, at, list)
		}
	}
	switch value := value.(type) {
	case string:
		if here {
			list = append(list, marked{Member{at, value}, nil, s})
		}
	case float64:
		if here {
			list = append(list, marked{Member{Pointer: at}, nil, s})
		}
	case []any:
		if s.Items == nil {
			break
		}
		for i, item := range value {
			list = m.find(s.Items.Value, item, at+"/"+strconv.Itoa(i), list)
		}
	case map[string]any:
		if here {
			list = append(list, marked{Member{at, ""}, value, s})
		}
		for _, name := range m.members[s] {
			if sent, ok := value[name]; ok {
				list = m.find(s.Properties[name].Value, sent, memberAt(at, name), list)
			}
		}
	}
	return list
}

// fieldAt words a pointer as a field.
func fieldAt(pointer string) string {
	return cmp.Or(strings.ReplaceAll(strings.TrimPrefix(pointer, "/"), "/", "."), "body")
}

// mustBePast reports whether a schema's dates lie in the past.
func mustBePast(s *openapi3.Schema) bool {
	past, _ := s.Extensions["x-past"].(bool)
	return past
}

// PastDates gives the dates of a body that must lie in the past: those whose
// schema says x-past.
func (o *Operation) PastDates(body any) []Member {
	var list []Member
	for _, found := range o.rules().past.texts(body) {
		list = append(list, found.Member)
	}
	return list
}
