package app_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/setting"
)

// localSandbox is a sandbox without a port whose clock the test moves.
type localSandbox struct {
	app *app.App
	t   testing.TB
}

// openLocal opens a sandbox of which every reply is held to the document;
// one that breaks it fails the test.
func openLocal(t testing.TB, config app.Config) *localSandbox {
	t.Helper()
	config.CheckResponses = true
	return openUnchecked(t, config)
}

func openUnchecked(t testing.TB, config app.Config) *localSandbox {
	t.Helper()
	config.Version, config.Quiet, config.CheckShared, config.Settings.Headers = "test", true, true, setting.Relaxed
	if config.Now == nil {
		config.Now = func() time.Time { return time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC) }
	}
	log := &logOf{t}
	opened, err := app.Open(config, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { opened.Close() })
	return &localSandbox{opened, t}
}

// logOf fails the test for every reply that breaks the document.
type logOf struct{ t testing.TB }

func (l *logOf) Write(line []byte) (int, error) {
	if strings.Contains(string(line), "breaks the document") {
		l.t.Errorf("%s", line)
	}
	return l.t.Output().Write(line)
}

// answer is a reply of the sandbox.
type answer struct {
	status int
	header http.Header
	text   string
	value  any
}

// get gives a value of the reply by its path, as text.
func (a answer) get(path string) string {
	value, err := find(a.value, path)
	if err != nil {
		return ""
	}
	if s, ok := value.(string); ok {
		return s
	}
	return text(value)
}

// call makes a call of an administrator; headers are names and values in turn.
func (p *localSandbox) call(tenant, method, path, body string, headers ...string) answer {
	p.t.Helper()
	return p.callUntil(context.Background(), tenant, method, path, body, headers...)
}

// callUntil is call for what may be a stream: it is left when the context ends.
func (p *localSandbox) callUntil(ctx context.Context, tenant, method, path, body string, headers ...string) answer {
	p.t.Helper()
	r, err := http.NewRequestWithContext(ctx, method, "http://localhost:8080"+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("X-Tenant-ID", tenant)
	r.Header.Set("Authorization", "Bearer sandbox-admin")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
	}
	recorder := httptest.NewRecorder()
	p.app.Handler().ServeHTTP(recorder, r)
	a := answer{status: recorder.Code, header: recorder.Header(), text: recorder.Body.String()}
	if strings.HasPrefix(a.header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal([]byte(a.text), &a.value); err != nil {
			p.t.Errorf("%s %s: the reply is not JSON: %v", method, path, err)
		}
	}
	return a
}

// must is call for a call that has to succeed.
func (p *localSandbox) must(tenant, method, path, body string, headers ...string) answer {
	p.t.Helper()
	a := p.call(tenant, method, path, body, headers...)
	if a.status/100 != 2 {
		p.t.Fatalf("%s: %s %s %s gives %d %s", tenant, method, path, body, a.status, a.text)
	}
	return a
}

// TestGuardOfTheControlAPI: who may call, by host, page and token.
func TestGuardOfTheControlAPI(t *testing.T) {
	open := openLocal(t, app.Config{Addr: "sandbox.corp.example:8080", Hosts: []string{"bank.example", "other.example:90"}})
	closed := openLocal(t, app.Config{ControlToken: "s3cret"})
	const clock, health, docs, file = "/_sandbox/clock", "/_sandbox/health", "/_sandbox/docs", "/_sandbox/docs/swagger-ui.css"
	for _, c := range []struct {
		name    string
		sandbox *localSandbox
		path    string
		headers []string
		want    string
	}{
		{"localhost", open, clock, nil, ""},
		{"localhost without a port", open, clock, []string{"Host", "LOCALHOST"}, ""},
		{"a name under localhost", open, clock, []string{"Host", "sandbox.localhost:8080"}, ""},
		{"loopback", open, clock, []string{"Host", "127.0.0.1:8080"}, ""},
		{"loopback in IPv6", open, clock, []string{"Host", "[::1]:8080"}, ""},
		{"another address", open, clock, []string{"Host", "10.1.2.3"}, ""},
		{"a service of a container network", open, clock, []string{"Host", "sandbox:8080"}, ""},
		{"the host of --addr", open, clock, []string{"Host", "sandbox.corp.example:9090"}, ""},
		{"the same with a dot at its end", open, clock, []string{"Host", "sandbox.corp.example."}, ""},
		{"one of --hosts", open, clock, []string{"Host", "Bank.Example"}, ""},
		{"one of --hosts that has a port", open, clock, []string{"Host", "other.example:8080"}, ""},
		{"a stranger's name", open, clock, []string{"Host", "rebound.example.com:8080"}, "HOST_UNKNOWN"},
		{"a name below ours", open, clock, []string{"Host", "evil.bank.example"}, "HOST_UNKNOWN"},
		{"a stranger's name for the documents", open, docs, []string{"Host", "rebound.example.com"}, "HOST_UNKNOWN"},
		{"a stranger's name for a file of the viewer", open, file, []string{"Host", "rebound.example.com"}, "HOST_UNKNOWN"},
		{"a stranger's name for no path", open, "/_sandbox/nothing", []string{"Host", "rebound.example.com"}, "HOST_UNKNOWN"},
		{"a stranger's name for health, which shows nothing", open, health, []string{"Host", "rebound.example.com"}, ""},
		{"the name that Docker gives to its host", open, clock, []string{"Host", "host.docker.internal:8080"}, ""},
		{"the name that Podman gives to its host", open, clock, []string{"Host", "host.containers.internal"}, ""},
		{"the name that Testcontainers gives to its host", open, clock, []string{"Host", "host.testcontainers.internal"}, ""},
		{"a name that only looks like it", open, clock, []string{"Host", "host.docker.internal.example.com"}, "HOST_UNKNOWN"},

		{"a page of ours", open, clock, []string{"Origin", "http://localhost:8080"}, ""},
		{"a page on another port", open, clock, []string{"Origin", "http://localhost:3000"}, "ORIGIN_REFUSED"},
		{"a page of the same address", open, clock, []string{"Host", "10.1.2.3:8080", "Origin", "http://10.1.2.3:8080"}, ""},
		{"a page of one of --hosts", open, clock, []string{"Host", "bank.example", "Origin", "https://bank.example"}, ""},
		{"a page of one of --hosts on another port", open, clock, []string{"Host", "bank.example", "Origin", "https://bank.example:8443"}, "ORIGIN_REFUSED"},
		{"a stranger's page", open, clock, []string{"Origin", "https://example.com"}, "ORIGIN_REFUSED"},
		{"a stranger's page whose name begins as ours", open, clock, []string{"Origin", "https://localhost.example.com"}, "ORIGIN_REFUSED"},
		{"a page of another address", open, clock, []string{"Origin", "http://10.1.2.4"}, "ORIGIN_REFUSED"},
		{"a page without a name", open, clock, []string{"Origin", "null"}, "ORIGIN_REFUSED"},
		{"a form or an image of another site", open, clock, []string{"Sec-Fetch-Site", "cross-site"}, "ORIGIN_REFUSED"},
		{"a stranger's page for a file of the viewer", open, file, []string{"Origin", "https://example.com"}, "ORIGIN_REFUSED"},
		{"a page of the same origin behind a proxy", open, clock, []string{"Origin", "https://proxy.example", "Sec-Fetch-Site", "same-origin"}, ""},
		{"a page on another port, as the browser says it", open, clock, []string{"Origin", "http://localhost:3000", "Sec-Fetch-Site", "same-site"}, "ORIGIN_REFUSED"},
		{"a link on a page on another port", open, clock, []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "navigate"}, ""},
		{"the address bar", open, clock, []string{"Sec-Fetch-Site", "none"}, ""},
		{"a link to the documents", open, docs, []string{"Sec-Fetch-Site", "cross-site"}, ""},

		{"no token", closed, clock, []string{"Authorization", ""}, "CONTROL_TOKEN_MISSING"},
		{"another token", closed, clock, []string{"Authorization", "Bearer sandbox-admin"}, "CONTROL_TOKEN_MISSING"},
		{"the token's beginning", closed, clock, []string{"Authorization", "Bearer s3cre"}, "CONTROL_TOKEN_MISSING"},
		{"another scheme", closed, clock, []string{"Authorization", "Basic s3cret"}, "CONTROL_TOKEN_MISSING"},
		{"the token", closed, clock, []string{"Authorization", "bearer s3cret"}, ""},
		{"health without the token", closed, health, []string{"Authorization", ""}, ""},
		{"a file of the viewer without the token", closed, file, []string{"Authorization", ""}, ""},
		{"documents without the token", closed, docs, []string{"Authorization", ""}, ""},
		{"a stranger's page with the token", closed, clock, []string{"Authorization", "Bearer s3cret", "Origin", "https://example.com"}, "ORIGIN_REFUSED"},
	} {
		t.Run(c.name, func(t *testing.T) {
			sandbox := &localSandbox{c.sandbox.app, t}
			reply := sandbox.call("guard", http.MethodGet, c.path, "", c.headers...)
			if got := reply.get("error.code"); got != c.want {
				t.Errorf("got %d %s, want %q", reply.status, reply.text, c.want)
			}
		})
	}
}

// TestRefusedStrangersChangeNothing: the guard stands before every call.
func TestRefusedStrangersChangeNothing(t *testing.T) {
	sandbox := openLocal(t, app.Config{ControlToken: "s3cret"})
	for call, body := range map[string]string{
		"POST /_sandbox/clock/freeze": `{"at": "2030-01-01T00:00:00Z"}`, "POST /_sandbox/clock/run": "", "POST /_sandbox/clock/advance": `{"by": "1d"}`,
		"POST /_sandbox/reset": "", "PATCH /_sandbox/settings": `{"headers": "strict"}`, "PUT /_sandbox/scenario": `{"name": "happy-path"}`,
		"GET /_sandbox/settings": "", "GET /_sandbox/scenarios": "", "GET /_sandbox/scenarios/happy-path": "", "GET /_sandbox/magic": "",
		"GET /_sandbox/machines": "", "GET /_sandbox/machines/consent": "", "POST /_sandbox/wallets/w/fund": `{"amount": "1"}`,
	} {
		method, path, _ := strings.Cut(call, " ")
		if reply := sandbox.call("guarded", method, path, body); reply.status != http.StatusUnauthorized {
			t.Errorf("%s without the token gives %d %s", call, reply.status, reply.text)
		}
		reply := sandbox.call("guarded", method, path, body, "Authorization", "Bearer s3cret", "Origin", "https://example.com")
		if reply.status != http.StatusForbidden {
			t.Errorf("%s from a stranger's page gives %d %s", call, reply.status, reply.text)
		}
	}
	if left, err := sandbox.app.World().Engine().Dump(t.Context(), "guarded"); err != nil || left != "" {
		t.Errorf("something was changed: %s, %v", left, err)
	}
}

// TestControlAddress: with an address of its own, the control API is there and
// nowhere else.
func TestControlAddress(t *testing.T) {
	sandbox := openLocal(t, app.Config{ControlAddr: "127.0.0.1:0"})
	answers := func(h http.Handler, path string) int {
		r, err := http.NewRequest(http.MethodGet, "http://localhost"+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Tenant-ID", "demo")
		r.Header.Set("Authorization", "Bearer sandbox-admin")
		recorder := httptest.NewRecorder()
		h.ServeHTTP(recorder, r)
		return recorder.Code
	}
	const hierarchy = "/api/v2.1/customer/individual/categorization/hierarchy/demo"
	for _, path := range []string{"/_sandbox/health", "/_sandbox/clock", "/_sandbox/docs", "/_sandbox/docs/swagger-ui.css"} {
		if status := answers(sandbox.app.Handler(), path); status != http.StatusNotFound {
			t.Errorf("%s on the product's address gives %d", path, status)
		}
		if status := answers(sandbox.app.ControlHandler(), path); status != http.StatusOK {
			t.Errorf("%s on the control address gives %d", path, status)
		}
	}
	if status := answers(sandbox.app.Handler(), hierarchy); status != http.StatusOK {
		t.Errorf("the product gives %d", status)
	}
	if status := answers(sandbox.app.ControlHandler(), hierarchy); status != http.StatusNotFound {
		t.Errorf("the product on the control address gives %d", status)
	}
}
