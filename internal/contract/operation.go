package contract

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Operation is one operation of a document, prepared for checking.
type Operation struct {
	ID     string
	Method string
	// Path is the whole path with the server's base: /api/v2.1/wallets/{walletId}/balance.
	Path    string
	Summary string
	// Callers are those of x-callers: who may call it.
	Callers []string
	// Roles are those of x-roles: one of them is needed, if there are any.
	Roles []string
	// LapsedToken is x-lapsed-token: an expired token of an open session will do.
	LapsedToken bool
	// AnyHost is x-any-host: it may be called under any host name.
	AnyHost bool
	// Headers are the header parameters, in the order of the document.
	Headers []Header
	// Refusals are the codes that the operation can give: the names of the
	// examples of its error responses.
	Refusals []string
	// MaxBody is x-max-body, the largest body in bytes; 0 if unstated.
	MaxBody      int64
	HasBody      bool
	BodyRequired bool
	// Texts are the media types, beside JSON, in which the body may come. Their
	// texts are not checked here: the handler reads them.
	Texts []string

	params   []param
	repeats  repeats
	past     marks
	numbers  marks
	sizes    marks
	alike    *alike
	families []family
	// relaxed are the families that a tenant's own policy must allow (x-relaxed).
	relaxed   []family
	responses *openapi3.Responses
	// checker is that of requests, replies that of replies.
	checker
	replies checker
}

// Header is a header parameter.
type Header struct {
	Name     string
	Required bool
	// Key is the name as net/http writes it, under which its maps have the header.
	Key string
	// Aliases are other names under which the header is accepted.
	Aliases []string
	// Relaxed headers are not required under the relaxed policy.
	Relaxed bool
	value
}

// param is a parameter of the path or the query.
type param struct {
	*openapi3.Parameter
	value
}

// value is what the document says of a parameter's value.
type value struct {
	schema *openapi3.Schema
	// plain is nil if the schema says more.
	plain *plainText
}

func newValue(s *openapi3.Schema) value { return value{s, newPlainText(s)} }

// family is one of the documented shapes of a body.
type family struct {
	name   string
	schema *openapi3.Schema
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

func newOperation(d *Document, path, method string, item *openapi3.PathItem, op *openapi3.Operation) (*Operation, error) {
	if op.OperationID == "" {
		return nil, fmt.Errorf("%s %s has no operationId", method, path)
	}
	base := d.Base
	if len(item.Servers) > 0 {
		// A few paths of the product stand under an older base of their own.
		base = strings.TrimSuffix(item.Servers[0].URL, "/")
	}
	o := &Operation{
		ID: op.OperationID, Method: method, Path: base + path, Summary: op.Summary,
		Callers: words(op.Extensions["x-callers"]), Roles: words(op.Extensions["x-roles"]),
		responses: op.Responses, checker: d.requests, replies: d.replies,
	}
	o.LapsedToken, _ = op.Extensions["x-lapsed-token"].(bool)
	o.AnyHost, _ = op.Extensions["x-any-host"].(bool)
	if n, ok := op.Extensions["x-max-body"].(float64); ok {
		o.MaxBody = int64(n)
	}
	for _, ref := range slices.Concat(item.Parameters, op.Parameters) {
		p := ref.Value
		if p.In != openapi3.ParameterInHeader {
			o.params = append(o.params, param{p, newValue(p.Schema.Value)})
			continue
		}
		relaxed, _ := p.Extensions["x-relaxed"].(bool)
		// One that is needed under any of its names is not required under this one.
		needed, _ := p.Extensions["x-required"].(bool)
		o.Headers = append(o.Headers, Header{Name: p.Name, Key: http.CanonicalHeaderKey(p.Name), Required: p.Required || needed, Aliases: words(p.Extensions["x-aliases"]), Relaxed: relaxed, value: newValue(p.Schema.Value)})
	}
	if op.RequestBody != nil {
		o.HasBody, o.BodyRequired = true, op.RequestBody.Value.Required
		if media := op.RequestBody.Value.Content.Get("application/json"); media != nil && media.Schema != nil {
			o.families = families(d.filler.ref(media.Schema, nil))
			o.repeats = newRepeats(o.families, o.params)
			o.past = newMarks(o.families, mustBePast)
			o.numbers = newMarks(o.families, isNumber)
			o.sizes = newMarks(o.families, hasMaxBytes)
			o.alike = newAlike(o.families)
			o.relaxed, o.families = apart(o.families, func(f family) bool { return f.schema.Extensions["x-relaxed"] == true })
		}
		for name := range op.RequestBody.Value.Content {
			if name != "application/json" {
				o.Texts = append(o.Texts, name)
			}
		}
		slices.Sort(o.Texts)
	}
	o.Refusals = refusals(op.Responses)
	return o, nil
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

func families(ref *openapi3.SchemaRef) []family {
	alternatives := ref.Value.AnyOf
	if len(alternatives) == 0 {
		alternatives = openapi3.SchemaRefs{ref}
	}
	var list []family
	for _, alternative := range alternatives {
		f := family{name: alternative.Ref[strings.LastIndexByte(alternative.Ref, '/')+1:], schema: alternative.Value, equal: map[string]string{}, paths: map[string][]string{}}
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
		list[i].strangers = newStrangers([]*openapi3.Schema{f.schema}, others)
	}
	return list
}

func refusals(responses *openapi3.Responses) []string {
	var codes []string
	for status, ref := range responses.Map() {
		if n, err := strconv.Atoi(status); err != nil || n < 400 {
			continue
		}
		for _, media := range ref.Value.Content {
			for code := range media.Examples {
				if !slices.Contains(codes, code) {
					codes = append(codes, code)
				}
			}
		}
	}
	slices.Sort(codes)
	return codes
}

// RefusalStatuses gives the statuses under which the document shows a refusal
// of this operation.
func (o *Operation) RefusalStatuses(code string) []int {
	var list []int
	for status, ref := range o.responses.Map() {
		for _, media := range ref.Value.Content {
			if n, err := strconv.Atoi(status); err == nil && n >= 400 && media.Examples[code] != nil {
				list = append(list, n)
			}
		}
	}
	return list
}
