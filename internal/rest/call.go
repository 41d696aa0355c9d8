package rest

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/refusal"
)

// Call is one request that the document allows: routed, identified and checked.
type Call struct {
	Operation *contract.Operation
	Caller    access.Caller
	// Tenant is the tenant in which the call acts.
	Tenant string
	// Body is the decoded body; empty if there was none, or if it is a list.
	Body Body
	// List are the objects of a body that is a list.
	List []Body
	// Text is a body in another of the operation's media types than JSON, as it
	// came.
	Text   []byte
	Header http.Header

	// Scenario is the name of the scenario that governs the customer whom the call
	// concerns; empty if it concerns none.
	Scenario string
	// Notice is something that the caller should know of its request though it is
	// answered as usual; empty is nothing.
	Notice string
	// Rules are the rules of scenarios that acted on the call, in the order in which
	// they did: those that answered, and those that refused. A fault has its own.
	Rules []Rule

	request *http.Request
	fault   *Fault
	path    func(string) string
	query   url.Values
	// documents are those whose calls a reply may name, the operation's own first.
	documents []*contract.Document
}

// Reference words a call of the document as method and path; empty without one.
func (c *Call) Reference(call refusal.Call) string {
	o := operationIn(c.documents, call.Operation)
	if o == nil {
		return ""
	}
	return o.Method + " " + o.URL(call.Params)
}

// Suggestions words what would help against a refusal, as its reply would; empty
// if nothing is refused.
func (c *Call) Suggestions(err error) []string {
	if err == nil {
		return []string{}
	}
	return suggestions(asRefusal(err), c.documents...)
}

// Link gives the path of a call of the document, with its parameters as name,
// value pairs filled in; empty if there is no such operation.
func (c *Call) Link(operation string, params ...string) string {
	values := map[string]string{}
	for i := 0; i+1 < len(params); i += 2 {
		values[params[i]] = params[i+1]
	}
	if o := c.documents[0].Operation(operation); o != nil {
		return o.URL(values)
	}
	return ""
}

// Context ends when the caller leaves or the server does: nobody waits for what
// is still to be done then.
func (c *Call) Context() context.Context { return c.request.Context() }

// Path gives a path parameter, decoded.
func (c *Call) Path(name string) string { return c.path(name) }

// URL is the path of the call, with its parameters filled in.
func (c *Call) URL() string {
	segments := strings.Split(c.Operation.Path, "/")
	for i, segment := range segments {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			segments[i] = c.path(strings.TrimSuffix(name, "}"))
		}
	}
	return strings.Join(segments, "/")
}

// Query gives a query parameter; empty if it was not sent.
func (c *Call) Query(name string) string { return c.query.Get(name) }

// QueryInt gives a query parameter as a number, or the fallback if it was not
// sent: what is no whole number has been refused before.
func (c *Call) QueryInt(name string, fallback int) int {
	if !c.query.Has(name) {
		return fallback
	}
	n, err := strconv.Atoi(c.query.Get(name))
	if err != nil {
		panic(fmt.Errorf("query parameter %s is no integer of the document: %w", name, err))
	}
	return n
}

// QueryBool gives a query parameter as a truth value.
func (c *Call) QueryBool(name string) bool {
	v, _ := strconv.ParseBool(c.query.Get(name))
	return v
}

// Bodies gives the objects of a body that may be one or a list.
func (c *Call) Bodies() []Body {
	if len(c.Body) > 0 {
		return []Body{c.Body}
	}
	return c.List
}

// Handler does one operation. It returns what to say, or an error: a
// *refusal.Error reaches the caller, anything else is an internal error. Of a reply
// beside an error only the fault counts.
type Handler func(*Call) (Reply, error)

// Reply is an answer.
type Reply struct {
	// Status is the HTTP status; 0 is 200.
	Status int
	// Message is the envelope's message; empty is "Success".
	Message string
	// Data is the envelope's data.
	Data any
	// Extra are members beside the envelope's three, such as pagination.
	Extra map[string]any
	// Asset is sent as it is, without an envelope.
	Asset *Asset
	// Fault is what goes wrong with the reply, or with the refusal, on its way; nil
	// is nothing. One that answers itself needs nothing else.
	Fault *Fault
}
