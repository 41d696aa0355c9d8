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
}

func (c magicCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	reply, err := c.client().Magic(ctx)
	return show(c.remote, reply, err, stdout, stderr, func(p *printer, m magicView) {
		var rows [][]string
		for _, v := range m.Values {
			rows = append(rows, []string{v.Kind, v.Send, v.Scenario, v.On, v.Effect})
		}
		p.table([]string{"KIND", "SEND", "SCENARIO", "ON", "EFFECT"}, rows)
	})
}
