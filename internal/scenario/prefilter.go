package scenario

import (
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// need is a part of a condition without which the whole cannot hold.
type need func(f *Facts) bool

// needs finds the parts of a condition that are joined by and and are simple
// enough to be looked at without the expression's machine, which costs a
// hundred times as much: a fact that is compared with a literal. A rule for one
// customer out of a thousand is passed over by them. topics are what they ask about.
func needs(node ast.Node) (found []need, topics Topic) {
	n, ok := node.(*ast.BinaryNode)
	if !ok {
		return nil, 0
	}
	switch n.Operator {
	case "and", "&&":
		left, about := needs(n.Left)
		right, more := needs(n.Right)
		return append(left, right...), about | more
	case "==", "in", "contains", "startsWith", "endsWith":
		if fact, words := textOf(n.Left), texts(n.Right); fact != nil && words != nil {
			return []need{textNeed(fact, n.Operator, words)}, topicOf(n.Left)
		}
		if fact, word := textOf(n.Right), texts(n.Left); n.Operator == "==" && fact != nil && word != nil {
			return []need{textNeed(fact, "==", word)}, topicOf(n.Right)
		}
	}
	if amount, ok := n.Right.(*ast.IntegerNode); ok && n.Left.String() == "order.amount" {
		return amountNeed(n.Operator, int64(amount.Value)), AboutOrder
	}
	return nil, 0
}

// texts gives the words of a literal, or of a list of them.
func texts(node ast.Node) []string {
	switch n := node.(type) {
	case *ast.StringNode:
		return []string{n.Value}
	case *ast.ArrayNode:
		words := []string{}
		for _, item := range n.Nodes {
			word, ok := item.(*ast.StringNode)
			if !ok {
				return nil
			}
			words = append(words, word.Value)
		}
		return words
	}
	return nil
}

func textNeed(fact func(*Facts) string, operator string, words []string) need {
	word := ""
	if len(words) > 0 {
		word = words[0]
	}
	switch operator {
	case "in":
		return func(f *Facts) bool { return slices.Contains(words, fact(f)) }
	case "contains":
		return func(f *Facts) bool { return strings.Contains(fact(f), word) }
	case "startsWith":
		return func(f *Facts) bool { return strings.HasPrefix(fact(f), word) }
	case "endsWith":
		return func(f *Facts) bool { return strings.HasSuffix(fact(f), word) }
	}
	return func(f *Facts) bool { return fact(f) == word }
}

func amountNeed(operator string, amount int64) []need {
	holds := map[string]need{
		"==": func(f *Facts) bool { return f.Order.Amount == amount },
		"<":  func(f *Facts) bool { return f.Order.Amount < amount },
		"<=": func(f *Facts) bool { return f.Order.Amount <= amount },
		">":  func(f *Facts) bool { return f.Order.Amount > amount },
		">=": func(f *Facts) bool { return f.Order.Amount >= amount },
	}[operator]
	if holds == nil {
		return nil
	}
	return []need{holds}
}

// textOf reads one of the facts that rules mostly ask about; nil is another.
func textOf(node ast.Node) func(*Facts) string {
	switch node.String() {
	case "customer.type":
		return func(f *Facts) string { return f.Customer.Type }
	case "customer.email":
		return func(f *Facts) string { return f.Customer.Email }
	case "customer.name":
		return func(f *Facts) string { return f.Customer.Name }
	case "customer.category":
		return func(f *Facts) string { return f.Customer.Category }
	case "customer.risk":
		return func(f *Facts) string { return f.Customer.Risk }
	case "customer.state":
		return func(f *Facts) string { return f.Customer.State }
	case "verification.type":
		return func(f *Facts) string { return f.Verification.Type }
	case "consent.type":
		return func(f *Facts) string { return f.Consent.Type }
	case "beneficiary.name":
		return func(f *Facts) string { return f.Beneficiary.Name }
	case "beneficiary.iban":
		return func(f *Facts) string { return f.Beneficiary.IBAN }
	case "order.type":
		return func(f *Facts) string { return f.Order.Type }
	case "order.network":
		return func(f *Facts) string { return f.Order.Network }
	case "order.reference":
		return func(f *Facts) string { return f.Order.Reference }
	case "request.method":
		return func(f *Facts) string { return f.Request.Method }
	case "request.operation":
		return func(f *Facts) string { return f.Request.Operation }
	case "request.caller":
		return func(f *Facts) string { return f.Request.Caller }
	}
	return nil
}
