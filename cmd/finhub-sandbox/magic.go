package main

import (
	"context"
	"io"
)

type magicCommand struct{ remote }

type magicView struct {
	Values []struct {
		Kind     string `json:"kind"`
		Send     string `json:"send"`
		Scenario string `json:"scenario"`
		On       string `json:"on"`
		Effect   string `json:"effect"`
	} `json:"values"`
	Mistyped []struct {
		Notice string `json:"notice"`
	} `json:"mistyped"`
}

func (c magicCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	reply, err := c.client().Magic(ctx)
	return show(c.remote, reply, err, stdout, stderr, func(p *printer, v magicView) {
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
