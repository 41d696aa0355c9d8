package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"finhub-sandbox/internal/headers"
)

// Product makes calls of the product's API, as an application does.
type Product struct {
	// Addr is the host and port at which the product listens.
	Addr, Tenant, Token string
	// Scenario is what governs customers that are registered; empty is the tenant's.
	Scenario string
}

// Call makes a call, which is a method and a path, and gives what the reply says. The
// error says what is refused, and why.
func (p Product) Call(ctx context.Context, call, body string) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	method, path, _ := strings.Cut(call, " ")
	request, err := http.NewRequestWithContext(ctx, method, "http://"+p.Addr+path, bytes.NewReader([]byte(body)))
	if err != nil {
		return nil, err
	}
	for name, value := range map[string]string{
		headers.Tenant: p.Tenant, headers.Authorization: "Bearer " + p.Token, headers.ContentType: "application/json", headers.Scenario: p.Scenario,
		headers.ForwardedFor: "127.0.0.1", "X-Forwarded-From": "finhub-sandbox", headers.Platform: "cli", headers.Device: "finhub-sandbox", headers.UserAgent: "finhub-sandbox",
		headers.User: "finhub-sandbox", headers.UserRoles: "ADMIN_USER,COMPLIANCE_OFFICER",
	} {
		if value != "" {
			request.Header.Set(name, value)
		}
	}
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("no sandbox answers on %s: start it, or name its address with --product-addr", p.Addr)
	}
	text, err := io.ReadAll(io.LimitReader(reply.Body, maxReply))
	if err = errors.Join(err, reply.Body.Close()); err != nil {
		return nil, fmt.Errorf("the reply of %s ended too early: %w", p.Addr, err)
	}
	if reply.StatusCode/100 != 2 {
		return nil, refusedCall(call, reply, text)
	}
	var said any
	if len(text) > 0 {
		err = json.Unmarshal(text, &said)
	}
	return said, err
}

// Refused is an answer of the product that says no.
type Refused struct {
	Call   string
	Status int
	// Code is stable; Message is the documented one.
	Code, Message string
	// Details are the state that stood in the way.
	Details string
	// Suggestions say what to call next.
	Suggestions []string
}

// Error says what was refused, and why.
func (r *Refused) Error() string {
	return fmt.Sprintf("%s is refused: %s (%s)", r.Call, r.Message, r.Details)
}

// refusedCall reads the refusal of a call.
func refusedCall(call string, reply *http.Response, text []byte) error {
	var said struct {
		Message string
		Data    struct {
			Refusal, Details string
			Suggestions      []string
		}
	}
	if err := json.Unmarshal(text, &said); err != nil || said.Message == "" {
		return fmt.Errorf("%s is answered with %s: is that a sandbox?", call, reply.Status)
	}
	return &Refused{call, reply.StatusCode, said.Data.Refusal, said.Message, said.Data.Details, said.Data.Suggestions}
}
