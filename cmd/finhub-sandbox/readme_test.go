package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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

// readme is what a reader of the README does.
type readme struct {
	// serve are the flags of the first serve; not nil if there is one.
	serve    []string
	commands []shown
	// files are the files that it shows, by name.
	files map[string]string
}

// verb is how the README runs the program beside the server.
const verb = "go run ./cmd/finhub-sandbox "

// pages are what a reader reads, by name: the README, and what it leads to.
func pages(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("docs has %v, %v", files, err)
	}
	all := map[string]string{}
	for _, file := range append(files, "../../README.md") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimPrefix(file, "../../")] = string(text)
	}
	return all
}

// TestReadmeCommands runs the calls of the README, and of each page of docs, in their
// order, in one shell, against a server that was started as the README starts it, with
// the files that the page shows beside it. A reply that is shown must be the one that
// comes, apart from white space; an ellipsis in it stands for anything.
func TestReadmeCommands(t *testing.T) {
	all := pages(t)
	first := readReadme(all["README.md"])
	if first.serve == nil {
		t.Fatal("the README does not start the sandbox with go run ./cmd/finhub-sandbox serve")
	}
	if calls := len(first.commands); calls < 5 {
		t.Fatalf("the README has %d commands; a reader needs at least 5", calls)
	}
	if own := readReadme(all["docs/scenarios.md"]); len(own.files) == 0 || len(own.commands) < 6 {
		t.Fatalf("docs/scenarios.md shows %d files and %d commands; a reader needs a scenario, and how to load it and see it", len(own.files), len(own.commands))
	}
	for name, text := range all {
		read := readReadme(text)
		if len(read.commands) == 0 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			server := startServe(t, slices.Concat(first.serve, []string{"--addr=127.0.0.1:0"})...)
			replies := runAll(t, server.addr, read)
			for i, c := range read.commands {
				if i >= len(replies) {
					t.Fatalf("the commands ended before this one:\n%s", c.command)
				}
				if c.reply != "" && !matches(c.reply, replies[i]) {
					t.Errorf("the command\n%s\nshows\n%s\nand gives\n%s", c.command, c.reply, replies[i])
				}
			}
		})
	}
}

// TestReadmeIsShort: it is read before anything else, and the rest stands in docs.
func TestReadmeIsShort(t *testing.T) {
	if lines := strings.Count(pages(t)["README.md"], "\n"); lines >= 200 {
		t.Errorf("the README has %d lines, and may have 199", lines)
	}
}

// TestLinksOfPages follows the links of the README and of docs to files, and to
// headings in them.
func TestLinksOfPages(t *testing.T) {
	all := pages(t)
	for name, text := range all {
		for _, link := range regexp.MustCompile(`\]\(([^)\s]+)\)`).FindAllStringSubmatch(text, -1) {
			if strings.Contains(link[1], "://") {
				continue
			}
			path, heading, _ := strings.Cut(link[1], "#")
			target := name
			if path != "" {
				target = filepath.Join(filepath.Dir(name), path)
			}
			if _, err := os.Stat(filepath.Join("../..", target)); err != nil {
				t.Errorf("%s leads to %s: %v", name, link[1], err)
			}
			if heading != "" && !slices.Contains(anchors(all[target]), heading) {
				t.Errorf("%s leads to %s, and %s has no such heading", name, link[1], target)
			}
		}
	}
}

// anchors are those of a page's headings, as code hosts make them.
func anchors(text string) (list []string) {
	for _, heading := range regexp.MustCompile("(?m)^#+ (.*)$").FindAllStringSubmatch(text, -1) {
		plain := regexp.MustCompile(`[^a-z0-9 -]`).ReplaceAllString(strings.ToLower(heading[1]), "")
		list = append(list, strings.ReplaceAll(plain, " ", "-"))
	}
	return list
}

// readReadme reads what the README tells to do. Commands stand in fenced blocks,
// with or without a prompt; a reply follows its command in the same block, or in
// a block of JSON right after it. A block of YAML that begins with a file's name
// as a comment is that file.
func readReadme(text string) readme {
	read := readme{files: map[string]string{}}
	fenced, isReply, file := false, false, ""
	var open *shown
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if language, ok := strings.CutPrefix(strings.TrimSpace(line), "```"); ok {
			fenced = !fenced
			isReply, file = fenced && language == "json", ""
			if fenced && language == "yaml" {
				file = "?"
			}
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
		if file == "?" {
			file = strings.TrimPrefix(line, "# ")
		}
		if file != "" {
			read.files[file] += line + "\n"
			continue
		}
		command := strings.TrimPrefix(line, "$ ")
		switch {
		case open != nil && !isReply && unfinished(open.command):
			open.command += "\n" + line
		case !isReply && strings.HasPrefix(command, verb+"serve"):
			if read.serve == nil {
				read.serve = append([]string{}, strings.Fields(strings.TrimSuffix(command, "&"))[4:]...)
			}
			open = nil
		case !isReply && (strings.HasPrefix(command, verb) || regexp.MustCompile(`^(export )?[A-Za-z_]+=|^curl |^finhub(\(\))? `).MatchString(command)):
			read.commands = append(read.commands, shown{command: command})
			open = &read.commands[len(read.commands)-1]
		case !isReply && line != command:
			// Another program's command.
			open = nil
		case open != nil:
			open.reply += line + "\n"
		}
	}
	return read
}

// unfinished reports whether a command goes on in the next line.
func unfinished(command string) bool {
	return strings.HasSuffix(command, `\`) || strings.Count(command, "'")%2 == 1
}

const mark = "=== end of a reply ==="

// runAll runs the commands in one shell, in a directory with the files, and gives
// what each printed. This very test is the program that they run.
func runAll(t *testing.T, addr string, read readme) []string {
	t.Helper()
	program, err := filepath.Abs(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range read.files {
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(name)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	script := fmt.Sprintf("set -e -o pipefail\ncd %q\nexport SANDBOX_ADDR=%s\n", dir, addr)
	for _, c := range read.commands {
		command := strings.ReplaceAll(c.command, readmeAddr, addr)
		script += strings.ReplaceAll(command, verb, fmt.Sprintf("%s=1 %q ", asProgram, program)) + "\necho '" + mark + "'\n"
	}
	out, err := bash(t, script)
	if err != nil {
		t.Errorf("the commands end with %v", err)
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
