package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/client"
)

// demoCommand shows one life in a sandbox of its own, which stays open.
type demoCommand struct {
	Addr  string        `help:"Address to listen on." default:"localhost:8080" env:"SANDBOX_ADDR" placeholder:"HOST:PORT"`
	Pause time.Duration `help:"Time between two calls, to read along." default:"400ms"`
	Exit  bool          `help:"End when the life has been shown."`
}

// Where the demo is, and when: whoever does the same there gets the same ids.
const (
	demoTenant = "demo"
	demoBegin  = "2026-01-01T09:00:00Z"
	demoToken  = "sandbox-admin"
)

// demoScenario rejects the first passport and is happy with the second.
const demoScenario = `name: second-passport
description: The first passport is blurred, the second is approved after three days.
rules:
  - name: blurred passport
    on: verification.outcome
    when: verification.attempt == 1
    decide: REJECTED
    reason: DOCUMENT_BLURRED
    after: 6h
  - name: three days of work
    on: verification.outcome
    decide: APPROVED
    after: 72h
`

// scene is a part of the demo: what it shows, and the steps.
type scene struct {
	tells string
	steps []step
}

// demoScenes tell of a person whose life is the usual one but for the passport.
func demoScenes() []scene {
	registers, verifies, life := personWalk()[0], personWalk()[1], personWalk()[3:]
	activation := life[3]
	return []scene{
		{"An application subscribes to webhooks, and Anna registers.", []step{
			{call: "POST /api/v2.1/webhooks/subscriptions", body: `{"url":"${base}/api/v2.1/test/webhook-receiver","events":["verification.rejected","customer.activated","transaction.completed"]}`},
			registers,
		}},
		{"Her passport is blurred. Somebody looks at it six hours later: no time at all.", []step{verifies, {until: "verification.rejected"}}},
		{"The application activates her all the same, and is told what to do instead.", []step{activation}},
		{"So she tries again, and three days pass.", []step{verifies, {until: "verification.approved"}}},
		{"She accepts the consents, and is activated.", life[:4]},
		{"She pays her rent.", life[4:]},
	}
}

func (c demoCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	config := app.Config{Addr: c.Addr, Quiet: true, Version: version}
	sandbox, listeners, err := open(config, stderr)
	if err != nil {
		return fail(stderr, exitUsage, err.Error())
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	served := make(chan error, 1)
	go func() { served <- sandbox.Serve(serving, listeners) }()
	d := newDemo(c, config.Environment(listeners, demoTenant)["SANDBOX_CONTROL_ADDR"], stdout)
	err = d.show(ctx)
	if err == nil && !c.Exit {
		d.byHand()
		<-ctx.Done()
	}
	stop()
	if err = errors.Join(err, <-served, sandbox.Close()); err != nil && ctx.Err() == nil {
		return fail(stderr, exitFailed, err.Error())
	}
	return exitOK
}

// demo is the command while it shows.
type demo struct {
	walker
	pause time.Duration
	// made are the calls, as curl makes them.
	made []string
}

func newDemo(c demoCommand, addr string, stdout io.Writer) *demo {
	d := &demo{pause: c.Pause}
	d.Addr, d.Tenant, d.out = addr, demoTenant, &printer{out: stdout}
	d.product = client.Product{Addr: addr, Tenant: demoTenant, Token: demoToken}
	d.kept = map[string]string{"name": demoTenant, "base": "http://" + addr}
	return d
}

func (d *demo) show(ctx context.Context) error {
	if _, err := client.FreezeClock.Call(ctx, d.client(), map[string]string{"at": demoBegin}); err != nil {
		return err
	}
	if _, err := client.UseScenario.Call(ctx, d.client(), client.YAML(demoScenario)); err != nil {
		return err
	}
	if err := d.readClock(ctx); err != nil {
		return err
	}
	for _, s := range demoScenes() {
		d.out.line("%s", s.tells)
		for _, step := range s.steps {
			do := d.call
			if step.until != "" {
				do = d.wait
			}
			if err := do(ctx, step); err != nil {
				return err
			}
			if err := app.Pause(ctx, d.pause); err != nil {
				return err
			}
		}
		d.out.line("")
	}
	return d.inbox(ctx)
}

// call makes a call and tells what it did.
func (d *demo) call(ctx context.Context, s step) error {
	call, body := d.fill(s.call), d.fill(s.body)
	d.made = append(d.made, curl(call, body))
	shown := strings.Replace(call, "/api/v2.1", "", 1)
	err := d.make(ctx, s, call, body)
	var refused *client.Refused
	switch {
	case errors.As(err, &refused):
		d.out.line("  %-64s %d %s", short(shown), refused.Status, refused.Code)
		d.out.line("    %s", refused.Details)
		for _, next := range refused.Suggestions {
			d.out.line("    next: %s", next)
		}
		return nil
	case err != nil:
		return err
	}
	d.out.line("  %-64s %s", short(shown), d.kept["did"])
	return nil
}

// make makes the call and keeps what later ones need, and the state that it led to.
func (d *demo) make(ctx context.Context, s step, call, body string) error {
	d.kept["did"] = "200"
	if path, ours := strings.CutPrefix(call, "POST /_sandbox"); ours {
		_, err := client.Operation[any]{Method: "POST", Path: path}.Call(ctx, d.client(), json.RawMessage(body))
		return err
	}
	said, err := d.product.Call(ctx, call, body)
	if err != nil {
		return err
	}
	if state, ok := firstMember(said, "status"); ok {
		d.kept["did"] = "200 " + state
	}
	return d.keep(s, said)
}

// wait moves the clock until an event, and tells what happened on the way.
func (d *demo) wait(ctx context.Context, s step) error {
	reply, err := client.AdvanceClock.Call(ctx, d.client(), client.AdvanceUntil{Until: s.until})
	if err != nil {
		return err
	}
	moved, err := reply.Decode()
	if err != nil {
		return err
	}
	d.made = append(d.made, curl("POST /_sandbox/clock/advance", fmt.Sprintf(`{"until":%q}`, s.until)))
	d.out.line("  %-64s it is %s", "POST /_sandbox/clock/advance until "+s.until, moved.Now)
	for _, e := range moved.Events {
		rule := ""
		if e.Rule != nil {
			rule = ", by the rule " + e.Rule.Name
		}
		d.out.line("    %s", strings.TrimSpace(e.Type+" "+e.Reason)+rule)
	}
	return nil
}

// inbox tells which webhooks the application got: those that are due go out with a
// move of the clock, and have come when that has ended.
func (d *demo) inbox(ctx context.Context) error {
	if _, err := client.AdvanceClock.Call(ctx, d.client(), map[string]string{"by": "1s"}); err != nil {
		return err
	}
	reply, err := client.ListInbox.Call(ctx, d.client(), nil)
	if err != nil {
		return err
	}
	inbox, err := reply.Decode()
	if err != nil {
		return err
	}
	d.out.line("The application got these webhooks:")
	for _, r := range inbox.Received {
		d.out.line("  %s, %s", r.Headers["X-FinHub-Event"], r.Signature)
	}
	return nil
}

// byHand prints the calls for a shell. In a tenant that is emptied first they give the
// same again, since ids follow from the tenant's name and the order of calls.
func (d *demo) byHand() {
	d.out.line("\nThe sandbox stays open on %s until Ctrl-C. The same by hand, in an empty tenant:\n", d.kept["base"])
	d.out.line("H=(-H 'X-Tenant-ID: %s' -H 'Authorization: Bearer %s' -H 'Content-Type: application/json' -H 'X-Forwarded-For: 127.0.0.1' \\", demoTenant, demoToken)
	d.out.line("  -H 'X-Forwarded-From: demo' -H 'platform: cli' -H 'deviceId: demo' -H 'X-User-ID: demo' -H 'X-User-Roles: ADMIN_USER,COMPLIANCE_OFFICER')")
	d.out.line("B=%s", d.kept["base"])
	begin := []string{curl("POST /_sandbox/reset", ""), curl("POST /_sandbox/clock/freeze", fmt.Sprintf(`{"at":%q}`, demoBegin))}
	for _, line := range append(begin, d.made...) {
		d.out.line("%s", line)
	}
}

func curl(call, body string) string {
	method, path, _ := strings.Cut(call, " ")
	line := "curl -s -X " + method + " $B" + path + ` "${H[@]}"`
	if body != "" {
		line += " -d '" + body + "'"
	}
	return line
}

// short leaves out most of each id.
func short(call string) string {
	parts := strings.Split(call, "/")
	for i, part := range parts {
		if len(part) == len("97e7ff29-15f3-49ef-9681-3bbfcce4f6cd") && strings.Count(part, "-") == 4 {
			parts[i] = part[:8] + "…"
		}
	}
	return strings.Join(parts, "/")
}
