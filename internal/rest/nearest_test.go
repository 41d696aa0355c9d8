package rest

import (
	"slices"
	"strings"
	"testing"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/spec"
)

// TestNearest misspells each word of each path of both documents, and adds one, and
// holds that the path which it was is named.
func TestNearest(t *testing.T) {
	for _, bundled := range [][]byte{spec.Product(), spec.Control()} {
		d, err := contract.Load(bundled, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range d.Operations {
			for _, wrong := range misspellings(o.Path) {
				if known(d, wrong) {
					continue // It is another path.
				}
				if near := nearest(d, o.Method, wrong); near == nil || near.ID != o.ID {
					t.Errorf("%s %s: the nearest is %v", o.Method, wrong, near)
				}
			}
		}
		for _, far := range []string{"/", "", "/nope", "/api/v2.1/%ff", strings.Repeat("/x", 1000)} {
			if near := nearest(d, "GET", far); near != nil {
				t.Errorf("%s is near to %s", far, near.Path)
			}
		}
	}
}

// misspellings are wrong forms of a path, with ids in the places of parameters.
func misspellings(path string) []string {
	var list []string
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if isParameter(s) {
			segments[i] = "9b2f6c1e-0000-4000-8000-000000000000"
		}
	}
	for i, s := range segments[1:] {
		with := func(word ...string) string {
			changed := append(append([]string{}, segments[:i+1]...), word...)
			return strings.Join(append(changed, segments[i+2:]...), "/")
		}
		if strings.HasPrefix(s, "9b2f") || len(s) < 5 {
			continue
		}
		list = append(list, with(s[:2]+s[3:]), with(s+"s"), with(strings.ToUpper(s)), with(strings.TrimSuffix(s, "s")))
	}
	return append(list, "/v1"+strings.Join(segments, "/"))
}

// known reports whether a path is one of the document, whatever its ids.
func known(d *contract.Document, path string) bool {
	return slices.ContainsFunc(d.Operations, func(o *contract.Operation) bool {
		segments := strings.Split(path, "/")
		p := place{segments: strings.Split(echoPath(o.Path), "/")}
		return p.matches(segments)
	})
}
