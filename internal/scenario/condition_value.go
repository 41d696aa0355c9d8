package scenario

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// compare finds values that a fact never has. Nothing is what a fact is of which
// nothing is known.
func (c *conditionCheck) compare(operator string, fact, literal ast.Node, values []string) {
	if _, fixed := literals(fact); fixed || len(values) == 0 {
		return
	}
	name := fact.String()
	whole := c.whole(name)
	for _, value := range values {
		switch fault := c.fault(operator, whole, value); {
		case value == "":
		case inOtherCase(fact, value):
			c.mistake(literal, "%s never has letters such as those of %q", name, shortened(value))
		case fault != "":
			c.mistake(literal, "%s is never %q; it %s", whole, shortened(value), fault)
		}
	}
}

// fault says how the values of a fact are if it never has one; empty is a value that
// it can have.
func (c *conditionCheck) fault(operator, fact, value string) string {
	catalog := c.parser.catalog
	if key := catalog.otherKey(fact); key != "" {
		return "would be " + key
	}
	switch operator {
	case "==", "!=", "in":
		if closed := catalog.closed(fact); len(closed) > 0 && !slices.Contains(closed, value) {
			return "can be " + c.right(value, closed)
		}
	case "<", "<=", ">", ">=":
		// Parts of texts are not compared so, and dates are.
	default:
		if check := catalog.checks[fact]; check != nil && strings.HasSuffix(fact, ".iban") && strings.ContainsAny(value, " abcdefghijklmnopqrstuvwxyz") {
			return "is written without blanks and in capitals"
		}
		return ""
	}
	if check := catalog.checks[fact]; check != nil {
		if err := check(value); err != nil {
			return err.Error()
		}
	}
	return ""
}

// inOtherCase reports whether a text is compared with what lower or upper never give.
func inOtherCase(fact ast.Node, value string) bool {
	call, ok := fact.(*ast.BuiltinNode)
	return ok && (call.Name == "lower" && strings.ToLower(value) != value || call.Name == "upper" && strings.ToUpper(value) != value)
}

// amounts finds amounts that are not whole: whoever writes 10000.00 means another
// number than the fact has, which is in minor units.
func (c *conditionCheck) amounts(n *ast.BinaryNode) {
	if !slices.Contains([]string{"==", "!=", "<", "<=", ">", ">=", "in"}, n.Operator) {
		return
	}
	both := &ast.BinaryNode{Left: n.Left, Right: n.Right}
	amounts := partsOf(both, isAmount)
	if len(amounts) == 0 {
		return
	}
	for _, part := range partsOf(both, func(part ast.Node) bool { _, decimal := part.(*ast.FloatNode); return decimal }) {
		number := part.(*ast.FloatNode).Value
		c.mistake(part, "%s is in minor units and whole: %.2f is written %.0f", amounts[0], number, number*100)
	}
}

func isAmount(node ast.Node) bool {
	member, ok := node.(*ast.MemberNode)
	return ok && slices.Contains([]string{"order.amount", "order.fee", "wallet.balance", "wallet.available"}, member.String())
}

// partsOf finds what a value is computed from.
func partsOf(node ast.Node, wanted func(ast.Node) bool) (found []ast.Node) {
	if wanted(node) {
		return []ast.Node{node}
	}
	var parts []ast.Node
	switch n := node.(type) {
	case *ast.UnaryNode:
		parts = []ast.Node{n.Node}
	case *ast.BinaryNode:
		parts = []ast.Node{n.Left, n.Right}
	case *ast.ConditionalNode:
		parts = []ast.Node{n.Exp1, n.Exp2}
	case *ast.ArrayNode:
		parts = n.Nodes
	case *ast.BuiltinNode:
		if !slices.Contains(listFunctions(), n.Name) {
			parts = n.Arguments
		}
	}
	for _, part := range parts {
		found = append(found, partsOf(part, wanted)...)
	}
	return found
}

// elsewhere tells where a name is that stands at the wrong place: the facts that
// have a member of this name, or of one that means the same.
func (c *conditionCheck) elsewhere(name string) string {
	if c.parser.found >= maxMistakes {
		return ""
	}
	meant := strings.ToLower(name)
	if other, ok := otherNames()[meant]; ok {
		meant = other
	}
	var places []string
	for _, fact := range slices.Sorted(maps.Keys(c.parser.words.members)) {
		if c.known != nil && !slices.Contains(c.known, fact) {
			continue
		}
		if fact == meant {
			return " (did you mean " + fact + "?)"
		}
		for _, member := range c.parser.words.members[fact] {
			if strings.ToLower(member) == meant {
				places = append(places, fact+"."+member)
			}
		}
	}
	if c.list != "" && slices.Contains(c.parser.words.items[c.list], name) {
		places = []string{"." + name}
	}
	if len(places) == 0 || len(places) > 4 {
		return ""
	}
	return " (did you mean " + strings.Join(places, " or ") + "?)"
}

// otherNames are what others call the facts and their members, in small letters.
func otherNames() map[string]string {
	return map[string]string{
		"payee": "beneficiary", "recipient": "beneficiary", "creditor": "beneficiary", "transfer": "order", "payment": "order", "account": "wallet",
		"kyc": "verification", "kyb": "verification", "time": "clock", "date": "clock", "now": "clock",
		"birthdate": "dateofbirth", "birthday": "dateofbirth", "dob": "dateofbirth", "residence": "country", "countryofresidence": "country",
		"citizenship": "nationality", "firstname": "name", "lastname": "name", "fullname": "name", "companyname": "name", "directors": "people",
		"shareholders": "people", "owners": "people", "employees": "people", "persons": "people", "docs": "documents", "papers": "documents",
		"status": "state", "risklevel": "risk", "sum": "amount", "value": "amount", "ispep": "pep",
	}
}

// otherKey finds the feature that differs from an asked one by its case alone.
func (c Catalog) otherKey(fact string) string {
	if !strings.HasPrefix(fact, featuresName+".") || c.checks[fact] != nil {
		return ""
	}
	for key := range c.checks {
		if strings.EqualFold(key, fact) {
			return key
		}
	}
	return ""
}

// whole puts the list before the name of a member of its items.
func (c *conditionCheck) whole(name string) string {
	if member, ok := strings.CutPrefix(name, "#."); ok {
		return c.list + "." + member
	}
	if member, ok := strings.CutPrefix(name, "."); ok {
		return c.list + "." + member
	}
	return name
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
