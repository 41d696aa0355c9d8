package contract

import (
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
	// rule is the keyword of the schema that is broken, or one of this package.
	rule string
}

func (v Violation) String() string {
	return fmt.Sprintf("%s %s: %s", v.In, v.Field, v.Message)
}

// CheckParams holds the path and query parameters to the document. get gives
// the raw value of a parameter, and whether it was sent.
func (o *Operation) CheckParams(get func(in, name string) (string, bool)) []Violation {
	r := o.rules()
	var list []Violation
	for _, p := range r.params {
		raw, sent := get(p.In, p.Name)
		if !sent {
			if p.Required {
				list = append(list, Violation{In: p.In, Field: p.Name, Message: "is required"})
			}
			continue
		}
		if p.fit.takesText(raw) {
			continue
		}
		value, err := scalar(p.schema, raw)
		if err != nil {
			list = append(list, Violation{In: p.In, Field: p.Name, Message: err.Error()})
			continue
		}
		for _, v := range r.visit(p.value, value) {
			v.In, v.Field, v.Pointer = p.In, p.Name, ""
			list = append(list, v)
		}
	}
	return list
}

// CheckHeaders holds the headers that were sent to the document. Which of them
// must be sent is a policy, and not checked here.
func (o *Operation) CheckHeaders(header http.Header) []Violation {
	r := o.rules()
	var list []Violation
	for i, h := range o.Headers {
		values, said := header[h.Key], r.headers[i]
		if len(values) == 0 || values[0] == "" || said.fit.takesText(values[0]) {
			continue
		}
		for _, v := range r.visit(said, values[0]) {
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

// Sent is what a request says beside the value of its body.
type Sent struct {
	// Path gives the parameters of the path; nil if there are none.
	Path    func(name string) string
	Numbers Numbers
}

// CheckBody holds a decoded body to the document. Where a body has several
// families it must fit one of them; if it fits none, the violations are those
// against the nearest, whose name is given too.
func (o *Operation) CheckBody(body any, sent Sent) (nearest string, list []Violation) {
	r := o.rules()
	// Why a body does not fit a family matters only if it fits none, and the
	// validator is asked only then.
	for _, accepts := range []func(family, any, Sent) bool{r.takes, r.accepts} {
		for _, f := range r.families {
			if accepts(f, body, sent) {
				return f.name, nil
			}
		}
	}
	if len(r.families) == 0 {
		return "", nil
	}
	forms := make([]form, len(r.families))
	for i, f := range r.families {
		forms[i] = form{schema: f.schema, bias: len(f.unequal(body))*faulty + f.bias(sent)}
	}
	i, list := r.explainForms(forms, body, "")
	f := r.families[i]
	more := slices.Concat(f.unequal(body), r.strange(f.strangers, body, "", true), r.inexact(f, body, sent.Numbers))
	slices.SortStableFunc(more, func(a, b Violation) int { return strings.Compare(a.Pointer, b.Pointer) })
	return f.name, distinct(append(list, more...))
}

// FitsRelaxed reports whether a body that CheckBody finds wrong fits a family that
// only a tenant's own policy allows.
func (o *Operation) FitsRelaxed(body any, sent Sent) bool {
	r := o.rules()
	return slices.ContainsFunc(r.relaxed, func(f family) bool { return r.takes(f, body, sent) || r.accepts(f, body, sent) })
}

// takes reports whether a body surely fits a family.
func (r *rules) takes(f family, body any, sent Sent) bool {
	return f.fit.takes(body) && f.strangers.take(body) && len(f.unequal(body)) == 0 && len(r.inexact(f, body, sent.Numbers)) == 0
}

func (r *rules) accepts(f family, body any, sent Sent) bool {
	return r.fits(f.schema, body) && len(f.unequal(body)) == 0 && len(r.strange(f.strangers, body, "", false)) == 0 &&
		len(r.inexact(f, body, sent.Numbers)) == 0
}

func (f family) unequal(body any) []Violation {
	object, _ := body.(map[string]any)
	var list []Violation
	for name, sibling := range f.equal {
		again, isText := object[name].(string)
		first, both := object[sibling].(string)
		// That a required sibling is missing, or no text, is told anyway.
		alone := object[sibling] == nil && !slices.Contains(f.schema.Required, sibling)
		if isText && (both && again != first || alone) {
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
