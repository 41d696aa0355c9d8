package rest

import (
	"net/http"
	"net/url"
	"strconv"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/access"
)

// Call is one request that the document allows: routed, identified and checked.
type Call struct {
	Operation *contract.Operation
	Caller    access.Caller
	// Tenant is the tenant in which the call acts.
	Tenant string
	// Body is the decoded body; empty if there was none.
	Body   Body
	Header http.Header

	path  func(string) string
	query url.Values
}

// Path gives a path parameter, decoded.
func (c *Call) Path(name string) string { return c.path(name) }

// Query gives a query parameter; empty if it was not sent.
func (c *Call) Query(name string) string { return c.query.Get(name) }

// QueryInt gives a query parameter as a number, or the fallback.
func (c *Call) QueryInt(name string, fallback int) int {
	n, err := strconv.Atoi(c.query.Get(name))
	if err != nil {
		return fallback
	}
	return n
}

// QueryBool gives a query parameter as a truth value.
func (c *Call) QueryBool(name string) bool {
	v, _ := strconv.ParseBool(c.query.Get(name))
	return v
}

// Handler does one operation. It returns what to say, or an error: a
// *refusal.Error reaches the caller, anything else is an internal error.
type Handler func(*Call) (Reply, error)

// Reply is a successful answer.
type Reply struct {
	// Status is the HTTP status; 0 is 200.
	Status int
	// Message is the envelope's message; empty is "Success".
	Message string
	// Data is the envelope's data.
	Data any
	// Extra are members beside the envelope's three, such as pagination.
	Extra map[string]any
	// Raw, with its Type, is sent as it is, without an envelope.
	Raw  []byte
	Type string
}
