package app_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"finhub-sandbox/internal/app"
)

// quick is a scenario that differs from the built-in ones where a test can see
// it.
const quick = `name: quick
description: Everybody is approved after a minute.
extends: happy-path
rules:
  - {name: fast lane, on: verification.outcome, decide: APPROVED, after: 1m}
`

// wrong has three mistakes, each in a line of its own.
const wrong = `name: wrong
rules:
  - on: verification.outcome
    decide: REJECT
    after: soon
  - on: nothing.at.all
    decide: REJECTED
`

func writeScenario(t testing.TB, dir, name, text string) string {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestScenarioControl lists, shows and chooses scenarios.
func TestScenarioControl(t *testing.T) {
	sandbox := openLocal(t, app.Config{})
	list := sandbox.must("demo", http.MethodGet, "/_sandbox/scenarios", "")
	if list.get("active.name") != "happy-path" || list.get("active.source") != "default" {
		t.Errorf("before anything is chosen: %s", list.text)
	}
	chosen := sandbox.must("demo", http.MethodPut, "/_sandbox/scenario", quick, "Content-Type", "application/yaml")
	if chosen.get("name") != "quick" || chosen.get("source") != "tenant" || chosen.get("description") != "Everybody is approved after a minute." {
		t.Errorf("after a scenario was handed in: %s", chosen.text)
	}
	shown := sandbox.must("demo", http.MethodGet, "/_sandbox/scenarios/quick", "")
	for path, want := range map[string]string{
		"extends": "happy-path", "rules.0.name": "fast lane", "rules.0.scenario": "quick", "rules.0.on": "verification.outcome",
		"rules.0.decide": "APPROVED", "rules.0.after": "1m", "rules.0.effect": "decides APPROVED after 1m", "rules.1.scenario": "happy-path", "yaml": quick,
	} {
		if got := shown.get(path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	if list := sandbox.must("demo", http.MethodGet, "/_sandbox/scenarios", ""); list.get("active.name") != "quick" || !strings.Contains(list.text, `"from":"scenario.yaml"`) {
		t.Errorf("the list does not have the tenant's own: %s", list.text)
	}
	if magic := sandbox.must("demo", http.MethodGet, "/_sandbox/magic", ""); !strings.Contains(magic.text, "anna+quick@example.com") {
		t.Errorf("the magic values do not have the tenant's own: %s", magic.text)
	}
	for _, path := range []string{"/_sandbox/scenarios", "/_sandbox/magic"} {
		if other := sandbox.must("other", http.MethodGet, path, ""); strings.Contains(other.text, "quick") {
			t.Errorf("%s: another tenant sees it: %s", path, other.text)
		}
	}
	if other := sandbox.call("other", http.MethodGet, "/_sandbox/scenarios/quick", ""); other.status != http.StatusNotFound {
		t.Errorf("another tenant gets it: %s", other.text)
	}
	back := sandbox.must("demo", http.MethodPut, "/_sandbox/scenario", `{"name": ""}`)
	if back.get("name") != "happy-path" || back.get("source") != "default" {
		t.Errorf("back at the server's: %s", back.text)
	}
	if again := sandbox.must("demo", http.MethodPut, "/_sandbox/scenario", `{"name": "quick"}`); again.get("name") != "quick" {
		t.Errorf("the tenant's own by its name: %s", again.text)
	}
}

// TestWrongScenariosChangeNothing hands in what cannot be taken: the refusal
// names every mistake, and what was active stays.
func TestWrongScenariosChangeNothing(t *testing.T) {
	sandbox := openLocal(t, app.Config{})
	sandbox.must("demo", http.MethodPut, "/_sandbox/scenario", quick, "Content-Type", "application/yaml")
	before, err := sandbox.app.World().Engine().Dump(t.Context(), "demo")
	if err != nil {
		t.Fatal(err)
	}
	const yaml, json = "application/yaml", "application/json"
	for _, c := range []struct {
		name, kind, body string
		status           int
		code             string
	}{
		{"unknown name", json, `{"name": "slow"}`, http.StatusNotFound, "SCENARIO_UNKNOWN"},
		{"no name", json, `{}`, http.StatusBadRequest, "REQUEST_INVALID"},
		{"no body", json, "", http.StatusBadRequest, "REQUEST_INVALID"},
		{"no YAML", yaml, "", http.StatusBadRequest, "REQUEST_INVALID"},
		{"not JSON", json, "name: quick", http.StatusBadRequest, "BODY_MALFORMED"},
		{"not YAML", yaml, "name: [", http.StatusBadRequest, "SCENARIO_INVALID"},
		{"not text", yaml, "\x00\xff", http.StatusBadRequest, "SCENARIO_INVALID"},
		{"mistakes", yaml, wrong, http.StatusBadRequest, "SCENARIO_INVALID"},
		{"a built-in name", yaml, "name: happy-path\nrules: []\n", http.StatusBadRequest, "SCENARIO_INVALID"},
		{"extends itself", yaml, "name: a\nextends: a\nrules: []\n", http.StatusBadRequest, "SCENARIO_INVALID"},
		{"ten megabytes", yaml, strings.Repeat("# nothing\n", 1<<20), http.StatusRequestEntityTooLarge, "BODY_TOO_LARGE"},
		{"another type", "text/plain", quick, http.StatusUnsupportedMediaType, "MEDIA_TYPE_UNSUPPORTED"},
	} {
		t.Run(c.name, func(t *testing.T) {
			sandbox := &localSandbox{sandbox.app, t}
			reply := sandbox.call("demo", http.MethodPut, "/_sandbox/scenario", c.body, "Content-Type", c.kind)
			if reply.status != c.status || reply.get("error.code") != c.code {
				t.Errorf("got %d %s", reply.status, reply.text)
			}
			if after, err := sandbox.app.World().Engine().Dump(t.Context(), "demo"); err != nil || after != before {
				t.Errorf("something has changed: %v", err)
			}
		})
	}
	reply := sandbox.call("demo", http.MethodPut, "/_sandbox/scenario", wrong, "Content-Type", yaml)
	for path, want := range map[string]string{"0.line": "4", "0.column": "13", "1.line": "5", "2.line": "6"} {
		if got := reply.get("error.errors." + path); got != want {
			t.Errorf("mistake %s is %q, want %q: %s", path, got, want, reply.text)
		}
	}
	if message := reply.get("error.errors.0.message"); !strings.Contains(message, "APPROVED, REJECTED, EXPIRED") {
		t.Errorf("the mistake does not say what is right: %s", message)
	}
	if reply := sandbox.call("demo", http.MethodPost, "/_sandbox/clock/advance", "by: 1d", "Content-Type", yaml); reply.status != http.StatusUnsupportedMediaType {
		t.Errorf("YAML for another operation gives %d %s", reply.status, reply.text)
	}
}

// TestScenariosAtStart: what --scenario loads, and which of it governs.
func TestScenariosAtStart(t *testing.T) {
	dir := t.TempDir()
	file := writeScenario(t, dir, "quick.yaml", quick)
	several := filepath.Join(dir, "several")
	if err := os.Mkdir(several, 0o700); err != nil {
		t.Fatal(err)
	}
	writeScenario(t, several, "a.yaml", strings.Replace(quick, "quick", "a", 1))
	writeScenario(t, several, "b.yml", strings.Replace(strings.Replace(quick, "quick", "b", 1), "happy-path", "a", 1))
	writeScenario(t, several, "notes.txt", "no scenario")
	for _, c := range []struct {
		name      string
		given     []string
		governing string
		loaded    []string
	}{
		{"nothing", nil, "happy-path", nil},
		{"a name", []string{"happy-path"}, "happy-path", nil},
		{"a file", []string{file}, "quick", []string{"quick"}},
		{"a file and a name", []string{file, "happy-path"}, "happy-path", []string{"quick"}},
		{"the file's name before the file", []string{"quick", file}, "quick", []string{"quick"}},
		{"a directory", []string{several}, "happy-path", []string{"a", "b"}},
		{"a directory and one of its names", []string{several, "b"}, "b", []string{"a", "b"}},
		{"two names", []string{several, "a", "b"}, "b", []string{"a", "b"}},
		{"all", []string{several, file, "quick"}, "quick", []string{"a", "b", "quick"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			sandbox := openLocal(t, app.Config{Scenarios: c.given})
			if name, source := tenantScenario(t, sandbox, "demo"); name != c.governing {
				t.Errorf("%s (%s) governs, want %s", name, source, c.governing)
			}
			names := sandbox.app.World().Scenarios().Names()
			for _, name := range c.loaded {
				if !slices.Contains(names, name) {
					t.Errorf("%s is not loaded: %v", name, names)
				}
			}
		})
	}
}

// TestWrongScenariosAtStart: a sandbox does not start with what it cannot take,
// and says why in lines that a person can follow.
func TestWrongScenariosAtStart(t *testing.T) {
	dir := t.TempDir()
	file := writeScenario(t, dir, "wrong.yaml", wrong)
	taken := writeScenario(t, dir, "taken.yaml", "name: happy-path\nrules: []\n")
	empty := filepath.Join(dir, "empty")
	if err := os.Mkdir(empty, 0o700); err != nil {
		t.Fatal(err)
	}
	many := writeScenario(t, dir, "many.yaml", "name: many\nrules:\n"+strings.Repeat("  - on: nothing.at.all\n    decide: X\n", 15))
	for _, c := range []struct {
		name  string
		given string
		says  []string
	}{
		{"mistakes", file, []string{file + ":4:13: ", file + ":5:12: ", file + ":6:9: "}},
		{"many mistakes", many, []string{many + ":3:9: ", "and 5 more; finhub-sandbox scenario lint"}},
		{"a name that is taken", taken, []string{taken + ":1:7: ", "happy-path"}},
		{"an unknown name", "sunny-day", []string{`no scenario "sunny-day"`, "happy-path"}},
		{"a file that is not there", filepath.Join(dir, "none.yaml"), []string{"none.yaml", "no such file"}},
		{"a directory without scenarios", empty, []string{empty, ".yaml"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			opened, err := app.Open(app.Config{Scenarios: []string{c.given}}, t.Output())
			if err == nil {
				opened.Close()
				t.Fatal("it opens")
			}
			for _, part := range c.says {
				if text := app.Explain(err, ""); !strings.Contains(text, part) {
					t.Errorf("it does not say %q:\n%s", part, text)
				}
			}
		})
	}
}

// TestScenarioFilesAreWatched changes a file while the sandbox serves: a right
// change is taken over, a wrong one is told and ignored.
func TestScenarioFilesAreWatched(t *testing.T) {
	dir := t.TempDir()
	file := writeScenario(t, dir, "quick.yaml", quick)
	told := make(chan error, 1)
	config := app.Config{Addr: "127.0.0.1:0", Scenarios: []string{file}, Reloaded: func(err error) { told <- err }}
	sandbox := openLocal(t, config)
	listeners, err := app.Listen(config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- sandbox.app.Serve(ctx, listeners) }()
	defer func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	}()
	effect := func(name string) string {
		return sandbox.must("demo", http.MethodGet, "/_sandbox/scenarios/"+name, "").get("rules.0.effect")
	}
	slow := strings.Replace(quick, "after: 1m", "after: 5d", 1)

	// Many editors write another file and put it in the place of the old one.
	if err := os.Rename(writeScenario(t, dir, "quick.yaml.new", slow), file); err != nil {
		t.Fatal(err)
	}
	if err := <-told; err != nil || effect("quick") != "decides APPROVED after 5d" {
		t.Errorf("after the file was replaced: %v, %s", err, effect("quick"))
	}
	writeScenario(t, dir, "quick.yaml", wrong)
	if err := <-told; err == nil || !strings.Contains(err.Error(), file+":4:13: ") || effect("quick") != "decides APPROVED after 5d" {
		t.Errorf("after a wrong change: %v, %s", err, effect("quick"))
	}
	writeScenario(t, dir, "quick.yaml", quick)
	if err := <-told; err != nil || effect("quick") != "decides APPROVED after 1m" {
		t.Errorf("after the change was mended: %v, %s", err, effect("quick"))
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := <-told; err == nil || effect("quick") != "decides APPROVED after 1m" {
		t.Errorf("after the file was removed: %v, %s", err, effect("quick"))
	}
	writeScenario(t, dir, "quick.yaml", strings.Replace(quick, "name: quick", "name: brisk", 1))
	if err := <-told; err != nil {
		t.Errorf("after the scenario got another name: %v", err)
	}
	if name, _ := tenantScenario(t, sandbox, "demo"); name != "brisk" {
		t.Errorf("%s governs", name)
	}
}
