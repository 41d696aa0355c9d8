package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// TestReadmeListsEverySetting holds the README's table to the flags of serve:
// each with its variable and, where it has one, its default.
func TestReadmeListsEverySetting(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string][]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `(--[a-z-]+)` \\| `([A-Z_]+)` \\| (.+?) \\|").FindAllStringSubmatch(string(text), -1) {
		listed[row[1]] = row[2:]
	}
	var line commandLine
	parser := kong.Must(&line)
	serve := parser.Model.Children[slices.IndexFunc(parser.Model.Children, func(n *kong.Node) bool { return n.Name == "serve" })]
	// Some defaults read better in words.
	inWords := map[string]string{"true": "on"}
	for _, flag := range serve.Flags {
		name := "--" + flag.Name
		row, ok := listed[name]
		if !ok {
			t.Errorf("the README's table of settings lacks %s", name)
			continue
		}
		delete(listed, name)
		if got := strings.Join(flag.Envs, ","); got != row[0] {
			t.Errorf("the README names the variable %s for %s, which is %s", row[0], name, got)
		}
		want := inWords[flag.Default]
		if want == "" {
			want = fmt.Sprintf("`%s`", flag.Default)
		}
		if flag.Default != "" && row[1] != want {
			t.Errorf("the README names the default %s for %s, which is %s", row[1], name, want)
		}
	}
	for name := range listed {
		t.Errorf("the README's table of settings has %s, which serve does not know", name)
	}
}

// TestOpenLoginsAreTold at the start: whoever switches the fixed tokens off
// believes the door shut.
func TestOpenLoginsAreTold(t *testing.T) {
	for _, c := range []struct {
		args []string
		open bool
	}{
		{nil, false},
		{[]string{"--no-fixed-tokens"}, true},
		{[]string{"--no-fixed-tokens", "--tenant-key=k3y"}, false},
	} {
		server := startServe(t, append([]string{"--addr=127.0.0.1:0"}, c.args...)...)
		if strings.Contains(server.greeting, "OPEN") != c.open {
			t.Errorf("serve %q says\n%s", c.args, server.greeting)
		}
	}
}
