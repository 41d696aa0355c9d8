package statediff_test

import (
	"fmt"
	"strings"
	"testing"

	"finhub-sandbox/internal/statediff"
)

func TestOf(t *testing.T) {
	const whole = `{"clock": {"at": 1}, "entities": {"customer": {"a/b": {"state": "ACTIVE", "tags": [1, 2]}}}, "events": [{"seq": 9, "x": 1}, {"seq": 10, "x": 1}]}`
	for _, c := range []struct{ name, old, new, want string }{
		{"nothing", "", "", ""},
		{"blanks", " ", "", ""},
		{"a member", `"ACTIVE"`, `"CLOSED"`, `customer a/b|/entities/customer/a~1b/state|"ACTIVE"|"CLOSED"`},
		{"a member more", `"state"`, `"name": "A", "state"`, `customer a/b|/entities/customer/a~1b/name||"A"`},
		{"an item", `[1, 2]`, `[1, 3, 4]`, `customer a/b|/entities/customer/a~1b/tags/1|2|3
customer a/b|/entities/customer/a~1b/tags/2||4`},
		{"an entity", `"customer": {`, `"customer": {"c": {"id": 1},`, `customer c|/entities/customer/c||{"id":1}`},
		{"the first of its kind", `"entities": {`, `"entities": {"wallet": {"w": {"id": 2}}, `, `wallet w|/entities/wallet/w||{"id":2}`},
		{"an event less", `{"seq": 9, "x": 1}, `, ``, `|/events/seq=9|{"seq":9,"x":1}|`},
		{"the clock", `{"at": 1}`, `{"at": "x"}`, `|/clock/at|1|"x"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			list, err := statediff.Of([]byte(whole), []byte(strings.ReplaceAll(whole, c.old, c.new)))
			if c.old == "" {
				list, err = statediff.Of([]byte(whole), []byte(whole))
			}
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, d := range list {
				lines = append(lines, fmt.Sprintf("%s|%s|%s|%s", d.Entity, d.Pointer, []byte(d.Was), []byte(d.Is)))
			}
			if got := strings.Join(lines, "\n"); got != c.want {
				t.Errorf("it is\n%s\nand is to be\n%s", got, c.want)
			}
		})
	}
	if _, err := statediff.Of([]byte(whole), []byte(`{"a"`)); err == nil {
		t.Error("half a text is compared")
	}
}
