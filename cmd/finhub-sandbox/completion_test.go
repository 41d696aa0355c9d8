package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"finhub-sandbox/internal/app"
)

// completionCases are words behind the program's name, of which the last is to be completed,
// and some of what it may become, and all if nothing stands behind them.
func completionCases() map[string]string {
	return map[string]string{
		"":                          "serve run … webhook … version",
		"sc":                        "scenario",
		"clock ":                    "show freeze run advance",
		"clock adv":                 "advance",
		"clock advance --un":        "--until",
		"serve --sce":               "--scenario --scenario-yaml",
		"serve --no":                "--no-fixed-tokens",
		"serve --durability ":       "always second never",
		"serve --durability n":      "never",
		"serve --quiet --headers ":  "strict relaxed",
		"serve --data ":             "",
		"serve --scenario kyc-rej":  "kyc-rejected",
		"scenario show kyb-":        "kyb-rejected kyb-ubo-rejected",
		"scenario use --tenant x w": "webhook-doubled webhook-forged webhook-late webhook-lost",
		"scenario show x kyb-":      "",
		"webhook trigger payment":   "payment_consent.activated … payment_consent.revoked",
		"events --type wallet":      "wallet.activated",
		"coverage --fo":             "--form",
		"coverage --form m":         "markdown",
		"completion ":               "bash zsh fish",
		"help hea":                  "healthcheck",
		"run -- npm ":               "",
		"nonsense clo":              "clock",
		"__":                        "",
	}
}

// checkCandidates holds candidates to what a case says of them.
func checkCandidates(t *testing.T, line, want string, got []string) {
	t.Helper()
	for part := range strings.SplitSeq(want, " … ") {
		if !strings.Contains(want, "…") && strings.Join(got, " ") != part || !strings.Contains(" "+strings.Join(got, " ")+" ", " "+part+" ") && part != "" {
			t.Errorf("%q becomes %q, not %q", line, got, want)
		}
	}
}

func TestCompletion(t *testing.T) {
	t.Setenv("SANDBOX_CONTROL_ADDR", listen(t)) // Nobody answers there.
	for line, want := range completionCases() {
		code, stdout, stderr := runOnce(append([]string{"__complete", "--"}, strings.Split(line, " ")...)...)
		if code != exitOK || stderr != "" {
			t.Errorf("%q: exit code %d, %s", line, code, stderr)
		}
		checkCandidates(t, line, want, strings.Fields(stdout))
	}
}

// TestCompletionKnowsTheScenariosThatThereAre: those of every sandbox without one, and
// those of the one that runs.
func TestCompletionKnowsTheScenariosThatThereAre(t *testing.T) {
	server := startServe(t, "--addr=127.0.0.1:0", "--scenario="+writeFile(t, "rejecting.yaml", rejecting))
	t.Setenv("SANDBOX_CONTROL_ADDR", server.addr)
	_, stdout, _ := runCommand(t, "__complete", "--", "scenario", "show", "")
	names := strings.Fields(stdout)
	for _, name := range append(app.BuiltInScenarios(), nameOf(t, rejecting)) {
		if !slices.Contains(names, name) {
			t.Errorf("%s is not among %q", name, names)
		}
	}
	if want := len(app.BuiltInScenarios()) + 1; len(names) != want {
		t.Errorf("there are %d names, not %d", len(names), want)
	}
}

func nameOf(t *testing.T, text string) string {
	t.Helper()
	for line := range strings.Lines(text) {
		if name, ok := strings.CutPrefix(line, "name: "); ok {
			return strings.TrimSpace(name)
		}
	}
	t.Fatal("a scenario without a name")
	return ""
}

// TestCompletionScripts: each is one that its shell can read.
func TestCompletionScripts(t *testing.T) {
	for shell, check := range map[string]string{"bash": "-n", "zsh": "-n", "fish": "--no-execute"} {
		code, script, stderr := runOnce("completion", shell)
		if code != exitOK || stderr != "" || !strings.Contains(script, "__complete -- ") {
			t.Errorf("%s: exit code %d, %s", shell, code, stderr)
		}
		if _, err := exec.LookPath(shell); err != nil {
			t.Logf("there is no %s here", shell)
			continue
		}
		if out, err := exec.Command(shell, check, writeFile(t, "script", script)).CombinedOutput(); err != nil {
			t.Errorf("%s: %v, %s", shell, err, out)
		}
	}
}

// TestBashCompletes asks bash itself.
func TestBashCompletes(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash here")
	}
	program := filepath.Join(t.TempDir(), programName)
	if err := os.Symlink(executable(t), program); err != nil {
		t.Skip(err)
	}
	cases := completionCases()
	cases["serve --durability = s"] = "second" // As bash takes --durability=s apart.
	for line, want := range cases {
		words := strings.Split(line, " ")
		c := exec.Command(bash, append([]string{"--norc", "-c", `source <("$0" completion bash)
COMP_WORDS=("$0" "$@"); COMP_CWORD=$#; _finhub_sandbox; printf '%s\n' "${COMPREPLY[@]}"; complete -p finhub-sandbox >&2`, program}, words...)...)
		c.Env = append(os.Environ(), asProgram+"=1", "SANDBOX_CONTROL_ADDR="+"127.0.0.1:1")
		var registered strings.Builder
		c.Stderr = &registered
		out, err := c.Output()
		if err != nil || !strings.Contains(registered.String(), "-F _finhub_sandbox finhub-sandbox") {
			t.Fatalf("%q: %v, %s", line, err, &registered)
		}
		checkCandidates(t, line, want, strings.Fields(string(out)))
	}
}

func executable(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}
