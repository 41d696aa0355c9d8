package main

import (
	"context"
	"errors"
	"io"
	"strconv"

	"finhub-sandbox/internal/client"
)

type webhookCommands struct {
	Listen  webhookListenCommand  `cmd:"" help:"Take webhooks to an application that the sandbox cannot reach, and show them."`
	Trigger webhookTriggerCommand `cmd:"" help:"Make an event happen, by the calls that lead to it."`
	Resend  webhookResendCommand  `cmd:"" help:"Send deliveries again."`
	List    webhookListCommand    `cmd:"" help:"List the tenant's deliveries."`
	Inbox   webhookInboxCommand   `cmd:"" help:"Show what the test receivers got, and whether it was signed as it should be."`
	Verify  webhookVerifyCommand  `cmd:"" help:"Say whether a signature is valid, or why not; this needs no running sandbox."`
}

type webhookResendCommand struct {
	remote
	ID     string `arg:"" optional:"" help:"Id of a delivery."`
	Failed bool   `help:"All deliveries that have failed, in place of one."`
	Since  string `help:"Of those, the ones that were made so long ago at most, by the tenant's clock." placeholder:"TIME"`
	Event  string `help:"Of those, the ones of this type of event." placeholder:"EVENT"`
}

// Validate tells which deliveries are meant: one, or those that have failed.
func (c webhookResendCommand) Validate() error {
	switch {
	case (c.ID == "") == !c.Failed:
		return errors.New("which deliveries? Give an id, or --failed")
	case !c.Failed && (c.Since != "" || c.Event != ""):
		return errors.New("--since and --event narrow --failed")
	}
	return nil
}

func (c webhookResendCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	if c.ID != "" {
		reply, err := client.ResendDelivery.Call(ctx, c.client(), nil, c.ID)
		return show(c.remote, reply, err, stdout, stderr, func(p *printer, d client.Delivery) {
			printDeliveries(p, client.Deliveries{Deliveries: []client.Delivery{d}})
		})
	}
	which := client.Resend{"status": "FAILED"}
	for name, value := range map[string]string{"since": c.Since, "event": c.Event} {
		if value != "" {
			which[name] = value
		}
	}
	reply, err := client.ResendDeliveries.Call(ctx, c.client(), which)
	return show(c.remote, reply, err, stdout, stderr, printDeliveries)
}

type webhookListCommand struct {
	remote
	Status string `help:"Those in this state: PENDING, RETRYING, DELIVERED, FAILED or CANCELLED." placeholder:"STATE"`
	Event  string `help:"Those of this type of event." placeholder:"EVENT"`
	Since  string `help:"Those that were made so long ago at most, by the tenant's clock." placeholder:"TIME"`
	Limit  int    `help:"At most so many, the newest." default:"100"`
}

func (c webhookListCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	query := map[string]string{"status": c.Status, "event": c.Event, "since": c.Since, "limit": strconv.Itoa(c.Limit)}
	reply, err := client.ListDeliveries.With(query).Call(ctx, c.client(), nil)
	return show(c.remote, reply, err, stdout, stderr, printDeliveries)
}

func printDeliveries(p *printer, list client.Deliveries) {
	rows := [][]string{}
	for _, d := range list.Deliveries {
		answer := ""
		if n := len(d.Attempts); n > 0 {
			last := d.Attempts[n-1]
			if answer = last.Error; answer == "" {
				answer = strconv.Itoa(last.Status)
			}
		}
		next := ""
		if d.Next != nil {
			next = *d.Next
		}
		rows = append(rows, []string{d.CreatedAt, d.EventType, d.ID, d.State, strconv.Itoa(len(d.Attempts)), next, answer})
	}
	p.table([]string{"AT", "EVENT", "DELIVERY", "STATE", "ATTEMPTS", "NEXT", "ANSWER"}, rows)
}

type webhookInboxCommand struct{ remote }

func (c webhookInboxCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	reply, err := client.ListInbox.Call(ctx, c.client(), nil)
	return show(c.remote, reply, err, stdout, stderr, func(p *printer, inbox client.Inbox) {
		rows := [][]string{}
		for _, r := range inbox.Received {
			rows = append(rows, []string{r.At, r.Headers["X-FinHub-Event"], r.Headers["X-FinHub-Delivery"], r.Signature})
		}
		p.table([]string{"AT", "EVENT", "DELIVERY", "SIGNATURE"}, rows)
	})
}
