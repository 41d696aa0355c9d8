package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"finhub-sandbox/internal/client"
	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/scenario"
)

type webhookTriggerCommand struct {
	remote
	Event       string `arg:"" help:"Type of the event, such as transaction.completed." complete:"event"`
	ProductAddr string `help:"Address of the product's API, if the control API has one of its own." env:"SANDBOX_PRODUCT_ADDR" placeholder:"HOST:PORT"`
	Token       string `help:"Token of the calls." default:"sandbox-admin" env:"SANDBOX_TOKEN" placeholder:"TOKEN"`
}

// Validate refuses what is no event.
func (c webhookTriggerCommand) Validate() error {
	if events := delivery.Events(); !slices.Contains(events, c.Event) {
		return fmt.Errorf("%q is no event; there are %s", c.Event, scenario.DidYouMean(c.Event, events))
	}
	return nil
}

func (c webhookTriggerCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	begins, steps := walkTo(c.Event)
	w := walker{
		webhookTriggerCommand: c, out: &printer{out: stdout},
		product: client.Product{Addr: cmp.Or(c.ProductAddr, c.Addr), Tenant: cmp.Or(c.Tenant, "sandbox"), Token: c.Token, Scenario: begins},
		kept:    map[string]string{"name": strings.ToLower(rand.Text()[:8])},
	}
	if err := w.walk(ctx, steps); err != nil {
		return fail(stderr, exitOf(err), err.Error())
	}
	if c.JSON {
		// A map of texts can be written.
		text, _ := json.Marshal(map[string]string{"event": c.Event, "customerId": w.kept["customer"]})
		w.out.line("%s", text)
	} else {
		w.out.line("%s has happened, to customer %s", c.Event, w.kept["customer"])
	}
	return exitOK
}

// walker is a command on its way to an event.
type walker struct {
	webhookTriggerCommand
	product client.Product
	kept    map[string]string
	out     *printer
}

func (w *walker) walk(ctx context.Context, steps []step) error {
	if err := w.readClock(ctx); err != nil {
		return err
	}
	for _, s := range steps {
		do := w.call
		if s.until != "" {
			do = w.wait
		}
		if err := do(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// readClock finds the days between which a payment consent holds.
func (w *walker) readClock(ctx context.Context) error {
	reply, err := client.GetClock.Call(ctx, w.client(), nil)
	if err != nil {
		return err
	}
	clock, err := reply.Decode()
	if err != nil {
		return err
	}
	now, err := time.Parse(time.RFC3339Nano, clock.Now)
	if err != nil {
		return err
	}
	const lasts = 30 * 24 * time.Hour // Longer than verification takes.
	w.kept["firstDay"], w.kept["lastDay"] = now.Format(time.DateOnly), now.Add(lasts).Format(time.DateOnly)
	return nil
}

// call makes the call of a step, and keeps what later ones need.
func (w *walker) call(ctx context.Context, s step) error {
	call, body := w.fill(s.call), w.fill(s.body)
	if !w.JSON {
		w.out.line("%s", call)
	}
	if path, ours := strings.CutPrefix(call, "POST /_sandbox"); ours {
		_, err := client.Operation[any]{Method: "POST", Path: path}.Call(ctx, w.client(), json.RawMessage(body))
		return err
	}
	said, err := w.product.Call(ctx, call, body)
	if err != nil {
		return err
	}
	return w.keep(s, said)
}

// keep keeps of a reply what later steps need.
func (w *walker) keep(s step, said any) error {
	for name, member := range s.keep {
		value, ok := firstMember(said, member)
		if !ok {
			return fmt.Errorf("the reply to %s has no %s: is this another version of the sandbox?", s.call, member)
		}
		if member == codeToken {
			value = codeOf(value)
		}
		w.kept[name] = value
	}
	return nil
}

// codeOf reads the code in a token, whose signature is the sandbox's business; empty if
// there is none.
func codeOf(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return ""
	}
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	var said struct{ Answer string }
	if err != nil || json.Unmarshal(claims, &said) != nil {
		return ""
	}
	return said.Answer
}

// wait moves the clock until the event has happened to the customer: others may be on
// their way too.
func (w *walker) wait(ctx context.Context, s step) error {
	const most = 1000
	if !w.JSON {
		w.out.line("POST /_sandbox/clock/advance until %s", s.until)
	}
	for range most {
		reply, err := client.AdvanceClock.Call(ctx, w.client(), client.AdvanceUntil{Until: s.until})
		if err != nil {
			return err
		}
		moved, err := reply.Decode()
		if err != nil {
			return err
		}
		for _, e := range moved.Events {
			if e.Type == s.until && e.CustomerID == w.kept["customer"] {
				return nil
			}
		}
	}
	return fmt.Errorf("%s happens to others all the time, and not to customer %s", s.until, w.kept["customer"])
}

func (w *walker) fill(text string) string {
	for name, value := range w.kept {
		text = strings.ReplaceAll(text, "${"+name+"}", value)
	}
	return text
}

// firstMember finds the first text under a name, in the order of the names around it.
func firstMember(value any, name string) (string, bool) {
	switch v := value.(type) {
	case map[string]any:
		if text, ok := v[name].(string); ok && text != "" {
			return text, true
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if text, ok := firstMember(v[key], name); ok {
				return text, true
			}
		}
	case []any:
		for _, item := range v {
			if text, ok := firstMember(item, name); ok {
				return text, true
			}
		}
	}
	return "", false
}
