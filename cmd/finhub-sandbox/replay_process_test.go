package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestABadRunReplaysInAProcessOfItsOwn records a run on a clock that runs, in which
// people are rejected, calls are met by faults and are made again, the clock is moved,
// and a receiver fails, and plays the file in another process.
func TestABadRunReplaysInAProcessOfItsOwn(t *testing.T) {
	server := startServe(t, "--addr=127.0.0.1:0", "--quiet", "--headers=relaxed")
	t.Setenv("SANDBOX_ADDR", server.addr)
	t.Setenv("SANDBOX_TENANT", "bad-day")
	file := filepath.Join(t.TempDir(), "bug.json")
	faults := 0
	verbs := func(list ...string) {
		t.Helper()
		for _, line := range list {
			if code, stdout, stderr := runCommand(t, strings.Fields(line)...); code != exitOK {
				t.Fatalf("%s: exit code %d, printed %q and %q", line, code, stdout, stderr)
			}
		}
	}
	bad := writeFile(t, "bad-day.yaml", "name: bad-day\ndescription: Every other registration is answered by a gateway.\nextends: chaos\nrules:\n  - on: registerIndividual\n    every: 2\n    fault: {status: 503}\n")
	verbs("bug start", "webhook trigger verification.rejected", "webhook trigger transaction.completed", "scenario use "+bad)
	for _, email := range []string{"anna", "ben", "anna", "cara", "dora", "ben", "anna+kyc-rejected", "emil", "anna"} {
		for range 3 { // Who gets no answer tries again.
			if status, _ := send(t, registrationOf(t, server.addr, "bad-day", email+"@example.com")); status == 200 || status == 409 {
				break
			}
			faults++
		}
		verbs("clock advance --by 6h")
	}
	verbs("webhook trigger transaction.failed", "clock freeze", "clock advance --by 3d", "clock run", "bug save "+file)
	replay := exec.Command(os.Args[0], "replay", file)
	replay.Env = append(os.Environ(), asProgram+"=1", "SANDBOX_ADDR=", "SANDBOX_TENANT=")
	out, err := replay.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	played := regexp.MustCompile(`(\d+) of (\d+) requests were played, and every reply is what it was`).FindSubmatch(out)
	if played == nil || string(played[1]) != string(played[2]) || len(played[1]) < 2 || faults == 0 {
		t.Errorf("with %d faults the replay says %s", faults, out)
	}
	t.Logf("%s with %d faults", played[0], faults)
}
