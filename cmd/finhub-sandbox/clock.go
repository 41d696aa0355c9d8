package main

import (
	"context"
	"fmt"
	"io"

	"finhub-sandbox/internal/client"
)

type clockCommands struct {
	Show    clockShowCommand    `cmd:"" help:"Show the tenant's clock and what comes next."`
	Freeze  clockFreezeCommand  `cmd:"" help:"Stop the clock."`
	Run     clockRunCommand     `cmd:"" help:"Let the clock run on from where it stands."`
	Advance clockAdvanceCommand `cmd:"" help:"Move the clock forward, and show what happened on the way."`
}

type clockShowCommand struct{ remote }

type clockFreezeCommand struct {
	remote
	At string `help:"Instant at which it stands; where it is if left out." placeholder:"INSTANT"`
}

type clockRunCommand struct{ remote }

type clockAdvanceCommand struct {
	remote
	By    string `help:"Length of time, such as 36h or 1d12h." xor:"target" required:"" placeholder:"TIME"`
	To    string `help:"Instant, such as 2026-01-31T12:00:00Z." xor:"target" required:"" placeholder:"INSTANT"`
	Until string `help:"The word idle, or the type of an event, such as verification.approved." xor:"target" required:"" placeholder:"EVENT"`
}

func (c clockShowCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	reply, err := client.GetClock.Call(ctx, c.client(), nil)
	return show(c.remote, reply, err, stdout, stderr, printClock)
}

func (c clockFreezeCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	where := client.Freeze{}
	if c.At != "" {
		where["at"] = c.At
	}
	reply, err := client.FreezeClock.Call(ctx, c.client(), where)
	return show(c.remote, reply, err, stdout, stderr, printMovedClock)
}

func (c clockRunCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	reply, err := client.RunClock.Call(ctx, c.client(), nil)
	return show(c.remote, reply, err, stdout, stderr, printClock)
}

func (c clockAdvanceCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	var target any = client.AdvanceBy{By: c.By}
	switch {
	case c.To != "":
		target = client.AdvanceTo{To: c.To}
	case c.Until != "":
		target = client.AdvanceUntil{Until: c.Until}
	}
	reply, err := client.AdvanceClock.Call(ctx, c.client(), target)
	return show(c.remote, reply, err, stdout, stderr, printMovedClock)
}

func printClock(p *printer, c client.Clock) {
	next := "nothing"
	if due := c.NextDue; due != nil {
		next = fmt.Sprintf("%s at %s: %s, of %s %s", due.Point, due.At, due.Option, due.Entity, due.ID)
	}
	p.pairs([][2]string{
		{"tenant", c.Tenant}, {"clock", c.Mode}, {"now", c.Now}, {"offset", c.Offset},
		{"pending", fmt.Sprint(c.Pending)}, {"next", next},
	}...)
}

func printMovedClock(p *printer, c client.MovedClock) {
	if len(c.Events) > 0 {
		var rows [][]string
		for _, e := range c.Events {
			rows = append(rows, []string{e.At, e.Type, e.Entity, e.ID, e.State, e.Reason})
		}
		if c.Omitted > 0 {
			p.line("The newest events; %d happened before them:", c.Omitted)
		}
		p.table([]string{"AT", "EVENT", "OF", "ID", "STATE", "REASON"}, rows)
		p.line("")
	}
	printClock(p, client.Clock{Tenant: c.Tenant, Mode: c.Mode, Now: c.Now, Offset: c.Offset, NextDue: c.NextDue, Pending: c.Pending})
	if len(c.Waiting) == 0 {
		return
	}
	var rows [][]string
	for _, w := range c.Waiting {
		rows = append(rows, []string{w.Entity, w.ID, w.Why, w.Call})
	}
	p.line("")
	p.line("Time alone does not bring these on:")
	p.table([]string{"WAITING", "ID", "WHY", "CALL"}, rows)
}
