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

// shells print what a shell offers for the last of the words behind the program's name:
// each has the script in $SCRIPT, and the words as its arguments.
var shells = map[string][]string{
	"bash": {"--norc", "-c", `source "$SCRIPT"
COMP_WORDS=(finhub-sandbox "$@"); COMP_CWORD=$#; _finhub_sandbox; printf '%s\n' "${COMPREPLY[@]}"; complete -p finhub-sandbox >/dev/null`, "bash"},
	"zsh": {"-f", "-c", `autoload -Uz compinit; compinit -u -D
compadd() { shift; print -l -- "$@" }
_files() { : }
source "$SCRIPT"
words=(finhub-sandbox "$@"); CURRENT=$#words; _finhub_sandbox; [[ $_comps[finhub-sandbox] == _finhub_sandbox ]]`, "zsh"},
	"fish": {"--no-config", "-c", `source $SCRIPT; complete -C "finhub-sandbox $argv"`},
}

// TestShellsComplete asks the shells themselves. SANDBOX_TOOLS=all demands each of them.
func TestShellsComplete(t *testing.T) {
	directory := t.TempDir()
	if err := os.Symlink(executable(t), filepath.Join(directory, programName)); err != nil {
		t.Fatal(err)
	}
	for shell, args := range shells {
		t.Run(shell, func(t *testing.T) {
			path := tool(t, shell)
			code, script, stderr := runOnce("completion", shell)
			if code != exitOK || stderr != "" {
				t.Fatalf("exit code %d, %s", code, stderr)
			}
			environment := append(os.Environ(), asProgram+"=1", "SANDBOX_CONTROL_ADDR=127.0.0.1:1", "SCRIPT="+writeFile(t, "script", script),
				"PATH="+directory+string(os.PathListSeparator)+os.Getenv("PATH"))
			cases := completionCases()
			if shell == "bash" {
				cases["serve --durability = s"] = "second" // It takes --durability=s apart.
			}
			for line, want := range cases {
				c := exec.Command(path, append(slices.Clone(args), strings.Split(line, " ")...)...)
				c.Env = environment
				out, err := c.Output()
				if err != nil {
					t.Fatalf("%q: %v, %s", line, err, out)
				}
				got := strings.Fields(string(out))
				if shell != "fish" {
					checkCandidates(t, line, want, got)
				} else if want != "" { // Else it offers files.
					checkWords(t, line, want, got)
				}
			}
		})
	}
}

// checkWords is checkCandidates for a shell that has an order of its own.
func checkWords(t *testing.T, line, want string, got []string) {
	t.Helper()
	words := slices.DeleteFunc(strings.Fields(want), func(word string) bool { return word == "…" })
	for _, word := range words {
		if !slices.Contains(got, word) {
			t.Errorf("%q becomes %q, not %q", line, got, want)
		}
	}
	if !strings.Contains(want, "…") && len(got) != len(words) {
		t.Errorf("%q becomes %q, not %q", line, got, want)
	}
}

// tool finds a program that a test asks. One that is not there is skipped, unless
// SANDBOX_TOOLS demands all.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	switch {
	case err != nil && os.Getenv("SANDBOX_TOOLS") != "":
		t.Fatal(err)
	case err != nil:
		t.Skip(err)
	}
	return path
}

func executable(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}
