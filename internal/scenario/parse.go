package scenario

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr"
	"go.yaml.in/yaml/v4"

	"finhub-sandbox/internal/domain/machine"
)

// Fault is one mistake in a scenario file.
type Fault struct {
	File         string
	Line, Column int
	Message      string
}

func (f Fault) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Message)
}

// Faults are all the mistakes of a file.
type Faults []Fault

func (f Faults) Error() string {
	var lines []string
	for _, fault := range f {
		lines = append(lines, fault.Error())
	}
	return strings.Join(lines, "\n")
}

// Catalog is what scenarios can speak about: the choice points of the tables.
type Catalog map[string]machine.Answer

// NewCatalog gathers the choice points of tables. Deadlines are none: they were
// announced to the caller.
func NewCatalog(tables []machine.Description) Catalog {
	c := Catalog{}
	for _, d := range tables {
		for _, t := range d.Transitions {
			for _, choice := range t.Choices {
				if !choice.Deadline {
					c[choice.Point] = choice
				}
			}
		}
	}
	return c
}

// maxFile bounds a scenario file, and maxRules its rules.
const (
	maxFile  = 1 << 20
	maxRules = 10_000
)

// Parse reads and checks a scenario. The error is Faults: every mistake with its
// place and, where a word is wrong, the words that are right.
func Parse(file string, text []byte, catalog Catalog) (*Scenario, error) {
	p := &parser{file: file, catalog: catalog}
	if len(text) > maxFile {
		return nil, Faults{{file, 1, 1, fmt.Sprintf("the file has %d bytes; a scenario has at most %d", len(text), maxFile)}}
	}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return nil, Faults{{file, 1, 1, "this is not YAML: " + err.Error()}}
	}
	if len(root.Content) == 0 {
		return nil, Faults{{file, 1, 1, "the file is empty; a scenario has a name and rules"}}
	}
	s := p.scenario(root.Content[0])
	if len(p.faults) > 0 {
		slices.SortStableFunc(p.faults, func(a, b Fault) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		})
		return nil, p.faults
	}
	return s, nil
}

type parser struct {
	file    string
	catalog Catalog
	faults  Faults
}

func (p *parser) fault(n *yaml.Node, format string, args ...any) {
	p.faults = append(p.faults, Fault{p.file, n.Line, n.Column, fmt.Sprintf(format, args...)})
}

// members gives the values of a mapping by name, and faults unknown and
// repeated names.
func (p *parser) members(n *yaml.Node, what string, names ...string) map[string]*yaml.Node {
	values := map[string]*yaml.Node{}
	if n.Kind != yaml.MappingNode {
		p.fault(n, "%s must be a mapping with the members %s", what, strings.Join(names, ", "))
		return values
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		switch {
		case !slices.Contains(names, key.Value):
			p.fault(key, "%s has no member %q; it has %s", what, key.Value, strings.Join(names, ", "))
		case values[key.Value] != nil:
			p.fault(key, "%q stands twice", key.Value)
		default:
			values[key.Value] = n.Content[i+1]
		}
	}
	return values
}

func (p *parser) scenario(n *yaml.Node) *Scenario {
	m := p.members(n, "a scenario", "name", "description", "extends", "rules")
	s := &Scenario{Name: p.text(m["name"]), Description: p.text(m["description"]), Extends: p.text(m["extends"])}
	if s.Name == "" {
		p.fault(n, "a scenario needs a name")
	}
	rules := m["rules"]
	if rules == nil {
		return s
	}
	if rules.Kind != yaml.SequenceNode {
		p.fault(rules, "rules must be a list")
		return s
	}
	if len(rules.Content) > maxRules {
		p.fault(rules, "a scenario has at most %d rules, not %d", maxRules, len(rules.Content))
		return s
	}
	for i, node := range rules.Content {
		rule := p.rule(node)
		rule.id = s.Name + "#" + strconv.Itoa(i)
		s.Rules = append(s.Rules, rule)
	}
	return s
}

func (p *parser) rule(n *yaml.Node) *Rule {
	m := p.members(n, "a rule", "name", "on", "when", "decide", "reason", "after", "times", "skip", "every", "chance")
	r := &Rule{
		Name: p.text(m["name"]), On: p.text(m["on"]), When: p.text(m["when"]), Decide: p.text(m["decide"]), Reason: p.text(m["reason"]),
		Times: p.count(m["times"]), Skip: p.count(m["skip"]), Every: p.count(m["every"]), Chance: 1,
	}
	if node := m["after"]; node != nil {
		after, err := machine.ParseDelay(node.Value)
		if err != nil {
			p.fault(node, "%v", err)
		}
		r.After, r.Delayed = after, true
	}
	if node := m["chance"]; node != nil {
		chance, err := strconv.ParseFloat(node.Value, 64)
		if err != nil || chance < 0 || chance > 1 {
			p.fault(node, "chance must be a number from 0 to 1, not %q", node.Value)
		}
		r.Chance = chance
	}
	p.choice(n, m, r)
	if r.When != "" {
		program, err := expr.Compile(r.When, expr.Env(Facts{}), expr.AsBool())
		if err != nil {
			p.fault(m["when"], "the condition is wrong: %s", strings.SplitN(err.Error(), "\n", 2)[0])
		}
		r.program = program
	}
	return r
}

// choice checks what a rule decides against the choice point.
func (p *parser) choice(n *yaml.Node, m map[string]*yaml.Node, r *Rule) {
	choice, ok := p.catalog[r.On]
	if !ok {
		at := m["on"]
		if at == nil {
			p.fault(n, "a rule needs on: the choice point that it answers")
			return
		}
		p.fault(at, "%q is no choice point; there are %s", r.On, strings.Join(sorted(p.catalog), ", "))
		return
	}
	if r.Decide == "" && !r.Delayed {
		p.fault(n, "a rule needs decide or after")
	}
	option := r.Decide
	if option == "" {
		option = choice.Default
	}
	if !slices.Contains(choice.Options, option) {
		p.fault(m["decide"], "%s cannot be decided as %q; it can be %s", r.On, option, strings.Join(choice.Options, ", "))
		return
	}
	if reasons := choice.Reasons[option]; r.Reason != "" && !slices.Contains(reasons, r.Reason) {
		if len(reasons) == 0 {
			p.fault(m["reason"], "%s has no reasons for %s", r.On, option)
			return
		}
		p.fault(m["reason"], "%q is no reason for %s; there are %s", r.Reason, option, strings.Join(reasons, ", "))
	}
}

func sorted(c Catalog) []string {
	var names []string
	for name := range c {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (p *parser) text(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	if n.Kind != yaml.ScalarNode {
		p.fault(n, "must be a text")
		return ""
	}
	return n.Value
}

func (p *parser) count(n *yaml.Node) int {
	if n == nil {
		return 0
	}
	count, err := strconv.Atoi(n.Value)
	if err != nil || count < 1 {
		p.fault(n, "must be a whole number from 1, not %q", n.Value)
	}
	return count
}
