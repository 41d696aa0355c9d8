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
	"time"
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

// Reply is the JSON of a successful answer.
type Reply []byte

// Into decodes the reply.
func (r Reply) Into(v any) error {
	if err := json.Unmarshal(r, v); err != nil {
		return fmt.Errorf("the reply is not understood, is this another version of the sandbox? (%w)", err)
	}
	return nil
}

// Refusal is an answer of the sandbox that says no.
type Refusal struct {
	Status  int     `json:"-"`
	Code    string  `json:"code"`
	Message string  `json:"message"`
	Hint    string  `json:"hint"`
	Details string  `json:"details"`
	Faults  []Fault `json:"errors"`
}

// Fault is one thing that is wrong with what was sent. Line and Column are set
// for faults in a scenario.
type Fault struct {
	Field   string `json:"field"`
	Message string `json:"message"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
}

// Error says what was refused, why, and what to do.
func (r *Refusal) Error() string {
	text := r.Message
	if r.Details != "" {
		text += ": " + r.Details
	}
	for _, f := range r.Faults {
		text += "; " + f.Field + " " + f.Message
	}
	if r.Hint != "" {
		text += ". " + r.Hint
	}
	return text
}

// Scenarios lists the scenarios that the tenant can use, and the active one.
func (c Client) Scenarios(ctx context.Context) (Reply, error) {
	return c.do(ctx, http.MethodGet, "/scenarios", "", nil)
}

// Scenario shows one scenario.
func (c Client) Scenario(ctx context.Context, name string) (Reply, error) {
	return c.do(ctx, http.MethodGet, "/scenarios/"+url.PathEscape(name), "", nil)
}

// UseScenario makes a scenario the tenant's active one.
func (c Client) UseScenario(ctx context.Context, name string) (Reply, error) {
	return c.send(ctx, http.MethodPut, "/scenario", map[string]string{"name": name})
}

// UseScenarioText hands in a scenario as YAML and makes it the tenant's active
// one. Its mistakes are the faults of a Refusal.
func (c Client) UseScenarioText(ctx context.Context, text []byte) (Reply, error) {
	return c.do(ctx, http.MethodPut, "/scenario", "application/yaml", text)
}

// Magic lists every value that makes a scenario act.
func (c Client) Magic(ctx context.Context) (Reply, error) {
	return c.do(ctx, http.MethodGet, "/magic", "", nil)
}

// Clock shows the tenant's clock.
func (c Client) Clock(ctx context.Context) (Reply, error) {
	return c.do(ctx, http.MethodGet, "/clock", "", nil)
}

// Freeze stops the tenant's clock, at an instant if one is given.
func (c Client) Freeze(ctx context.Context, at string) (Reply, error) {
	body := map[string]string{}
	if at != "" {
		body["at"] = at
	}
	return c.send(ctx, http.MethodPost, "/clock/freeze", body)
}

// Run lets the tenant's clock run.
func (c Client) Run(ctx context.Context) (Reply, error) {
	return c.do(ctx, http.MethodPost, "/clock/run", "", nil)
}

// Advance moves the tenant's clock. How is by, to or until.
func (c Client) Advance(ctx context.Context, how, value string) (Reply, error) {
	return c.send(ctx, http.MethodPost, "/clock/advance", map[string]string{how: value})
}

// Health asks the sandbox whether it is ready, and says how it answered.
func (c Client) Health(ctx context.Context) (Reply, error) {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	return c.do(ctx, http.MethodGet, "/health", "", nil)
}

// healthTimeout is how long a sandbox that is well may take to say so.
const healthTimeout = 5 * time.Second

func (c Client) send(ctx context.Context, method, path string, body any) (Reply, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	return c.do(ctx, method, path, "application/json", text)
}

// do makes one call. The error is a *Refusal if the sandbox says no; any other
// says in one line what is in the way.
func (c Client) do(ctx context.Context, method, path, mediaType string, body []byte) (Reply, error) {
	host, port, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return nil, fmt.Errorf("%q is no address: it needs a host and a port, such as localhost:8080", c.Addr)
	}
	if host == "" {
		host = "localhost"
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, "http://"+net.JoinHostPort(host, port)+"/_sandbox"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if mediaType != "" {
		request.Header.Set("Content-Type", mediaType)
	}
	if c.Tenant != "" {
		request.Header.Set("X-Tenant-ID", c.Tenant)
	}
	if c.Token != "" {
		request.Header.Set("Authorization", "Bearer "+c.Token)
	}
	reply, err := http.DefaultClient.Do(request)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, fmt.Errorf("the sandbox on %s does not answer in time", c.Addr)
	}
	if err != nil {
		return nil, fmt.Errorf("no sandbox answers on %s: start it, or name its address with --addr", c.Addr)
	}
	return c.read(reply)
}

func (c Client) read(reply *http.Response) (Reply, error) {
	text, err := io.ReadAll(io.LimitReader(reply.Body, maxReply))
	if err = errors.Join(err, reply.Body.Close()); err != nil {
		return nil, fmt.Errorf("the reply of %s ended too early: %w", c.Addr, err)
	}
	if reply.StatusCode == http.StatusOK {
		return text, nil
	}
	var refused struct {
		Error  Refusal `json:"error"`
		Reason string  `json:"reason"`
	}
	err = json.Unmarshal(text, &refused)
	if err == nil && refused.Reason != "" {
		return nil, fmt.Errorf("the sandbox on %s is not ready: %s", c.Addr, refused.Reason)
	}
	if err != nil || refused.Error.Code == "" {
		return nil, fmt.Errorf("%s answers %s: is that a sandbox? One with --control-addr takes these calls there", c.Addr, reply.Status)
	}
	refused.Error.Status = reply.StatusCode
	return nil, &refused.Error
}
