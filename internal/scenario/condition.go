package scenario

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	exprparser "github.com/expr-lang/expr/parser"
	"go.yaml.in/yaml/v4"
)

// maxCondition is the length of a condition, in bytes.
const maxCondition = 1000

// functions are those that conditions can call: none can fail, none takes long,
// and none knows the real time.
func functions() []string {
	return []string{"abs", "hasPrefix", "hasSuffix", "indexOf", "len", "lower", "max", "min", "trim", "upper"}
}

// listFunctions look at each item of a list: any(customer.people, .pep).
func listFunctions() []string { return []string{"all", "any", "count", "none", "one"} }

// knownAges lets a comparison with an age hold only if the age is known: nobody
// is younger than eighteen because nothing was said.
type knownAges struct{}

// Visit puts the question whether the age is known before each comparison.
func (knownAges) Visit(node *ast.Node) {
	n, ok := (*node).(*ast.BinaryNode)
	if !ok || !slices.Contains([]string{"==", "!=", "<", "<=", ">", ">=", "in"}, n.Operator) {
		return
	}
	var patched ast.Node = n
	for _, age := range append(partsOf(n.Left, isAge), partsOf(n.Right, isAge)...) {
		known := &ast.MemberNode{Node: age.(*ast.MemberNode).Node, Property: &ast.StringNode{Value: "ageKnown"}}
		patched = &ast.BinaryNode{Operator: "and", Left: known, Right: patched}
	}
	if patched != ast.Node(n) {
		ast.Patch(node, patched)
	}
}

func isAge(node ast.Node) bool {
	member, ok := node.(*ast.MemberNode)
	if !ok {
		return false
	}
	property, ok := member.Property.(*ast.StringNode)
	return ok && property.Value == "age"
}

func operators() []string {
	return []string{"==", "!=", "<", "<=", ">", ">=", "and", "or", "&&", "||", "in", "contains", "startsWith", "endsWith", "matches", "+", "-", "*", "%"}
}

// condition checks and compiles a rule's condition. It allows only what ends
// with a value whatever the facts are, so that no request fails by a scenario.
func (p *parser) condition(n *yaml.Node, r *Rule) {
	switch {
	case strings.TrimSpace(r.When) == "":
		p.mistake(n, "when is empty; leave it out if the rule always holds")
		return
	case len(r.When) > maxCondition:
		p.mistake(n, "a condition has at most %d bytes", maxCondition)
		return
	}
	tree, err := exprparser.Parse(r.When)
	if err != nil {
		p.wrongCondition(n, err)
		return
	}
	c := &conditionCheck{parser: p, node: n, rule: r, known: p.catalog.Known(r.On)}
	before := p.found
	c.check(tree.Node)
	if p.found > before {
		return
	}
	r.program, err = expr.Compile(r.When, p.environment(), expr.AsBool(), expr.Patch(knownAges{}))
	if err != nil {
		p.wrongCondition(n, err)
		return
	}
	r.topics = c.topics
	r.needs, r.needed = needs(tree.Node)
}

// environment lets conditions be compiled about facts. What is found out about
// their types is found out once for a file.
func (p *parser) environment() expr.Option {
	if p.facts == nil {
		p.facts = conf.New(&Facts{})
	}
	return func(c *conf.Config) {
		c.EnvObject, c.Env, c.NtCache, c.Strict = p.facts.EnvObject, p.facts.Env, p.facts.NtCache, true
	}
}

// strange is what the parser says of a word that it does not expect.
var strange = regexp.MustCompile(`^unexpected token Identifier\("([^"]*)"\)`)

var goTypes = regexp.MustCompile(`\*?scenario\.([A-Z]\w*)`)

func (p *parser) wrongCondition(n *yaml.Node, err error) {
	at, message := position{n.Line, n.Column}, err.Error()
	var wrong *file.Error
	if errors.As(err, &wrong) {
		at, message = p.within(n, wrong.From), wrong.Message
	}
	message, _, _ = strings.Cut(message, "\n")
	if m := strange.FindStringSubmatch(message); m != nil && !slices.Contains([]string{"AND", "OR", "NOT"}, m[1]) {
		message = fmt.Sprintf("%s does not belong here; the operators are not, %s", m[1], strings.Join(operators(), ", "))
	}
	p.mistakeAt(at, "the condition is wrong: %s", plainWords(message))
}

// plainWords says what the compiler says without the names that Go has for it.
func plainWords(message string) string {
	for _, phrase := range [][2]string{
		{"unexpected token EOF", "it ends too early"}, {"invalid integer literal: strconv.ParseInt: parsing ", "a number is too large: "},
		{`unexpected token Operator(",")`, "the comma does not belong here; numbers have none"},
		{`unexpected token Identifier("AND")`, "AND is written and"}, {`unexpected token Identifier("OR")`, "OR is written or"},
		{`unexpected token Identifier("NOT")`, "NOT is written not"},
		{`unexpected token Operator("&")`, "& is written and"}, {`unexpected token Operator("|")`, "| is written or"},
		{`unexpected token Operator("=")`, "= compares nothing; write =="},
		{"int64", "number"}, {"float64", "number"}, {"int)", "number)"}, {"but got int", "but got a number"}, {" int ", " number "},
		{"expected bool", "expected a truth value"}, {"string", "text"},
	} {
		message = strings.ReplaceAll(message, phrase[0], phrase[1])
	}
	return goTypes.ReplaceAllString(message, "$1")
}

// within finds the place of a letter of a text, where the text stands in the
// file as it is; elsewhere the place is where the text begins.
func (p *parser) within(n *yaml.Node, offset int) position {
	at := position{n.Line, n.Column}
	line, column := n.Line, n.Column
	switch n.Style {
	case yaml.SingleQuotedStyle, yaml.DoubleQuotedStyle:
		column++
	case yaml.LiteralStyle, yaml.FoldedStyle:
		line++
		if line <= len(p.lines) {
			text := p.lines[line-1]
			column = len(text) - len(strings.TrimLeft(text, " ")) + 1
		}
	}
	if line < 1 || line > len(p.lines) {
		return at
	}
	text, value := []rune(p.lines[line-1]), strings.TrimRight(n.Value, "\n")
	if column-1 > len(text) || !strings.HasPrefix(string(text[column-1:]), value) {
		return at
	}
	return position{line, column + offset}
}

type conditionCheck struct {
	parser *parser
	node   *yaml.Node
	rule   *Rule
	// known are the facts that can be asked about; nil is all of them.
	known []string
	// list is the list whose items are being looked at, if any are.
	list string
	// listed tells that a list is wanted.
	listed bool
	// topics are what has been asked about so far.
	topics Topic
}

func (c *conditionCheck) mistake(at ast.Node, format string, args ...any) {
	c.parser.mistakeAt(c.parser.within(c.node, at.Location().From), format, args...)
}

func (c *conditionCheck) right(word string, right []string) string {
	return c.parser.right(c.node.Line, word, right)
}

func (c *conditionCheck) check(node ast.Node) {
	switch n := node.(type) {
	case *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode, *ast.StringNode:
	case *ast.IdentifierNode:
		if c.fact(n) {
			c.mistake(n, "%s is no value; a condition asks about a member of it: %s", n.Value, c.right("", c.parser.words.members[n.Value]))
		}
	case *ast.MemberNode:
		c.member(n)
		if slices.Contains(c.parser.words.lists(), n.String()) && !c.listed {
			c.noFact(n)
		}
	case *ast.UnaryNode:
		c.check(n.Node)
	case *ast.BinaryNode:
		c.binary(n)
	case *ast.ConditionalNode:
		c.check(n.Cond)
		c.check(n.Exp1)
		c.check(n.Exp2)
	case *ast.ArrayNode:
		for _, item := range n.Nodes {
			c.check(item)
		}
	case *ast.BuiltinNode:
		if slices.Contains(listFunctions(), n.Name) {
			c.items(n)
			return
		}
		c.call(n, n.Name, n.Arguments)
	case *ast.CallNode:
		c.call(n, n.Callee.String(), n.Arguments)
	default:
		c.mistake(node, "a condition cannot contain %s; it compares facts with values", shortened(node.String()))
	}
}

func (c *conditionCheck) call(at ast.Node, name string, arguments []ast.Node) {
	if !slices.Contains(functions(), name) {
		right := slices.Concat(functions(), listFunctions())
		slices.Sort(right)
		c.mistake(at, "a condition cannot call %s; it can call %s", shortened(name), c.right(name, right))
		return
	}
	before := c.listed
	c.listed = name == "len"
	for _, argument := range arguments {
		c.check(argument)
	}
	c.listed = before
}

// fact checks the first word of customer.type.
func (c *conditionCheck) fact(n *ast.IdentifierNode) bool {
	all := slices.Sorted(maps.Keys(c.parser.words.members))
	switch {
	case !slices.Contains(all, n.Value):
		if c.known != nil {
			all = c.known
		}
		c.mistake(n, "a condition knows nothing of %q%s; it can ask about %s", shortened(n.Value), c.elsewhere(n.Value), c.right(n.Value, all))
		return false
	case c.known != nil && n.Value == "document" && !slices.Contains(c.known, "document"):
		c.mistake(n, "nothing is known of one document when %s is decided; any(verification.documents, .type == \"PASSPORT\") asks about all of them", c.rule.On)
		return false
	case c.known != nil && !slices.Contains(c.known, n.Value):
		c.mistake(n, "nothing is known of the %s when %s is decided; a condition can ask about %s there", n.Value, c.rule.On, strings.Join(c.known, ", "))
		return false
	}
	return true
}

// items checks what is asked of each item of a list.
func (c *conditionCheck) items(n *ast.BuiltinNode) {
	lists := c.parser.words.lists()
	if c.list != "" {
		c.mistake(n, "%s stands within another: a condition looks at the items of one list at a time", n.Name)
		return
	}
	if len(n.Arguments) != 2 || !slices.Contains(lists, n.Arguments[0].String()) {
		c.mistake(n, "%s needs a list and a condition about its items, such as any(customer.people, .position == \"DIRECTOR\" and .pep); the lists are %s", n.Name, strings.Join(lists, ", "))
		return
	}
	before := c.parser.found
	c.listed = true
	c.check(n.Arguments[0])
	c.listed = false
	predicate, ok := n.Arguments[1].(*ast.PredicateNode)
	if !ok || c.parser.found > before {
		return
	}
	c.list = n.Arguments[0].String()
	c.check(predicate.Node)
	c.list = ""
}

func (c *conditionCheck) member(n *ast.MemberNode) {
	property, plain := n.Property.(*ast.StringNode)
	if !plain || n.Optional || n.Method {
		c.noFact(n)
		return
	}
	switch of := n.Node.(type) {
	case *ast.IdentifierNode:
		if c.fact(of) {
			c.ask(topicOf(n))
			c.property(property, of.Value, c.parser.words.members[of.Value])
		}
	case *ast.PointerNode:
		if c.list == "" || of.Name != "" {
			c.noFact(n)
			return
		}
		c.property(property, "an item of "+c.list, c.parser.words.items[c.list])
	case *ast.MemberNode:
		if of.String() == featuresName {
			c.member(of)
			return
		}
		c.noFact(n)
	default:
		c.noFact(n)
	}
}

// ask notes what the condition asks about.
func (c *conditionCheck) ask(about Topic) {
	c.topics |= about
}

func (c *conditionCheck) noFact(n *ast.MemberNode) {
	text := n.String()
	for _, list := range c.parser.words.lists() {
		if strings.HasPrefix(text, list) {
			c.mistake(n, "%s is a list; any(%s, %s) asks whether one of its items is so, and all, none, one and count more", list, list, exampleOf(list))
			return
		}
	}
	meant := ""
	if property, plain := n.Property.(*ast.StringNode); plain {
		meant = c.elsewhere(property.Value)
	}
	c.mistake(n, "a condition cannot contain %s%s; it asks about a fact such as customer.type", shortened(text), meant)
}

// exampleOf is a condition about the items of a list.
func exampleOf(list string) string {
	if list == papersName {
		return `.type == "PASSPORT"`
	}
	return `.position == "DIRECTOR" and .pep`
}

func (c *conditionCheck) property(n *ast.StringNode, of string, members []string) {
	if !slices.Contains(members, n.Value) {
		c.mistake(n, "%s has no %q%s; it has %s", of, shortened(n.Value), c.elsewhere(n.Value), c.right(n.Value, members))
	}
}

func (c *conditionCheck) binary(n *ast.BinaryNode) {
	if !slices.Contains(operators(), n.Operator) {
		c.mistake(n, "a condition cannot contain the operator %s; it can contain %s", n.Operator, strings.Join(operators(), ", "))
		return
	}
	c.check(n.Left)
	c.check(n.Right)
	right, _ := literals(n.Right)
	switch n.Operator {
	case "matches":
		if text, ok := n.Right.(*ast.StringNode); !ok {
			c.mistake(n.Right, "matches needs a pattern in quotes on its right")
		} else if err := c.parser.pattern(text.Value); err != nil {
			c.mistake(n.Right, "the pattern %v", err)
		}
	case "%":
		if divisor, ok := n.Right.(*ast.IntegerNode); !ok || divisor.Value == 0 {
			c.mistake(n.Right, "%% needs a whole number other than 0 on its right")
		}
		return
	}
	c.amounts(n)
	c.compare(n.Operator, n.Left, n.Right, right)
	if left, ok := literals(n.Left); ok && symmetric(n.Operator) {
		c.compare(n.Operator, n.Right, n.Left, left)
	}
}

func symmetric(operator string) bool { return operator == "==" || operator == "!=" }
