package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"finhub-sandbox/internal/client"
)

type timelineCommand struct {
	remote
	Customer string `arg:"" help:"Id of the customer, a person or an organization."`
	Limit    int    `help:"At most so much, the newest." default:"200" placeholder:"N"`
}

func (c timelineCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	query := map[string]string{"limit": strconv.Itoa(c.Limit)}
	reply, err := client.ShowTimeline.With(query).Call(ctx, c.client(), nil, c.Customer)
	return show(c.remote, reply, err, stdout, stderr, printTimeline)
}

func printTimeline(p *printer, v client.Timeline) {
	p.pairs([2]string{"customer", v.CustomerID}, [2]string{"state", v.State}, [2]string{"now", v.Now})
	if v.Omitted > 0 {
		p.line("\nThe newest; %d more happened before:", v.Omitted)
	}
	rows := make([][]string, 0, len(v.Entries))
	for i := range v.Entries {
		e := &v.Entries[i]
		came := e.State
		if e.Status > 0 {
			came = strings.TrimSpace(strconv.Itoa(e.Status) + " " + e.Refusal)
		}
		var rules []string
		for _, r := range e.Rules {
			rules = append(rules, fmt.Sprintf("%s of %s (%s:%d)", r.Name, r.Scenario, r.File, r.Line))
		}
		rows = append(rows, []string{e.At, e.Type, strconv.FormatInt(e.Number, 10), e.What, came, e.By, e.Reason, strings.Join(rules, ", ")})
	}
	p.table([]string{"AT", "TYPE", "NUMBER", "WHAT", "CAME TO", "BY", "REASON", "RULE"}, rows)
	printPending(p, v.Pending, false)
}
