package main

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"finhub-sandbox/internal/client"
)

type eventsCommand struct {
	remote
	Type     string `help:"Events of that type, such as transaction.completed." complete:"event" placeholder:"EVENT"`
	Customer string `help:"Events of that customer, a person or an organization." placeholder:"ID"`
	Since    string `help:"Events of the last so long, on the tenant's clock, such as 1h30m." placeholder:"TIME"`
	After    int64  `help:"Events behind the one of that number." placeholder:"NUMBER"`
	Limit    int    `help:"At most so many, the newest." default:"100" placeholder:"N"`
}

func (c eventsCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	query := map[string]string{
		"type": c.Type, "customer": c.Customer, "since": c.Since, "after": strconv.FormatInt(c.After, 10), "limit": strconv.Itoa(c.Limit),
	}
	reply, err := client.ListEvents.With(query).Call(ctx, c.client(), nil)
	return show(c.remote, reply, err, stdout, stderr, func(p *printer, l client.EventList) {
		if l.Omitted > 0 {
			p.line("The newest; %d more happened before:", l.Omitted)
		}
		rows := make([][]string, 0, len(l.Events))
		for _, e := range l.Events {
			rule := ""
			if e.Rule != nil {
				rule = fmt.Sprintf("%s of %s", e.Rule.Name, e.Rule.Scenario)
			}
			rows = append(rows, []string{strconv.FormatInt(e.Seq, 10), e.At, e.Type, e.State, e.ID, e.CustomerID, e.By, e.Reason, rule})
		}
		p.table([]string{"NUMBER", "AT", "TYPE", "STATE", "ID", "CUSTOMER", "BY", "REASON", "RULE"}, rows)
	})
}
