package main

import (
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"finhub-sandbox/internal/app"
)

var consoleCommand = regexp.MustCompile(`<code>finhub-sandbox ([^<]*--tenant[^<]*)</code>`)

// TestConsoleCommands: every command that a page of the console shows is one that the
// command line understands.
func TestConsoleCommands(t *testing.T) {
	opened, err := app.Open(app.Config{Quiet: true, Seed: "console"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	ask := func(method, path, body string) string {
		r := httptest.NewRequestWithContext(t.Context(), method, "http://localhost:9999"+path, strings.NewReader(body))
		r.Header.Set("X-Tenant-ID", "demo")
		if body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		recorder := httptest.NewRecorder()
		opened.Handler().ServeHTTP(recorder, r)
		return recorder.Body.String()
	}
	id := regexp.MustCompile(`"customerId":"([^"]*)"`).FindStringSubmatch(ask(http.MethodPost, "/_sandbox/customers", "{}"))[1]
	ask(http.MethodPost, "/_sandbox/snapshots/before", "")
	ask(http.MethodPut, "/_sandbox/scenario", `{"name": "kyc-rejected"}`)
	ask(http.MethodPost, "/_sandbox/clock/freeze", "{}")
	tried := map[string]bool{}
	for _, page := range []string{"", "customers", "customers/" + id, "requests/1", "clock", "scenarios", "scenarios/happy-path", "webhooks", "state"} {
		for _, found := range consoleCommand.FindAllStringSubmatch(ask(http.MethodGet, "/_sandbox/ui/tenants/demo/"+page, ""), -1) {
			command := html.UnescapeString(found[1])
			words, err := exec.CommandContext(t.Context(), "sh", "-c", "printf '%s\\n' "+command).Output()
			if err != nil {
				t.Fatal(command, err)
			}
			parser := kong.Must(&commandLine{}, kong.Vars{"version": "test"}, kong.Exit(func(int) {}), kong.Writers(io.Discard, io.Discard))
			if _, err := parser.Parse(strings.Split(strings.TrimSpace(string(words)), "\n")); err != nil {
				t.Errorf("%s: finhub-sandbox %s: %v", page, command, err)
			}
			tried[strings.Join(strings.Fields(command)[:2], " ")] = true
			if !strings.Contains(command, "--tenant demo --addr localhost:9999") {
				t.Errorf("%s does not say where", command)
			}
		}
	}
	if len(tried) < 13 {
		t.Errorf("only %v is shown", tried)
	}
}
