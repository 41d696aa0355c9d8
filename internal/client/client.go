// Package client talks to a running sandbox over its control API, for the
// command line.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"finhub-sandbox/internal/headers"
)

// timeout bounds one call. The sandbox is near, but an advance over a long time
// has much to do.
const timeout = time.Minute

// maxReply bounds a reply. An advance lists every event that happened.
const maxReply = 256 << 20

// Client calls the control API of one sandbox in one tenant.
type Client struct {
	// Addr is the host and port at which the control API listens.
	Addr string
	// Tenant is the tenant on which calls act; empty is the sandbox's default.
	Tenant string
	// Token is the control token; empty if the sandbox asks for none.
	Token string
}

// Operation is one of the control API's, whose replies are a T.
type Operation[T any] struct{ Method, Path string }

// With gives the operation with a query; parameters without a value are left out.
func (o Operation[T]) With(query map[string]string) Operation[T] {
	values := url.Values{}
	for name, value := range query {
		if value != "" {
			values.Set(name, value)
		}
	}
	if len(values) > 0 {
		o.Path += "?" + values.Encode()
	}
	return o
}

// Reply is the JSON of a successful answer, which is a T.
type Reply[T any] []byte

// Decode gives what the reply says.
func (r Reply[T]) Decode() (T, error) {
	var said T
	if err := json.Unmarshal(r, &said); err != nil {
		return said, fmt.Errorf("the reply is not understood, is this another version of the sandbox? (%w)", err)
	}
	return said, nil
}

// YAML is a body that is sent as it is, as JSON is; every other is made JSON.
type YAML []byte

// JSON is a text of JSON that is sent as it is.
type JSON []byte

// Refusal is an answer of the sandbox that says no.
type Refusal struct {
	Status int
	ErrorDetail
}

// Error says what was refused, why, and what to do.
func (r *Refusal) Error() string {
	text := r.Message
	if r.Details != "" {
		text += ": " + r.Details
	}
	for _, f := range r.Errors {
		text += "; " + f.Field + " " + f.Message
	}
	if r.Hint != "" {
		text += ". " + r.Hint
	}
	return text
}

// AddrError says that an address is none.
type AddrError struct{ Addr string }

// Error shows one that is.
func (e *AddrError) Error() string {
	return fmt.Sprintf("%q is no address: it needs a host and a port, such as localhost:8080", e.Addr)
}

// Call does the operation. The body is nil where there is none, and the arguments
// stand in the path, in their order. The error is a *Refusal if the sandbox says
// no; any other says in one line what is in the way.
func (o Operation[T]) Call(ctx context.Context, c Client, body any, arguments ...string) (Reply[T], error) {
	mediaType, text := "", []byte(nil)
	switch b := body.(type) {
	case nil:
	case YAML:
		mediaType, text = "application/yaml", b
	case JSON:
		mediaType, text = "application/json", b
	default:
		var err error
		if text, err = json.Marshal(b); err != nil {
			return nil, err
		}
		mediaType = "application/json"
	}
	return c.do(ctx, o.Method, o.path(arguments), mediaType, text)
}

func (o Operation[T]) path(arguments []string) string {
	path := o.Path
	for _, argument := range arguments {
		head, rest, _ := strings.Cut(path, "{")
		_, tail, _ := strings.Cut(rest, "}")
		path = head + url.PathEscape(argument) + tail
	}
	return path
}

// Copy does the operation, without a body, and hands its reply on while it comes,
// however long that takes. Errors are those of Call.
func (o Operation[T]) Copy(ctx context.Context, c Client, to io.Writer, arguments ...string) error {
	reply, err := c.open(ctx, o.Method, o.path(arguments), "", nil)
	if err != nil {
		return err
	}
	if reply.StatusCode != http.StatusOK {
		_, err := c.read(reply)
		return err
	}
	_, err = io.Copy(to, reply.Body)
	if err = errors.Join(err, reply.Body.Close()); err != nil {
		return fmt.Errorf("the reply of %s ended too early: %w", c.Addr, err)
	}
	return nil
}

// do makes one call and gives the text of the reply.
func (c Client) do(ctx context.Context, method, path, mediaType string, body []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	reply, err := c.open(ctx, method, path, mediaType, body)
	if err != nil {
		return nil, err
	}
	return c.read(reply)
}

// Reach is where to call what listens at an address. One that listens on every address of
// its machine is called by a name of the machine, which may come with a port of its own.
func Reach(addr, name string) string {
	host, port, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err != nil || host != "" && (ip == nil || !ip.IsUnspecified()) {
		return addr
	}
	if alone, _, err := net.SplitHostPort(name); err == nil {
		name = alone
	}
	return net.JoinHostPort(strings.Trim(name, "[]"), port)
}

// open makes one call and gives the reply, whose body is still to be read.
func (c Client) open(ctx context.Context, method, path, mediaType string, body []byte) (*http.Response, error) {
	if _, _, err := net.SplitHostPort(c.Addr); err != nil {
		return nil, &AddrError{c.Addr}
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://"+Reach(c.Addr, "localhost")+"/_sandbox"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if mediaType != "" {
		request.Header.Set(headers.ContentType, mediaType)
	}
	if c.Tenant != "" {
		request.Header.Set(headers.Tenant, c.Tenant)
	}
	if c.Token != "" {
		request.Header.Set(headers.Authorization, "Bearer "+c.Token)
	}
	reply, err := http.DefaultClient.Do(request)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, fmt.Errorf("the sandbox on %s does not answer in time", c.Addr)
	}
	if err != nil {
		return nil, fmt.Errorf("no sandbox answers on %s: start it, or name its address with --addr", c.Addr)
	}
	return reply, nil
}

func (c Client) read(reply *http.Response) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(reply.Body, maxReply))
	if err = errors.Join(err, reply.Body.Close()); err != nil {
		return nil, fmt.Errorf("the reply of %s ended too early: %w", c.Addr, err)
	}
	if reply.StatusCode == http.StatusOK {
		return text, nil
	}
	// Both have a member by which they are told apart.
	var unready Health
	if err := json.Unmarshal(text, &unready); err == nil && unready.Reason != "" {
		return nil, fmt.Errorf("the sandbox on %s is not ready: %s", c.Addr, unready.Reason)
	}
	var refused ControlError
	if err := json.Unmarshal(text, &refused); err != nil || refused.Error.Code == "" {
		return nil, fmt.Errorf("%s answers %s: is that a sandbox? One with --control-addr takes these calls there", c.Addr, reply.Status)
	}
	return nil, &Refusal{reply.StatusCode, refused.Error}
}
