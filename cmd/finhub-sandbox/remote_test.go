package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// rejecting is a right scenario, and mistaken one with two mistakes.
const (
	rejecting = `name: rejecting
description: Everybody is rejected. Show the reason.
extends: happy-path
rules:
  - {name: blurred, on: verification.outcome, decide: REJECTED, reason: DOCUMENT_BLURRED, after: 6h}
`
	mistaken = "name: mistaken\nrules:\n  - on: verification.outcome\n    decide: REJECT\n    after: soon\n"
)

// runCommand runs the program to its end.
func runCommand(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(t.Context(), args, &out, &err)
	return code, out.String(), err.String()
}

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestVerifyThatDoesNotHold has exit code 1, with what misses by the least.
func TestVerifyThatDoesNotHold(t *testing.T) {
	server := startServe(t, "--addr=127.0.0.1:0", "--quiet", "--headers=relaxed")
	t.Setenv("SANDBOX_ADDR", server.addr)
	if code, _, stderr := runCommand(t, "clock", "freeze"); code != exitOK {
		t.Fatal(stderr)
	}
	code, stdout, _ := runCommand(t, "verify", "--operation=freezeClock", "--where=status=409", "--count=1")
	if code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	contains(t, stdout, []string{"It does not hold: wanted exactly 1, 0 came.", "freezeClock", "/status", "409", "200"})
	if code, _, stderr := runCommand(t, "verify", "--body=nothing"); code != exitUsage || !strings.Contains(stderr, "--body is no JSON object") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

// TestVerbs runs every verb that asks a running sandbox, for people and for
// scripts.
func TestVerbs(t *testing.T) {
	server := startServe(t, "--addr=127.0.0.1:0", "--quiet", "--headers=relaxed")
	t.Setenv("SANDBOX_ADDR", server.addr)
	t.Setenv("SANDBOX_TENANT", "verbs")
	file := writeFile(t, "rejecting.yaml", rejecting)
	state := writeFile(t, "state.json", `{"format": 1, "clock": {"mode": "frozen", "at": "2027-01-05T09:00:00Z"}, "sequence": {"numbers": 0, "events": 0, "apart": 0},
		"values": {}, "entities": {}, "timers": [], "events": []}`)
	for _, c := range []struct {
		args string
		// says are parts of what is printed for people, has members of the JSON.
		says, has []string
	}{
		{"scenario list", []string{"NAME", "*  happy-path", "tenant verbs (default)"}, []string{`"active":{"tenant":"verbs"`, `"scenarios":[`}},
		{"scenario show happy-path", []string{"description  Everything goes well.", "a company takes longer", "EFFECT"}, []string{`"rules":[`, `"yaml":"`}},
		{"scenario use " + file, []string{"scenario rejecting governs new customers of tenant verbs"}, []string{`"name":"rejecting"`, `"source":"tenant"`}},
		{"scenario list", []string{"*  rejecting", "Everybody is rejected.", "tenant verbs (tenant)"}, []string{`"name":"rejecting"`}},
		{"scenario use happy-path", []string{"scenario happy-path governs"}, []string{`"name":"happy-path"`}},
		{"magic", []string{"X-Sandbox-Scenario: rejecting", "anna+rejecting@example.com", "Everybody is rejected."}, []string{`"kind":"tag"`}},
		{"explain CONSENTS_MISSING", []string{"CONSENTS_MISSING (400)", "POST /api/v2.1/customer/individual/"}, []string{`"code":"CONSENTS_MISSING"`}},
		{"explain --request 1", []string{"1, PUT /_sandbox/scenario, was not refused: 200"}, []string{`"outcome":"answered"`}},
		{"explain 1", []string{"1, PUT /_sandbox/scenario, was not refused: 200"}, []string{`"outcome":"answered"`}},
		{"explain POST /api/v2.1/fintrans/x/types/transfer/consents", []string{"the nearest is", "FinHub documents POST /fintrans/{accountId}/types/{operationType}/consents (G3)"}, []string{`"documented":{`}},
		{"state export", []string{`"format": 1`, `"secrets": [`}, []string{`"format": 1`}},
		{"state import " + state, []string{"tenant    verbs", "entities  0"}, []string{`"tenant":"verbs","entities":0`}},
		{"state snapshot empty", []string{"snapshot empty is kept: 0 entities, the clock at 2027-01-05T09:00:00Z"}, []string{`"name":"empty"`}},
		{"state snapshots", []string{"NAME ", "empty "}, []string{`"tenant":"verbs"`, `"snapshots":[{"name":"empty"`}},
		{"state restore empty", []string{"snapshot empty is restored"}, []string{`"name":"empty"`}},
		{"state fork empty fork-of-verbs", []string{"tenant    fork-of-verbs", "webhooks  0, switched off"}, []string{`"tenant":"fork-of-verbs"`}},
		{"state diff @ @empty", nil, []string{`{"differences":[]}`}},
		{"clock freeze --at=2027-01-05T09:00:00Z", []string{"clock    frozen", "now      2027-01-05T09:00:00Z", "next     nothing"}, []string{`"mode":"frozen"`}},
		{"clock advance --by=1d12h", []string{"now      2027-01-06T21:00:00Z"}, []string{`"now":"2027-01-0`, `"events":[]`}},
		{"clock advance --to=2028-01-01T00:00:00Z", []string{"now      2028-01-01T00:00:00Z"}, []string{`"now":"2028-01-01T00:00:00Z"`}},
		{"clock advance --until=idle", []string{"now      2028-01-01T00:00:00Z"}, []string{`"pending":0`}},
		{"clock show", []string{"tenant   verbs", "pending  0"}, []string{`"nextDue":null`}},
		{"journal --operation=freezeClock", []string{"NUMBER", "freezeClock", "200"}, []string{`"operation":"freezeClock"`}},
		{"journal show 1", []string{"operation   useScenario", "PUT /_sandbox/scenario", "[masked]"}[:2], []string{`"number":1`}},
		{"journal replay 3", []string{"PUT /_sandbox/scenario", "NUMBER", "then"}, []string{`"then":{"number":3`, `"now":{"number":`}},
		{"verify --operation=freezeClock --where=status=200 --at-least=1", []string{"It holds: wanted at least 1"}, []string{`"holds":true`}},
		{"settings set headers=strict orderLifeSeconds=300 webhooks={\"schedule\":[\"5m\",\"2h\"]}", []string{"orderLifeSeconds          300", "webhooks.schedule         [5m 2h]"}, []string{`"orderLifeSeconds":300`, `"schedule":["5m","2h"]`}},
		{"settings set orderLifeSeconds=0 headers=", []string{"headers                   -"}, []string{`"headers":""`}},
		{"settings show", []string{"SETTING", "tenant                    verbs"}, []string{`"tenant":"verbs"`}},
		{"reset", []string{"tenant verbs is empty again: ", "scenario happy-path governs new customers"}, []string{`"removed":`}},
		{"reset --everything", []string{"tenant verbs is empty again: "}, []string{`"scenario":"happy-path"`}},
		{"clock run", []string{"clock    running"}, []string{`"mode":"running"`}},
	} {
		t.Run(c.args, func(t *testing.T) {
			args := strings.Fields(c.args)
			code, stdout, stderr := runCommand(t, args...)
			unused := strings.HasPrefix(c.args, "scenario ") && strings.Contains(stderr, "nobody has used it")
			if code != exitOK || stderr != "" && !unused {
				t.Fatalf("exit code %d, printed %q", code, stderr)
			}
			contains(t, stdout, c.says)
			code, stdout, stderr = runCommand(t, append(args, "--json")...)
			if code != exitOK || stderr != "" && !unused || !json.Valid([]byte(stdout)) {
				t.Fatalf("--json: exit code %d, printed %q and %q", code, stdout, stderr)
			}
			contains(t, stdout, c.has)
		})
	}
}

func contains(t *testing.T, text string, parts []string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in\n%s", part, text)
		}
	}
}

// TestAdvanceTellsWhatHappened: a scenario from a file decides about somebody who
// registers afterwards, and the clock says so.
func TestAdvanceTellsWhatHappened(t *testing.T) {
	server := startServe(t, "--addr=127.0.0.1:0", "--quiet", "--scenario", writeFile(t, "rejecting.yaml", rejecting))
	contains(t, server.greeting, []string{"rejecting governs new customers; watching", "rejecting.yaml"})
	status, body := send(t, registrationOf(t, server.addr, "demo", "anna@example.com"))
	if status != http.StatusOK {
		t.Fatalf("got %d %s", status, body)
	}
	var registered struct{ Data struct{ ID string } }
	if err := json.Unmarshal([]byte(body), &registered); err != nil {
		t.Fatal(err)
	}
	url := "http://" + server.addr + "/api/v2.1/customer/individual/" + registered.Data.ID + "/verification"
	passport := `{"verificationType": "IDENTITY", "verificationData": {"documentType": "PASSPORT", "documentNumber": "24010101", "issuingCountry": "LT"}}`
	if status, body := send(t, newRequest(t, http.MethodPost, url, "demo", passport)); status/100 != 2 {
		t.Fatalf("got %d %s", status, body)
	}
	at := []string{"--addr", server.addr, "--tenant=demo"}
	code, stdout, stderr := runCommand(t, append([]string{"clock", "advance", "--by=6h"}, at...)...)
	if code != exitOK || stderr != "" {
		t.Fatalf("exit code %d, printed %q", code, stderr)
	}
	contains(t, stdout, []string{"AT", "verification.rejected", "REJECTED", "DOCUMENT_BLURRED"})

	// The next attempt waits for documents, and no time brings it on.
	if status, body := send(t, newRequest(t, http.MethodPost, url+"/initiate", "demo", "")); status/100 != 2 {
		t.Fatalf("got %d %s", status, body)
	}
	code, stdout, stderr = runCommand(t, append([]string{"clock", "advance", "--until=idle"}, at...)...)
	if code != exitOK || stderr != "" {
		t.Fatalf("exit code %d, printed %q", code, stderr)
	}
	contains(t, stdout, []string{"WAITING", "it waits for GOVERNMENT_ID", "POST /api/v2.1/verifications/"})
}

// TestScenarioVariable names scenarios by the environment, as containers do.
func TestScenarioVariable(t *testing.T) {
	t.Setenv("SANDBOX_SCENARIO", writeFile(t, "rejecting.yaml", rejecting)+",happy-path")
	server := startServe(t, "--addr=127.0.0.1:0", "--quiet")
	contains(t, server.greeting, []string{"happy-path governs new customers; watching", "rejecting.yaml"})
	if code, stdout, _ := runCommand(t, "scenario", "show", "rejecting", "--addr", server.addr); code != exitOK {
		t.Errorf("exit code %d, printed %q", code, stdout)
	}
}

// TestScenarioAsText: where no file can be put, a variable is the scenario, with its
// mistakes at their lines.
func TestScenarioAsText(t *testing.T) {
	t.Setenv("SANDBOX_SCENARIO_YAML", rejecting)
	server := startServe(t, "--addr=127.0.0.1:0", "--quiet")
	contains(t, server.greeting, []string{"rejecting governs new customers\n"})
	server = startServe(t, "--addr=127.0.0.1:0", "--quiet", "--scenario=happy-path")
	contains(t, server.greeting, []string{"happy-path governs new customers\n"})
	server = startServe(t, "--addr=127.0.0.1:0", "--quiet", "--scenario", writeFile(t, "quick.yaml", strings.ReplaceAll(rejecting, "rejecting", "quick")))
	contains(t, server.greeting, []string{"rejecting governs new customers; watching"})
	t.Setenv("SANDBOX_SCENARIO_YAML", mistaken)
	code, _, stderr := runOnce("serve", "--addr=127.0.0.1:0")
	if code != exitUsage {
		t.Errorf("exit code %d", code)
	}
	contains(t, stderr, []string{"SANDBOX_SCENARIO_YAML:4:13: "})
}

// TestWalletIsFunded puts money into the wallet of somebody who has come so far, and
// says what is missing before.
func TestWalletIsFunded(t *testing.T) {
	server := startServe(t, "--addr=127.0.0.1:0", "--quiet")
	_, body := send(t, registrationOf(t, server.addr, "demo", "anna@example.com"))
	var registered struct {
		Data struct {
			ID     string
			Wallet struct{ WalletID string }
		}
	}
	if err := json.Unmarshal([]byte(body), &registered); err != nil {
		t.Fatalf("%v %s", err, body)
	}
	fund := func() (int, string, string) {
		return runCommand(t, "fund", registered.Data.Wallet.WalletID, "500.00", "--tenant=demo", "--addr", server.addr)
	}
	if code, stdout, stderr := fund(); code == exitOK || stdout != "" || !strings.Contains(stderr, "INACTIVE") {
		t.Errorf("an inactive wallet: exit code %d, printed %q and %q", code, stdout, stderr)
	}
	post := func(path, body string) {
		t.Helper()
		url := "http://" + server.addr + "/api/v2.1/customer/individual/" + registered.Data.ID + path
		if status, reply := send(t, newRequest(t, http.MethodPost, url, "demo", body)); status/100 != 2 {
			t.Fatalf("%s answers %d %s", path, status, reply)
		}
	}
	post("/verification", `{"verificationType": "IDENTITY", "verificationData": {"documentType": "PASSPORT", "documentNumber": "24010101", "issuingCountry": "LT"}}`)
	if code, _, stderr := runCommand(t, "clock", "advance", "--until=verification.approved", "--tenant=demo", "--addr", server.addr); code != exitOK {
		t.Fatal(stderr)
	}
	for _, consent := range []string{"terms", "privacy", "data-processing"} {
		post("/consents/"+consent, `{"accepted": true, "version": "1.0"}`)
	}
	post("/activation", `{"userId": "anna@example.com", "code": "ACTIVATION_CODE_1"}`)
	code, stdout, stderr := fund()
	if code != exitOK || stderr != "" {
		t.Errorf("exit code %d, printed %q", code, stderr)
	}
	contains(t, stdout, []string{"500.00"})
}

// TestWrongScenarioAtStart: the mistakes come first, and nothing is served.
func TestWrongScenarioAtStart(t *testing.T) {
	file := writeFile(t, "mistaken.yaml", mistaken)
	code, stdout, stderr := runOnce("serve", "--addr=127.0.0.1:0", "--scenario", file)
	if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 2 {
		t.Errorf("exit code %d, printed %q and %q", code, stdout, stderr)
	}
	contains(t, stderr, []string{file + ":4:13: ", file + ":5:12: "})
}

// TestRefusedVerbs: what the sandbox refuses ends with one line, and with exit code
// 1 if its state forbids it and 2 if it is a mistake of the line; a scenario with
// mistakes with exit code 2 and a line for each.
func TestRefusedVerbs(t *testing.T) {
	server := startServe(t, "--addr=127.0.0.1:0", "--quiet")
	file := writeFile(t, "mistaken.yaml", mistaken)
	for _, c := range []struct {
		args []string
		code int
		says []string
	}{
		{[]string{"explain"}, exitUsage, []string{"what is to be explained?"}},
		{[]string{"explain", "4711"}, exitUsage, []string{"No such entry in the journal"}},
		{[]string{"scenario", "show", "sunny-day"}, exitUsage, []string{"sunny-day", "happy-path"}},
		{[]string{"scenario", "use", "sunny-day"}, exitUsage, []string{"sunny-day", "happy-path"}},
		{[]string{"clock", "advance", "--by=soon"}, exitUsage, []string{"by must be a length of time above zero"}},
		{[]string{"clock", "advance", "--to=2001-01-01T00:00:00Z"}, exitFailed, []string{"Time does not run backwards"}},
		{[]string{"fund", "nobody", "1.00"}, exitUsage, []string{"the tenant has no wallet nobody"}},
		{[]string{"settings", "set", "heders=strict", "orderLifeSeconds=-1"}, exitUsage, []string{"heders is not a member", "orderLifeSeconds must not be negative"}},
		{[]string{"settings", "set", "headers"}, exitUsage, []string{`"headers" sets nothing`}},
		{[]string{"settings", "set", "headers=", "headers=strict"}, exitUsage, []string{"headers is set twice"}},
		{[]string{"clock", "freeze", "--at=yesterday"}, exitUsage, []string{"at must"}},
		{[]string{"clock", "show", "--tenant=no such tenant"}, exitUsage, []string{"header.X-Tenant-ID must be 1 to 128 letters"}},
	} {
		code, stdout, stderr := runCommand(t, append(c.args, "--addr", server.addr)...)
		if code != c.code || stdout != "" {
			t.Errorf("%v: exit code %d, printed %q", c.args, code, stdout)
		}
		checkLine(t, stderr, c.says...)
	}
	code, stdout, stderr := runCommand(t, "scenario", "use", file, "--addr", server.addr)
	if want := file + ":4:13: "; code != exitUsage || stdout != "" || !strings.HasPrefix(stderr, want) || !strings.HasSuffix(stderr, "finhub-sandbox: 2 mistakes\n") {
		t.Errorf("a scenario with mistakes: exit code %d, printed %q and %q", code, stdout, stderr)
	}
	server.stop(t)
	code, _, stderr = runCommand(t, "clock", "show", "--addr", server.addr)
	if code != exitFailed {
		t.Errorf("without a sandbox: exit code %d", code)
	}
	checkLine(t, stderr, "no sandbox answers on "+server.addr, "--addr")
}

// TestLint checks files without a sandbox; the exit code is for scripts.
func TestLint(t *testing.T) {
	right, wrong := writeFile(t, "rejecting.yaml", rejecting), writeFile(t, "mistaken.yaml", mistaken)
	code, stdout, stderr := runOnce("scenario", "lint", right)
	if code != exitOK || stdout != right+": rejecting, 2 rules: ok\n" || stderr != "" {
		t.Errorf("of a right file: exit code %d, printed %q and %q", code, stdout, stderr)
	}
	code, stdout, stderr = runOnce("scenario", "lint", filepath.Dir(right), wrong)
	if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 3 {
		t.Errorf("of a wrong file: exit code %d, printed %q and %q", code, stdout, stderr)
	}
	contains(t, stderr, []string{wrong + ":4:13: ", "APPROVED, REJECTED, EXPIRED", wrong + ":5:12: ", "finhub-sandbox: 2 mistakes"})
	for _, c := range []struct {
		file                    string
		code, scenarios, faults int
	}{{right, exitOK, 1, 0}, {wrong, exitUsage, 0, 2}} {
		var result struct {
			OK        bool
			Scenarios []struct{ File, Name string }
			Faults    []struct {
				File, Message string
				Line, Column  int
			}
		}
		code, stdout, stderr := runOnce("scenario", "lint", "--json", c.file)
		if err := json.Unmarshal([]byte(stdout), &result); err != nil || code != c.code || stderr != "" {
			t.Errorf("--json of %s: exit code %d, %v, printed %q", c.file, code, err, stderr)
		}
		if result.OK != (c.code == exitOK) || len(result.Scenarios) != c.scenarios || len(result.Faults) != c.faults {
			t.Errorf("--json of %s: %s", c.file, stdout)
		}
	}
}

// TestControlTokenAndAddress: with a listener and a token of its own, the control
// API answers there and to the token only.
func TestControlTokenAndAddress(t *testing.T) {
	server := startServe(t, "--addr=127.0.0.1:0", "--control-addr=127.0.0.1:0", "--control-token=s3cret", "--quiet")
	_, rest, _ := strings.Cut(server.greeting, "control      http://")
	control, note, _ := strings.Cut(rest, "/_sandbox")
	if control == "" || control == server.addr || !strings.HasPrefix(note, ", with the control token\n") {
		t.Fatalf("the greeting does not tell where the control API is:\n%s", server.greeting)
	}
	if strings.Contains(server.greeting, "s3cret") {
		t.Errorf("the greeting tells the token:\n%s", server.greeting)
	}
	if code, _, stderr := runCommand(t, "healthcheck", "--addr", control); code != exitOK {
		t.Errorf("health: exit code %d, printed %q", code, stderr)
	}
	code, _, stderr := runCommand(t, "clock", "show", "--addr", control)
	if code != exitFailed {
		t.Errorf("without the token: exit code %d", code)
	}
	checkLine(t, stderr, "Control token required", "--control-token")
	if code, _, stderr := runCommand(t, "clock", "show", "--addr", control, "--control-token=s3cret"); code != exitOK {
		t.Errorf("with the token: exit code %d, printed %q", code, stderr)
	}
	t.Setenv("SANDBOX_ADDR", server.addr)
	if code, _, _ := runCommand(t, "clock", "show", "--control-token=s3cret"); code != exitFailed {
		t.Errorf("on the product's address: exit code %d", code)
	}
	t.Setenv("SANDBOX_CONTROL_ADDR", control)
	t.Setenv("SANDBOX_CONTROL_TOKEN", "s3cret")
	if code, _, stderr := runCommand(t, "clock", "show"); code != exitOK {
		t.Errorf("by variables: exit code %d, printed %q", code, stderr)
	}
}
