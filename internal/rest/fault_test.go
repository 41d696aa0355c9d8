package rest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/fault"
	"finhub-sandbox/internal/rest"
)

const tinyDocument = `{
  "openapi": "3.0.3", "info": {"title": "tiny", "version": "1"}, "servers": [{"url": "/api"}],
  "paths": {
    "/things": {"get": {"operationId": "listThings", "x-callers": ["public"], "responses": {"200": {"description": "ok", "content": {"application/json": {}}}}}},
    "/things/events": {"get": {"operationId": "watchThings", "x-callers": ["public"], "responses": {"200": {"description": "ok", "content": {"text/event-stream": {}}}}}},
    "/things/{id}": {"delete": {"operationId": "deleteThing", "x-callers": ["public"],
      "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
      "responses": {"204": {"description": "gone"}}}}
  }
}`

// tiny is a server with two operations that count how often they work, and with
// one fault or refusal for all calls.
type tiny struct {
	*rest.Server
	worked int
	rules  []rest.Rule
	// write makes the body of the operation that streams.
	write func(context.Context, *rest.Sink) error
	// patience is how long a piece of that may wait.
	patience time.Duration
	// waits are the delays that were waited for.
	waits []time.Duration
	log   bytes.Buffer
}

func newTiny(t *testing.T, fault *rest.Fault, refused error) *tiny {
	t.Helper()
	document, err := contract.Load([]byte(tinyDocument), nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &tiny{}
	s.Server = rest.New(rest.Config{
		CheckReplies: true,
		Log:          slog.New(slog.NewTextHandler(&s.log, nil)), Now: func() time.Time { return time.Time{} },
		Within: func(c *rest.Call, fn func(*rest.Call, rest.Work) error) error { return fn(c, anybody{c.Tenant}) },
		Wait: func(ctx context.Context, d time.Duration) error {
			s.waits = append(s.waits, d)
			return ctx.Err()
		},
	})
	work := func(c *rest.Call) (rest.Reply, error) {
		s.worked++
		c.Scenario, c.Rules = "bad-day", s.rules
		switch c.Operation.ID {
		case "watchThings":
			return rest.Reply{Stream: &rest.Stream{MediaType: "text/event-stream", Write: s.write, Patience: s.patience}, Fault: fault}, refused
		case "deleteThing":
			return rest.Reply{Status: http.StatusNoContent, Fault: fault}, refused
		}
		return rest.Reply{Data: strings.Repeat("x", 100), Fault: fault}, refused
	}
	if err := s.Mount(document, rest.Envelope{}, map[string]rest.Handler{"listThings": work, "deleteThing": work, "watchThings": work}); err != nil {
		t.Fatal(err)
	}
	return s
}

var whole = `{"code":200,"message":"Success","data":"` + strings.Repeat("x", 100) + `"}`

// TestFaultsOverARealConnection sends a request to a listening server for every
// kind of fault, and looks at what a client gets.
func TestFaultsOverARealConnection(t *testing.T) {
	for _, test := range []struct {
		name    string
		fault   *rest.Fault
		refused error
		// status 0 is no reply at all, and broken a body that ends too early.
		status int
		body   string
		broken bool
		header map[string]string
		waits  int
	}{
		{name: "no fault", status: 200, body: whole},
		{name: "delay", fault: &rest.Fault{Kind: fault.Delay, Delay: time.Second}, status: 200, body: whole, waits: 1},
		{
			name: "status", fault: &rest.Fault{Kind: fault.Status, Status: 503, Body: "busy", Header: map[string]string{"X-Why": "rain"}, RetryAfter: 1500 * time.Millisecond},
			status: 503, body: "busy", header: map[string]string{"X-Why": "rain", "Retry-After": "2", "Content-Type": "text/plain; charset=UTF-8"},
		},
		{
			name: "status with JSON", fault: &rest.Fault{Kind: fault.Status, Status: 429, Body: `{"code":429}`, Delay: time.Second},
			status: 429, body: `{"code":429}`, header: map[string]string{"Content-Type": "application/json", "Retry-After": ""}, waits: 1,
		},
		{name: "malformed", fault: &rest.Fault{Kind: fault.Malformed}, status: 200, body: `{"code":200,"message":"Success","data":{"id":`, header: map[string]string{"Content-Type": "application/json"}},
		{name: "empty", fault: &rest.Fault{Kind: fault.Empty}, status: 200},
		{name: "reset", fault: &rest.Fault{Kind: fault.Reset, Delay: time.Second}, waits: 1},
		{name: "lost", fault: &rest.Fault{Kind: fault.Lost, Delay: time.Second}, waits: 1},
		{name: "cut", fault: &rest.Fault{Kind: fault.Cut}, status: 200, body: whole[:len(whole)/2], broken: true},
		{name: "drip", fault: &rest.Fault{Kind: fault.Drip, Delay: 50 * time.Millisecond}, status: 200, body: whole, waits: 5},
		{name: "drip for long", fault: &rest.Fault{Kind: fault.Drip, Delay: time.Hour}, status: 200, body: whole, waits: len(whole)},
		{
			name: "a refusal that comes late", fault: &rest.Fault{Kind: fault.Delay, Delay: time.Second}, refused: refusal.New(refusal.RateLimited, "rule"),
			status: 429, header: map[string]string{"Retry-After": "1"}, waits: 1,
		},
		{name: "a refusal", refused: refusal.New(refusal.OrderExpired, "rule"), status: 410},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newTiny(t, test.fault, test.refused)
			// A connection that was taken over is not waited for at the end.
			answered := make(chan struct{})
			listening := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer close(answered)
				s.ServeHTTP(w, r)
			}))
			defer listening.Close()
			request, err := http.NewRequest(http.MethodGet, listening.URL+"/api/things", http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			// A new connection for each request: a client repeats a GET by itself if
			// one that it has used before turns out to be closed.
			client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			response, err := client.Do(request)
			switch {
			case test.status == 0:
				if err == nil {
					t.Errorf("there is a reply: %d", response.StatusCode)
					response.Body.Close()
				}
			case err != nil:
				t.Fatal(err)
			default:
				body, err := io.ReadAll(response.Body)
				response.Body.Close()
				if errors.Is(err, io.ErrUnexpectedEOF) != test.broken {
					t.Errorf("reading the body: %v", err)
				}
				if response.StatusCode != test.status || test.refused == nil && string(body) != test.body {
					t.Errorf("got %d %s", response.StatusCode, body)
				}
				for name, want := range test.header {
					if got := response.Header.Get(name); got != want {
						t.Errorf("%s is %q, want %q", name, got, want)
					}
				}
				if response.Header.Get("X-Sandbox-Scenario") != "bad-day" {
					t.Error("the reply does not name the scenario")
				}
			}
			<-answered
			if s.worked != 1 || len(s.waits) != test.waits {
				t.Errorf("worked %d times and waited %v", s.worked, s.waits)
			}
			for _, wait := range s.waits {
				if wait <= 0 || wait > time.Minute {
					t.Errorf("waited %v", wait)
				}
			}
			if test.fault != nil && !strings.Contains(s.log.String(), "scenario=bad-day fault="+string(test.fault.Kind)) {
				t.Errorf("the log does not tell: %s", s.log.String())
			}
		})
	}
}

// TestARecorderSeesTheConnectionClosed: without a connection, closing it is a
// panic with http.ErrAbortHandler.
func TestARecorderSeesTheConnectionClosed(t *testing.T) {
	for _, kind := range []fault.Kind{fault.Reset, fault.Lost, fault.Timeout, fault.Cut} {
		t.Run(string(kind), func(t *testing.T) {
			s := newTiny(t, &rest.Fault{Kind: kind}, nil)
			recorder := httptest.NewRecorder()
			func() {
				defer func() {
					if p := recover(); p != http.ErrAbortHandler { //nolint:errorlint // a panic's value is compared
						t.Errorf("panicked with %v", p)
					}
				}()
				s.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "http://localhost/api/things", http.NoBody))
			}()
			if s.worked != 1 || kind != fault.Cut && recorder.Body.Len() > 0 {
				t.Errorf("worked %d times, sent %s", s.worked, recorder.Body)
			}
		})
	}
}

// TestARequestThatEndsEndsItsDelay: nobody is left to answer.
func TestARequestThatEndsEndsItsDelay(t *testing.T) {
	for _, kind := range []fault.Kind{fault.Delay, fault.Status, fault.Drip, fault.Timeout} {
		s := newTiny(t, &rest.Fault{Kind: kind, Status: 503, Delay: time.Hour}, nil)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		func() {
			defer func() {
				if p := recover(); p != http.ErrAbortHandler { //nolint:errorlint // a panic's value is compared
					t.Errorf("%s: panicked with %v", kind, p)
				}
			}()
			s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "http://localhost/api/things", http.NoBody).WithContext(ctx))
		}()
		if len(s.waits) != 1 || s.waits[0] > time.Minute {
			t.Errorf("%s: waited %v", kind, s.waits)
		}
	}
}

func TestAReplyWithoutABodyIsLostAsAWhole(t *testing.T) {
	for kind, status := range map[fault.Kind]int{fault.Cut: 0, fault.Drip: http.StatusNoContent} {
		s := newTiny(t, &rest.Fault{Kind: kind, Delay: time.Second}, nil)
		listening := httptest.NewServer(s)
		request, err := http.NewRequest(http.MethodDelete, listening.URL+"/api/things/1", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		response, err := listening.Client().Do(request)
		if err == nil {
			response.Body.Close()
		}
		if got := err == nil; got != (status != 0) || got && response.StatusCode != status {
			t.Errorf("%s: got %v, %v", kind, response, err)
		}
		listening.Close()
		if s.worked != 1 {
			t.Errorf("%s: worked %d times", kind, s.worked)
		}
	}
}

// TestTheLogNamesTheRulesThatActed: those of the call, and that of the fault.
func TestTheLogNamesTheRulesThatActed(t *testing.T) {
	slow := &rest.Fault{Kind: fault.Delay, Rule: rest.Rule{Scenario: "bad-day", Name: "slow", File: "bad-day.yaml", Line: 7}}
	for _, c := range []struct {
		fault *rest.Fault
		rules []rest.Rule
		want  string
	}{
		{slow, nil, `scenario=bad-day fault=delay rules="slow of bad-day (bad-day.yaml:7)"`},
		{slow, []rest.Rule{{Name: "late"}}, `scenario=bad-day fault=delay rules="late, slow of bad-day (bad-day.yaml:7)"`},
		{nil, []rest.Rule{{Name: "late"}}, "rules=late"},
	} {
		s := newTiny(t, c.fault, nil)
		s.rules = c.rules
		s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "http://localhost/api/things", http.NoBody))
		if !strings.Contains(s.log.String(), c.want) {
			t.Errorf("the log is %s, want %s", s.log.String(), c.want)
		}
	}
}

// anybody is the work of a server that keeps nothing: everybody may call it.
type anybody struct{ tenant string }

func (w anybody) Identify(string, bool) (access.Caller, error) {
	return access.Caller{Sort: access.Public, Tenant: w.tenant}, nil
}
func (anybody) Relaxed() bool     { return true }
func (anybody) Keyless() bool     { return false }
func (anybody) Past(string) error { return nil }
