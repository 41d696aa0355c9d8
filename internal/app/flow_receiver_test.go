package app_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
)

// flowAnswer is what a receiver answers once.
type flowAnswer struct {
	Status  int               `yaml:"status"`
	Headers map[string]string `yaml:"headers"`
	Body    string            `yaml:"body"`
}

// flowReceiver is an HTTP server of a flow to which webhooks are sent: it notes what
// comes, and answers as it is told, or else with 200.
type flowReceiver struct {
	server *httptest.Server
	secret string

	mu      sync.Mutex
	answers []flowAnswer
	got     []any
	// wire is everything that came, to the byte, but for the address.
	wire []string
}

func newFlowReceiver(secret string) *flowReceiver {
	r := &flowReceiver{secret: secret}
	r.server = httptest.NewServer(r)
	return r
}

func (r *flowReceiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	text, err := io.ReadAll(request.Body)
	if err != nil {
		return // Who sends has gone.
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, r.note(request, text))
	r.wire = append(r.wire, wireOf(request, text))
	answer := flowAnswer{Status: http.StatusOK, Body: "OK"}
	if len(r.answers) > 0 {
		answer, r.answers = r.answers[0], r.answers[1:]
	}
	for name, value := range answer.Headers {
		w.Header().Set(name, value)
	}
	w.WriteHeader(answer.Status)
	_, _ = io.WriteString(w, answer.Body)
}

// wireOf is a request with all its headers and its bytes.
func wireOf(request *http.Request, text []byte) string {
	var wire strings.Builder
	fmt.Fprintf(&wire, "%s %s\n", request.Method, request.URL)
	_ = request.Header.Write(&wire) // A builder takes everything.
	wire.Write(text)
	return wire.String()
}

// noNames finds no host but those that the machine has a name for: nothing of the
// tests leaves it.
func noNames() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("no names are looked up")
	}}
}

// note is what came as a flow sees it. The signature is computed here anew, by the
// words of the document.
func (r *flowReceiver) note(request *http.Request, text []byte) map[string]any {
	header := map[string]any{}
	for name, values := range request.Header {
		header[name] = strings.Join(values, ", ")
	}
	note := map[string]any{
		"method": request.Method, "path": request.URL.Path, "headers": header, "text": string(text),
		"type": request.Header.Get("X-FinHub-Event"), "attempt": request.Header.Get("X-FinHub-Attempt"), "signed": r.signed(request, text),
	}
	var value any
	if json.Unmarshal(text, &value) == nil {
		note["body"] = value
	}
	return note
}

func (r *flowReceiver) signed(request *http.Request, text []byte) string {
	mac := hmac.New(sha256.New, []byte(r.secret))
	mac.Write(text)
	want := "sha256=" + hex.EncodeToString(mac.Sum(nil))
	sent := strings.Split(request.Header.Get("X-FinHub-Signature"), ",")
	for i, one := range sent {
		if one == want {
			return []string{"", "second "}[min(i, 1)] + "valid"
		}
	}
	return "invalid"
}

// take gives what came since it was last asked.
func (r *flowReceiver) take() []any {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.got
	r.got = nil
	return append([]any{}, got...)
}

// openReceivers opens those that a flow names; their addresses are kept under their
// names.
func (p *flowPlay) openReceivers() {
	for name, secret := range p.flow.Receivers {
		if p.shared.receivers[name] == nil {
			p.shared.receivers[name] = newFlowReceiver(secret)
		}
		p.kept[name] = p.shared.receivers[name].server.URL + "/" + name
	}
}

func (s *flowShared) closeReceivers() {
	for _, r := range s.receivers {
		r.server.Close()
	}
}

// prepare tells receivers what to answer from now on.
func (p *flowPlay) prepare(s flowStep) error {
	for name, answers := range s.Answers {
		r := p.shared.receivers[name]
		if r == nil {
			return fmt.Errorf("there is no receiver %s", name)
		}
		r.mu.Lock()
		r.answers = answers
		r.mu.Unlock()
	}
	return nil
}

// received compares what receivers got since a step last said so.
func (p *flowPlay) received(s flowStep) error {
	for name, expected := range s.Received {
		r := p.shared.receivers[name]
		if r == nil {
			return fmt.Errorf("there is no receiver %s", name)
		}
		want, err := fill(expected.value, p.kept)
		if err != nil {
			return err
		}
		got := r.take()
		p.keepReceived(name, got)
		if found := differences("received."+name, want, got, true); len(found) > 0 {
			return fmt.Errorf("%s\n  came: %v", strings.Join(found, "\n  "), got)
		}
	}
	return nil
}

// keepReceived keeps the ids of the first event and delivery that came.
func (p *flowPlay) keepReceived(name string, got []any) {
	for i, one := range got {
		headers := one.(map[string]any)["headers"].(map[string]any)
		p.kept[fmt.Sprintf("%s.%d.event", name, i)] = headers["X-Finhub-Event-Id"]
		p.kept[fmt.Sprintf("%s.%d.delivery", name, i)] = headers["X-Finhub-Delivery"]
		p.kept[fmt.Sprintf("%s.%d.text", name, i)] = one.(map[string]any)["text"]
	}
}
