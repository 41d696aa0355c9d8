package app_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/go-json-experiment/json"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/journal"
	"finhub-sandbox/internal/recording"
)

// inTenant makes a control call in a tenant, and gives its reply.
func inTenant(t *testing.T, handler http.Handler, tenant, method, path string) httpReply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://localhost/_sandbox"+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Tenant-ID", tenant)
	reply, err := inProcess(handler)(r)
	if err != nil {
		t.Fatal(err)
	}
	return reply
}

func replayed(t *testing.T, text []byte) app.Replayed {
	t.Helper()
	f, err := recording.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	out, err := app.Replay(t.Context(), f, "test")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestEveryFlowReplays records every flow, from its beginning and from its middle, looks in
// the bug file for every secret that it has sent or was answered with, and plays the file in
// another sandbox.
func TestEveryFlowReplays(t *testing.T) {
	if raceDetector {
		t.Skip("it does one thing after another, and what races in a replay is tried by TestARunOfManyReplays")
	}
	counts := map[string]int{}
	for _, from := range []string{"the beginning", "the middle"} {
		t.Run(from, func(t *testing.T) { replayFlows(t, counts) })
	}
}

// replayFlows records flows from half of the requests on that counts has of them, and
// counts them.
func replayFlows(t *testing.T, counts map[string]int) {
	t.Helper()
	server := openFlowServer(t, app.Config{})
	names := secretNames(t)
	secrets, requests, complete := 0, 0, 0
	for _, name := range flowNames(t, flowDir) {
		f, err := readFlow(flowDir, name)
		if err != nil {
			t.Fatal(err)
		}
		if f.Server == "relaxed" || strings.Contains(name, "recording") {
			continue // Whether a tenant is recorded is what the latter are about.
		}
		text, found, sent := recordedFlow(t, server, names, f, counts[name]/2)
		counts[name] = sent
		for secret := range found {
			if magic := []string{"iVBORw0KGgo", "JVBERi0", "/9j/"}; slices.Contains(magic, strings.TrimRight(secret, "=")) {
				continue // That a file is a picture is no secret.
			}
			if at := strings.Index(string(text), secret); at >= 0 {
				t.Errorf("the bug file of %s has %q: … %s", name, secret, text[max(0, at-80):min(len(text), at+80)])
			}
		}
		out := replayed(t, text)
		switch {
		case len(out.Incomplete) > 0:
			t.Logf("%s: %q", name, out.Incomplete)
		case out.Parts != nil:
			told, _ := json.Marshal(out.Parts)
			t.Errorf("%s: %d of %d requests: %s", name, out.Requests, out.Recorded, told)
		default:
			complete++
		}
		secrets, requests = secrets+len(found), requests+out.Requests
	}
	if secrets < 1_000 || requests < 1_500 || complete < 200 {
		t.Errorf("only %d secrets, %d requests, and %d complete recordings", secrets, requests, complete)
	}
}

// recordedFlow plays a flow whose tenant is recorded from a request on, and gives the bug
// file, all secrets of the flow, and how many requests it has sent.
func recordedFlow(t *testing.T, server *flowServer, names journal.Secrets, f *flow, from int) (text []byte, found map[string]bool, sent int) {
	t.Helper()
	found = map[string]bool{}
	tenant, handler := "", server.app.ControlHandler()
	server.sent = func(r wireRequest) {
		for _, h := range r.headers {
			if h[0] == "X-Tenant-Id" && tenant == "" {
				tenant = h[1]
			}
		}
		if sent == from {
			if a := inTenant(t, handler, tenant, http.MethodPost, "/recording"); a.status != http.StatusOK {
				t.Fatalf("%s: %s", tenant, a.raw)
			}
		}
		sent++
		noteSecrets(server, names, r, found)
	}
	server.replied = func(r flowReply) {
		secretsIn(r.value, func(name string) bool { return slices.Contains(names.Members, name) }, found)
	}
	defer func() { server.sent, server.replied = nil, nil }()
	if err := playFlow(server, flowDir, f); err != nil {
		t.Fatal(f, err)
	}
	text = inTenant(t, handler, tenant, http.MethodGet, "/recording").raw
	inTenant(t, handler, tenant, http.MethodDelete, "/recording")
	return text, found, sent
}

// recordedHooks is a sandbox that serves, with a tenant that is recorded.
func recordedHooks(t *testing.T) hooked {
	t.Helper()
	h := hooked{t, "hooks", serveFor(t, app.Config{})}
	h.must(http.MethodPost, "/_sandbox/recording", "")
	return h
}

// bugFile saves what was recorded.
func (h hooked) bugFile() []byte {
	h.Helper()
	request, err := http.NewRequestWithContext(h.Context(), http.MethodGet, "http://"+h.server.addrs[0]+"/_sandbox/recording", http.NoBody)
	if err != nil {
		h.Fatal(err)
	}
	request.Header.Set("X-Tenant-ID", h.tenant)
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		h.Fatal(err)
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil {
		h.Fatal(err)
	}
	return text
}

// plays plays what was recorded, which must be so many requests at least.
func (h hooked) plays(least int) {
	h.Helper()
	out := replayed(h.T, h.bugFile())
	if told, _ := json.Marshal(out); out.Parts != nil || len(out.Incomplete) > 0 || out.Requests != out.Recorded || out.Requests < least {
		h.Errorf("%s", told)
	}
}

// TestARunWithReceiversReplays: what receivers answered, and what they did in the sandbox
// while the clock waited for them, is in the file.
func TestARunWithReceiversReplays(t *testing.T) {
	h := recordedHooks(t)
	var calls atomic.Int64
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n := calls.Add(1)
		h.registerAny(100 + int(n)%3)
		if n%3 == 1 {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer receiver.Close()
	h.subscribe(receiver.URL)
	h.call(http.MethodPost, "/api/v2.1/customer/individual/registration", `{"firstName":"Anna"}`)
	h.registerAny(1)
	h.must(http.MethodPost, "/_sandbox/clock/advance", `{"by":"2h"}`)
	h.registerAny(2)
	h.must(http.MethodPost, "/_sandbox/clock/run", "")
	h.must(http.MethodPost, "/_sandbox/clock/advance", `{"by":"48h"}`)
	h.must(http.MethodGet, "/api/v2.1/webhooks/subscriptions", "")
	if calls.Load() < 4 {
		t.Fatalf("the receiver was called %d times", calls.Load())
	}
	h.plays(8)
}

// registerAny registers somebody, be it that somebody else has.
func (h hooked) registerAny(n int) {
	h.Helper()
	h.call(http.MethodPost, "/api/v2.1/customer/individual/registration", registrationBody(n))
}

// TestARunOfManyReplays: the requests of many at once, under a running clock with timers,
// are in the file in the order in which they acted.
func TestARunOfManyReplays(t *testing.T) {
	h := recordedHooks(t)
	var working sync.WaitGroup
	for worker := range 6 {
		working.Go(func() {
			for n := range 12 {
				h.registerAny(n) // All want the same names.
				switch (worker + n) % 4 {
				case 0:
					h.must(http.MethodPost, "/_sandbox/clock/advance", `{"by":"10m"}`)
				case 1:
					h.call(http.MethodGet, "/api/v2.1/walets", "")
				case 2:
					h.must(http.MethodPut, "/_sandbox/scenario", `{"name":"kyc-rejected"}`)
				}
			}
		})
	}
	working.Wait()
	h.plays(100)
}

// TestARunThatGoesOnIsSaved: a request that waits for its receiver while the bug file is
// saved is not in it, and the others are; afterwards it is there.
func TestARunThatGoesOnIsSaved(t *testing.T) {
	h := recordedHooks(t)
	came, leave := make(chan struct{}, 8), make(chan struct{})
	release := sync.OnceFunc(func() { close(leave) })
	var calls atomic.Int64
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if calls.Add(1) == 1 {
			w.WriteHeader(http.StatusInternalServerError) // Whoever moves the clock sends it again.
			return
		}
		came <- struct{}{}
		<-leave
	}))
	defer receiver.Close()
	defer release()
	h.subscribe(receiver.URL)
	h.register(1)
	advanced := make(chan struct{})
	go func() {
		defer close(advanced)
		h.call(http.MethodPost, "/_sandbox/clock/advance", `{"by":"2h"}`)
	}()
	<-came
	h.must(http.MethodGet, "/api/v2.1/webhooks/subscriptions", "")
	out := replayed(t, h.bugFile())
	if told := fmt.Sprint(out.Incomplete); told != "[a request that was still being answered is not in it]" || out.Requests != 4 || out.Recorded != 4 || out.Parts != nil {
		t.Errorf("while it waits: %+v", out)
	}
	release()
	<-advanced
	h.plays(5)
}

// TestARecordingIsBounded: what is not kept any more is said, and what is kept plays.
func TestARecordingIsBounded(t *testing.T) {
	s := openLocal(t, app.Config{})
	s.call("demo", "POST", "/_sandbox/recording", "")
	random := make([]byte, 0, 900<<10)
	for i := range cap(random) {
		random = append(random, "abcdefghijklmnopqrstuvwxyz"[(i*i+i/7)%26])
	}
	for range 20 {
		s.call("demo", "POST", "/api/v2.1/customer/individual/registration", `{"firstName":"`+string(random)+`"}`, "Authorization", "Bearer sandbox-admin")
	}
	a := s.call("demo", "GET", "/_sandbox/recording", "")
	if len(a.text) > recording.MaxBytes+(1<<20) {
		t.Errorf("the file has %d bytes", len(a.text))
	}
	out := replayed(t, []byte(a.text))
	if out.Parts != nil || out.Requests < 5 || out.Requests > 19 || len(out.Incomplete) != 1 || !strings.Contains(out.Incomplete[0], "16777216 bytes") {
		t.Errorf("%+v", out)
	}
	if a := s.call("demo", "DELETE", "/_sandbox/recording", ""); !strings.Contains(a.text, "16777216 bytes") {
		t.Errorf("%s", a.text)
	}
	for n := range 9 {
		a := s.call(fmt.Sprint("tenant", n), "POST", "/_sandbox/recording", "")
		if want := map[bool]int{true: 200, false: 400}[n < 8]; a.status != want {
			t.Errorf("recording %d: %d %s", n, a.status, a.text)
		}
	}
}

// TestWhereARunParts: another reply is told with its places, and so is what else is other.
func TestWhereARunParts(t *testing.T) {
	h := recordedHooks(t)
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer receiver.Close()
	h.subscribe(receiver.URL)
	h.register(1)
	h.must(http.MethodPost, "/_sandbox/clock/advance", `{"by":"2h"}`)
	whole := string(h.bugFile())
	for _, c := range []struct{ was, is, want string }{
		{`\"lastName\":\"Schmidt\"`, `\"lastName\":\"Other\"`, `"request":3,"method":"POST","target":"/api/v2.1/customer/individual/registration","differences":[{"pointer":"/body/data/`},
		{`"status": 200`, `"status": 201`, `"request":1,"method":"POST","target":"/_sandbox/clock/freeze","differences":[{"pointer":"/status","expected":"201","got":"200"}]`},
		{`"goesOn": 4`, `"goesOn": 3`, `waited for nobody`},
		{`X-Frame-Options`, `X-Frame-Other`, `{"pointer":"/headers/X-Frame-Options","expected":"(nothing)","got":"DENY"}`},
	} {
		text := strings.Replace(whole, c.was, c.is, 1)
		if text == whole {
			t.Fatalf("the file has no %s: %s", c.was, whole)
		}
		if told, _ := json.Marshal(replayed(t, []byte(text)).Parts); !strings.Contains(string(told), c.want) {
			t.Errorf("%s: %s", c.is, told)
		}
	}
}
