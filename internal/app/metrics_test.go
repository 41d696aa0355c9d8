package app_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/store"
)

// The lines of the text form of Prometheus, version 0.0.4, as we write it.
var (
	helpLine   = regexp.MustCompile(`^# HELP ([a-z_]+) [^\n]+$`)
	typeLine   = regexp.MustCompile(`^# TYPE ([a-z_]+) (counter|gauge)$`)
	sampleLine = regexp.MustCompile(`^([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)+)\})? ([0-9.e+-]+)$`)
	labelPart  = regexp.MustCompile(`([a-z]+)="((?:[^"\\\n]|\\["\\n])*)"(,|$)`)
)

// parseMetrics reads metrics strictly: each family once, behind its help and its type,
// and each of its series once. It gives the values by name and labels.
func parseMetrics(t *testing.T, text string) map[string]float64 {
	t.Helper()
	samples, families, family, helped := map[string]float64{}, map[string]bool{}, "", ""
	if !strings.HasSuffix(text, "\n") {
		t.Errorf("the last line has no end")
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		if m := helpLine.FindStringSubmatch(line); m != nil {
			helped = m[1]
			continue
		}
		if m := typeLine.FindStringSubmatch(line); m != nil {
			if m[1] != helped || families[m[1]] || (m[2] == "counter") != strings.HasSuffix(m[1], "_total") {
				t.Errorf("%q does not begin a family", line)
			}
			family = m[1]
			families[family] = true
			continue
		}
		m := sampleLine.FindStringSubmatch(line)
		if m == nil || m[1] != family {
			t.Errorf("%q is no sample of %s", line, family)
			continue
		}
		value, err := strconv.ParseFloat(m[3], 64)
		if _, twice := samples[m[1]+"{"+m[2]+"}"]; err != nil || twice || strings.Join(labelPart.FindAllString(m[2], -1), "") != m[2] {
			t.Errorf("%q: %v, twice %v", line, err, twice)
		}
		samples[m[1]+"{"+m[2]+"}"] = value
	}
	return samples
}

// TestMetrics: everything that happens is counted once, and nothing that somebody sends
// is a label.
func TestMetrics(t *testing.T) {
	s := openLocal(t, app.Config{Data: filepath.Join(t.TempDir(), "data"), Durability: store.Never, ControlToken: "s3cret"})
	operator := []string{"Authorization", "Bearer s3cret"}
	s.must("demo", http.MethodPost, "/_sandbox/clock/freeze", "{}", operator...)
	s.must("demo", http.MethodPost, "/api/v2.1/webhooks/subscriptions", `{"name": "n", "url": "https://shop.example/hook", "events": ["customer.created"]}`)
	for range 2 {
		s.call("demo", http.MethodPost, registrationPath, registrationOf("anna@example.com"))
	}
	s.call("other", http.MethodGet, "/api/v2.1/walets%01%22%7D", "")
	s.call("demo", "BREW", registrationPath, "")
	s.must("demo", http.MethodPost, "/_sandbox/clock/advance", `{"by":"1h"}`, operator...)
	if a := s.call("demo", http.MethodGet, "/_sandbox/metrics", ""); a.status != http.StatusUnauthorized {
		t.Errorf("without the token: %d", a.status)
	}
	a := s.must("demo", http.MethodGet, "/_sandbox/metrics", "", operator...)
	if got := a.header.Get("Content-Type"); got != "text/plain; version=0.0.4; charset=utf-8" {
		t.Errorf("it is %s", got)
	}
	got := parseMetrics(t, a.text)
	for name, want := range map[string]float64{
		`finhub_sandbox_requests_total{operation="registerIndividual",status="200",refusal=""}`:                1,
		`finhub_sandbox_requests_total{operation="registerIndividual",status="409",refusal="DUPLICATE_EMAIL"}`: 1,
		`finhub_sandbox_requests_total{operation="",status="400",refusal="REQUEST_INVALID"}`:                   1,
		`finhub_sandbox_requests_total{operation="",status="405",refusal="METHOD_NOT_ALLOWED"}`:                1,
		`finhub_sandbox_requests_total{operation="getMetrics",status="401",refusal="CONTROL_TOKEN_MISSING"}`:   1,
		`finhub_sandbox_timers_fired_total{kind="delivery",point="webhook.retry"}`:                             4,
		`finhub_sandbox_webhook_attempts_total{event="customer.created",outcome="unanswered"}`:                 5,
		`finhub_sandbox_tenants{}`:            1,
		`finhub_sandbox_store_writable{}`:     1,
		`finhub_sandbox_info{version="test"}`: 1,
	} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	for _, name := range []string{"store_commits_total", "store_bytes", "journal_bytes", "start_time_seconds"} {
		if got["finhub_sandbox_"+name+"{}"] < 1 {
			t.Errorf("%s is %v", name, got["finhub_sandbox_"+name+"{}"])
		}
	}
	labelsAreKnown(t, got)
	if t.Failed() {
		t.Log(a.text)
	}
}

// labelsAreKnown holds the labels of requests to the documents and the list of refusals.
func labelsAreKnown(t *testing.T, samples map[string]float64) {
	t.Helper()
	known := map[string]bool{"operation=": true, "refusal=": true}
	for _, d := range loadDocuments(t) {
		for _, o := range d.Operations {
			known["operation="+o.ID] = true
		}
	}
	for _, d := range refusal.All() {
		known["refusal="+string(d.Code)] = true
	}
	for name := range samples {
		for _, l := range labelPart.FindAllStringSubmatch(name, -1) {
			if word := fmt.Sprint(l[1], "=", l[2]); (l[1] == "operation" || l[1] == "refusal") && !known[word] {
				t.Errorf("%s has the label %s", name, word)
			}
		}
	}
}
