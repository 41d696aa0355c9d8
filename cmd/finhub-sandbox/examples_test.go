package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v4"

	"finhub-sandbox/internal/app"
)

// recipes are the files of examples that others' tools read, by their names there.
func recipes(t *testing.T) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	for _, name := range []string{"compose/compose.yaml", "github/action.yml", "github/workflow.yml", "gitlab/.gitlab-ci.yml", "kubernetes/finhub-sandbox.yaml"} {
		text, err := os.ReadFile(filepath.Join("../../examples", name))
		if err != nil {
			t.Fatal(err)
		}
		found[name] = text
	}
	return found
}

// TestRecipesSetWhatThereIs: every variable of a recipe is one of serve's, every
// scenario in it can be loaded, and every path and address is the sandbox's.
func TestRecipesSetWhatThereIs(t *testing.T) {
	var variables []string
	for _, flag := range serveFlags(kong.Must(new(commandLine))) {
		variables = append(variables, flag.Envs...)
	}
	scenarios := 0
	for name, text := range recipes(t) {
		decoder := yaml.NewDecoder(bytes.NewReader(text))
		for {
			var document any
			if err := decoder.Decode(&document); err != nil {
				break
			}
			scenarios += checkScenarios(t, name, document)
		}
		var whole any
		if err := yaml.Unmarshal(bytes.Split(text, []byte("\n---\n"))[0], &whole); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, variable := range regexp.MustCompile(`SANDBOX_[A-Z_]+`).FindAllString(string(text), -1) {
			if !slices.Contains(variables, variable) {
				t.Errorf("%s sets %s, which serve does not know", name, variable)
			}
		}
		for _, path := range regexp.MustCompile(`(?:/api/|/_sandbox/)[a-z0-9./]*`).FindAllString(string(text), -1) {
			if path != "/api/v2.1" && path != "/_sandbox/health" {
				t.Errorf("%s has the path %s", name, path)
			}
		}
		for _, port := range regexp.MustCompile(`[pP]ort: (\d+)|:(\d{4})\b`).FindAllString(string(text), -1) {
			if !strings.HasSuffix(port, "8080") {
				t.Errorf("%s has the port %s", name, port)
			}
		}
	}
	if scenarios != 2 {
		t.Errorf("found %d scenarios in the recipes", scenarios)
	}
}

// TestExamplesHaveARow: the README of examples tells of every one of them, and of none
// that is not there.
func TestExamplesHaveARow(t *testing.T) {
	readme, err := os.ReadFile("../../examples/README.md")
	if err != nil {
		t.Fatal(err)
	}
	var told, there []string
	for _, row := range regexp.MustCompile(`(?m)^\| \[(\w+)\]\(`).FindAllSubmatch(readme, -1) {
		told = append(told, string(row[1]))
	}
	entries, err := os.ReadDir("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.IsDir() {
			there = append(there, entry.Name())
		}
	}
	slices.Sort(told)
	if !slices.Equal(told, there) {
		t.Errorf("the README tells of %v, there are %v", told, there)
	}
}

// TestClientsReadWhatRunSets: the variables in which the clients of examples look for
// the sandbox are some of those that run sets.
func TestClientsReadWhatRunSets(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no env")
	}
	_, environment, _ := runCommand(t, "run", "--", "env")
	for _, name := range []string{"typescript/sandbox.ts", "python/sandbox.py", "java/Sandbox.java"} {
		text, err := os.ReadFile(filepath.Join("../../examples", name))
		if err != nil {
			t.Fatal(err)
		}
		variables := regexp.MustCompile(`\b(FINHUB|SANDBOX)_[A-Z_]+\b`).FindAllString(string(text), -1)
		if len(variables) < 4 {
			t.Errorf("%s reads no more than %v", name, variables)
		}
		for _, variable := range variables {
			if !strings.Contains(environment, "\n"+variable+"=") {
				t.Errorf("%s reads %s, which run does not set", name, variable)
			}
		}
	}
}

// checkScenarios loads the scenarios that stand as text in a document.
func checkScenarios(t *testing.T, name string, value any) (found int) {
	t.Helper()
	switch v := value.(type) {
	case map[string]any:
		for key, member := range v {
			if text, ok := member.(string); ok && key == "SANDBOX_SCENARIO_YAML" {
				found++
				sandbox, err := app.Open(app.Config{ScenarioYAML: text}, t.Output())
				if err != nil {
					t.Errorf("%s: %v", name, err)
					continue
				}
				_ = sandbox.Close()
			}
			found += checkScenarios(t, name, member)
		}
	case []any:
		for _, item := range v {
			found += checkScenarios(t, name, item)
		}
	}
	return found
}

// TestActionRunsACommand runs the step of the composite action: its exit code is the
// command's, and the summary has what was refused.
func TestActionRunsACommand(t *testing.T) {
	var action struct {
		Runs struct {
			Steps []struct{ Run string }
		}
	}
	if err := yaml.Unmarshal(recipes(t)["github/action.yml"], &action); err != nil || len(action.Runs.Steps) != 1 {
		t.Fatalf("the action has %d steps, %v", len(action.Runs.Steps), err)
	}
	dir := t.TempDir()
	program, err := filepath.Abs(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	wrapper := fmt.Sprintf("#!/bin/sh\n%s=1 exec %q \"$@\"\n", asProgram, program)
	if err := os.WriteFile(filepath.Join(dir, "finhub-sandbox"), []byte(wrapper), 0o700); err != nil {
		t.Fatal(err)
	}
	summary := filepath.Join(dir, "summary.md")
	step := exec.Command("bash", "-e", "-o", "pipefail", "-c", action.Runs.Steps[0].Run)
	step.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "GITHUB_STEP_SUMMARY="+summary, "SANDBOX_SCENARIO=kyc-rejected",
		`COMMAND=curl -s "$FINHUB_BASE_URL/verifications/none" -H "X-Tenant-ID: sandbox" -o answer.json; exit 3`)
	step.Dir = dir
	out, err := step.CombinedOutput()
	if step.ProcessState.ExitCode() != 3 {
		t.Errorf("the step ends with %v: %s", err, out)
	}
	told, err := os.ReadFile(summary)
	if err != nil || !strings.Contains(string(told), "getVerification") {
		t.Errorf("the summary says %s, %v", told, err)
	}
}

// TestProbes asks whether the sandbox is ready as those do who wait for it.
func TestProbes(t *testing.T) {
	server := startServe(t, "--addr=127.0.0.1:0", "--quiet")
	url := "http://" + server.addr + "/_sandbox/health"
	for name, ask := range map[string]struct{ method, host, agent, accept string }{
		"kubelet":       {http.MethodGet, "10.1.2.3:8080", "kube-probe/1.31", "*/*"},
		"wait-on":       {http.MethodHead, "", "axios/1.7.9", "application/json, text/plain, */*"},
		"a dotted name": {http.MethodGet, "finhub.default.svc.cluster.local:8080", "curl/8.5.0", "*/*"},
		"a proxy":       {http.MethodGet, "sandbox.example.com", "Envoy/HC", ""},
	} {
		request, err := http.NewRequestWithContext(t.Context(), ask.method, url, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if ask.host != "" {
			request.Host = ask.host
		}
		request.Header.Set("User-Agent", ask.agent)
		request.Header.Set("Accept", ask.accept)
		reply, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = reply.Body.Close()
		if reply.StatusCode != http.StatusOK {
			t.Errorf("%s gets %s", name, reply.Status)
		}
	}
	for _, command := range [][]string{{"curl", "-fsI", url}, {"wget", "-q", "--spider", url}} {
		if _, err := exec.LookPath(command[0]); err != nil {
			t.Logf("%s is not installed", command[0])
			continue
		}
		if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
			t.Errorf("%v: %v: %s", command, err, out)
		}
	}
	if code, stdout, stderr := runCommand(t, "healthcheck", "--addr="+server.addr); code != exitOK {
		t.Errorf("the container's health check ends with %d: %s%s", code, stdout, stderr)
	}
}
