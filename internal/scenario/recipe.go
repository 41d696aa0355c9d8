package scenario

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"
	exprparser "github.com/expr-lang/expr/parser"
)

// Comparison is a part of a condition that must hold: a fact that is compared with
// a value. What is no comparison is asked whether it is true.
type Comparison struct {
	Fact, Operator, Value string
	// values are those of an in, one by one.
	values []string
}

// String writes the comparison as conditions do.
func (c Comparison) String() string { return c.Fact + " " + c.Operator + " " + c.Value }

// Recipe is one way in which a condition comes to hold: all of its comparisons do.
type Recipe []Comparison

// String joins the comparisons.
func (r Recipe) String() string {
	parts := make([]string, 0, len(r))
	for _, c := range r {
		parts = append(parts, c.String())
	}
	return strings.Join(parts, " and ")
}

// maxRecipes is how many ways of one condition are told one by one; a condition
// with more of them is told as a whole.
const maxRecipes = 64

// recipes are the ways in which the rule's condition can come to hold; none is a
// rule without a condition. They are made when somebody asks, since a short
// condition can have many.
func (r *Rule) recipes() []Recipe {
	if r.When == "" {
		return nil
	}
	tree, err := exprparser.Parse(r.When)
	if err != nil {
		return nil // It was parsed before.
	}
	return recipesOf(tree.Node)
}

// recipesOf takes a condition apart: at each or, since either side is enough, and
// never at an and, since no part of it is.
func recipesOf(node ast.Node) []Recipe {
	recipes, few := ways(node, true)
	if !few {
		return []Recipe{{{Fact: node.String(), Operator: "==", Value: "true"}}}
	}
	var list []Recipe
	for _, r := range recipes {
		if len(r) != 1 || r[0].Operator != "in" || len(r[0].values) == 0 {
			list = append(list, r)
			continue
		}
		for _, value := range r[0].values {
			list = append(list, Recipe{{Fact: r[0].Fact, Operator: "in", Value: value}})
		}
	}
	return list
}

// ways finds in which ways a condition holds, or does not hold if that is wanted.
// few reports whether they could all be named.
func ways(node ast.Node, wanted bool) (recipes []Recipe, few bool) {
	switch n := node.(type) {
	case *ast.BoolNode:
		if n.Value == wanted {
			return []Recipe{{}}, true
		}
		return nil, true
	case *ast.UnaryNode:
		if n.Operator == "not" || n.Operator == "!" {
			return ways(n.Node, !wanted)
		}
	case *ast.ConditionalNode:
		yes := &ast.BinaryNode{Operator: "and", Left: n.Cond, Right: n.Exp1}
		no := &ast.BinaryNode{Operator: "and", Left: &ast.UnaryNode{Operator: "not", Node: n.Cond}, Right: n.Exp2}
		if !wanted {
			yes.Right, no.Right = &ast.UnaryNode{Operator: "not", Node: n.Exp1}, &ast.UnaryNode{Operator: "not", Node: n.Exp2}
		}
		return ways(&ast.BinaryNode{Operator: "or", Left: yes, Right: no}, true)
	case *ast.BinaryNode:
		if either, joins := joint(n.Operator, wanted); joins {
			left, fewLeft := ways(n.Left, wanted)
			right, fewRight := ways(n.Right, wanted)
			if !fewLeft || !fewRight || !either && len(left)*len(right) > maxRecipes || len(left)+len(right) > maxRecipes {
				return nil, false
			}
			if either {
				return append(left, right...), true
			}
			return both(left, right), true
		}
	}
	return []Recipe{{comparisonOf(node, wanted)}}, true
}

// joint reports whether an operator joins two conditions, and whether either of them
// is enough: of an and that must not hold it is.
func joint(operator string, wanted bool) (either, joins bool) {
	switch operator {
	case "or", "||":
		return wanted, true
	case "and", "&&":
		return !wanted, true
	}
	return false, false
}

// both combines each way of one side with each of the other.
func both(left, right []Recipe) []Recipe {
	var recipes []Recipe
	for _, l := range left {
		for _, r := range right {
			recipes = append(recipes, slices.Concat(l, r))
		}
	}
	return recipes
}

// comparisonOf reads a condition that joins no others.
func comparisonOf(node ast.Node, wanted bool) Comparison {
	n, ok := node.(*ast.BinaryNode)
	if !ok {
		return Comparison{Fact: node.String(), Operator: "==", Value: strconv.FormatBool(wanted)}
	}
	left, right, operator := n.Left, n.Right, n.Operator
	if _, fixed := literals(left); fixed {
		if turned := mirrored(operator); turned != "" {
			left, right, operator = right, left, turned
		}
	}
	if !wanted {
		operator = opposite(operator, left)
	}
	c := Comparison{Fact: left.String(), Operator: operator, Value: right.String()}
	values, fixed := literals(right)
	if _, list := right.(*ast.ArrayNode); list {
		c.values = values
	} else if fixed {
		c.Value = values[0]
	}
	return c
}

// mirrored is the operator with which the sides can be exchanged; empty is none.
func mirrored(operator string) string {
	return map[string]string{"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}[operator]
}

// opposite is the operator that holds where another does not. An age that is not
// known is neither below nor above another.
func opposite(operator string, fact ast.Node) string {
	turned := map[string]string{"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}[operator]
	if turned == "" || isAge(fact) {
		return fmt.Sprintf("not %s", operator)
	}
	return turned
}
