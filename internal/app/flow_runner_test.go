package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"finhub-sandbox/internal/app"
)

// TestFlowRunnerFindsFaults shows that the flows would notice if something were
// wrong: each case is a flow with a fault, and what must be said about it.
func TestFlowRunnerFindsFaults(t *testing.T) {
	server := openFlowServer(t, app.Config{})
	const health = "description: d\nsteps:\n  - do: Ask\n    call: GET /_sandbox/health\n"
	const advance = "description: d\nsteps:\n  - do: Wait\n    call: POST /_sandbox/clock/advance\n    body: {by: 1h}\n    status: 200\n"
	const refusedLogin = `description: d
steps:
  - do: Make an administrator
    call: &login POST /admin/organization/o/users/u/sessions
    body: {username: a, password: right, tenantKey: k, tenantSecret: s}
    status: 200
  - do: A wrong password counts
    call: *login
    body: {username: a, password: wrong, tenantKey: k, tenantSecret: s}
    status: 401
    reply: {data: {refusal: CREDENTIALS_INVALID}}
`
	const governed = "description: d\nscenario: %s\nafter: %s\nas: customer\nsteps:\n  - do: Do\n    call: %s\n"
	// look is the third request of a customer, executed pays what is prepared, and
	// of lost and idle the reply breaks off, after the work and in place of it.
	look := fmt.Sprintf(governed, "rate-limited", "life/registered", "GET /wallets/customer/${customer}\n    status: 200\n  - do: Do\n    call: GET /wallets/customer/${customer}")
	const execute = "POST /fintrans/${wallet}/types/transfer/execute\n    body: {preparedOrderId: \"${order}\", otp: \"${code}\", consentId: \"${consent}\"}"
	executed := fmt.Sprintf(governed, "happy-path", "life/prepared", execute)
	const register = "POST /fintrans/${wallet}/beneficiaries\n" +
		"    body: {partyType: INDIVIDUAL_CUSTOMER, firstName: J, lastName: P, iban: LT263500098765432109, currency: EUR, country: LT, networkName: SEPA}"
	lost := fmt.Sprintf(governed, "lost-replies", "life/funded", register)
	idle := strings.Replace(lost, "currency: EUR", "currency: USD", 1)
	late := fmt.Sprintf(governed, "slow-gateway", "life/registered", "GET /wallets/customer/${customer}\n    status: 200")
	for _, c := range []struct{ name, flow, want string }{
		{"unknown key", "description: d\nstep: []\n", "step"},
		{"unknown key of a step", health + "    state: 200\n", "line 5"},
		{"unknown key of a beginning", "description: d\nafter: {flows: x}\n", "unknown key flows"},
		{"no description", "steps: []\n", "needs a description"},
		{"no title", "description: d\nsteps:\n  - call: GET /x\n    status: 200\n", ":3: a step needs a title"},
		{"no status", health, ":3: a call needs the status"},
		{"refusal without reply", health + "    status: 404\n", "a refusal needs its reply"},
		{"nothing to do", "description: d\nsteps:\n  - do: Nothing\n", "needs a call or advance"},
		{"key twice", health + "    status: 200\n    body: {a: 1, a: 2}\n", "a stands twice"},
		{"other status", health + "    status: 201\n", "status: expected 201, came 200"},
		{"other value", health + "    status: 200\n    reply: {status: closed}\n", `status: expected "closed", came "ready"`},
		{"member missing", health + "    status: 200\n    reply: {nothing: here}\n", `nothing: expected "here", came nothing`},
		{"member not absent", health + "    status: 200\n    reply: {status: absent}\n", `status: expected nothing, came "ready"`},
		{"not to the letter", health + "    status: 200\n    exactly: {status: ready, version: test}\n", "uptime: expected nothing, came"},
		{"nothing kept", health + "    status: 200\n    reply: {status: \"${me}\"}\n", "nothing is kept as me"},
		{"nothing to keep", health + "    status: 200\n    keep: {me: data.id}\n", "the reply has no data.id"},
		{"other events", health + "    status: 200\n    events: [customer.created]\n", "events: expected [customer.created], came []"},
		{"unknown operation", strings.Replace(health, "GET", "PATCH", 1) + "    status: 405\n    reply: {error: {code: RATE_LIMITED}}\n", "error.code: expected"},
		{"changed although it says not", advance + "    unchanged: [/_sandbox/clock]\n", "GET /_sandbox/clock is not unchanged"},
		{"refused and yet changed", refusedLogin, "changed the tenant's state"},
		{"refused and changed as announced", refusedLogin + "    counts: true\n", ""},
		{"unknown scenario", strings.Replace(look, "rate-limited", "sunny-day", 1) + "    status: 200\n", "scenario sunny-day cannot be chosen"},
		{"fault that is not expected", look + "    status: 200\n", "status: expected 200, came 429"},
		{"fault that fits the document", look + "    status: 429\n    faulted: true\n", "expected a reply that does not fit the document"},
		{"other header", look + "    status: 429\n    reply: {}\n    answered: {Retry-After: \"2\"}\n", `header Retry-After: expected "2", came "1"`},
		{"header not absent", look + "    status: 429\n    reply: {}\n    answered: {Retry-After: absent}\n", `header Retry-After: expected nothing, came "1"`},
		{"header missing", executed + "    status: 200\n    answered: {Retry-After: \"*\"}\n", `header Retry-After: expected "*", came ""`},
		{"whole although broken is said", executed + "    broken: done\n", "expected no whole reply, came: 200"},
		{"broken although whole is said", lost + "    status: 200\n", "expected a whole reply, came: no whole reply"},
		{"done although undone is said", lost + "    broken: undone\n", "changed the tenant's state"},
		{"undone although done is said", idle + "    broken: done\n", "the work is not done"},
		{"too early", executed + "    status: 200\n    delayed: 1s\n", "delayed: expected 1s, came 0s late"},
		{"too late", late + "    delayed: 1ms..2ms\n", "delayed: expected 1ms..2ms, came "},
		{"unknown way of being broken", health + "    broken: yes\n", "broken is undone or done"},
		{"look that is broken and done", health + "    broken: done\n", "a GET has no work to be done"},
		{"broken with status", health + "    broken: undone\n    status: 200\n", "a broken reply has no status"},
		{"delay that is none", health + "    status: 200\n    delayed: soon\n", "delayed is a time such as 2s"},
		{"wait that is broken", "description: d\nsteps:\n  - do: Wait\n    advance: 1h\n    broken: undone\n", "only a call is broken"},
		{"done as said", lost + "    broken: done\n    events: [beneficiary.created]\n", ""},
		{"undone as said", idle + "    broken: undone\n    events: []\n", ""},
		{"not repeated after the work", strings.Replace(lost, "steps:", "repeats: true\nsteps:", 1) + "    status: 200\n", "it changed something: true"},
		{"repeated", strings.Replace(look, "steps:", "repeats: true\nsteps:", 1) + "    status: 200\n", ""},
		{"unknown beginning", "description: d\nafter: life/unborn\nsteps: []\n", "life/unborn.yaml"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.CopyFS(filepath.Join(dir, "life"), os.DirFS(filepath.Join(flowDir, "life"))); err != nil {
				t.Fatal(err)
			}
			name := strings.ReplaceAll(c.name, " ", "-")
			if err := os.WriteFile(filepath.Join(dir, name+".yaml"), []byte(c.flow), 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := readFlow(dir, name)
			if err == nil {
				err = playFlow(server, dir, f)
			}
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got: %v\nwant: %s", err, c.want)
			}
		})
	}
}
