package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBugVerbs records a tenant, saves what it has recorded, and plays it.
func TestBugVerbs(t *testing.T) {
	server := startServe(t, "--addr=127.0.0.1:0", "--quiet", "--headers=relaxed")
	t.Setenv("SANDBOX_ADDR", server.addr)
	t.Setenv("SANDBOX_TENANT", "demo")
	file := filepath.Join(t.TempDir(), "bug.json")
	if code, _, stderr := runCommand(t, "bug", "save", file); code != exitUsage || !strings.Contains(stderr, "is not recorded") {
		t.Fatalf("exit code %d, printed %q", code, stderr)
	}
	if code, stdout, stderr := runCommand(t, "bug", "start"); code != exitOK || !strings.HasPrefix(stdout, "tenant demo is recorded: 0 requests") {
		t.Fatalf("exit code %d, printed %q and %q", code, stdout, stderr)
	}
	if status, body := send(t, registrationOf(t, server.addr, "demo", "anna+kyc-rejected@example.com")); status != http.StatusOK {
		t.Fatalf("got %d %s", status, body)
	}
	for _, args := range [][]string{{"clock", "advance", "--by", "36h"}, {"bug", "save", file}, {"bug", "stop"}} {
		if code, _, stderr := runCommand(t, args...); code != exitOK {
			t.Fatalf("%v: exit code %d, printed %q", args, code, stderr)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	part := writeFile(t, "part.json", strings.Replace(string(text), `"status": 200`, `"status": 418`, 1))
	for _, c := range []struct {
		args   []string
		code   int
		stdout []string
		stderr string
	}{
		{[]string{"replay", file}, exitOK, []string{"2 of 2 requests were played, and every reply is what it was"}, ""},
		{[]string{"replay", file, "--json"}, exitOK, []string{`"requests":2,"recorded":2,"parts":null,"incomplete":[]`}, ""},
		{[]string{"replay", part}, exitFailed, []string{"request 1 of 2 parts from the recorded run: POST /api/v2.1/customer/individual/registration\n  /status\n    expected 418\n    got      200\n"}, ""},
		{[]string{"replay", part, "--json"}, exitFailed, []string{`"differences":[{"pointer":"/status","expected":"418","got":"200"}]`}, ""},
		{[]string{"replay", writeFile(t, "newer.json", `{"format": 99}`)}, exitUsage, nil, "format 99"},
		{[]string{"replay", writeFile(t, "state.json", `{"format": 1, "entities": {}}`)}, exitUsage, nil, "is no bug file"},
		{[]string{"replay", writeFile(t, "half.json", string(text[:len(text)/2]))}, exitUsage, nil, "is no bug file"},
		{[]string{"replay", "missing.json"}, exitUsage, nil, "no such file"},
	} {
		code, stdout, stderr := runCommand(t, c.args...)
		if code != c.code || !strings.Contains(stderr, c.stderr) || strings.Count(stderr, "\n") > 1 {
			t.Errorf("%v: exit code %d, printed %q and %q", c.args, code, stdout, stderr)
		}
		contains(t, stdout, c.stdout)
	}
}
