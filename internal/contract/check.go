package contract

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Violation is one way in which a message breaks the document.
type Violation struct {
	// In is body, path, query or header.
	In string
	// Field is what a person reads: person.email, amount.value, limit.
	Field string
	// Pointer is the JSON pointer into the body.
	Pointer string
	Message string
	rule    string
}

func (v Violation) String() string {
	return fmt.Sprintf("%s %s: %s", v.In, v.Field, v.Message)
}

// CheckParams holds the path and query parameters to the document. get gives
// the raw value of a parameter, and whether it was sent.
func (o *Operation) CheckParams(get func(in, name string) (string, bool)) []Violation {
	var list []Violation
	for _, p := range o.params {
		raw, sent := get(p.In, p.Name)
		if !sent {
			if p.Required {
				list = append(list, Violation{In: p.In, Field: p.Name, Message: "is required"})
			}
			continue
		}
		value, err := scalar(p.Schema.Value, raw)
		if err != nil {
			list = append(list, Violation{In: p.In, Field: p.Name, Message: err.Error()})
			continue
		}
		for _, v := range o.visit(p.Schema.Value, value) {
			v.In, v.Field, v.Pointer = p.In, p.Name, ""
			list = append(list, v)
		}
	}
	return list
}

// CheckHeaders holds the headers that were sent to the document. Which of them
// must be sent is a policy, and not checked here.
func (o *Operation) CheckHeaders(header http.Header) []Violation {
	var list []Violation
	for _, h := range o.Headers {
		values := header[h.Key]
		if len(values) == 0 || values[0] == "" {
			continue
		}
		for _, v := range o.visit(h.schema, values[0]) {
			v.In, v.Field, v.Pointer = "header", h.Name, ""
			list = append(list, v)
		}
	}
	return list
}

// maxExact bounds the whole numbers that every reader has exactly.
const maxExact = 1<<53 - 1

func scalar(schema *openapi3.Schema, raw string) (any, error) {
	switch {
	case schema.Type.Is("integer"):
		n, err := strconv.ParseInt(raw, 10, 64)
		if err != nil || n > maxExact || n < -maxExact {
			return nil, errors.New("must be a whole number, in digits")
		}
		return float64(n), nil
	case schema.Type.Is("number"):
		n, err := strconv.ParseFloat(raw, 64)
		if err != nil {
			return nil, errors.New("must be a number")
		}
		return n, nil
	case schema.Type.Is("boolean"):
		b, err := strconv.ParseBool(raw)
		if err != nil {
			return nil, errors.New("must be true or false")
		}
		return b, nil
	}
	return raw, nil
}

// CheckBody holds a decoded body to the document. Where a body has several
// families it must fit one of them; if it fits none, the violations are those
// against the nearest, whose name is given too.
func (o *Operation) CheckBody(body any) (nearest string, list []Violation) {
	// Why a body does not fit a family matters only if it fits none.
	for _, f := range o.families {
		if o.fits(f.schema, body) && len(f.unequal(body)) == 0 {
			return f.name, nil
		}
	}
	best := 0
	for _, f := range o.families {
		found := append(o.visit(f.schema, body), f.unequal(body)...)
		if d := distance(f.schema, body, found); nearest == "" || d < best {
			nearest, list, best = f.name, found, d
		}
	}
	return nearest, list
}

// FitsRelaxed tells whether a body that CheckBody finds wrong fits a family that
// only a tenant's own policy allows.
func (o *Operation) FitsRelaxed(body any) bool {
	return slices.ContainsFunc(o.relaxed, func(f family) bool { return o.fits(f.schema, body) && len(f.unequal(body)) == 0 })
}

// weight is what a kind of violation says against a family.
func weight(rule string) int {
	switch rule {
	case "discriminator":
		return 44
	case "required object":
		return 10
	}
	return 4
}

// distance says how far a body is from a family: a member whose only allowed
// value is another one shows that a different family is meant, so does a whole
// object that is not there, and members that the family knows speak for it.
func distance(schema *openapi3.Schema, body any, found []Violation) int {
	d := 0
	for _, v := range found {
		d += weight(v.rule)
	}
	object, _ := body.(map[string]any)
	for name := range object {
		if known(schema, name) {
			d--
		}
	}
	return d
}

func known(schema *openapi3.Schema, name string) bool {
	return schema.Properties[name] != nil || slices.ContainsFunc(schema.AllOf, func(r *openapi3.SchemaRef) bool { return known(r.Value, name) })
}

func (f family) unequal(body any) []Violation {
	object, _ := body.(map[string]any)
	var list []Violation
	for name, sibling := range f.equal {
		if value, sent := object[name]; sent && value != object[sibling] {
			list = append(list, Violation{In: "body", Field: name, Pointer: "/" + name, Message: mustEqual(name, sibling)})
		}
	}
	return list
}

// mustEqual is the documented sentence for the passwords of a registration, and
// of its form for anything else.
func mustEqual(name, sibling string) string {
	return fmt.Sprintf("%s and %s must be identical", sentence(sibling), strings.ToLower(sentence(name)))
}

// sentence turns matchingPassword into Matching password.
func sentence(name string) string {
	var b strings.Builder
	for i, r := range name {
		switch {
		case i == 0:
			b.WriteString(strings.ToUpper(string(r)))
		case r >= 'A' && r <= 'Z':
			b.WriteString(" " + strings.ToLower(string(r)))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func (o *Operation) visit(schema *openapi3.Schema, value any) []Violation {
	// Most messages are right, and finding the first fault is cheaper than
	// finding all: all are looked for only when there is one.
	if o.fits(schema, value) {
		return nil
	}
	return withoutEchoes(o.explain(schema.VisitJSON(value, o.options...), ""))
}

func (o *Operation) fits(schema *openapi3.Schema, value any) bool {
	return schema.VisitJSON(value, o.quick...) == nil
}

// explain turns what the validator says into violations. Errors of allOf are
// those of its parts, errors of anyOf and oneOf those of the nearest part.
func (o *Operation) explain(err error, at string) []Violation {
	//nolint:errorlint // what is inside is looked at below, layer by layer
	switch e := err.(type) {
	case nil:
		return nil
	case openapi3.MultiError:
		var list []Violation
		for _, part := range e {
			list = append(list, o.explain(part, at)...)
		}
		return list
	case *openapi3.SchemaError:
		return o.explainSchema(e, at)
	}
	if inner := errors.Unwrap(err); inner != nil {
		return o.explain(inner, at)
	}
	return []Violation{o.violation(at, err.Error(), "")}
}

// escapes are those of a JSON pointer.
var escapes = strings.NewReplacer("~", "~0", "/", "~1")

func (o *Operation) explainSchema(e *openapi3.SchemaError, at string) []Violation {
	pointer := at
	for _, part := range e.JSONPointer() {
		pointer += "/" + escapes.Replace(part)
	}
	switch e.SchemaField {
	case "allOf":
		return o.parts(e.Schema.AllOf, e.Value, pointer, func(all [][]Violation) []Violation { return slices.Concat(all...) })
	case "anyOf", "oneOf":
		alternatives := slices.Concat(e.Schema.AnyOf, e.Schema.OneOf)
		return o.parts(alternatives, e.Value, pointer, func(all [][]Violation) []Violation {
			return slices.MinFunc(all, func(a, b []Violation) int { return len(a) - len(b) })
		})
	}
	rule := e.SchemaField
	path := e.JSONPointer()
	switch {
	case errors.Is(e.Origin, errMissing):
		rule = ruleMissing
	case rule == "enum" && len(e.Schema.Enum) == 1:
		rule = "discriminator"
	case rule == "required" && len(path) > 0 && isObject(e.Schema.Properties[path[len(path)-1]]):
		rule = "required object"
	}
	return []Violation{o.violation(pointer, reason(e), rule)}
}

func isObject(ref *openapi3.SchemaRef) bool {
	return ref != nil && ref.Value.Type.Is("object")
}

func (o *Operation) parts(refs openapi3.SchemaRefs, value any, at string, join func([][]Violation) []Violation) []Violation {
	var all [][]Violation
	for _, ref := range refs {
		all = append(all, o.explain(ref.Value.VisitJSON(value, o.options...), at))
	}
	return join(all)
}

func (o *Operation) violation(pointer, message, rule string) Violation {
	field := strings.ReplaceAll(strings.TrimPrefix(pointer, "/"), "/", ".")
	if field == "" {
		field = "body"
	}
	return Violation{In: "body", Field: field, Pointer: pointer, Message: message, rule: rule}
}

// reason says what is wrong in the caller's words, not the validator's.
func reason(e *openapi3.SchemaError) string {
	switch e.SchemaField {
	case "required":
		return "is required"
	case "enum":
		var values []string
		for _, v := range e.Schema.Enum {
			values = append(values, cmp.Or(fmt.Sprint(v), `""`))
		}
		return "must be " + oneOf(values)
	case "type":
		return "must be of type " + strings.Join(e.Schema.Type.Slice(), " or ")
	case "nullable":
		return "must not be null"
	case "format":
		if e.Origin != nil {
			if inner := errors.Unwrap(e.Origin); inner != nil {
				return inner.Error()
			}
			return e.Origin.Error()
		}
		return "must be a valid " + e.Schema.Format
	case "pattern":
		return "must match " + e.Schema.Pattern
	case "minLength":
		return fmt.Sprintf("must have at least %d characters", e.Schema.MinLength)
	case "maxLength":
		return fmt.Sprintf("must have at most %d characters", *e.Schema.MaxLength)
	case "minItems":
		return fmt.Sprintf("must have at least %d items", e.Schema.MinItems)
	}
	return e.Reason
}

func oneOf(values []string) string {
	if len(values) == 1 {
		return values[0]
	}
	return "one of " + strings.Join(values, ", ")
}
