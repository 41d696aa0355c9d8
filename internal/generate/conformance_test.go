package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDeviationsHaveReasons: a deviation without its reason, or of an operation that
// does not exist, does not become a page.
func TestDeviationsHaveReasons(t *testing.T) {
	operations := []*conforming{{id: "getOrder"}}
	for _, c := range []struct{ text, want string }{
		{"- {operations: [getOrder], documented: a, sandbox: b, why: c}", ""},
		{"- {operations: [], documented: a, sandbox: b, why: c}", ""},
		{"- {operations: [getOrder], documented: a, sandbox: b}", "deviation 1 needs"},
		{"- {operations: [getOrders], documented: a, sandbox: b, why: c}", "deviation 1 is of getOrders"},
		{"- {operation: getOrder, documented: a, sandbox: b, why: c}", "operation"},
	} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "spec"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "spec/conformance.yaml"), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := readDeviations(dir, operations)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s gives %v, and not %q", c.text, err, c.want)
		}
	}
}

// TestGenerationOf: the longest beginning tells.
func TestGenerationOf(t *testing.T) {
	list := []generation{{Name: "new", Pages: "https://x/ref/new"}, {Name: "old", Pages: "https://x/ref/"}}
	for page, want := range map[string]string{"https://x/ref/a": "old", "https://x/ref/new/b": "new", "https://y/": ""} {
		if got := generationOf(list, page); got != want {
			t.Errorf("%s is of %q, and not %q", page, got, want)
		}
	}
}
