package app_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/setting"
)

// openLogging opens a sandbox that logs every request.
func openLogging(t *testing.T, format string) (*localSandbox, *bytes.Buffer) {
	t.Helper()
	log := &bytes.Buffer{}
	opened, err := app.Open(app.Config{
		LogFormat: format, Seed: "log", Settings: setting.Settings{Headers: setting.Relaxed},
		Now: frozenNow,
	}, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { opened.Close() })
	return &localSandbox{opened, t}, log
}

// textLine is a line of the log as text: names with values, which are quoted where they
// are not plain.
var textLine = regexp.MustCompile(`^time=\S+ level=[A-Z]+ msg=(\w+|"(?:[^"\\]|\\.)*")(?: \w+=(?:[^\s"=]+|"(?:[^"\\]|\\.)*"))* *$`)

// TestNobodyBreaksTheLog: a request is one line, whatever stands in its path and headers,
// and of what is long only the beginning is in it.
func TestNobodyBreaksTheLog(t *testing.T) {
	odd := []string{"a\nlevel=ERROR msg=forged", "a\r\n{\"msg\":\"forged\"}", "\x1b[2J", "\xff\xfe", "\u2028x", `" status=200`, strings.Repeat("x", 60_000), "eyJhbGciOi.x"}
	for _, format := range []string{app.LogText, app.LogJSON} {
		s, log := openLogging(t, format)
		for _, text := range odd {
			r := httptest.NewRequest(http.MethodGet, "http://localhost/x", http.NoBody)
			r.URL = &url.URL{Scheme: "http", Host: "localhost", Path: "/api/v2.1/" + text}
			r.Header["X-Tenant-Id"], r.Header["X-Request-Id"] = []string{text}, []string{text}
			s.app.Handler().ServeHTTP(httptest.NewRecorder(), r)
		}
		lines := strings.Split(strings.TrimSuffix(log.String(), "\n"), "\n")
		if len(lines) != len(odd) {
			t.Errorf("%s: %d requests are %d lines", format, len(odd), len(lines))
		}
		for i, line := range lines {
			var values map[string]any
			right := json.Unmarshal([]byte(line), &values) == nil && values["msg"] == "request"
			if format == app.LogText {
				right = textLine.MatchString(line) && strings.Contains(line, " msg=request ")
			}
			if !right || len(line) > 3_000 || strings.ContainsAny(line, "\x1b\r\u2028") || strings.Contains(line, "eyJ") {
				t.Errorf("%s: request %d is the line %.200q", format, i+1, line)
			}
		}
	}
}

// TestTimersAreLogged, with what they have decided and by which rule, and so are paths
// that nobody serves.
func TestTimersAreLogged(t *testing.T) {
	for format, want := range map[string][]string{
		app.LogText: {
			`msg=timer tenant=demo kind=verification ID point=verification.outcome option=REJECTED due=2026-01-05T11:00:00.000Z rules="blurred of travels (scenario.yaml:3)" events=verification.rejected`,
			`msg=request method=GET path=/api/v2.1/walets tenant=demo status=404 refusal=ROUTE_UNKNOWN`,
		},
		app.LogJSON: {
			`"msg":"timer","tenant":"demo","kind":"verification", "point":"verification.outcome","option":"REJECTED","due":"2026-01-05T11:00:00Z","rules":"blurred of travels (scenario.yaml:3)","events":"verification.rejected"}`,
			`"msg":"request", "method":"GET","path":"/api/v2.1/walets","tenant":"demo","status":404,"tookMilliseconds":0,"refusal":"ROUTE_UNKNOWN"}`,
		},
	} {
		s, log := openLogging(t, format)
		s.must("demo", http.MethodPost, "/_sandbox/clock/freeze", "{}")
		s.must("demo", http.MethodPut, "/_sandbox/scenario", travels, "Content-Type", "application/yaml")
		id := s.must("demo", http.MethodPost, registrationPath, registrationOf("anna@example.com")).get("data.id")
		s.must("demo", http.MethodPost, "/api/v2.1/customer/individual/"+id+"/verification", passport)
		s.must("demo", http.MethodPost, "/_sandbox/clock/advance", `{"by":"2h"}`)
		s.call("demo", http.MethodGet, "/api/v2.1/walets", "")
		for _, words := range want {
			if !logged(log.String(), strings.ReplaceAll(words, "ID ", "")) {
				t.Errorf("the log lacks %s:\n%s", words, log)
			}
		}
	}
}
