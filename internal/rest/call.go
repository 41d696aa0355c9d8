package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
)

// Call is one request on its way through the steps. What reaches a handler is a
// request that the document allows: routed, identified and checked.
type Call struct {
	Exchange
	// Body is the decoded body; empty if there was none, or if it is a list.
	Body Body
	// List are the objects of a body that is a list.
	List []Body
	// Text is a body in another of the operation's media types than JSON, as it
	// came.
	Text []byte
	// Raw is a body as it came, where the operation asks for that.
	Raw []byte

	request *http.Request
	// to is where the reply goes, and out what it goes through in the end.
	to  http.ResponseWriter
	out writer
	// values are those of the header of the reply; set is how many there are.
	values [6]string
	set    int
	// route is what answers, match where the router found it, and api whose words
	// the reply has.
	route *route
	match echo.Context
	api   *api
	query url.Values
	// Work is the transaction in which a handler of the product is called.
	Work Work
	// judged is what reading parameters and body has shown.
	judged judgement
	// reply is what the handler says.
	reply Reply
	// inner tells that this process itself calls, to make a page.
	inner bool
	// witnessed tells that the witness knows of the call, and text has the text of the
	// reply until it has been told of that.
	witnessed bool
	text      *bytes.Buffer
}

// Reference words a call of the document as method and path; empty without one.
func (c *Call) Reference(call refusal.Call) string {
	o := operationIn(c.api.documents, call.Operation)
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
	return suggestions(asRefusal(err), c.api.documents...)
}

// Link gives the path of a call of the document, with its parameters as name,
// value pairs filled in; empty if there is no such operation.
func (c *Call) Link(operation string, params ...string) string {
	values := map[string]string{}
	for i := 0; i+1 < len(params); i += 2 {
		values[params[i]] = params[i+1]
	}
	if o := c.api.documents[0].Operation(operation); o != nil {
		return o.URL(values)
	}
	return ""
}

// setHeader sets a header of the reply, whose name is spelled as net/http does. The
// values of a reply stand side by side: a list for each would be a piece of memory
// for each.
func (c *Call) setHeader(name, value string) {
	if c.set == len(c.values) {
		c.to.Header()[name] = []string{value}
		return
	}
	c.values[c.set] = value
	c.set++
	c.to.Header()[name] = c.values[c.set-1 : c.set : c.set]
}

// Context ends when the caller leaves or the server does: nobody waits for what
// is still to be done then.
func (c *Call) Context() context.Context { return c.request.Context() }

// givenUp reports whether an error says that nothing was done any more, since the
// context had ended: it is no refusal, and no fault of the sandbox.
func (c *Call) givenUp(err error) bool {
	ended := c.Context().Err()
	return ended != nil && errors.Is(err, ended)
}

// Path gives a path parameter, decoded: of a path that net/http has not decoded as
// a whole, the router hands them over as they came.
func (c *Call) Path(name string) string {
	raw := c.match.Param(name)
	if c.request.URL.RawPath != "" {
		if value, err := url.PathUnescape(raw); err == nil {
			raw = value
		}
	}
	if namesTenant(name) {
		return raw // Tenants are named to the letter.
	}
	return machine.CanonicalID(raw)
}

// namesTenant reports whether a parameter is tenantId, or ends in it.
func namesTenant(name string) bool {
	const end = "tenantId"
	return len(name) >= len(end) && strings.EqualFold(name[len(name)-len(end):], end)
}

// URL is the path of the call, with its parameters filled in.
func (c *Call) URL() string {
	segments := strings.Split(c.Operation.Path, "/")
	for i, segment := range segments {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			segments[i] = c.Path(strings.TrimSuffix(name, "}"))
		}
	}
	return strings.Join(segments, "/")
}

// Host is the host by which the server was called.
func (c *Call) Host() string { return c.request.Host }

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
