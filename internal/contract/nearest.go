package contract

import (
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// form is one of the schemas that a value may fit.
type form struct {
	schema *openapi3.Schema
	// bias is what speaks against the form beside the value: less is nearer.
	bias int
}

// What speaks against a form. A value of another JSON type is none of its kind,
// whatever it has in it; a form that is meant for another path is not meant here;
// a member whose word or type another form takes shows that the other one is
// meant; so does a whole object that is not there.
const (
	otherKind    = 1000
	otherPath    = 300
	otherMeant   = 44
	objectAbsent = 10
	faulty       = 4
	knownMember  = -1
	knownObject  = -10
)

// nearest gives the place of the form that a value is nearest to; of several
// equal ones, the first.
func (c checker) nearest(forms []form, value any) int {
	against := make([]int, len(forms))
	for i, f := range forms {
		against[i] = f.bias
		if !takes(f.schema, value) {
			against[i] += otherKind
		}
	}
	if object, ok := value.(map[string]any); ok {
		for i, f := range forms {
			against[i] += absent(f.schema, object)
		}
		for name, sent := range object {
			c.weigh(forms, against, name, sent)
		}
	}
	return slices.Index(against, slices.Min(against))
}

// weigh adds what one member says against each of the forms.
func (c checker) weigh(forms []form, against []int, name string, sent any) {
	fitted, typed := false, false
	var wrong []int
	for i, f := range forms {
		known := members(f.schema, name)
		if len(known) == 0 {
			continue
		}
		against[i] += knownMember
		if _, isObject := sent.(map[string]any); isObject && allTake(known, sent) {
			against[i] += knownObject
		}
		typed = typed || allTake(known, sent)
		if !slices.ContainsFunc(known, func(s *openapi3.Schema) bool { return !c.fits(s, sent) }) {
			fitted = true
			continue
		}
		against[i] += faulty
		wrong = append(wrong, i)
	}
	for _, i := range wrong {
		known := members(forms[i].schema, name)
		if typed && !allTake(known, sent) || fitted && slices.ContainsFunc(known, isWord) {
			against[i] += otherMeant
		}
	}
}

func allTake(schemas []*openapi3.Schema, value any) bool {
	return !slices.ContainsFunc(schemas, func(s *openapi3.Schema) bool { return !takes(s, value) })
}

// isWord reports whether a schema takes certain words only.
func isWord(s *openapi3.Schema) bool { return len(s.Enum) > 0 || s.Pattern != "" }

// members are the schemas of a member: each part of an allOf may have one.
func members(s *openapi3.Schema, name string) []*openapi3.Schema {
	var list []*openapi3.Schema
	if ref := s.Properties[name]; ref != nil {
		list = append(list, ref.Value)
	}
	for _, part := range s.AllOf {
		list = append(list, members(part.Value, name)...)
	}
	return list
}

// absent says what the required members that an object lacks say against a form.
func absent(s *openapi3.Schema, object map[string]any) int {
	against := 0
	for _, name := range s.Required {
		if _, sent := object[name]; sent {
			continue
		}
		if slices.ContainsFunc(members(s, name), func(m *openapi3.Schema) bool { return m.Type.Is(openapi3.TypeObject) }) {
			against += objectAbsent
		} else {
			against += faulty
		}
	}
	for _, part := range s.AllOf {
		against += absent(part.Value, object)
	}
	return against
}

// takes reports whether a schema takes values of a value's JSON type.
func takes(s *openapi3.Schema, value any) bool {
	kind := kindOf(value)
	return kind == "" || slices.Contains(kinds(s), kind) || kind == openapi3.TypeNumber && slices.Contains(kinds(s), openapi3.TypeInteger)
}

func kindOf(value any) string {
	switch value.(type) {
	case map[string]any:
		return openapi3.TypeObject
	case []any:
		return openapi3.TypeArray
	case string:
		return openapi3.TypeString
	case bool:
		return openapi3.TypeBoolean
	case float64:
		return openapi3.TypeNumber
	}
	return ""
}

// kinds are the JSON types that a schema takes.
func kinds(s *openapi3.Schema) []string {
	if s.Type != nil {
		return s.Type.Slice()
	}
	var list []string
	for _, part := range slices.Concat(s.AnyOf, s.OneOf) {
		list = append(list, kinds(part.Value)...)
	}
	if len(list) == 0 {
		return []string{openapi3.TypeObject, openapi3.TypeArray, openapi3.TypeString, openapi3.TypeNumber, openapi3.TypeBoolean}
	}
	return list
}

// bias is what the path says against a family: one that is meant for it is
// nearer than one that serves any.
func (f family) bias(sent Sent) int {
	bias := 0
	for param, values := range f.paths {
		switch {
		case sent.Path == nil:
		case slices.Contains(values, strings.ToUpper(sent.Path(param))):
			bias -= otherPath
		default:
			bias += otherPath
		}
	}
	return bias
}
