package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
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

// clockView is the clock as the control API shows it.
type clockView struct {
	Tenant  string `json:"tenant"`
	Mode    string `json:"mode"`
	Now     string `json:"now"`
	Offset  string `json:"offset"`
	NextDue *struct {
		At     string `json:"at"`
		Entity string `json:"entity"`
		ID     string `json:"id"`
		Point  string `json:"point"`
		Option string `json:"option"`
		Reason string `json:"reason"`
	} `json:"nextDue"`
	Pending int `json:"pending"`
	Events  []struct {
		At     string `json:"at"`
		Type   string `json:"type"`
		Entity string `json:"entity"`
		ID     string `json:"id"`
		State  string `json:"state"`
		Reason string `json:"reason"`
	} `json:"events"`
	// Omitted is the number of events before those that are listed.
	Omitted int `json:"omitted"`
	// Waiting are the verifications that no passing of time brings on.
	Waiting []struct {
		Entity string `json:"entity"`
		ID     string `json:"id"`
		Why    string `json:"why"`
		Call   string `json:"call"`
	} `json:"waiting"`
}

func (c clockShowCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	reply, err := c.client().Clock(ctx)
	return show(c.remote, reply, err, stdout, stderr, printClock)
}

func (c clockFreezeCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	reply, err := c.client().Freeze(ctx, c.At)
	return show(c.remote, reply, err, stdout, stderr, printMovedClock)
}

func (c clockRunCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	reply, err := c.client().Run(ctx)
	return show(c.remote, reply, err, stdout, stderr, printClock)
}

func (c clockAdvanceCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	how, value := "by", c.By
	switch {
	case c.To != "":
		how, value = "to", c.To
	case c.Until != "":
		how, value = "until", c.Until
	}
	reply, err := c.client().Advance(ctx, how, value)
	return show(c.remote, reply, err, stdout, stderr, printMovedClock)
}

func printClock(p *printer, c clockView) {
	next := "nothing"
	if due := c.NextDue; due != nil {
		next = fmt.Sprintf("%s at %s: %s", due.Point, due.At, due.Option)
		if due.Reason != "" {
			next += " (" + due.Reason + ")"
		}
		next += fmt.Sprintf(", of %s %s", due.Entity, due.ID)
	}
	p.pairs([][2]string{
		{"tenant", c.Tenant}, {"clock", c.Mode}, {"now", c.Now}, {"offset", c.Offset},
		{"pending", fmt.Sprint(c.Pending)}, {"next", next},
	}...)
}

func printMovedClock(p *printer, c clockView) {
	if len(c.Events) > 0 {
		var rows [][]string
		for _, e := range c.Events {
			rows = append(rows, []string{e.At, e.Type, e.Entity, e.ID, e.State, e.Reason})
		}
		if c.Omitted > 0 {
			p.line("The newest events; " + strconv.Itoa(c.Omitted) + " happened before them:")
		}
		p.table([]string{"AT", "EVENT", "OF", "ID", "STATE", "REASON"}, rows)
		p.line("")
	}
	printClock(p, c)
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
