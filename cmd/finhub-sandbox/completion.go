package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/client"
	"finhub-sandbox/internal/domain/delivery"
)

type completionCommand struct {
	Shell string `arg:"" help:"The shell: ${enum}." enum:"bash,zsh,fish"`
}

// completeCommand is what the scripts of the shells ask.
type completeCommand struct {
	Words []string `arg:"" passthrough:"" help:"What stands behind the program's name, up to the word that is to be completed."`
}

// completions are the scripts; what a word may become is the program's own business, so
// that they stay as they are when commands change.
var completions = map[string]string{
	"bash": `# bash completion; in ~/.bashrc: source <(finhub-sandbox completion bash)
_finhub_sandbox() {
  local IFS=$'\n'
  COMPREPLY=($("${COMP_WORDS[0]}" __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _finhub_sandbox finhub-sandbox
`,
	"zsh": `#compdef finhub-sandbox
# zsh completion; in ~/.zshrc, behind compinit: source <(finhub-sandbox completion zsh)
_finhub_sandbox() {
  local -a candidates
  candidates=("${(@f)$("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n $candidates ]]; then compadd -- $candidates; else _files; fi
}
if [[ $funcstack[1] == _finhub_sandbox ]]; then _finhub_sandbox; else compdef _finhub_sandbox finhub-sandbox; fi
`,
	"fish": `# fish completion: finhub-sandbox completion fish > ~/.config/fish/completions/finhub-sandbox.fish
function __finhub_sandbox_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l candidates ($words[1] __complete -- $words[2..-1] "$word" 2>/dev/null)
    if test (count $candidates) -gt 0
        printf '%s\n' $candidates
    else
        __fish_complete_path "$word"
    end
end
complete -c finhub-sandbox -f -a '(__finhub_sandbox_complete)'
`,
}

func (c completionCommand) run(_ context.Context, stdout, _ io.Writer) int {
	_, _ = io.WriteString(stdout, completions[c.Shell])
	return exitOK
}

func (c completeCommand) run(ctx context.Context, stdout, _ io.Writer) int {
	words := c.Words
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	if len(words) == 0 {
		return exitUsage // The scripts always send the word, be it empty.
	}
	for _, candidate := range candidates(ctx, model().Node, words) {
		_, _ = fmt.Fprintln(stdout, candidate)
	}
	return exitOK
}

// candidates are what the last word may become behind the others.
func candidates(ctx context.Context, node *kong.Node, words []string) []string {
	last := words[len(words)-1]
	var asked *kong.Flag // It waits for its value.
	place := 0
	for _, word := range words[:len(words)-1] {
		switch {
		case word == "--":
			return nil // What follows is another program's.
		case asked != nil:
			if word != "=" { // Which bash makes a word of its own.
				asked = nil
			}
		case strings.HasPrefix(word, "-"):
			asked = flagOf(node, word)
		case childOf(node, word) != nil:
			node, place = childOf(node, word), 0
		default:
			place++
		}
	}
	flag, value, assigned := strings.Cut(last, "=")
	switch {
	case asked != nil:
		return beginning("", strings.TrimPrefix(last, "="), valuesOf(ctx, asked.Value))
	case assigned && strings.HasPrefix(flag, "--"):
		if asked = flagOf(node, flag); asked == nil {
			return nil
		}
		return beginning(flag+"=", value, valuesOf(ctx, asked.Value))
	case strings.HasPrefix(last, "-"):
		return beginning("", last, flagsOf(node))
	}
	list := commandsOf(node)
	if arguments := argumentsOf(node); len(arguments) > 0 {
		argument := arguments[min(place, len(arguments)-1)]
		if place < len(arguments) || argument.IsSlice() {
			list = append(list, valuesOf(ctx, argument)...)
		}
	}
	return beginning("", last, list)
}

// argumentsOf are those of a command, or of the one that stands for it.
func argumentsOf(node *kong.Node) []*kong.Positional {
	if node.DefaultCmd != nil && len(node.Positional) == 0 {
		return node.DefaultCmd.Positional
	}
	return node.Positional
}

func childOf(node *kong.Node, name string) *kong.Node {
	at := slices.IndexFunc(node.Children, func(child *kong.Node) bool { return child.Name == name })
	if at < 0 {
		return nil
	}
	return node.Children[at]
}

// flagOf finds the flag that a word names and that takes the next one as its value.
func flagOf(node *kong.Node, word string) *kong.Flag {
	for flag := range takes(node) {
		if !flag.IsBool() && (word == "--"+flag.Name || flag.Short != 0 && word == "-"+string(flag.Short)) {
			return flag
		}
	}
	return nil
}

// valuesOf are the words that a flag or an argument takes, as far as there is a list.
func valuesOf(ctx context.Context, value *kong.Value) []string {
	if value.Enum != "" {
		return value.EnumSlice()
	}
	switch value.Tag.Get("complete") {
	case "scenario":
		return scenarioNames(ctx)
	case "event":
		return delivery.Events()
	case "command":
		return commandsOf(model().Node)
	}
	return nil
}

// nameTime is how long a sandbox may take to tell the names of its scenarios to somebody
// who is typing.
const nameTime = 300 * time.Millisecond

// scenarioNames are those of the sandbox that runs where the verbs would look for it, or
// those that every sandbox has.
func scenarioNames(ctx context.Context) (names []string) {
	ctx, cancel := context.WithTimeout(ctx, nameTime)
	defer cancel()
	var line commandLine
	if parsed, err := kong.Must(&line).Parse([]string{"scenario", "list"}); err == nil && parsed.Error == nil {
		reply, err := client.ListScenarios.Call(ctx, line.Scenario.List.client(), nil)
		if list, wrong := reply.Decode(); err == nil && wrong == nil {
			for _, s := range list.Scenarios {
				names = append(names, s.Name)
			}
			return names
		}
	}
	return app.BuiltInScenarios()
}

// beginning are the words that begin so, with what stands before each.
func beginning(before, with string, words []string) (list []string) {
	for _, word := range words {
		if strings.HasPrefix(word, with) {
			list = append(list, before+word)
		}
	}
	return list
}
