package app_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/journal"
	"finhub-sandbox/spec"
)

func secretNames(t *testing.T) journal.Secrets {
	t.Helper()
	var s journal.Secrets
	if err := json.Unmarshal(spec.Secrets, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestWhatSoundsSecretIsMarked: a member of the documents whose name sounds like a
// secret's is marked with x-secret, or stands here with the reason why it is none.
func TestWhatSoundsSecretIsMarked(t *testing.T) {
	none := map[string]string{
		"tokenType": "Bearer", "credentialType": "the word password", "tenantSecretSet": "whether there is one",
		"fixedTokens": "whether they are accepted", "tokens": "their claims, which nobody can use", "secrets": "the places of secrets in a state",
	}
	plain := secretNames(t).Plain
	for _, name := range plain {
		if journal.SoundsSecret(name) && none[name] == "" {
			t.Errorf("%s is not marked with x-secret", name)
		}
	}
	for name := range none {
		if !slices.Contains(plain, name) {
			t.Errorf("%s is no name of the documents", name)
		}
	}
}

// secretsIn gathers the texts that stand under secret names in a body.
func secretsIn(value any, secret func(string) bool, found map[string]bool) {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			if text, ok := member.(string); ok && secret(name) && len(strings.Trim(text, "0")) >= 6 {
				found[text] = true
			}
			secretsIn(member, secret, found)
		}
	case []any:
		for _, item := range v {
			secretsIn(item, secret, found)
		}
	}
}

// TestNothingTellsSecrets plays all flows, and looks in every form of the journals, in
// the log and in the metrics for every secret that the flows have sent or were answered
// with.
func TestNothingTellsSecrets(t *testing.T) {
	var log bytes.Buffer
	server := openLoggedFlowServer(t, app.Config{Journal: new(100_000), LogFormat: app.LogJSON}, &log)
	found := playForSecrets(t, server)
	entries, secrets := 0, 0
	for tenant, own := range found {
		secrets += len(own)
		for _, format := range []string{"json", "ndjson", "har", "curl"} {
			text := journalOf(t, server.app.ControlHandler(), tenant, format)
			entries += strings.Count(text, `"number":`)
			tellsNone(t, "the journal of "+tenant+" as "+format, text, own)
		}
	}
	requests, timers := 0, 0
	text := logWithoutTimes(t, log.String(), func(message string) {
		switch message {
		case "request":
			requests++
		case "timer":
			timers++
		}
	})
	counts := controlText(t, server.app.ControlHandler(), "", "/metrics")
	for _, own := range found {
		tellsNone(t, "the log", text, own)
		tellsNone(t, "the metrics", counts, own)
	}
	if entries < 1_000 || secrets < 200 || requests < 1_000 || timers < 100 || !strings.Contains(counts, "registerIndividual") {
		t.Errorf("only %d secrets, %d entries, %d lines of requests and %d of timers", secrets, entries, requests, timers)
	}
}

// tellsNone looks for secrets in a text.
func tellsNone(t *testing.T, name, text string, secrets map[string]bool) {
	t.Helper()
	for secret := range secrets {
		if at := strings.Index(text, secret); at >= 0 {
			t.Errorf("%s has %q: … %s", name, secret, text[max(0, at-80):min(len(text), at+80)])
		}
	}
}

// logWithoutTimes gives the lines of a log in JSON without their real times, in whose
// digits a code may stand.
func logWithoutTimes(t *testing.T, log string, each func(message string)) string {
	t.Helper()
	var text strings.Builder
	for line := range strings.Lines(log) {
		var values map[string]any
		if err := json.Unmarshal([]byte(line), &values); err != nil {
			t.Errorf("%v: %q", err, line)
		}
		delete(values, "time")
		each(fmt.Sprint(values["msg"]))
		fmt.Fprintln(&text, values)
	}
	return text.String()
}

// playForSecrets plays all flows, one after the other, and gives the secrets of each
// tenant.
func playForSecrets(t *testing.T, server *flowServer) map[string]map[string]bool {
	t.Helper()
	names := secretNames(t)
	found := map[string]map[string]bool{}
	tenant := ""
	server.sent = func(r wireRequest) {
		for _, h := range r.headers {
			if h[0] == "X-Tenant-Id" && h[1] != "no/such/tenant" {
				tenant = h[1]
			}
		}
		if found[tenant] == nil {
			found[tenant] = map[string]bool{}
		}
		noteSecrets(server, names, r, found[tenant])
	}
	server.replied = func(r flowReply) {
		secretsIn(r.value, func(name string) bool { return slices.Contains(names.Members, name) }, found[tenant])
	}
	playInTurn(t, server)
	return found
}

// noteSecrets gathers the secrets of a request.
func noteSecrets(server *flowServer, names journal.Secrets, r wireRequest, found map[string]bool) {
	for _, h := range r.headers {
		if token, ok := strings.CutPrefix(h[1], "Bearer "); ok && strings.HasPrefix(token, "eyJ") {
			found[token] = true
		}
	}
	var body any
	own := []string{}
	if o := operationOf(server.documents, r.method, r.target); o != nil {
		own = names.Operations[o.ID]
	}
	if json.Unmarshal(r.body, &body) == nil {
		secretsIn(body, func(name string) bool { return slices.Contains(names.Members, name) || slices.Contains(own, name) }, found)
	}
}

func journalOf(t *testing.T, handler http.Handler, tenant, format string) string {
	t.Helper()
	return controlText(t, handler, tenant, "/journal?limit=100000&format="+format)
}

// controlText gives what a control call shows.
func controlText(t *testing.T, handler http.Handler, tenant, target string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost/_sandbox"+target, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if tenant != "" {
		r.Header.Set("X-Tenant-ID", tenant)
	}
	reply, err := inProcess(handler)(r)
	if err != nil || reply.status != http.StatusOK {
		t.Fatalf("%s of %q: %v %v", target, tenant, reply, err)
	}
	return string(reply.raw)
}

// TestWithoutAJournal: where none is kept, that is said.
func TestWithoutAJournal(t *testing.T) {
	s := openLocal(t, app.Config{Journal: new(0)})
	for _, path := range []string{"/journal", "/journal/1"} {
		if a := s.call("demo", "GET", "/_sandbox"+path, ""); a.status != http.StatusConflict || a.get("error.code") != "JOURNAL_OFF" {
			t.Errorf("%s: %d %s", path, a.status, a.text)
		}
	}
}

// TestTheJournalKnowsWhatNobodyAnswers: unknown paths, wrong methods and requests without
// a tenant stand in it, and those that only look at the sandbox itself do not.
func TestTheJournalKnowsWhatNobodyAnswers(t *testing.T) {
	s := openLocal(t, app.Config{})
	for _, path := range []string{"/api/v2.1/walets", "/nowhere", "/api/v2.1/customer/individual/registration", "/_sandbox/nothing"} {
		s.call("demo", "GET", path, "")
	}
	s.call("demo", "POST", "/_sandbox/clock/freeze", "{}")
	s.call("demo", "GET", "/_sandbox/clock", "")
	s.call("demo", "GET", "/_sandbox/docs", "")
	a := s.call("demo", "GET", "/_sandbox/journal", "")
	var got []string
	list, _ := a.value.(map[string]any)["entries"].([]any)
	for _, e := range list {
		entry := e.(map[string]any)
		got = append(got, fmt.Sprint(entry["path"], " ", entry["status"], " ", entry["refusal"]))
	}
	want := []string{
		"/api/v2.1/walets 404 ROUTE_UNKNOWN", "/nowhere 404 ROUTE_UNKNOWN",
		"/api/v2.1/customer/individual/registration 405 METHOD_NOT_ALLOWED", "/_sandbox/nothing 404 ROUTE_UNKNOWN", "/_sandbox/clock/freeze 200 <nil>",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the journal has %q", got)
	}
}

// BenchmarkJournal registers people with a journal and without, by turns, and compares
// the best turns of both: the difference is what the journal costs.
func BenchmarkJournal(b *testing.B) {
	const turn = 200
	kinds := []int{0, journal.DefaultEntries}
	handlers, requests := make([]http.Handler, 2), make([]costedRequest, 2)
	for i := range kinds {
		var list []costedRequest
		handlers[i], list = aliveForCosts(b, app.Config{Journal: &kinds[i]})
		requests[i] = list[0]
	}
	best := []time.Duration{time.Hour, time.Hour}
	out := &sink{header: http.Header{}}
	for turns := 0; b.Loop(); turns++ {
		for _, i := range [][]int{{0, 1}, {1, 0}}[turns%2] { // Whoever is second finds less in the processor's memory.
			made := make([]*http.Request, turn)
			for n := range made {
				made[n] = requests[i].request(b)
			}
			began := time.Now()
			for _, r := range made {
				out.answer(b, handlers[i], r)
			}
			best[i] = min(best[i], time.Since(began))
		}
	}
	b.ReportMetric(float64(best[0].Nanoseconds())/turn, "ns/without")
	b.ReportMetric(float64(best[1].Nanoseconds())/turn, "ns/with")
	b.ReportMetric(100*(float64(best[1])/float64(best[0])-1), "%more")
}

// TestTheJournalStreams: a reader gets what has come and what comes, over a network, and
// its end leaves nothing behind.
func TestTheJournalStreams(t *testing.T) {
	s := openLocal(t, app.Config{})
	s.call("demo", "GET", "/api/v2.1/walets", "")
	listening := httptest.NewServer(s.app.Handler())
	defer listening.Close() // It waits for the stream.
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, listening.URL+"/_sandbox/journal/stream?refusal=ROUTE_UNKNOWN", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Tenant-ID", "demo")
	r.Header.Set("Last-Event-ID", "0")
	response, err := listening.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	next := func() (id string) {
		for lines.Scan() && lines.Text() != "" {
			if n, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
				id = n
			}
		}
		return id
	}
	if id := next(); id != "1" {
		t.Errorf("first comes %q", id)
	}
	s.call("demo", "POST", "/_sandbox/clock/freeze", "{}")
	s.call("other", "GET", "/api/v2.1/walets", "")
	s.call("demo", "GET", "/api/v2.1/walets", "")
	if id := next(); id != "3" {
		t.Errorf("then comes %q", id)
	}
	leave()
	for _, last := range []string{"x", "-1"} {
		if a := s.call("demo", "GET", "/_sandbox/journal/stream", "", "Last-Event-ID", last); a.status != http.StatusBadRequest {
			t.Errorf("Last-Event-ID %s: %d", last, a.status)
		}
	}
}
