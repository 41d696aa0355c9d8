// Package golden holds tests to files in which somebody wrote down what is right.
// Only tests import it.
package golden

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
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

// AtMost holds numbers that a test found to a file of the highest that they may
// be, or writes the file.
func AtMost(t testing.TB, file string, found map[string]int) {
	t.Helper()
	if *update {
		var text strings.Builder
		for _, name := range slices.Sorted(maps.Keys(found)) {
			fmt.Fprintf(&text, "%s %d\n", name, found[name])
		}
		Check(t, file, text.String())
		return
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	bounds := map[string]int{}
	for line := range strings.Lines(string(text)) {
		name, bound, _ := strings.Cut(strings.TrimSpace(line), " ")
		if bounds[name], err = strconv.Atoi(bound); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		bound, bounded := bounds[name]
		delete(bounds, name)
		if !bounded || found[name] > bound {
			t.Errorf("%s: %s is %d and may be %d; find out what added to it, and if that is worth it, run this test again with -update", file, name, found[name], bound)
		}
		if found[name] < bound {
			t.Logf("%s: %s is %d and may be %d; -update makes that the bound", file, name, found[name], bound)
		}
	}
	if len(bounds) > 0 {
		t.Errorf("%s bounds what is not there: %v", file, bounds)
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
