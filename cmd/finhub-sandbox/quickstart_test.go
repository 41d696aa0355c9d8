package main

import (
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"
)

// TestQuickstart pastes the first calls into a shell, as the running sandbox words them.
func TestQuickstart(t *testing.T) {
	server := startServe(t, "--addr=127.0.0.1:0", "--quiet")
	reply, err := http.Get("http://" + server.addr + "/_sandbox/quickstart")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(reply.Body)
	if err := reply.Body.Close(); err != nil {
		t.Fatal(err)
	}
	if err != nil || !strings.Contains(string(text), server.addr) {
		t.Fatalf("it does not say where the sandbox is: %s, %v", text, err)
	}
	shell := exec.CommandContext(t.Context(), "bash", "-eu")
	shell.Stdin = strings.NewReader(string(text))
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"customer ", `"status":"IN_PROGRESS"`, `"type":"verification.approved"`} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%s is missing in\n%s", want, out)
		}
	}
}
