package contract

import (
	"slices"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
)

// Dated is a date in a body, with its place.
type Dated struct{ Field, Pointer, Date string }

// pastDates finds the dates in bodies that must lie in the past: those whose schema
// says x-past.
type pastDates struct {
	families []family
	// leads are the schemas in which such a date stands, at any depth.
	leads map[*openapi3.Schema]bool
}

func newPastDates(families []family) pastDates {
	p := pastDates{families, map[*openapi3.Schema]bool{}}
	// Within itself a schema leads wherever it has been found to lead before.
	within := map[*openapi3.Schema]bool{}
	var walk func(s *openapi3.Schema) bool
	walk = func(s *openapi3.Schema) bool {
		if within[s] {
			return p.leads[s]
		}
		within[s] = true
		defer delete(within, s)
		leads, _ := s.Extensions["x-past"].(bool)
		for _, part := range parts(s) {
			leads = walk(part) || leads
		}
		if leads {
			p.leads[s] = true
		}
		return leads
	}
	for known := -1; known < len(p.leads); {
		known = len(p.leads)
		for _, f := range families {
			walk(f.schema)
		}
	}
	return p
}

// parts are the schemas directly within a schema.
func parts(s *openapi3.Schema) []*openapi3.Schema {
	var list []*openapi3.Schema
	for _, ref := range slices.Concat(s.AllOf, s.AnyOf, s.OneOf) {
		list = append(list, ref.Value)
	}
	if s.Items != nil {
		list = append(list, s.Items.Value)
	}
	for _, member := range s.Properties {
		list = append(list, member.Value)
	}
	return list
}

// PastDates gives the dates of a body that must lie in the past, in no order, each
// once.
func (o *Operation) PastDates(body any) []Dated {
	var list []Dated
	for _, f := range o.past.families {
		list = o.past.in(f.schema, body, "", "", list)
	}
	return list
}

func (p pastDates) in(s *openapi3.Schema, value any, field, pointer string, list []Dated) []Dated {
	if !p.leads[s] {
		return list
	}
	if past, _ := s.Extensions["x-past"].(bool); past {
		date, ok := value.(string)
		if ok && date != "" && !slices.ContainsFunc(list, func(d Dated) bool { return d.Pointer == pointer }) {
			list = append(list, Dated{field, pointer, date})
		}
		return list
	}
	for _, ref := range slices.Concat(s.AllOf, s.AnyOf, s.OneOf) {
		list = p.in(ref.Value, value, field, pointer, list)
	}
	switch value := value.(type) {
	case []any:
		for i, item := range value {
			if s.Items != nil {
				list = p.in(s.Items.Value, item, joined(field, strconv.Itoa(i)), pointer+"/"+strconv.Itoa(i), list)
			}
		}
	case map[string]any:
		for name, member := range s.Properties {
			if sent, ok := value[name]; ok {
				list = p.in(member.Value, sent, joined(field, name), pointer+"/"+escapes.Replace(name), list)
			}
		}
	}
	return list
}

func joined(field, name string) string {
	if field == "" {
		return name
	}
	return field + "." + name
}
