package main

import (
	"context"
	"fmt"
	"io"

	"finhub-sandbox/internal/client"
)

type waitCommand struct {
	remote
	What     []string `arg:"" help:"Kind, id and state of a thing, such as verification ID APPROVED; or the type of an event."`
	Customer string   `help:"Customer whom the event concerns." placeholder:"ID"`
	After    string   `help:"Number of an event behind which the event is looked for." placeholder:"N"`
	Within   string   `help:"How long to wait, in real time, up to a minute." default:"10s" placeholder:"TIME"`
}

func (c waitCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	query := map[string]string{"customer": c.Customer, "after": c.After, "within": c.Within}
	switch len(c.What) {
	case 1:
		query["event"] = c.What[0]
	case 3:
		query["kind"], query["id"], query["state"] = c.What[0], c.What[1], c.What[2]
	default:
		return fail(stderr, exitUsage, fmt.Sprintf("a thing is waited for by its kind, id and state, and an event by its type, not by %d words", len(c.What)))
	}
	reply, err := client.WaitFor.With(query).Call(ctx, c.client(), nil)
	if code := show(c.remote, reply, err, stdout, stderr, printAwaited); code != exitOK {
		return code
	}
	if v, err := reply.Decode(); err != nil || !v.Reached {
		return exitFailed
	}
	return exitOK
}

func printAwaited(p *printer, v client.Awaited) {
	reached := "yes"
	if !v.Reached {
		reached = "no"
	}
	p.pairs([2]string{"reached", reached}, [2]string{"now", v.Now}, [2]string{"kind", v.Kind}, [2]string{"id", v.ID}, [2]string{"state", v.State})
	if v.Event != nil {
		p.pairs([2]string{"event", v.Event.Type}, [2]string{"at", v.Event.At}, [2]string{"number", fmt.Sprint(v.Event.Seq)})
	}
	printPending(p, v.Pending, v.Reached)
}

// printPending prints what is still to happen.
func printPending(p *printer, list []client.PendingThing, quiet bool) {
	if len(list) == 0 {
		if !quiet {
			p.line("\nNothing is pending.")
		}
		return
	}
	rows := make([][]string, 0, len(list))
	for i := range list {
		t := &list[i]
		rule, call := "", ""
		if t.Rule != nil {
			rule = fmt.Sprintf("%s:%d", t.Rule.File, t.Rule.Line)
		}
		if len(t.Calls) > 0 {
			call = spoken(&t.Calls[0])
		}
		rows = append(rows, []string{t.Kind, t.ID, t.State, t.Point, t.Option, t.Waits, rule, call})
	}
	p.line("\nPending:")
	p.table([]string{"KIND", "ID", "STATE", "POINT", "OPTION", "WAITS", "RULE", "CALL"}, rows)
}
