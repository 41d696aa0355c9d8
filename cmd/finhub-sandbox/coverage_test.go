package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCoverageVerbs shows what was met, in every form, and judges it: by a share, by a
// baseline, without what is excluded, and of several runs together.
func TestCoverageVerbs(t *testing.T) {
	server := startServe(t, "--addr=127.0.0.1:0", "--quiet", "--headers=relaxed")
	t.Setenv("SANDBOX_ADDR", server.addr)
	t.Setenv("SANDBOX_TENANT", "shop")
	t.Setenv("GITHUB_STEP_SUMMARY", "")
	dir := t.TempDir()
	keep := func(name string) string {
		t.Helper()
		code, stdout, stderr := runCommand(t, "coverage", "--json")
		if code != exitOK || stderr != "" {
			t.Fatalf("exit code %d, printed %q", code, stderr)
		}
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(stdout), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	nothing := keep("nothing.json")
	if status, body := send(t, registrationOf(t, server.addr, "shop", "anna@example.com")); status != http.StatusOK {
		t.Fatalf("got %d %s", status, body)
	}
	one := keep("one.json")
	mistaken := writeFile(t, "mistaken.yaml", "- {item: refusals registerIndividual *}\n")
	unknown := writeFile(t, "unknown.yaml", "- {item: refusals registerindividual *, reason: it is tested elsewhere}\n")
	alone := writeFile(t, "alone.yaml", "- {item: \"operations get*\", reason: we only register}\n- {item: operations registerOrganization, reason: we only register people}\n")
	for _, c := range []struct {
		args string
		code int
		says []string
	}{
		{"coverage", exitOK, []string{"DIMENSION", "operations   1  ", "your application never met consent EXPIRED: register anna+consent-expires@example.com (scenario consent-expires)"}},
		{"coverage --form markdown", exitOK, []string{"| operations | 1 | ", "by tenant shop"}},
		{"coverage --form junit", exitOK, []string{`<testcase classname="operations" name="registerIndividual"/>`}},
		{"coverage --form html", exitOK, []string{"<!doctype html>", "<code>shop</code>"}},
		{"coverage --fail-under 0.1", exitOK, nil},
		{"coverage --fail-under 80", exitFailed, []string{"less than 80 %"}},
		{"coverage --fail-under 101", exitUsage, []string{"a share from 0 to 100"}},
		{"coverage --baseline " + nothing, exitOK, nil},
		{"coverage --baseline " + mistaken, exitUsage, []string{"is no report"}},
		{"coverage --tenant nobody --baseline " + one, exitFailed, []string{"and this run has not", "operations registerIndividual", "states customer PENDING_VERIFICATION"}},
		{"coverage --exclude " + mistaken, exitUsage, []string{"mistaken.yaml: the exclusion of \"refusals registerIndividual *\" has no reason"}},
		{"coverage --exclude " + unknown, exitUsage, []string{"is of nothing that exists"}},
		{"coverage --form markdown --exclude " + alone, exitOK, []string{"## Left out", "we only register people"}},
		{"coverage merge " + nothing + " " + one, exitOK, []string{"operations   1  "}},
		{"coverage merge --json " + one + " " + one, exitOK, []string{`"requests": 2`}},
		{"coverage merge --baseline " + one + " " + nothing, exitFailed, []string{"operations registerIndividual"}},
		{"coverage merge " + nothing + " " + alone, exitUsage, []string{"is no report"}},
		{"coverage merge missing.json", exitUsage, []string{"missing.json"}},
		{"reset", exitOK, nil},
		{"coverage", exitOK, []string{"operations   0  "}},
	} {
		code, stdout, stderr := runCommand(t, strings.Fields(c.args)...)
		if code != c.code {
			t.Errorf("%s: exit code %d, and not %d; printed %q", c.args, code, c.code, stderr)
		}
		contains(t, stdout+stderr, c.says)
	}
	summary := filepath.Join(dir, "summary.md")
	t.Setenv("GITHUB_STEP_SUMMARY", summary)
	for range 2 {
		if code, _, stderr := runCommand(t, "coverage"); code != exitOK {
			t.Fatal(stderr)
		}
	}
	if text, err := os.ReadFile(summary); err != nil || strings.Count(string(text), "# Coverage of the sandbox") != 2 {
		t.Errorf("the summary is %s, %v", text, err)
	}
}
