package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/conf"
	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"

	"finhub-sandbox/internal/setting"
)

// What a scenario file may hold at most.
const (
	maxFile  = 1 << 20
	maxRules = 10_000
	maxText  = 64 << 10
	// maxDepth is how deep lists and mappings stand in each other; rules need six.
	maxDepth = 50
	// maxName is for names of rules, which stand in lists and refusals, maxProse for
	// descriptions.
	maxName  = 200
	maxProse = 8 << 10
)

// namePattern is what a scenario's name looks like: it is sent in a header,
// stands in a path, and in an e-mail address after a plus sign.
const namePattern = `^[a-z0-9][a-z0-9-]{0,62}$`

// reservedName is a word that stands in the place of a name in a path, and is none.
const reservedName = "reference"

var nameForm = regexp.MustCompile(namePattern)

// Parse reads and checks a scenario by itself: what it extends is not looked
// up. The error is Mistakes: every mistake with its place and, where a word is
// wrong, the words that are right.
func Parse(file string, text []byte, catalog Catalog) (*Scenario, error) {
	if len(text) > maxFile {
		return nil, Mistakes{{File: file, Line: 1, Column: 1, Message: fmt.Sprintf("the file is larger than the %d bytes that a scenario has at most", maxFile)}}
	}
	root, mistake := document(text)
	if mistake != nil {
		mistake.File = file
		return nil, Mistakes{*mistake}
	}
	p := &parser{file: file, lines: strings.Split(string(text), "\n"), catalog: catalog, words: newVocabulary(), told: map[string]int{}}
	s := p.scenario(root)
	if p.found > 0 {
		return nil, p.mistakes.ordered(p.found)
	}
	s.text, s.index = string(text), newIndex(s.Rules)
	return s, nil
}

// version is the directive of a newer YAML than the library names, though it reads
// what scenarios use of it.
var version = regexp.MustCompile(`\A%YAML 1\.2\b`)

// document reads YAML as far as to its one document.
func document(text []byte) (*yaml.Node, *Mistake) {
	// YAML may come in UTF-16, and is understood; but it could not be kept.
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return nil, &Mistake{Line: 1, Column: 1, Message: "the text is in UTF-16; a scenario is in UTF-8"}
	}
	var root, second yaml.Node
	loader, err := yaml.NewLoader(bytes.NewReader(version.ReplaceAll(text, []byte("%YAML 1.1"))),
		yaml.WithV3Defaults(), yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxDepth))))
	if err != nil {
		return nil, notYAML(err)
	}
	switch err := loader.Load(&root); {
	case errors.Is(err, io.EOF):
		return nil, &Mistake{Line: 1, Column: 1, Message: "the file is empty; a scenario has a name and rules"}
	case err != nil:
		return nil, notYAML(err)
	}
	switch err := loader.Load(&second); {
	case err == nil:
		return nil, &Mistake{Line: max(1, second.Line), Column: max(1, second.Column), Message: "a second document begins here; a file has one scenario"}
	case !errors.Is(err, io.EOF):
		return nil, notYAML(err)
	}
	if line := excess(&root); line > 0 {
		return nil, &Mistake{Line: line, Column: 1, Message: fmt.Sprintf(
			"the aliases here stand for too much: written out, the file would be larger than the %d bytes that a scenario has at most", maxFile)}
	}
	if len(root.Content) == 0 || root.Content[0].ShortTag() == "!!null" {
		return nil, &Mistake{Line: 1, Column: 1, Message: "the file is empty; a scenario has a name and rules"}
	}
	return root.Content[0], nil
}

func notYAML(err error) *Mistake {
	m := Mistake{Line: 1, Column: 1, Message: "this is not YAML: " + err.Error()}
	var load *yaml.LoadError
	if errors.As(err, &load) {
		m.Line, m.Column = max(1, load.Mark.Line), max(1, load.Mark.Column)
		m.Message = "this is not YAML: " + load.Message
	}
	return &m
}

type parser struct {
	file    string
	lines   []string
	catalog Catalog
	words   vocabulary
	// facts are what conditions are compiled about; nil before the first.
	facts *conf.Config
	// patterns is the size of all patterns so far.
	patterns int
	mistakes Mistakes
	// found counts the mistakes, of which only the first are kept.
	found int
	// told are the lines at which long lists of right words were told.
	told map[string]int
}

func (p *parser) mistake(n *yaml.Node, format string, args ...any) {
	p.mistakeAt(position{n.Line, n.Column}, format, args...)
}

func (p *parser) mistakeAt(at position, format string, args ...any) {
	if p.found++; p.found <= maxMistakes {
		p.mistakes = append(p.mistakes, Mistake{File: p.file, Line: at.line, Column: at.column, Message: fmt.Sprintf(format, args...)})
	}
}

// longList is a list of right words that is told once in a file.
const longList = 300

// right writes the words that are right, as DidYouMean does, for a mistake at a
// line. A long list stands only at the first mistake.
func (p *parser) right(line int, word string, right []string) string {
	if p.found >= maxMistakes {
		return "" // Nobody will see it.
	}
	list := p.once(line, strings.Join(right, ", "))
	if near := meant(word, right); near != "" && len(right) > 1 {
		list += fmt.Sprintf(" (did you mean %s?)", near)
	}
	return list
}

// once gives a list the first time, and where it stands after that if it is long.
func (p *parser) once(line int, list string) string {
	if len(list) < longList {
		return list
	}
	if first, told := p.told[list]; told {
		return fmt.Sprintf("what is listed for line %d", first)
	}
	p.told[list] = line
	return list
}

// members gives the values of a mapping by name; unknown and repeated names are
// mistakes.
func (p *parser) members(n *yaml.Node, what string, names ...string) map[string]*yaml.Node {
	values := map[string]*yaml.Node{}
	if n.Kind != yaml.MappingNode {
		p.mistake(n, "%s must be a mapping with the members %s, not %s", what, strings.Join(names, ", "), kind(n))
		return values
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		switch {
		case !slices.Contains(names, key.Value):
			p.mistake(key, "%s has no member %q; it has %s", what, shortened(key.Value), p.right(key.Line, key.Value, names))
		case values[key.Value] != nil:
			p.mistake(key, "%q stands twice", shortened(key.Value))
		default:
			values[key.Value] = aliased(n.Content[i+1])
		}
	}
	return values
}

// aliased gives what an alias stands for.
func aliased(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// kind says to people what a node is.
func kind(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.ShortTag() {
	case "!!null":
		return "nothing"
	case "!!bool":
		return "a truth value"
	case "!!int", "!!float":
		return "a number"
	case "!!timestamp":
		return "a date"
	case "!!str":
		return fmt.Sprintf("%q", shortened(n.Value))
	}
	return "something else"
}

func (p *parser) scenario(n *yaml.Node) *Scenario {
	m := p.members(n, "a scenario", "name", "description", "extends", "tenant", "rules")
	s := &Scenario{File: p.file, Description: p.shortText("description", m["description"], maxProse), at: position{n.Line, n.Column}}
	if n.Kind != yaml.MappingNode {
		return s
	}
	if node := m["name"]; node == nil {
		p.mistake(n, "a scenario needs a name")
	} else {
		s.Name, s.at = p.name("name", node), position{node.Line, node.Column}
	}
	if node := m["extends"]; node != nil {
		s.Extends, s.extendsAt = p.name("extends", node), position{node.Line, node.Column}
	}
	if node := m["tenant"]; node != nil {
		p.settings("tenant", node, setting.Of(setting.Scenario), &s.Settings)
	}
	rules := m["rules"]
	switch {
	case rules == nil:
		return s
	case rules.Kind != yaml.SequenceNode:
		p.mistake(rules, "rules must be a list, not %s", kind(rules))
		return s
	case len(rules.Content) > maxRules:
		p.mistake(rules, "a scenario has at most %d rules, not %d", maxRules, len(rules.Content))
		return s
	}
	ids := map[string]bool{}
	for i, node := range rules.Content {
		r := p.rule(aliased(node))
		r.scenario, r.number, r.file, r.line = s.Name, i+1, p.file, node.Line
		// A rule that keeps its name keeps its counts when others are put before it.
		r.id = s.Name + "#" + r.Label()
		if ids[r.id] {
			r.id = fmt.Sprintf("%s#%s#%d", s.Name, r.Label(), r.number)
		}
		ids[r.id] = true
		s.Rules = append(s.Rules, r)
	}
	return s
}

func (p *parser) name(member string, n *yaml.Node) string {
	before := p.found
	name := p.text(member, n)
	if p.found == before && !nameForm.MatchString(name) {
		p.mistake(n, "%s must be the name of a scenario, of small letters, digits and hyphens, at most 63 of them, not %q", member, shortened(name))
	}
	if name == reservedName {
		p.mistake(n, "%s cannot be %s, which is what /_sandbox/scenarios/%s answers", member, name, name)
	}
	return name
}

// shortened keeps a message readable whatever stands in the file.
func shortened(text string) string {
	const most = 80
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "..."
	}
	return text
}
