package main

import (
	"bytes"
	"context"
	"io"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDemo shows the life, and then does by hand what the demo says: the same calls
// give the same again.
func TestDemo(t *testing.T) {
	shown, writer := io.Pipe()
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	var stderr bytes.Buffer
	go func() {
		code := run(ctx, []string{"demo", "--addr=127.0.0.1:0", "--pause=0s"}, writer, &stderr)
		_ = writer.Close()
		ended <- code
	}()
	var text strings.Builder
	const last = "types/transfer/execute \"${H[@]}\""
	for b := make([]byte, 4096); !strings.Contains(text.String(), last) || !strings.HasSuffix(text.String(), "\n"); {
		n, err := shown.Read(b)
		text.Write(b[:n])
		if err != nil {
			t.Fatalf("%v: %s%s", err, text.String(), stderr.String())
		}
	}
	for _, part := range []string{
		`registration +200 PENDING_VERIFICATION\n`, `    verification.rejected DOCUMENT_BLURRED, by the rule blurred passport\n`,
		`activation +422 VERIFICATION_NOT_APPROVED\n +verification .* is REJECTED\n +next: POST /api/v2.1/verifications`,
		`it is 2026-01-04T15:00:00Z`, `activation +200 ACTIVATED\n`, `execute +200 COMPLETED\n`, `  transaction.completed, signature valid\n`,
	} {
		if !regexp.MustCompile(part).MatchString(text.String()) {
			t.Errorf("the demo does not show %q:\n%s", part, text.String())
		}
	}
	_, byHand, _ := strings.Cut(text.String(), "in an empty tenant:\n")
	made := regexp.MustCompile(`(?m)^  (?:POST|DELETE) \S+ .*? (\d{3}) ([A-Z_]+)$`).FindAllStringSubmatch(text.String(), -1)
	bash := exec.Command("bash", "-c", strings.ReplaceAll(byHand, "\ncurl ", "\necho; curl "))
	again, err := bash.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, again)
	}
	for _, m := range made {
		if !strings.Contains(string(again), m[2]) {
			t.Errorf("by hand nothing is %s: %s", m[2], again)
		}
	}
	customer := regexp.MustCompile(`/customer/individual/([0-9a-f-]{36})/activation`).FindStringSubmatch(byHand)
	if len(made) < 12 || customer == nil || strings.Count(string(again), `"customerId":"`+customer[1]) < 3 {
		t.Errorf("the demo shows %d replies, and by hand comes %s", len(made), again)
	}
	for _, wrong := range []string{"NOT_FOUND", "REQUEST_INVALID", "HEADERS_MISSING"} {
		if strings.Contains(string(again), wrong) {
			t.Errorf("by hand something is %s: %s", wrong, again)
		}
	}
	end()
	if code := <-ended; code != exitOK {
		t.Errorf("exit code %d, %s", code, stderr.String())
	}
}

// TestDemoEnds with --exit, and shows the same each time.
func TestDemoEnds(t *testing.T) {
	var all []string
	for range 2 {
		code, stdout, stderr := runCommand(t, "demo", "--addr=127.0.0.1:0", "--pause=0s", "--exit")
		if code != exitOK || strings.Contains(stdout, "by hand") || !strings.Contains(stdout, "transaction.completed") {
			t.Fatalf("exit code %d, %s%s", code, stdout, stderr)
		}
		all = append(all, stdout)
	}
	if !slices.Equal(all[:1], all[1:]) {
		t.Errorf("another time it shows something else:\n%s\n%s", all[0], all[1])
	}
}
