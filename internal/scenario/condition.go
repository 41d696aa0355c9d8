package scenario

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	exprparser "github.com/expr-lang/expr/parser"
	"go.yaml.in/yaml/v4"
)

// maxCondition is the length of a condition, in bytes.
const maxCondition = 1000

// comparison is a fact that a condition compares with given values.
type comparison struct {
	fact, operator string
	values         []string
}

// functions are those that conditions can call: none can fail, none takes long,
// and none knows the time.
func functions() []string {
	return []string{"abs", "hasPrefix", "hasSuffix", "indexOf", "len", "lower", "max", "min", "trim", "upper"}
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
	c := &conditionCheck{parser: p, node: n, rule: r, askable: p.catalog.askable(r.On)}
	before := len(p.mistakes)
	c.check(tree.Node)
	if len(p.mistakes) > before {
		return
	}
	r.values = c.comparisons
	r.program, err = expr.Compile(r.When, expr.Env(&Facts{}), expr.AsBool())
	if err != nil {
		p.wrongCondition(n, err)
		return
	}
	r.needs = needs(tree.Node)
}

var goTypes = regexp.MustCompile(`\*?scenario\.([A-Z]\w*)`)

func (p *parser) wrongCondition(n *yaml.Node, err error) {
	at, message := position{n.Line, n.Column}, err.Error()
	var wrong *file.Error
	if errors.As(err, &wrong) {
		at, message = p.within(n, wrong.From), wrong.Message
	}
	message, _, _ = strings.Cut(message, "\n")
	p.mistakeAt(at, "the condition is wrong: %s", plainWords(message))
}

// plainWords says what the compiler says without the names that Go has for it.
func plainWords(message string) string {
	for _, phrase := range [][2]string{
		{"unexpected token EOF", "it ends too early"},
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
	parser      *parser
	node        *yaml.Node
	rule        *Rule
	askable     []string
	comparisons []comparison
	denied      bool
}

func (c *conditionCheck) mistake(at ast.Node, format string, args ...any) {
	c.parser.mistakeAt(c.parser.within(c.node, at.Location().From), format, args...)
}

func (c *conditionCheck) check(node ast.Node) {
	switch n := node.(type) {
	case *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode, *ast.StringNode:
	case *ast.IdentifierNode:
		c.fact(n)
	case *ast.MemberNode:
		c.member(n)
	case *ast.UnaryNode:
		before := c.denied
		c.denied = before != (n.Operator == "not" || n.Operator == "!")
		c.check(n.Node)
		c.denied = before
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
		c.call(n, n.Name, n.Arguments)
	case *ast.CallNode:
		c.call(n, n.Callee.String(), n.Arguments)
	default:
		c.mistake(node, "a condition cannot contain %s; it compares facts with values", shortened(node.String()))
	}
}

func (c *conditionCheck) call(at ast.Node, name string, arguments []ast.Node) {
	if !slices.Contains(functions(), name) {
		c.mistake(at, "a condition cannot call %s; it can call %s", shortened(name), DidYouMean(name, functions()))
		return
	}
	for _, argument := range arguments {
		c.check(argument)
	}
}

// fact checks the first word of customer.type.
func (c *conditionCheck) fact(n *ast.IdentifierNode) bool {
	known := sortedNames(c.parser.facts)
	switch {
	case !slices.Contains(known, n.Value):
		c.mistake(n, "a condition knows nothing of %q; it can ask about %s", shortened(n.Value), DidYouMean(n.Value, c.asking(known)))
		return false
	case c.askable != nil && !slices.Contains(c.askable, n.Value):
		c.mistake(n, "nothing is known of the %s when %s is decided; a condition can ask about %s there", n.Value, c.rule.On, strings.Join(c.askable, ", "))
		return false
	}
	return true
}

func (c *conditionCheck) asking(known []string) []string {
	if c.askable != nil {
		return c.askable
	}
	return known
}

func (c *conditionCheck) member(n *ast.MemberNode) {
	fact, ok := n.Node.(*ast.IdentifierNode)
	property, plain := n.Property.(*ast.StringNode)
	if !ok || !plain || n.Optional || n.Method {
		c.mistake(n, "a condition cannot contain %s; it asks about a fact such as customer.type", shortened(n.String()))
		return
	}
	members := c.parser.facts[fact.Value]
	if c.fact(fact) && !slices.Contains(members, property.Value) {
		c.mistake(property, "%s has no %q; it has %s", fact.Value, shortened(property.Value), DidYouMean(property.Value, members))
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
		} else if _, err := regexp.Compile(text.Value); err != nil {
			c.mistake(n.Right, "the pattern is wrong: %v", err)
		}
	case "%":
		if divisor, ok := n.Right.(*ast.IntegerNode); !ok || divisor.Value == 0 {
			c.mistake(n.Right, "%% needs a whole number other than 0 on its right")
		}
		return
	}
	c.compare(n.Operator, n.Left, n.Right, right)
	if left, ok := literals(n.Left); ok && symmetric(n.Operator) {
		c.compare(n.Operator, n.Right, n.Left, left)
	}
}

func symmetric(operator string) bool { return operator == "==" || operator == "!=" }

// compare notes that a fact is compared with values, and finds values that the
// fact never has.
func (c *conditionCheck) compare(operator string, fact, literal ast.Node, values []string) {
	if _, fixed := literals(fact); fixed || len(values) == 0 {
		return
	}
	name := fact.String()
	if symmetric(operator) || operator == "in" {
		if closed := c.parser.catalog.closed(name); len(closed) > 0 {
			for _, value := range values {
				if !slices.Contains(closed, value) {
					c.mistake(literal, "%s is never %q; it can be %s", name, shortened(value), DidYouMean(value, closed))
				}
			}
		}
	}
	if !c.denied && operator != "!=" {
		c.comparisons = append(c.comparisons, comparison{name, operator, values})
	}
}

// literals gives the values of a literal or of a list of them.
func literals(node ast.Node) ([]string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return []string{n.Value}, true
	case *ast.IntegerNode:
		return []string{strconv.Itoa(n.Value)}, true
	case *ast.FloatNode:
		return []string{fmt.Sprint(n.Value)}, true
	case *ast.BoolNode:
		return []string{strconv.FormatBool(n.Value)}, true
	case *ast.ArrayNode:
		var values []string
		for _, item := range n.Nodes {
			value, ok := literals(item)
			if !ok {
				return nil, false
			}
			values = append(values, value...)
		}
		return values, true
	}
	return nil, false
}
