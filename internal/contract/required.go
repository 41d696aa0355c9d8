package contract

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// A text that is required is missing if it has nothing but blanks. OpenAPI has
// no word for that: required asks for the member only. The schemas of bodies
// are therefore copied, and in the copies a required text has a format of its
// own, which looks for blanks before anything else.

// filled is put before the format of a required text.
const filled = "filled "

var errMissing = errors.New("is required")

// filledFormats adds to formats their forms for required texts.
func filledFormats(formats Formats) Formats {
	all := maps.Clone(formats)
	for name, check := range formats {
		all[filled+name] = func(s string) error {
			if err := checkFilled(s); err != nil {
				return err
			}
			return check(s)
		}
	}
	all[filled] = checkFilled
	return all
}

func checkFilled(s string) error {
	if strings.TrimSpace(s) == "" {
		return errMissing
	}
	return nil
}

// filler copies schemas, each once.
type filler map[*openapi3.Schema]*openapi3.Schema

// ref copies a schema. required are members that a schema asks for which this
// one is a part of.
func (f filler) ref(r *openapi3.SchemaRef, required []string) *openapi3.SchemaRef {
	if r == nil || r.Value == nil {
		return r
	}
	return &openapi3.SchemaRef{Ref: r.Ref, Value: f.schema(r.Value, required)}
}

func (f filler) refs(list openapi3.SchemaRefs, required []string) openapi3.SchemaRefs {
	var copies openapi3.SchemaRefs
	for _, r := range list {
		copies = append(copies, f.ref(r, required))
	}
	return copies
}

func (f filler) schema(s *openapi3.Schema, required []string) *openapi3.Schema {
	if done := f[s]; done != nil && len(required) == 0 {
		return done
	}
	made := *s
	if len(required) == 0 {
		// Before its members, which may lead back to it.
		f[s] = &made
	}
	required = slices.Concat(required, s.Required)
	if len(s.AllOf) > 0 {
		// What one part asks for may stand in another.
		for _, part := range s.AllOf {
			required = append(required, part.Value.Required...)
		}
		made.AllOf = f.refs(s.AllOf, required)
	}
	made.AnyOf, made.OneOf = f.refs(s.AnyOf, nil), f.refs(s.OneOf, nil)
	made.Items = f.ref(s.Items, nil)
	if len(s.Properties) > 0 {
		made.Properties = openapi3.Schemas{}
	}
	for name, member := range s.Properties {
		if slices.Contains(required, name) && mustBeFilled(member.Value) {
			text := *member.Value
			text.Format = filled + text.Format
			made.Properties[name] = &openapi3.SchemaRef{Ref: member.Ref, Value: &text}
			continue
		}
		made.Properties[name] = f.ref(member, nil)
	}
	return &made
}

// mustBeFilled reports whether a text says nothing if it is blank. Some do, and
// say so (x-may-be-empty); of a list of words, blanks are none.
func mustBeFilled(s *openapi3.Schema) bool {
	mayBeEmpty, _ := s.Extensions["x-may-be-empty"].(bool)
	return s.Type.Is("string") && len(s.Enum) == 0 && !mayBeEmpty
}
