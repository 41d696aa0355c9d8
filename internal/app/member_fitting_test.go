package app_test

import (
	"encoding/base64"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
)

// fitting lists values that a schema allows, the usual ones first: all words of a
// list, and the least and the most of a range.
func (w *memberWorld) fitting(schema map[string]any) []any {
	var list []any
	for _, join := range []string{"anyOf", "oneOf"} {
		alternatives, _ := schema[join].([]any)
		for _, a := range alternatives {
			list = append(list, w.fitting(w.raw.resolve(a))...)
		}
	}
	if enum, ok := schema["enum"].([]any); ok {
		return slices.Clone(enum) // What follows may be added to, and the document is shared.
	}
	switch schema["type"] {
	case "boolean":
		list = append(list, true, false)
	case "integer", "number":
		list = append(list, numbers(schema)...)
	case "string":
		for _, s := range texts(schema) {
			list = append(list, s)
		}
	case "object":
		list = append(list, map[string]any{"note": "one"}, map[string]any{"note": "two"})
	}
	for _, part := range asList(schema["allOf"]) {
		list = append(list, w.fitting(w.raw.resolve(part))...)
	}
	return list
}

func asList(value any) []any {
	list, _ := value.([]any)
	return list
}

func numbers(schema map[string]any) []any {
	least, _ := schema["minimum"].(float64)
	most, bounded := schema["maximum"].(float64)
	if !bounded {
		most = least + 1000
	}
	step := 1.0
	if s, ok := schema["x-multiple-of"].(float64); ok {
		step = s
	}
	if schema["exclusiveMinimum"] == true {
		least += step
	}
	return []any{least, min(least+step, most), most}
}

// texts are texts that fit a schema of texts, as far as a reader who knows the
// standard formats alone can tell.
func texts(schema map[string]any) []string {
	least := 0
	if n, ok := schema["minLength"].(float64); ok {
		least = int(n)
	}
	most := 60
	if n, ok := schema["maxLength"].(float64); ok {
		most = int(n)
	}
	var list []string
	if example, ok := schema["example"].(string); ok {
		list = append(list, example)
	}
	if pattern, ok := schema["pattern"].(string); ok {
		for _, s := range matching(pattern) {
			if n := utf8.RuneCountInString(s); n >= least && n <= most {
				list = append(list, s)
			}
		}
		return list
	}
	switch schema["format"] {
	case "date":
		return append(list, "2025-11-03", "1980-02-29", "2027-12-31")
	case "date-time":
		return append(list, "2025-11-03T10:00:00Z", "2027-12-31T23:59:59.999Z")
	case "day-or-instant":
		return append(list, "2025-11-03", "2027-12-31T23:59:59.999Z")
	case "uuid":
		return append(list, "5887c98c-b5b1-4234-b819-a4987f54aa77", "00000000-0000-0000-0000-000000000000")
	case "email":
		return append(list, "vita@example.com", "v.i+t-a@sub.example.org")
	case "uri":
		return append(list, "https://example.com/x", "http://example.org")
	case "byte", "base64":
		return append(list, base64.StdEncoding.EncodeToString([]byte("%PDF-1.4\n%%EOF\n")), base64.StdEncoding.EncodeToString([]byte("%PDF-1.5\n%%EOF\n")))
	case "iban":
		return append(list, "DE89370400440532013000", "FR1420041010050500013M02606")
	case "bic":
		return append(list, "COBADEFFXXX", "AGBLLT2X")
	case "country":
		return append(list, "LT", "Germany")
	case "strong-password":
		return append(list, "Other-Pass-1", "Ano7her-Pass-")
	}
	for _, s := range []string{"Vilnius Nord", "Kaunas Ost 7", strings.Repeat("ž", max(1, least)), strings.Repeat("x", most)} {
		if n := utf8.RuneCountInString(s); n >= least && n <= most {
			list = append(list, s)
		}
	}
	return list
}

// foreignTexts are texts that a schema of texts allows and that many others do not: where
// one becomes what another schema describes, a reply would break the document.
func foreignTexts(schema map[string]any) []string {
	if schema["type"] != "string" || schema["enum"] != nil || schema["pattern"] != nil {
		return nil
	}
	switch schema["format"] {
	case nil:
		return []string{"ž\u00a0'\"/ł"}
	case "email":
		return []string{"o'brien+žiema@sąskaita.example.org"}
	}
	return nil
}

// matching gives the shortest and a longer text that match a pattern.
func matching(pattern string) []string {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil
	}
	tree = tree.Simplify()
	var list []string
	for _, long := range []bool{false, true} {
		var b strings.Builder
		match(&b, tree, long)
		list = append(list, b.String())
	}
	return list
}

// match writes a text that matches: the first alternative and the fewest
// repetitions, or the last and the most.
func match(b *strings.Builder, tree *syntax.Regexp, long bool) {
	switch tree.Op {
	case syntax.OpLiteral:
		b.WriteString(string(tree.Rune))
	case syntax.OpCharClass:
		if long {
			b.WriteRune(tree.Rune[len(tree.Rune)-1])
			return
		}
		b.WriteRune(max(tree.Rune[0], '!'))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte('x')
	case syntax.OpAlternate:
		sub := tree.Sub[0]
		if long {
			sub = tree.Sub[len(tree.Sub)-1]
		}
		match(b, sub, long)
	case syntax.OpQuest, syntax.OpStar:
		if long {
			match(b, tree.Sub[0], long)
		}
	default:
		for _, sub := range tree.Sub {
			match(b, sub, long)
		}
	}
}
