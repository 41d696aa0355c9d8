// Package golden holds tests to files in which somebody wrote down what is right.
// Only tests import it.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// update is the one flag for all golden files, of every package that has some:
// what a test finds becomes what is right.
var update = flag.Bool("update", false, "write what is found into the golden files")

// Check holds what a test got to a file, or writes the file.
func Check(t testing.TB, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s says otherwise (- it, + what is found); if that is right now, run this test again with -update:\n  %s", file, Diff(string(want), got))
	}
}

// Diff lists the lines that only one of two texts has.
func Diff(was, is string) string {
	before, after := strings.Split(was, "\n"), strings.Split(is, "\n")
	var lines []string
	for _, line := range before {
		if !slices.Contains(after, line) {
			lines = append(lines, "- "+line)
		}
	}
	for _, line := range after {
		if !slices.Contains(before, line) {
			lines = append(lines, "+ "+line)
		}
	}
	return strings.Join(lines, "\n  ")
}
