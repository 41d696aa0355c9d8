package app_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/spec"
)

// flowClock is when every flow begins, unless it says otherwise.
const flowClock = "2026-01-05T09:00:00Z"

// flowServer is a sandbox without a port, with the documents to which its
// replies are held.
type flowServer struct {
	app       *app.App
	documents []*contract.Document
	// raw are the same documents as plain JSON.
	raw []rawDocument
	// sent is told every request, if it is not nil.
	sent func(wireRequest)
	// turns gives who answers the next request; nil is app.
	turns func() *app.App
	// around lets a request be answered, if it is not nil.
	around func(r *http.Request, answer func())
	// replied is told every reply, if it is not nil.
	replied func(flowReply)
}

func openFlowServer(t testing.TB, config app.Config) *flowServer {
	t.Helper()
	config.Quiet = true
	return openLoggedFlowServer(t, config, t.Output())
}

// openLoggedFlowServer is openFlowServer with a log of its own.
func openLoggedFlowServer(t testing.TB, config app.Config, log io.Writer) *flowServer {
	t.Helper()
	return &flowServer{
		app: openFlowAppTo(t, config, log), documents: loadDocuments(t),
		raw: []rawDocument{readRawDocument(t, spec.Product()), readRawDocument(t, spec.Control())},
	}
}

func openFlowApp(t testing.TB, config app.Config) *app.App {
	t.Helper()
	config.Quiet = true
	return openFlowAppTo(t, config, t.Output())
}

func openFlowAppTo(t testing.TB, config app.Config, log io.Writer) *app.App {
	t.Helper()
	config.Version, config.CheckShared = "test", true
	if config.Seed == "" {
		config.Seed = "flows"
	}
	config.Now = func() time.Time { return time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC) }
	config.Wait, config.WebhookNames = recordDelay, noNames()
	opened, err := app.Open(config, log)
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

func loadDocuments(t testing.TB) []*contract.Document {
	t.Helper()
	var documents []*contract.Document
	for _, bundled := range [][]byte{spec.Product(), spec.Control()} {
		d, err := contract.Load(bundled, app.Formats())
		if err != nil {
			t.Fatal(err)
		}
		documents = append(documents, d)
	}
	return documents
}

// operationOf finds the operation that a call means, or nil. Of several, it is
// the one with the most fixed segments, as in the router.
func operationOf(documents []*contract.Document, method, path string) *contract.Operation {
	path, _, _ = strings.Cut(path, "?")
	sent := strings.Split(path, "/")
	var best *contract.Operation
	most := -1
	for _, d := range documents {
		for _, o := range d.Operations {
			if fixed := fixedSegments(strings.Split(o.Path, "/"), sent); o.Method == method && fixed > most {
				best, most = o, fixed
			}
		}
	}
	return best
}

// fixedSegments counts the segments that a path has in common with a template,
// or gives -1 if the path is not of the template's form.
func fixedSegments(template, sent []string) int {
	if len(template) != len(sent) {
		return -1
	}
	fixed := 0
	for i, segment := range template {
		switch {
		case segment == sent[i]:
			fixed++
		case !strings.HasPrefix(segment, "{") || sent[i] == "":
			return -1
		}
	}
	return fixed
}

// wholePath puts the product's base before a path, unless it has one.
func wholePath(path string) string {
	if strings.HasPrefix(path, "/_sandbox/") || strings.HasPrefix(path, "/api/") {
		return path
	}
	return "/api/v2.1" + path
}

// flowReply is a reply as it came.
type flowReply struct {
	method, path string
	status       int
	kind         string
	header       http.Header
	raw          []byte
	value        any
	// broken says that no client could read it: the connection was closed, or the
	// JSON is not whole.
	broken bool
	// delay is how long it was held back, if anybody had waited.
	delay time.Duration
	// changed says that the request changed the tenant's state.
	changed bool
}

func (r flowReply) String() string {
	if r.broken {
		return fmt.Sprintf("no whole reply: %q", r.raw)
	}
	return fmt.Sprintf("%d %s", r.status, r.raw)
}

// exchange answers a request, and does not judge the reply.
func (s *flowServer) exchange(method, path string, header http.Header, body io.Reader) (flowReply, error) {
	reply := flowReply{method: method, path: path}
	ctx := context.WithValue(context.Background(), delayKey{}, &reply.delay)
	request, err := http.NewRequestWithContext(ctx, method, "http://sandbox"+path, body)
	if err != nil {
		return reply, err
	}
	request.Header = header
	if s.sent != nil {
		content, err := io.ReadAll(request.Body)
		if err != nil {
			return reply, err
		}
		s.sent(newWireRequest(method, path, header, content))
		request.Body = io.NopCloser(bytes.NewReader(content))
	}
	recorder := httptest.NewRecorder()
	answering := s.app
	if s.turns != nil {
		answering = s.turns()
	}
	answer := func() { reply.broken = closes(func() { answering.Handler().ServeHTTP(recorder, request) }) }
	if s.around != nil {
		s.around(request, answer)
	} else {
		answer()
	}
	reply.status, reply.header, reply.raw = recorder.Code, recorder.Header(), recorder.Body.Bytes()
	reply.kind = reply.header.Get("Content-Type")
	// Requests are numbered for the log, over all tenants.
	reply.header.Del("X-Request-Id")
	if strings.HasPrefix(reply.kind, "application/json") && json.Unmarshal(reply.raw, &reply.value) != nil {
		reply.broken = true
	}
	if s.replied != nil {
		s.replied(reply)
	}
	return reply, nil
}

// choose lets a scenario govern the new customers of a tenant.
func (s *flowServer) choose(tenant, scenario string) error {
	header := http.Header{"X-Tenant-Id": {tenant}, "Content-Type": {"application/json"}}
	reply, err := s.exchange(http.MethodPut, "/_sandbox/scenario", header, strings.NewReader(`{"name":"`+scenario+`"}`))
	if err == nil && reply.status != http.StatusOK {
		err = fmt.Errorf("scenario %s cannot be chosen: %s", scenario, reply)
	}
	return err
}

// checkReply holds a reply to its operation. What no operation answers must be
// the refusal that says so.
func (s *flowServer) checkReply(reply flowReply) error {
	o := operationOf(s.documents, reply.method, reply.path)
	if o != nil {
		if err := o.CheckResponse(reply.status, reply.kind, reply.raw); err != nil {
			return fmt.Errorf("%w\n  came: %s", err, reply)
		}
		return errors.Join(s.checkMembers(o, reply), checkRefusal(o, reply))
	}
	if !slices.Contains([]int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented}, reply.status) {
		return fmt.Errorf("%s %s is no operation of the documents; came: %s", reply.method, reply.path, reply)
	}
	return nil
}

// checkMembers demands that the document knows every member of a reply.
func (s *flowServer) checkMembers(o *contract.Operation, reply flowReply) error {
	for i, d := range s.documents {
		if d.Operation(o.ID) != o {
			continue
		}
		if unknown := s.raw[i].undocumented(o, reply); len(unknown) > 0 {
			return fmt.Errorf("%s: the document does not know %s of reply %d; came: %s", o.ID, strings.Join(unknown, ", "), reply.status, reply)
		}
	}
	return nil
}

// checkRefusal holds a refusal to the operation's list of them: the document
// must show its code under the status that came.
func checkRefusal(o *contract.Operation, reply flowReply) error {
	if reply.status < http.StatusBadRequest {
		return nil
	}
	code, err := find(reply.value, "data.refusal")
	if err != nil {
		code, err = find(reply.value, "error.code")
	}
	if err != nil || !slices.Contains(o.RefusalStatuses(fmt.Sprint(code)), reply.status) {
		return fmt.Errorf("the document does not list refusal %v of %s under %d; came: %s", code, o.ID, reply.status, reply)
	}
	return nil
}

// dump is everything that is stored of a tenant.
func (s *flowServer) dump(tenant string) (string, error) {
	return s.app.World().Engine().Dump(context.Background(), tenant)
}

// events gives a tenant's events after a sequence number.
func (s *flowServer) events(tenant string, after int64) (list []engine.Event, err error) {
	err = s.app.World().Engine().Read(context.Background(), tenant, func(u *engine.Unit) error {
		list = u.Events(after, 100_000)
		return nil
	})
	return list, err
}

func bodyOf(s flowStep, kept map[string]any) (io.Reader, error) {
	if s.Body == nil && s.Text == nil {
		return http.NoBody, nil
	}
	var content []byte
	if s.Text != nil {
		raw, err := fill(s.Text.value, kept)
		if err != nil {
			return nil, err
		}
		content = []byte(fmt.Sprint(raw))
	} else {
		filled, err := fill(s.Body.value, kept)
		if err != nil {
			return nil, err
		}
		if content, err = json.Marshal(filled, json.Deterministic(true)); err != nil {
			return nil, err
		}
	}
	if missing := s.Padded - len(content); missing > 0 {
		content = append(content, bytes.Repeat([]byte(" "), missing)...)
	}
	return bytes.NewReader(content), nil
}
