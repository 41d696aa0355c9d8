package app_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

// placeholder stands in a body for a number that is put in as text.
const placeholder = 7654321

// TestNumbersAreWhatWasSent writes a number in every way into every member of
// every body that is one: none is rounded, cut or taken for another.
func TestNumbersAreWhatWasSent(t *testing.T) {
	w := newFuzzWorld(t)
	members := 0
	for _, d := range memberDocuments(t) {
		for _, o := range d.operations {
			for _, m := range o.members {
				kinds := d.raw.kinds(m.schema)
				whole := slices.Contains(kinds, "integer")
				if !whole && !slices.Contains(kinds, "number") {
					continue
				}
				members++
				i := slices.IndexFunc(o.families, func(f memberFamily) bool { return f.name == m.family })
				body := with(o.families[i].schema["example"], strings.Split(m.at, "."), placeholder)
				for _, spelled := range spellings(whole) {
					s := numberSweep{w, o.id, strings.ReplaceAll(m.at, "[]", "0"), body}
					if fault := s.fault(t, spelled); fault != "" {
						t.Errorf("%s: %s of %s as %s: %s", o.id, m.at, m.family, spelled, fault)
					}
				}
			}
			if both := rivals(d.raw, o); len(both) > 0 {
				t.Errorf("%s: whole numbers and others are taken at one place: %v", o.id, both)
			}
		}
	}
	if members < 10 {
		t.Errorf("only %d members are numbers", members)
	}
}

// spellings are those of numbers that cannot be read as they are written.
func spellings(whole bool) []string {
	list := []string{
		"1e400", "-1e400", "1e-400", "12345678901234567890123456789", "0.12345678901234567", "50.000000000000001", "1234567890123456.5",
	}
	if whole {
		list = append(list, "1e0", "1E0", "10e-1", "2.0", "1.5", "9007199254740993", "99999999999999999999", "-0.0")
	}
	return list
}

type numberSweep struct {
	world    *fuzzWorld
	id, name string
	body     any
}

func (s numberSweep) fault(t *testing.T, spelled string) string {
	t.Helper()
	text, err := json.Marshal(s.body, json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	raw := strings.Replace(string(text), fmt.Sprint(placeholder), spelled, 1)
	reply, err := s.world.client.do(httpCall{
		operation: s.world.client.operation(s.id), tenant: fuzzTenant, token: adminToken, path: s.world.alive.params(), raw: []byte(raw),
		header: map[string]string{"X-User-ID": "test", "X-User-Roles": "ADMIN"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if reply.status != http.StatusBadRequest {
		return "is answered with " + reply.String()
	}
	about := 0
	for _, fault := range append(listAt(reply.value, "data.errors"), listAt(reply.value, "error.errors")...) {
		if textAt(fault, "field") == s.name {
			about++
		}
	}
	if about != 1 {
		return fmt.Sprintf("has %d faults: %s", about, reply)
	}
	return ""
}

// rivals are the members that one form takes as whole numbers and as others: it
// could not be said then what is meant.
func rivals(d rawDocument, o memberOperation) []string {
	var list []string
	for _, m := range o.members {
		if kinds := d.kinds(m.schema); slices.Contains(kinds, "integer") && slices.Contains(kinds, "number") {
			list = append(list, m.at)
		}
	}
	return list
}
