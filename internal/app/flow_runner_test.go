package app_test

import (
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
    body: {username: a, password: right}
    status: 200
  - do: A wrong password counts
    call: *login
    body: {username: a, password: wrong}
    status: 401
    reply: {data: {refusal: CREDENTIALS_INVALID}}
`
	for _, c := range []struct{ name, flow, want string }{
		{"unknown key", "description: d\nstep: []\n", "step"},
		{"unknown key of a step", health + "    state: 200\n", "line 5"},
		{"unknown key of a beginning", "description: d\nafter: {flows: x}\n", "unknown key flows"},
		{"no description", "steps: []\n", "needs a description"},
		{"no title", "description: d\nsteps:\n  - call: GET /x\n    status: 200\n", ":3: a step needs a title"},
		{"no status", health, ":3: a call needs the status"},
		{"refusal without reply", health + "    status: 404\n", "a refusal needs its reply"},
		{"nothing to do", "description: d\nsteps:\n  - do: Nothing\n", "needs a call, advance or world"},
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
		{"unknown beginning", "description: d\nafter: life/unborn\nsteps: []\n", "life/unborn.yaml"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
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
