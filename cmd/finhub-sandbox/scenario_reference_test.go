package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// TestScenarioReferenceVerbs: both need no sandbox.
func TestScenarioReferenceVerbs(t *testing.T) {
	for _, c := range []struct {
		args string
		code int
		says []string
	}{
		{"scenario reference", exitOK, []string{"verification.outcome", "APPROVED, after 1d", "executeOperation", "paymentConsent"}},
		{"scenario reference verification.outcome", exitOK, []string{"machine", "REJECTED", "DOCUMENT_BLURRED"}},
		{"scenario reference executeOperation", exitOK, []string{"ORDER_EXPIRED"}},
		{"scenario reference customer", exitOK, []string{"customer.risk", "LOW, MEDIUM, HIGH", "customer.people[].share"}},
		{"scenario reference customer.people", exitOK, []string{"customer.people[].share"}},
		{"scenario reference faults", exitOK, []string{"{kind: drip, after: 5s}", "stale-timestamp"}},
		{"scenario reference --json", exitOK, []string{`"deliveryFaults":[`}},
		{"scenario reference verification.outcom", exitUsage, []string{`cannot speak about "verification.outcom"; did you mean verification.outcome?`}},
		{"scenario reference custom", exitUsage, []string{"did you mean customer?"}},
	} {
		code, stdout, stderr := runCommand(t, strings.Fields(c.args)...)
		if code != c.code {
			t.Errorf("%s: exit code %d instead of %d: %s", c.args, code, c.code, stderr)
		}
		for _, word := range c.says {
			if !strings.Contains(stdout+stderr, word) {
				t.Errorf("%s does not say %q: %s%s", c.args, word, stdout, stderr)
			}
		}
	}
}

// TestScenarioSchemaVerb: it prints the shipped schema.
func TestScenarioSchemaVerb(t *testing.T) {
	want, err := os.ReadFile("../../scenarios/scenario.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := runCommand(t, "scenario", "schema")
	if code != exitOK || !bytes.Equal([]byte(stdout), want) {
		t.Errorf("exit code %d, %d bytes instead of %d: %s", code, len(stdout), len(want), stderr)
	}
}
