package app_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/setting"
	"finhub-sandbox/internal/store/postgres/postgrestest"
)

// openSharedFlowServer opens two sandboxes on one database that answer by turns.
func openSharedFlowServer(t *testing.T, config app.Config) *flowServer {
	t.Helper()
	config.Database = postgrestest.Database(t)
	server := openFlowServer(t, config)
	other := openFlowApp(t, config)
	t.Cleanup(func() {
		for _, a := range []*app.App{server.app, other} {
			if err := a.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	var requests atomic.Int64
	server.turns = func() *app.App {
		if requests.Add(1)%2 == 0 {
			return other
		}
		return server.app
	}
	return server
}

// ofOneProcess are the flows that look at what each process has for itself: one sandbox on
// the database answers all of their requests.
func ofOneProcess() map[string]string {
	const journal, recordings = "the journal", "recordings"
	return map[string]string{
		"journal": journal, "journal-replay": journal, "explain-requests": journal, "verify": journal, "refusals/not-simulated": journal,
		"refusals/entry-unrepeatable": journal, "refusals/entry-not-found": journal,
		"recordings": recordings, "remedies/recording-not-found": recordings,
		"coverage": "coverage", "scenario-mistyped": "the words that were nearly magic",
	}
}

// TestSharedFlows plays all flows on two sandboxes that share a database, each request to
// another than the one before: every reply is what one sandbox gives.
func TestSharedFlows(t *testing.T) {
	alone := ofOneProcess()
	servers := flowServers{openSharedFlowServer(t, app.Config{}), openSharedFlowServer(t, app.Config{Settings: setting.Settings{Headers: setting.Relaxed}})}
	eachFlow(t, servers, func(_ *testing.T, f *flow, p *flowPlay) error {
		if alone[f.name] != "" {
			one := *servers.of(f)
			one.turns = nil
			p = newFlowPlay(&one, flowDir, f)
		}
		return p.play()
	})
}

// serveShared serves two sandboxes on one database, in real time, and gives a tenant of each.
func serveShared(t *testing.T, config app.Config) (one, other hooked) {
	t.Helper()
	config.Database = postgrestest.Database(t)
	config.Now = nil
	return hooked{t, "team", serveFor(t, config)}, hooked{t, "team", serveFor(t, config)}
}

// TestSharedWebhooksAreSentOnce: an attempt is made by one of those that could.
func TestSharedWebhooksAreSentOnce(t *testing.T) {
	one, other := serveShared(t, app.Config{})
	var mu sync.Mutex
	seen := map[string]int{}
	came := make(chan struct{}, 100)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen[r.Header.Get("X-FinHub-Delivery")]++
		came <- struct{}{}
	}))
	defer receiver.Close()
	one.must(http.MethodPost, "/api/v2.1/webhooks/subscriptions", `{"endpointUrl":"`+receiver.URL+`","secretKey":"s","subscribedEvents":["customer.created"]}`)
	const customers = 10
	for n := range customers {
		[]hooked{one, other}[n%2].register(n)
	}
	for range customers {
		select {
		case <-came:
		case <-time.After(20 * time.Second):
			t.Fatal("a webhook does not come")
		}
	}
	// What was sent twice would be there by the time that both have looked again.
	for _, h := range []hooked{one, other} {
		h.must(http.MethodPost, "/_sandbox/clock/advance", `{"by":"1ms"}`)
	}
	mu.Lock()
	defer mu.Unlock()
	for id, times := range seen {
		if times != 1 {
			t.Errorf("%q was sent %d times", id, times)
		}
	}
	if len(seen) != customers {
		t.Errorf("%d deliveries were made, of %d", len(seen), customers)
	}
}

// TestSharedWaits: who waits at one sandbox hears of what happens at another.
func TestSharedWaits(t *testing.T) {
	one, other := serveShared(t, app.Config{})
	one.must(http.MethodPost, "/_sandbox/clock/freeze", `{}`)
	waits := make(chan string, 1)
	go func() {
		_, text := other.call(http.MethodGet, "/_sandbox/wait?event=customer.created&within=20s", "")
		waits <- text
	}()
	one.register(1)
	if text := <-waits; !strings.Contains(text, "customer.created") {
		t.Errorf("it waits for %s", text)
	}
}

// TestSharedClocks: a tenant has one time, and its timers are fired once, by whichever
// sandbox comes first.
func TestSharedClocks(t *testing.T) {
	one, other := serveShared(t, app.Config{Settings: scaled(1)})
	one.register(1)
	one.must(http.MethodPost, "/_sandbox/clock/advance", `{"by":"40d"}`)
	events := one.must(http.MethodGet, "/_sandbox/events", "")
	_, want, _ := strings.Cut(events, `"events":`)
	if seen := other.must(http.MethodGet, "/_sandbox/events", ""); want == "" || !strings.HasSuffix(seen, want) {
		t.Errorf("one sees %s, and the other %s", events, seen)
	}
	at := func(h hooked) time.Time {
		text := h.must(http.MethodGet, "/_sandbox/clock", "")
		_, rest, _ := strings.Cut(text, `"now":"`)
		now, _, _ := strings.Cut(rest, `"`)
		when, err := time.Parse(time.RFC3339Nano, now)
		if err != nil {
			t.Fatal(text)
		}
		return when
	}
	first, second := at(one), at(other)
	if apart := second.Sub(first); apart < -time.Second || apart > 30*time.Second {
		t.Errorf("one shows %s, and the other %s", first, second)
	}
}

// TestSharedReset: a reset at one sandbox ends what goes on in the tenant at another.
func TestSharedReset(t *testing.T) {
	one, other := serveShared(t, app.Config{})
	other.register(1)
	was := other.server.app.World().Engine().Epoch("team")
	one.must(http.MethodPost, "/_sandbox/reset", `{}`)
	if list := other.must(http.MethodGet, "/_sandbox/events", ""); strings.Contains(list, "customer.created") {
		t.Errorf("after the reset there is %s", list)
	}
	if is := other.server.app.World().Engine().Epoch("team"); is == was {
		t.Error("the other does not know that there was a reset")
	}
}

// TestSharedDatabaseGone: without its database a sandbox refuses everything that needs the
// state, nothing is half done, and it heals by itself.
func TestSharedDatabaseGone(t *testing.T) {
	proxy := postgrestest.NewProxy(t, postgrestest.Database(t))
	p := openLocal(t, app.Config{Settings: scaled(1), Database: proxy.URL})
	p.must("demo", http.MethodPost, registrationPath, registrationOf("anna@example.com"))
	before := p.dump("demo")
	proxy.Gone(true)
	for _, c := range []struct{ method, path, body, code, details, hint string }{
		{http.MethodPost, registrationPath, registrationOf("ben@example.com"), "data.refusal", "data.details", "data.suggestions"},
		{http.MethodGet, "/api/v2.1/customer/individual/categorization/hierarchy/demo", "", "data.refusal", "data.details", "data.suggestions"},
		{http.MethodPost, "/_sandbox/clock/freeze", "", "error.code", "error.details", "error.hint"},
		{http.MethodGet, "/_sandbox/clock", "", "error.code", "error.details", "error.hint"},
		{http.MethodPost, "/_sandbox/reset", "", "error.code", "error.details", "error.hint"},
	} {
		a := p.call("demo", c.method, c.path, c.body)
		if a.status != http.StatusServiceUnavailable || a.get(c.code) != "DATA_UNWRITABLE" || !strings.Contains(a.get(c.details), "database") || a.header.Get("Retry-After") == "" {
			t.Errorf("%s %s: %d %s", c.method, c.path, a.status, a.text)
		}
		if hint := a.get(c.hint); !strings.Contains(hint, "database") {
			t.Errorf("%s %s: the hint is %q", c.method, c.path, hint)
		}
	}
	if health := p.call("demo", http.MethodGet, "/_sandbox/health", ""); health.status != http.StatusServiceUnavailable || health.get("reason") == "" || !strings.Contains(health.get("database.name"), "127.0.0.1") {
		t.Errorf("health: %d %s", health.status, health.text)
	}
	proxy.Gone(false)
	if after := p.dump("demo"); after != before {
		t.Errorf("something has changed: %s", after)
	}
	health := p.must("demo", http.MethodGet, "/_sandbox/health", "")
	if behind, err := strconv.Atoi(health.get("database.commitsBehind")); err != nil || behind != 0 || health.get("database.roundTrip") == "" {
		t.Errorf("health: %s", health.text)
	}
	p.must("demo", http.MethodPost, registrationPath, registrationOf("ben@example.com"))
}

// TestStoreAndData: a state has one place.
func TestStoreAndData(t *testing.T) {
	_, err := app.Open(app.Config{Data: "sandbox.db", Database: "postgres://anna:hush@localhost/none"}, t.Output())
	if err == nil || !strings.Contains(app.Explain(err, ""), "--store and --data") || strings.Contains(err.Error(), "hush") {
		t.Errorf("got %v", err)
	}
}
