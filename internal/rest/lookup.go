package rest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/headers"
)

// Suggestion is a call that would help, as an operation of a document with its path
// filled in as far as that is known.
type Suggestion struct {
	Operation string `json:"operation"`
	Method    string `json:"method"`
	Path      string `json:"path"`
	Why       string `json:"why"`
}

// Suggestion words a call; false if no document has it.
func (c *Call) Suggestion(call refusal.Call) (Suggestion, bool) {
	o := operationIn(c.api.documents, call.Operation)
	if o == nil {
		return Suggestion{}, false
	}
	return Suggestion{o.ID, o.Method, o.URL(call.Params), call.Why}, true
}

// Described finds an operation of the documents by its id, or nil.
func (c *Call) Described(id string) *contract.Operation { return operationIn(c.api.documents, id) }

// Match finds the operation that a method on a path reaches, with the values of the
// path's parameters; nil if nothing answers there.
func (c *Call) Match(method, path string) (*contract.Operation, map[string]string) {
	sent := strings.Split(path, "/")
	for _, d := range c.api.documents[1:] {
		for _, o := range d.Operations {
			if o.Method != method {
				continue
			}
			if values := parameters(o.Path, sent); values != nil {
				return o, values
			}
		}
	}
	return nil, nil
}

// Nearest finds the operation of the product to which an unknown path is nearest, or
// nil.
func (c *Call) Nearest(method, path string) *contract.Operation {
	for _, d := range c.api.documents[1:] {
		if strings.HasPrefix(path, d.Base+"/") {
			return nearest(d, method, path)
		}
	}
	return nearest(c.api.documents[1], method, path)
}

// WithoutBase gives a path as the product's document has it.
func (c *Call) WithoutBase(path string) string {
	return strings.TrimPrefix(path, c.api.documents[1].Base)
}

// parameters are the values that a path gives a template's; nil if it is another path.
func parameters(template string, sent []string) map[string]string {
	known := strings.Split(template, "/")
	if len(known) != len(sent) {
		return nil
	}
	values := map[string]string{}
	for i, segment := range known {
		name, is := strings.CutPrefix(segment, "{")
		if !is {
			if segment != sent[i] {
				return nil
			}
			continue
		}
		value, err := url.PathUnescape(sent[i])
		if err != nil || value == "" {
			return nil
		}
		values[strings.TrimSuffix(name, "}")] = value
	}
	return values
}

// maxExplained bounds the path that the header of a refusal repeats.
const maxExplained = 512

// beforeTenant are the steps at which it is not known yet that the tenant can be one.
var beforeTenant = []string{"route", "host", "text", "page", "token", "headers"}

// explainable are the methods about which the control API can be asked.
var explainable = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodHead, http.MethodOptions}

// explained is the path of the control API that explains a refusal: by what was
// called, since whoever is refused may see all that can be said of it. What stands in
// the path of an operation whose path has a secret is left out.
func (c *Call) explained(code refusal.Code) string {
	query := url.Values{"refusal": {string(code)}}
	o := c.Operation
	if o != nil && c.Tenant != "" && !slices.Contains(beforeTenant, c.Step) {
		query.Set("tenant", c.Tenant)
	}
	method := c.Method
	if o != nil {
		method = o.Method
	}
	switch {
	case o != nil && strings.Contains(o.Path, "{token}"):
		query.Set("operation", o.ID)
	case strings.HasPrefix(c.Exchange.Path, "/") && len(c.Exchange.Path) <= maxExplained && slices.Contains(explainable, method):
		query.Set("method", method)
		query.Set("path", c.Exchange.Path)
	}
	return "/_sandbox/explain?" + query.Encode()
}

// explain names the explanation of a refusal in a header of its reply.
func (c *Call) explain(code refusal.Code) { c.setHeader(headers.Explain, c.explained(code)) }
