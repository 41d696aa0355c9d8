package app_test

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-json-experiment/json"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/spec"
)

// client calls operations of a sandbox by their ids and holds every reply to the
// document.
type client struct {
	documents []*contract.Document
	// send brings a request to the sandbox and what it answers back.
	send func(*http.Request) (httpReply, error)
	// unchecked leaves replies as they are, for measurements.
	unchecked bool
}

// inProcess sends requests to a handler without a port.
func inProcess(handler http.Handler) func(*http.Request) (httpReply, error) {
	return func(r *http.Request) (httpReply, error) {
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, r)
		return httpReply{status: recorder.Code, kind: recorder.Header().Get("Content-Type"), raw: recorder.Body.Bytes()}, nil
	}
}

// overNetwork sends requests to a server.
func overNetwork(c *http.Client, base string) func(*http.Request) (httpReply, error) {
	return func(r *http.Request) (httpReply, error) {
		r.URL.Scheme, r.URL.Host = "http", strings.TrimPrefix(base, "http://")
		response, err := c.Do(r)
		if err != nil {
			return httpReply{}, err
		}
		text, err := io.ReadAll(response.Body)
		return httpReply{status: response.StatusCode, kind: response.Header.Get("Content-Type"), raw: text}, errors.Join(err, response.Body.Close())
	}
}

// httpCall is one request: an operation with what it is sent.
type httpCall struct {
	operation *contract.Operation
	tenant    string
	// token is the bearer token; empty for none.
	token string
	path  map[string]string
	query url.Values
	// body is sent as JSON; raw, if it is not nil, is sent as it is.
	body any
	raw  []byte
	// header replaces headers; an empty value takes one away.
	header map[string]string
}

// httpReply is what came back.
type httpReply struct {
	status int
	kind   string
	raw    []byte
	value  any
}

// operation finds an operation of either document.
func (c *client) operation(id string) *contract.Operation {
	for _, d := range c.documents {
		if o := d.Operation(id); o != nil {
			return o
		}
	}
	return nil
}

func (h httpCall) String() string {
	text := fmt.Sprintf("%s in %s as %q path %v", h.operation.ID, h.tenant, h.token, h.path)
	if len(h.header) > 0 {
		text += fmt.Sprintf(" headers %v", h.header)
	}
	if h.raw != nil {
		return text + " body " + strconv.Quote(string(h.raw))
	}
	if h.body != nil {
		body, _ := json.Marshal(h.body, json.Deterministic(true))
		text += " body " + string(body)
	}
	return text
}

func (r httpReply) String() string { return fmt.Sprintf("%d %s", r.status, r.raw) }

func (h httpCall) request() (*http.Request, error) {
	target := h.operation.Path
	for name, value := range h.path {
		target = strings.ReplaceAll(target, "{"+name+"}", url.PathEscape(value))
	}
	if len(h.query) > 0 {
		target += "?" + h.query.Encode()
	}
	body := h.raw
	if body == nil && h.body != nil {
		var err error
		if body, err = json.Marshal(h.body, json.Deterministic(true)); err != nil {
			return nil, err
		}
	}
	request, err := http.NewRequest(h.operation.Method, "http://sandbox"+target, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	headers := map[string]string{
		"X-Tenant-ID": h.tenant, "X-Forwarded-For": "127.0.0.1", "X-Forwarded-From": "test", "platform": "web", "deviceId": "test",
	}
	if h.token != "" {
		headers["Authorization"] = "Bearer " + h.token
	}
	if body != nil {
		headers["Content-Type"] = "application/json"
	}
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	for name, value := range h.header {
		request.Header.Del(name)
		if value != "" {
			request.Header.Set(name, value)
		}
	}
	return request, nil
}

// do sends a call. A reply that breaks the document, or an internal error, is an
// error, whatever else the caller makes of it.
func (c *client) do(h httpCall) (httpReply, error) {
	request, err := h.request()
	if err != nil {
		return httpReply{}, err
	}
	reply, err := c.send(request)
	if err != nil {
		return reply, err
	}
	if strings.HasPrefix(reply.kind, "application/json") {
		if err := json.Unmarshal(reply.raw, &reply.value); err != nil {
			return reply, fmt.Errorf("%s: the reply is not JSON: %w: %s", h, err, reply)
		}
	}
	return reply, c.check(h, reply)
}

// withoutOperation are the refusals of requests that reach no operation.
var withoutOperation = []string{"ROUTE_UNKNOWN", "METHOD_NOT_ALLOWED", "NOT_SIMULATED"}

func (c *client) check(h httpCall, reply httpReply) error {
	code := cmp.Or(textAt(reply.value, "data.refusal"), textAt(reply.value, "error.code"))
	if reply.status >= http.StatusInternalServerError && code != "NOT_SIMULATED" && h.operation.ID != "failTestWebhook" {
		return fmt.Errorf("%s: internal error: %s", h, reply)
	}
	if c.unchecked {
		return nil
	}
	if suggestion := unfilled(reply.value); suggestion != "" {
		return fmt.Errorf("%s: a suggestion is not filled in: %s", h, suggestion)
	}
	if slices.Contains(withoutOperation, code) {
		// A path that was made unknown is answered without an operation.
		return nil
	}
	if code != "" && !slices.Contains(h.operation.Refusals, code) {
		return fmt.Errorf("%s: the operation does not list %s: %s", h, code, reply)
	}
	if err := h.operation.CheckResponse(reply.status, reply.kind, reply.raw); err != nil {
		return fmt.Errorf("%s: %w: %s", h, err, reply)
	}
	return nil
}

// unfilled finds a suggestion that still has the name of a path parameter in it.
func unfilled(reply any) string {
	for _, suggestion := range listAt(reply, "data.suggestions") {
		if text, _ := suggestion.(string); strings.Contains(text, "{") {
			return text
		}
	}
	return ""
}

// must sends a call that has to succeed.
func (c *client) must(t testing.TB, h httpCall) httpReply {
	t.Helper()
	reply, err := c.do(h)
	if err != nil {
		t.Fatal(err)
	}
	if reply.status >= http.StatusBadRequest {
		t.Fatalf("%s: %s", h, reply)
	}
	return reply
}

// valueAt gives the member of a JSON value under a dotted name, or nil.
func valueAt(value any, name string) any {
	for part := range strings.SplitSeq(name, ".") {
		switch v := value.(type) {
		case map[string]any:
			value = v[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}

func textAt(value any, name string) string {
	text, _ := valueAt(value, name).(string)
	return text
}

func listAt(value any, name string) []any {
	list, _ := valueAt(value, name).([]any)
	return list
}

// minorAt gives a whole number that is written as text.
func minorAt(value any, name string) int64 {
	n, err := strconv.ParseInt(textAt(value, name), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// bodyExamples gives the examples of every operation's request body, by
// operationId, in the order of their names.
func bodyExamples(t testing.TB) map[string][]any {
	t.Helper()
	document, err := openapi3.NewLoader().LoadFromData(spec.Product())
	if err != nil {
		t.Fatal(err)
	}
	examples := map[string][]any{}
	for _, item := range document.Paths.Map() {
		for _, o := range item.Operations() {
			if o.RequestBody == nil {
				continue
			}
			media := o.RequestBody.Value.Content.Get("application/json")
			for _, name := range sortedKeys(media.Examples) {
				examples[o.OperationID] = append(examples[o.OperationID], media.Examples[name].Value.Value)
			}
		}
	}
	return examples
}

// adapted copies a JSON value and replaces members by their dotted name, or by
// their last name wherever they stand. A member that is not there stays away.
func adapted(value any, replace map[string]any) any { return adaptedAt(value, "", replace) }

func adaptedAt(value any, at string, replace map[string]any) any {
	switch v := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, member := range v {
			whole := strings.TrimPrefix(at+"."+name, ".")
			if instead, ok := replace[whole]; ok {
				out[name] = instead
			} else if instead, ok := replace[name]; ok {
				out[name] = instead
			} else {
				out[name] = adaptedAt(member, whole, replace)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, member := range v {
			out[i] = adaptedAt(member, at+"."+strconv.Itoa(i), replace)
		}
		return out
	}
	return value
}
