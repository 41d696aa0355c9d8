package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// registered gives the id of somebody who registers.
func registered(t *testing.T, addr, email string) string {
	t.Helper()
	status, body := send(t, registrationOf(t, addr, "demo", email))
	var reply struct{ Data struct{ ID string } }
	if err := json.Unmarshal([]byte(body), &reply); err != nil || status != http.StatusOK {
		t.Fatalf("%v: %d %s", err, status, body)
	}
	return reply.Data.ID
}

// TestWait: exit code 0 for what has come about, 1 for what has not, with what is pending
// instead and the call that brings it, and 2 for what cannot be waited for.
func TestWait(t *testing.T) {
	server := startServe(t, "--addr=127.0.0.1:0", "--quiet")
	id := registered(t, server.addr, "anna@example.com")
	for _, c := range []struct {
		args         string
		code         int
		says, stderr string
	}{
		{"wait customer.created --customer=" + id, exitOK, "customer.created", ""},
		{"wait customer " + id + " PENDING_VERIFICATION", exitOK, "reached  yes", ""},
		{"wait customer " + id + " ACTIVE --within=1ms", exitFailed, "verification.approved", ""},
		{"wait customer " + id + " ACTIVE --within=1ms --json", exitFailed, `"reached":false`, ""},
		{"wait verification.approved --within=1ms", exitFailed, "Nothing is pending.", ""},
		{"timeline " + id, exitOK, "customer.created", ""},
		{"timeline " + id + " --json", exitOK, `"entries":[`, ""},
		{"timeline nobody", exitUsage, "", "nobody"},
		{"wait customer nobody ACTIVE", exitUsage, "", "the tenant has no customer nobody"},
		{"wait customer " + id, exitUsage, "", "not by 2 words"},
		{"wait customer " + id + " ACTIF", exitUsage, "", "ACTIVE"},
		{"wait customer.created --within=2h", exitUsage, "", "up to a minute"},
	} {
		code, stdout, stderr := runCommand(t, append(strings.Fields(c.args), "--tenant=demo", "--addr", server.addr)...)
		if code != c.code || !strings.Contains(stdout, c.says) || !strings.Contains(stderr, c.stderr) || (stderr == "") != (c.stderr == "") {
			t.Errorf("%s: exit code %d, printed %q and %q", c.args, code, stdout, stderr)
		}
	}
}
