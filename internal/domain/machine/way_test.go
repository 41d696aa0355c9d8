package machine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"finhub-sandbox/internal/domain/machine"
)

func TestWay(t *testing.T) {
	type rows = []machine.Row[struct{}]
	in := func(states ...machine.State) []machine.State { return states }
	on := func(triggers ...machine.Trigger) []machine.Trigger { return triggers }
	table := machine.Table[struct{}]{Rows: rows{
		{From: in(machine.None), On: on("make"), To: "MADE"},
		{From: in(machine.None), On: on("conjure"), To: "DONE"},
		{From: in("MADE"), On: on("look"), To: machine.Same},
		{From: in("MADE"), On: on("send"), To: "SENT", Arms: []machine.Choice[struct{}]{{
			Point: "answer", Options: []machine.Option{{Name: "YES", Trigger: "agree"}, {Name: "NO", Trigger: "decline"}},
		}}},
		{From: in("MADE", "SENT"), On: on("agree"), To: "DONE"},
		{From: in("MADE", "SENT"), On: on("decline"), To: "OVER"},
		{From: in("DONE"), On: on("stop"), To: "OVER"},
		{From: in("OVER"), On: on("stop"), Refuse: "REQUEST_INVALID"},
	}}
	for _, c := range []struct {
		name, can string
		to        machine.State
		want      string
	}{
		{"where it begins", "", machine.None, ""},
		{"one row", "make", "MADE", "make"},
		{"what nobody can do is on no way", "make send", "DONE", "make send answer=YES"},
		{"the world decides only what has been armed", "make", "DONE", "none"},
		{"the shortest one", "make send agree stop", "DONE", "make agree"},
		{"of two of a length the first of the table", "make send decline stop conjure", "OVER", "make decline"},
		{"another option", "make send", "OVER", "make send answer=NO"},
		{"no such state", "make send stop", "GONE", "none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			able := strings.Fields(c.can)
			legs, ok := table.Way(machine.None, c.to, func(on machine.Trigger) bool { return slices.Contains(able, string(on)) })
			var words []string
			for _, leg := range legs {
				if word := string(leg.On); leg.Point == "" {
					words = append(words, word)
				} else {
					words = append(words, fmt.Sprintf("%s=%s", leg.Point, leg.Option))
				}
			}
			got := strings.Join(words, " ")
			if !ok {
				got = "none"
			}
			if got != c.want {
				t.Errorf("the way is %q, want %q", got, c.want)
			}
		})
	}
}
