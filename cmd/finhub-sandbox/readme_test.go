package main

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// readmeAddr is where the README's calls go; the test sends them to its own
// server.
const readmeAddr = "localhost:8080"

// shown is one command of the README with the reply that stands below it.
type shown struct{ command, reply string }

// TestReadmeCommands runs the calls of the README in their order, in one shell,
// against a server that was started as the README starts it. A reply that is
// shown must be the one that comes, apart from white space; an ellipsis in it
// stands for anything.
func TestReadmeCommands(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	serve, commands := readReadme(string(text))
	calls := 0
	for _, c := range commands {
		if strings.Contains(c.command, "curl ") {
			calls++
		}
	}
	if serve == nil {
		t.Fatal("the README does not start the sandbox with go run ./cmd/finhub-sandbox serve")
	}
	if calls < 3 {
		t.Fatalf("the README has %d calls; a reader needs at least 3", calls)
	}
	server := startServe(t, slices.Concat(serve, []string{"--addr=127.0.0.1:0"})...)
	replies := runAll(t, server.addr, commands)
	for i, c := range commands {
		if i >= len(replies) {
			t.Fatalf("the README's commands ended before this one:\n%s", c.command)
		}
		if c.reply != "" && !matches(c.reply, replies[i]) {
			t.Errorf("the README's command\n%s\nshows\n%s\nand gives\n%s", c.command, c.reply, replies[i])
		}
	}
}

// readReadme gives the flags with which the README starts the sandbox (not nil
// if it does), and its calls. Commands stand in fenced blocks, with or without a
// prompt; a reply follows its command in the same block, or in a block of JSON
// right after it.
func readReadme(text string) (serve []string, commands []shown) {
	fenced, isReply := false, false
	var open *shown
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if language, ok := strings.CutPrefix(strings.TrimSpace(line), "```"); ok {
			fenced = !fenced
			isReply = fenced && language == "json"
			if fenced && !isReply {
				open = nil
			}
			continue
		}
		if !fenced {
			if strings.TrimSpace(line) != "" {
				open = nil
			}
			continue
		}
		command := strings.TrimPrefix(line, "$ ")
		switch {
		case open != nil && !isReply && unfinished(open.command):
			open.command += "\n" + line
		case !isReply && strings.HasPrefix(command, "go run ./cmd/finhub-sandbox serve"):
			if serve == nil {
				serve = append([]string{}, strings.Fields(strings.TrimSuffix(command, "&"))[4:]...)
			}
			open = nil
		case !isReply && regexp.MustCompile(`^(export )?[A-Za-z_]+=|^curl `).MatchString(command):
			commands = append(commands, shown{command: command})
			open = &commands[len(commands)-1]
		case !isReply && line != command:
			// Another program's command.
			open = nil
		case open != nil:
			open.reply += line + "\n"
		}
	}
	return serve, commands
}

// unfinished tells whether a command goes on in the next line.
func unfinished(command string) bool {
	return strings.HasSuffix(command, `\`) || strings.Count(command, "'")%2 == 1
}

const mark = "=== end of a reply ==="

// runAll runs the commands in one shell and gives what each printed.
func runAll(t *testing.T, addr string, commands []shown) []string {
	t.Helper()
	script := "set -e -o pipefail\n"
	for _, c := range commands {
		script += strings.ReplaceAll(c.command, readmeAddr, addr) + "\necho '" + mark + "'\n"
	}
	out, err := bash(t, script)
	if err != nil {
		t.Errorf("the README's commands end with %v", err)
	}
	parts := strings.Split(strings.ReplaceAll(out, addr, readmeAddr), mark)
	return parts[:len(parts)-1]
}

func bash(t *testing.T, script string) (string, error) {
	t.Helper()
	for _, program := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	command := exec.Command("bash", "-c", script)
	command.Stderr = t.Output()
	out, err := command.Output()
	return string(out), err
}

// matches compares a reply with the one that is shown.
func matches(shown, came string) bool {
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
	pattern := strings.ReplaceAll(regexp.QuoteMeta(squeeze(shown)), "…", ".*?")
	return regexp.MustCompile("(?s)^" + pattern + "$").MatchString(squeeze(came))
}
