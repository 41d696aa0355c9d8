package contract

import (
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// rules are what the requests of an operation are held to.
type rules struct {
	checker
	params []param
	// headers are the values of the operation's headers, in their order.
	headers  []value
	repeats  repeats
	past     marks
	numbers  marks
	sizes    marks
	alike    *alike
	families []family
	// relaxed are the families that a tenant's own policy must allow (x-relaxed).
	relaxed []family
}

// param is a parameter of the path or the query.
type param struct {
	*parameter
	value
}

// The places of parameters.
const (
	inHeader = "header"
	inPath   = "path"
)

// value is what the document says of a parameter's value.
type value struct {
	schema *openapi3.Schema
	fit    *fit
}

// family is one of the documented shapes of a body.
type family struct {
	name   string
	schema *openapi3.Schema
	fit    *fit
	// equal maps a member to the sibling that it must repeat (x-equals).
	equal map[string]string
	// paths are the values of the path's parameters for which the family is meant,
	// in capitals (x-for-path); a family that names none serves them all.
	paths map[string][]string
	// numbers are its members that are numbers.
	numbers marks
	// strangers are the members that only other families of the operation know.
	strangers strangers
}

// rules reads what an operation says of its requests.
func (s *source) rules(op *operation) (*rules, error) {
	r := &rules{checker: s.checking}
	for _, p := range op.Parameters {
		ref, err := s.schema(p.Schema)
		if err != nil {
			return nil, fmt.Errorf("parameter %s: %w", p.Name, err)
		}
		v := value{ref.Value, s.fitter.fit(ref.Value)}
		if p.In == inHeader {
			r.headers = append(r.headers, v)
		} else {
			r.params = append(r.params, param{p, v})
		}
	}
	if op.RequestBody == nil || op.RequestBody.Content[jsonType].Schema == nil {
		return r, nil
	}
	ref, err := s.schema(op.RequestBody.Content[jsonType].Schema)
	if err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	all := s.families(s.filler.ref(ref, nil))
	r.repeats = newRepeats(all, r.params)
	r.past = newMarks(all, mustBePast)
	r.numbers = newMarks(all, isNumber)
	r.sizes = newMarks(all, hasMaxBytes)
	r.alike = newAlike(all)
	r.relaxed, r.families = apart(all, func(f family) bool { return f.schema.Extensions["x-relaxed"] == true })
	return r, nil
}

func words(extension any) []string {
	list, _ := extension.([]any)
	var out []string
	for _, v := range list {
		out = append(out, fmt.Sprint(v))
	}
	return out
}

// apart gives those of the families that fit, and the rest.
func apart(all []family, fits func(family) bool) (those, rest []family) {
	for _, f := range all {
		if fits(f) {
			those = append(those, f)
		} else {
			rest = append(rest, f)
		}
	}
	return those, rest
}

func (s *source) families(ref *openapi3.SchemaRef) []family {
	alternatives := ref.Value.AnyOf
	if len(alternatives) == 0 {
		alternatives = openapi3.SchemaRefs{ref}
	}
	var list []family
	for _, alternative := range alternatives {
		f := family{name: alternative.Ref[strings.LastIndexByte(alternative.Ref, '/')+1:], schema: alternative.Value, fit: s.fitter.fit(alternative.Value), equal: map[string]string{}, paths: map[string][]string{}}
		if f.name == "" {
			f.name = alternative.Value.Title
		}
		for name, member := range alternative.Value.Properties {
			if sibling, ok := member.Value.Extensions["x-equals"].(string); ok {
				f.equal[name] = sibling
			}
		}
		meant, _ := alternative.Value.Extensions["x-for-path"].(map[string]any)
		for param, values := range meant {
			for _, value := range words(values) {
				f.paths[param] = append(f.paths[param], strings.ToUpper(value))
			}
		}
		list = append(list, f)
	}
	for i, f := range list {
		list[i].numbers = newMarks([]family{f}, isNumber)
		var others []*openapi3.Schema
		for _, other := range list {
			others = append(others, other.schema)
		}
		list[i].strangers = s.strangers([]*openapi3.Schema{f.schema}, others)
	}
	return list
}
