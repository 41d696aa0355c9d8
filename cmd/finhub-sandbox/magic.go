package main

import (
	"context"
	"io"

	"finhub-sandbox/internal/client"
)

type magicCommand struct{ remote }

func (c magicCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	reply, err := client.ListMagic.Call(ctx, c.client(), nil)
	return show(c.remote, reply, err, stdout, stderr, func(p *printer, v client.MagicList) {
		var rows [][]string
		for _, m := range v.Values {
			rows = append(rows, []string{m.Kind, m.Send, m.Scenario, m.On, m.Effect})
		}
		p.table([]string{"KIND", "SEND", "SCENARIO", "ON", "EFFECT"}, rows)
		for _, m := range v.Mistyped {
			p.line("mistyped of late: %s", m.Notice)
		}
	})
}
