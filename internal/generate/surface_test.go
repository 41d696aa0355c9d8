package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"finhub-sandbox/spec"
)

// TestSurfaceHasOneFateEach: a documented operation is served or refused, and never both
// or neither.
func TestSurfaceHasOneFateEach(t *testing.T) {
	served := []*conforming{{id: "getOrder", call: "GET /orders/{orderId}"}, {id: "listOld", call: "GET /api/v2/old"}, {id: "second", call: "GET /second"}}
	order, old, planned := `- {number: 1, method: GET, path: "/api/v2.1/orders/{id}"}`+"\n", "- {number: 2, method: GET, path: /api/v2/old}\n", "- {number: 3, method: POST, path: /api/v2.1/plans}\n"
	unread := "- {number: 4, about: renews}\n"
	plans := spec.Documented{Method: "POST", Path: "/plans", Planned: true}
	for _, c := range []struct {
		text    string
		missing []spec.Documented
		want    string
	}{
		{order + old + planned + unread, []spec.Documented{plans}, ""},
		{order + old + planned, nil, "POST /api/v2.1/plans has to be"},
		{order + old + planned, []spec.Documented{plans, {Method: "GET", Path: "/orders/{x}"}}, "GET /api/v2.1/orders/{} has to be"},
		{order + old, []spec.Documented{plans}, "POST /api/v2.1/plans is no row"},
		{old, nil, "the number 2"},
		{order + `- {number: 2, method: GET, path: "/api/v2.1/orders/{x}"}`, nil, "as one before"},
		{order + "- {number: 2, method: GET}\n", nil, "row 2 needs"},
		{order + "- {number: 2, methods: GET}\n", nil, "methods"},
	} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "spec"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "spec/surface.yaml"), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		fates, further, err := readSurface(dir, "/api/v2.1", served, c.missing)
		if c.want != "" {
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s gives %v, and not %q", c.text, err, c.want)
			}
			continue
		}
		if err != nil || len(further) != 1 || further[0].id != "second" {
			t.Errorf("%s gives %v, %v", c.text, further, err)
			continue
		}
		if got, want := counted(fates, further), "| 4 |\n| of them simulated | 2 |\n| refused as not simulated | 1 |\n| of those, that FinHub itself only plans | 1 |\n| under a path that no page tells | 1 |\n| Second paths beside them | 1 |\n"; !strings.HasSuffix(got, want) {
			t.Errorf("it counts %s", got)
		}
	}
}
