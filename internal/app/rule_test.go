package app_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/domain/machine"
)

const travels = `name: travels
rules:
  - {name: blurred, on: verification.outcome, decide: REJECTED, reason: DOCUMENT_BLURRED, after: 2h}
  - {name: shut, on: getVerification, times: 1, refuse: VERIFICATION_NOT_FOUND}
  - on: getVerification
    fault: {kind: delay, after: 1s}
`

const travelled = `description: A verification is asked for and looked at twice.
after: life/registered
steps:
  - do: Hand an identity card in
    as: customer
    call: POST /customer/individual/${customer}/verification
    body: {verificationType: STANDARD, verificationData: {documentType: ID_CARD, documentNumber: "15202020"}}
    status: 200
    keep: {verification: data.verificationId}
  - {do: Look at it, as: customer, call: "GET /verifications/${verification}", status: 404, reply: {data: {refusal: VERIFICATION_NOT_FOUND}}}
  - {do: Look again, as: customer, call: "GET /verifications/${verification}", status: 200}
`

// Whatever a rule of a scenario does says which rule it was, and where that is
// written: the pending decision, the event that it becomes, and the line of the log
// for an answer, a refusal and a fault. What nobody decided names none.
func TestTheRuleThatActedTravels(t *testing.T) {
	var log strings.Builder
	opened, err := app.Open(app.Config{
		Version: "test", Seed: "flows", Now: func() time.Time { return time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC) }, Wait: recordDelay,
	}, &log)
	if err != nil {
		t.Fatal(err)
	}
	server := openFlowServer(t, app.Config{})
	server.app = opened
	tenant := playTravelled(t, server)
	control := func(method, path, body, want string) {
		t.Helper()
		header := http.Header{"X-Tenant-Id": {tenant}, "Content-Type": {"application/json"}}
		reply, err := server.exchange(method, "/_sandbox"+path, header, strings.NewReader(body))
		if err != nil || reply.status != http.StatusOK || !strings.Contains(string(reply.raw), want) {
			t.Errorf("%s %s: %v %s", method, path, err, reply.raw)
		}
	}
	const rule = `"rule":{"scenario":"travels","name":"blurred","file":"scenario.yaml","line":3}`
	control(http.MethodGet, "/clock", "", `"option":"REJECTED",`+rule)
	control(http.MethodPost, "/clock/advance", `{"by":"2h"}`, rule)
	events, err := server.events(tenant, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, event := range events {
		want := machine.Rule{}
		if event.Type == "verification.rejected" {
			want = machine.Rule{Scenario: "travels", Name: "blurred", File: "scenario.yaml", Line: 3}
		}
		if event.Rule != want {
			t.Errorf("%s came by %+v", event.Type, event.Rule)
		}
	}
	for _, line := range []string{
		`operation=submitIndividualVerification TENANT status=200 rules="blurred of travels (scenario.yaml:3)"`,
		`operation=getVerification TENANT status=404 refusal=VERIFICATION_NOT_FOUND scenario=travels fault=delay rules="shut of travels (scenario.yaml:4), rule 3 of travels (scenario.yaml:5)"`,
		`operation=getVerification TENANT status=200 scenario=travels fault=delay rules="rule 3 of travels (scenario.yaml:5)"`,
	} {
		if !logged(log.String(), strings.ReplaceAll(line, "TENANT", "tenant="+tenant)) {
			t.Errorf("the log lacks %s:\n%s", line, log.String())
		}
	}
}

// playTravelled lets the scenario govern, plays the life, and gives the tenant.
func playTravelled(t *testing.T, server *flowServer) (tenant string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "travelled.yaml"), []byte(travelled), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := readFlow(dir, "travelled")
	if err != nil {
		t.Fatal(err)
	}
	p := newFlowPlay(server, "../../testdata/flows", f)
	if err := p.enter(p.tenant); err != nil {
		t.Fatal(err)
	}
	header := http.Header{"X-Tenant-Id": {p.tenant}, "Content-Type": {"application/yaml"}}
	if reply, err := server.exchange(http.MethodPut, "/_sandbox/scenario", header, strings.NewReader(travels)); err != nil || reply.status != http.StatusOK {
		t.Fatalf("%v: %s", err, reply)
	}
	if err := p.play(); err != nil {
		t.Fatal(err)
	}
	return p.tenant
}

// logged reports whether a line has all the words of another in their order.
func logged(log, words string) bool {
	for line := range strings.Lines(log) {
		rest, found := line, true
		for word := range strings.FieldsSeq(words) {
			_, rest, found = strings.Cut(rest, word)
			if !found {
				break
			}
		}
		if found && strings.TrimSpace(rest) == "" {
			return true
		}
	}
	return false
}

// A rule that a scenario inherits says where it is written: in the scenario that
// is extended.
func TestAnInheritedRuleNamesItsOwnFile(t *testing.T) {
	server := openFlowServer(t, app.Config{})
	const tenant = "heir"
	control := func(method, path, kind, body string) flowReply {
		t.Helper()
		reply, err := server.exchange(method, "/_sandbox"+path, http.Header{"X-Tenant-Id": {tenant}, "Content-Type": {kind}}, strings.NewReader(body))
		if err != nil || reply.status != http.StatusOK {
			t.Fatal(err, reply)
		}
		return reply
	}
	control(http.MethodPut, "/scenario", "application/yaml", "name: heir\nextends: kyc-rejected\n")
	c := &client{documents: server.documents, unchecked: true, send: inProcess(server.app.Handler())}
	c.on(t, c.register(t, tenant, "heir@example.com"), "submitIndividualVerification", map[string]any{
		"verificationType": "IDENTITY", "verificationData": map[string]any{"documentType": "PASSPORT", "documentNumber": "24010103", "issuingCountry": "LT"},
	})
	control(http.MethodPost, "/clock/freeze", "application/json", "{}")
	reply := control(http.MethodPost, "/clock/advance", "application/json", `{"until": "verification.rejected"}`)
	extended := server.app.World().Scenarios().Get("kyc-rejected")
	if !strings.Contains(string(reply.raw), `"scenario":"kyc-rejected"`) || !strings.Contains(string(reply.raw), `"file":"`+extended.File+`"`) {
		t.Errorf("got %s", reply)
	}
}
