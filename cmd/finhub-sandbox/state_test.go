package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestStateVerbs keeps a tenant in a file and under a name, and compares.
func TestStateVerbs(t *testing.T) {
	server := startServe(t, "--addr=127.0.0.1:0", "--quiet", "--headers=relaxed")
	t.Setenv("SANDBOX_ADDR", server.addr)
	t.Setenv("SANDBOX_TENANT", "demo")
	file := filepath.Join(t.TempDir(), "before.json")
	for _, args := range [][]string{{"clock", "freeze"}, {"state", "export", file}, {"state", "snapshot", "before"}} {
		if code, _, stderr := runCommand(t, args...); code != exitOK {
			t.Fatalf("%v: exit code %d, printed %q", args, code, stderr)
		}
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("a file with secrets is %v, %v", info.Mode(), err)
	}
	if status, body := send(t, registrationOf(t, server.addr, "demo", "anna@example.com")); status != http.StatusOK {
		t.Fatalf("got %d %s", status, body)
	}
	for _, c := range []struct {
		args []string
		code int
		says []string
	}{
		{[]string{"state", "diff", file, "@before"}, exitOK, nil},
		{[]string{"state", "diff", "@before", "@"}, exitFailed, []string{"~ /sequence/events 0 -> ", "customer ", "\n+   / {\"id\":\"", "\n+ /events/seq=1 {"}},
		{[]string{"state", "diff", "@", file, "--json"}, exitFailed, []string{`{"differences":[{"entity":"customer `, `"pointer":"/entities/customer/`, `"was":`}},
		{[]string{"state", "restore", "before"}, exitOK, []string{"snapshot before is restored: 0 entities"}},
		{[]string{"state", "diff", "@", file}, exitOK, nil},
	} {
		code, stdout, stderr := runCommand(t, c.args...)
		if code != c.code || stderr != "" {
			t.Errorf("%v: exit code %d, printed %q", c.args, code, stderr)
		}
		contains(t, stdout, c.says)
	}
	half := writeFile(t, "half.json", `{"format": 1`)
	for _, args := range [][]string{
		{"state", "diff", "@nothing", "@"}, {"state", "diff", half, "@"}, {"state", "diff", "missing.json", "@"}, {"state", "import", half}, {"state", "restore", "nothing"},
	} {
		if code, stdout, stderr := runCommand(t, args...); code != exitUsage || stdout != "" || stderr == "" {
			t.Errorf("%v: exit code %d, printed %q and %q", args, code, stdout, stderr)
		}
	}
}

// TestStateFlag starts with a state, and says in one line why it does not with another.
func TestStateFlag(t *testing.T) {
	const empty = `{"format": 1, "clock": {"mode": "frozen", "at": "2027-01-05T09:00:00Z"}, "sequence": {"numbers": 0, "events": 0, "apart": 0},
		"values": {"seed": {"seed": "s", "tenant": "demo"}}, "entities": {}, "timers": [], "events": []}`
	server := startServe(t, "--addr=127.0.0.1:0", "--quiet", "--state", writeFile(t, "state.json", empty))
	code, stdout, _ := runCommand(t, "clock", "show", "--addr", server.addr, "--tenant=demo")
	if code != exitOK {
		t.Errorf("exit code %d", code)
	}
	contains(t, stdout, []string{"clock    frozen", "now      2027-01-05T09:00:00Z"})
	for _, c := range []struct{ name, text, says string }{
		{"newer", strings.Replace(empty, `"format": 1`, `"format": 2`, 1), "/format is 2, and this sandbox reads formats up to 1"},
		{"cut", empty[:40], "holds no state that a tenant can be in"},
		{"wrong", strings.Replace(empty, "frozen", "slow", 1), "/clock/mode is"},
		{"nobody's", strings.Replace(empty, `"seed": {"seed": "s", "tenant": "demo"}`, "", 1), "does not say from which tenant it is"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, stdout, stderr := runCommand(t, "serve", "--addr=127.0.0.1:0", "--state", writeFile(t, "state.json", c.text))
			if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.says) || !strings.Contains(stderr, "leave --state out") {
				t.Errorf("exit code %d, printed %q and %q", code, stdout, stderr)
			}
		})
	}
	if code, _, stderr := runCommand(t, "serve", "--addr=127.0.0.1:0", "--state=missing.json"); code != exitUsage || !strings.Contains(stderr, "missing.json cannot be read (no such file") {
		t.Errorf("exit code %d, printed %q", code, stderr)
	}
}
