package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestChangelog holds it to its form: what is not released first, then the versions with
// their dates from the newest down, and of each change its kind, area and a sentence.
func TestChangelog(t *testing.T) {
	text, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	heading := regexp.MustCompile(`^## (\d+\.\d+\.\d+) \((\d{4}-\d{2}-\d{2})\)$`)
	entry := regexp.MustCompile(`^- \[(CHANGE|FEATURE|ENHANCEMENT|BUGFIX)\] [A-Za-z][A-Za-z, -]*: \S`)
	parts := strings.Split(string(text), "\n## ")
	if !strings.HasPrefix(parts[0], "# Changelog\n") || len(parts) < 2 || !strings.HasPrefix(parts[1], "Unreleased\n") {
		t.Fatal("it does not begin with a heading and what is not released")
	}
	entries, last := 0, "9999-99-99"
	for i, part := range parts[1:] {
		first, rest, _ := strings.Cut(part, "\n")
		if found := heading.FindStringSubmatch("## " + first); i > 0 && (found == nil || found[2] > last) {
			t.Errorf("%q is no version with its date, or stands below an older one", first)
		} else if i > 0 {
			last = found[2]
		}
		for line := range strings.Lines(rest) {
			line = strings.TrimRight(line, "\n")
			switch {
			case line == "" || strings.HasPrefix(line, "  ") && strings.TrimSpace(line) != "":
			case entry.MatchString(line):
				entries++
			default:
				t.Errorf("%s has %q, which is no entry", first, line)
			}
		}
		for one := range strings.SplitSeq(rest, "\n- ") {
			if one = strings.TrimSpace(one); one != "" && !strings.HasSuffix(one, ".") && !strings.HasSuffix(one, "`") {
				t.Errorf("%s: %q does not end as a sentence does", first, one)
			}
		}
	}
	if entries < 20 {
		t.Errorf("there are only %d entries", entries)
	}
}
