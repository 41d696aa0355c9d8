package contract

import (
	"errors"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-json-experiment/json/jsontext"
)

// checker holds values to schemas.
type checker struct {
	// all asks for every violation, first stops at the first.
	all, first []openapi3.SchemaValidationOption
}

func newChecker(formats Formats) checker {
	known := validators(formats)
	return checker{
		all:   []openapi3.SchemaValidationOption{known, openapi3.MultiErrors(), openapi3.DisableSchemaErrorDetails()},
		first: []openapi3.SchemaValidationOption{known, openapi3.FailFast(), openapi3.DisableSchemaErrorDetails()},
	}
}

func (c checker) visit(v value, sent any) []Violation {
	// Most messages are right, and finding the first fault is cheaper than
	// finding all: all are looked for only when there is one.
	if v.fit.takes(sent) || c.fits(v.schema, sent) {
		return nil
	}
	return distinct(c.explain(v.schema, sent, ""))
}

func (c checker) fits(schema *openapi3.Schema, value any) bool {
	return schema.VisitJSON(value, c.first...) == nil
}

// explain says why a value at a place does not fit a schema.
func (c checker) explain(schema *openapi3.Schema, value any, at string) []Violation {
	return c.explainError(schema.VisitJSON(value, c.all...), at)
}

// explainForms says why a value fits none of several forms: it is of no type
// that they take, or it has faults against the nearest, whose place is given.
func (c checker) explainForms(forms []form, value any, at string) (nearest int, list []Violation) {
	nearest = c.nearest(forms, value)
	if !takes(forms[nearest].schema, value) {
		var taken []string
		for _, f := range forms {
			taken = append(taken, kinds(f.schema)...)
		}
		return nearest, []Violation{bodyViolation(at, mustBeOfKind(taken), ruleType)}
	}
	list = c.explain(forms[nearest].schema, value, at)
	object, _ := value.(map[string]any)
	for i, v := range list {
		pointer := jsontext.Pointer(v.Pointer)
		name := pointer.LastToken()
		if sent, there := object[name]; there && string(pointer.Parent()) == at {
			list[i].Message = inAnyForm(forms, name, sent, v)
		}
	}
	return nearest, list
}

// inAnyForm words what is wrong with a member whose word or type no form takes:
// any of the forms can be meant.
func inAnyForm(forms []form, name string, sent any, v Violation) string {
	var known []*openapi3.Schema
	for _, f := range forms {
		known = append(known, members(f.schema, name)...)
	}
	switch {
	case v.rule == ruleEnum:
		var words []any
		for _, m := range known {
			words = append(words, m.Enum...)
		}
		return "must be " + oneOf(words)
	case v.rule == ruleType && !slices.ContainsFunc(known, func(m *openapi3.Schema) bool { return takes(m, sent) }):
		var taken []string
		for _, m := range known {
			taken = append(taken, kinds(m)...)
		}
		return mustBeOfKind(taken)
	}
	return v.Message
}

// explainError turns what the validator says into violations. Errors of allOf
// are those of its parts, errors of anyOf and oneOf those of the nearest part.
func (c checker) explainError(err error, at string) []Violation {
	//nolint:errorlint // what is inside is looked at below, layer by layer
	switch e := err.(type) {
	case nil:
		return nil
	case openapi3.MultiError:
		var list []Violation
		unknownAt := map[string]bool{}
		for _, part := range e {
			if place, ok := unknownPlace(part); ok && unknownAt[place] {
				continue // One of them has told all.
			} else if ok {
				unknownAt[place] = true
			}
			list = append(list, c.explainError(part, at)...)
		}
		return list
	case *openapi3.SchemaError:
		return c.explainSchema(e, at)
	}
	if inner := errors.Unwrap(err); inner != nil {
		return c.explainError(inner, at)
	}
	return []Violation{bodyViolation(at, err.Error(), "")}
}

func (c checker) explainSchema(e *openapi3.SchemaError, at string) []Violation {
	for _, part := range e.JSONPointer() {
		at = memberAt(at, part)
	}
	switch e.SchemaField {
	case "allOf", "anyOf", "oneOf":
		return c.explainParts(e.Schema, e.Value, at)
	case "properties":
		return unknownMembers(e.Schema, e.Value, at)
	}
	rule := e.SchemaField
	if errors.Is(e.Origin, errMissing) {
		rule = ruleMissing
	}
	return []Violation{bodyViolation(at, reason(e), rule)}
}

// explainParts says what is wrong by the parts of a schema, and by what stands
// beside them, which the validator does not look at if a part does not fit.
func (c checker) explainParts(schema *openapi3.Schema, value any, at string) []Violation {
	var list []Violation
	for _, part := range schema.AllOf {
		list = append(list, c.explain(part.Value, value, at)...)
	}
	var forms []form
	for _, part := range slices.Concat(schema.AnyOf, schema.OneOf) {
		forms = append(forms, form{schema: part.Value})
	}
	if len(forms) > 0 && !slices.ContainsFunc(forms, func(f form) bool { return c.fits(f.schema, value) }) {
		_, more := c.explainForms(forms, value, at)
		list = append(list, more...)
	}
	beside := *schema
	beside.AllOf, beside.AnyOf, beside.OneOf = nil, nil, nil
	return append(list, c.explain(&beside, value, at)...)
}

// unknownPlace gives the place of an object with an unknown member. The validator
// has an error for each of them, and unknownMembers tells all at once.
func unknownPlace(err error) (place string, ok bool) {
	e, ok := err.(*openapi3.SchemaError) //nolint:errorlint // an error within another is met later
	if !ok || e.SchemaField != "properties" {
		return "", false
	}
	return strings.Join(e.JSONPointer(), "/"), true
}

// unknownMembers tells the members that an object may not have.
func unknownMembers(schema *openapi3.Schema, value any, at string) []Violation {
	object, _ := value.(map[string]any)
	var list []Violation
	for name := range object {
		if schema.Properties[name] == nil {
			list = append(list, bodyViolation(memberAt(at, name), "is not a member that is known here", "properties"))
		}
	}
	slices.SortFunc(list, func(a, b Violation) int { return strings.Compare(a.Pointer, b.Pointer) })
	return list
}

// memberAt is the JSON pointer of a member.
func memberAt(at, name string) string { return string(jsontext.Pointer(at).AppendToken(name)) }

func bodyViolation(pointer, message, rule string) Violation {
	return Violation{In: "body", Field: fieldAt(pointer), Pointer: pointer, Message: message, rule: rule}
}

// distinct leaves out what is said twice, and what a member's other violation
// says better: nothing else is wrong with a text that is missing, a format tells
// of its own length and letters, and a range of numbers that lie beyond all.
func distinct(list []Violation) []Violation {
	best := map[string]int{}
	for _, v := range list {
		best[v.Pointer] = max(best[v.Pointer], plainness(v.rule))
	}
	type saying struct{ pointer, message string }
	said := map[saying]bool{}
	return slices.DeleteFunc(list, func(v Violation) bool {
		p := plainness(v.rule)
		again := said[saying{v.Pointer, v.Message}]
		said[saying{v.Pointer, v.Message}] = true
		return again || p > 0 && p < best[v.Pointer]
	})
}

// The rules that are told apart: keywords of schemas, and those of this package.
const (
	ruleType = "type"
	ruleEnum = "enum"
	// ruleMissing marks a required text that has nothing but blanks.
	ruleMissing = "missing"
	// ruleWritten marks a number that cannot be read as it is written.
	ruleWritten = "written"
)

// plainness ranks the rules of texts and numbers by how plainly they say what is
// wrong; the other rules have none.
func plainness(rule string) int {
	return slices.Index([]string{"", ruleType, "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", ruleWritten, "minLength", "pattern", "format", ruleMissing}, rule)
}
