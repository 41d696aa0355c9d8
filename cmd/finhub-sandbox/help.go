package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"

	"finhub-sandbox/internal/scenario"
)

type helpCommand struct {
	Command []string `arg:"" optional:"" help:"The command, such as clock advance." complete:"command"`
}

func (c helpCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	return run(ctx, append(c.Command, "--help"), stdout, stderr)
}

// model is the command line as it is described, without a line.
func model() *kong.Application { return kong.Must(&commandLine{}, kong.Name(programName)).Model }

// usage says what is wrong with the command line, what was probably meant, and which
// help tells how it is right: that of the command as far as it was understood.
func usage(err error) string {
	text, understood := strings.ReplaceAll(err.Error(), "\n", " "), programName
	var wrong *kong.ParseError
	if errors.As(err, &wrong) {
		node := wrong.Context.Model.Node
		for _, part := range wrong.Context.Path {
			if part.Command != nil {
				node = part.Command
				understood = node.FullPath()
			}
		}
		text += meant(text, node)
	}
	return fmt.Sprintf("%s; see %s --help", text, understood)
}

// misspelt matches what is said of a flag or a command that is not there, and nearly none.
var misspelt = regexp.MustCompile(`^(unknown flag|unexpected argument) (\S+)$`)

// meant finds what a word was to be; the library looks at the nearest words alone.
func meant(text string, node *kong.Node) string {
	found := misspelt.FindStringSubmatch(text)
	if found == nil {
		return ""
	}
	words := commandsOf(node)
	if strings.HasPrefix(found[2], "-") {
		words = flagsOf(node)
	}
	if word := scenario.Nearest(found[2], words); word != "" {
		return fmt.Sprintf(", did you mean %q?", word)
	}
	return ""
}

func commandsOf(node *kong.Node) (names []string) {
	for _, child := range node.Children {
		if !child.Hidden {
			names = append(names, child.Name)
		}
	}
	return names
}

// flagsOf are the flags that a command takes, as they are written.
func flagsOf(node *kong.Node) (names []string) {
	for flag := range takes(node) {
		if flag.Hidden {
			continue
		}
		names = append(names, "--"+flag.Name)
		if flag.Tag.Negatable != "" {
			names = append(names, "--no-"+flag.Name)
		}
	}
	return names
}

// takes are a command's flags, those of the one that stands for it, and those of what it
// belongs to.
func takes(node *kong.Node) iter.Seq[*kong.Flag] {
	return func(yield func(*kong.Flag) bool) {
		if node.DefaultCmd != nil {
			node = node.DefaultCmd
		}
		for ; node != nil; node = node.Parent {
			for _, flag := range node.Flags {
				if !yield(flag) {
					return
				}
			}
		}
	}
}
