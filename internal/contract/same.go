package contract

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// alike are the values of a body that the generations of the documentation give
// different names: groups of members, by their dotted paths, of which all that
// are sent must agree (x-same).
type alike struct {
	groups [][]namedPath
	// items are those of each item of a body that is a list.
	items *alike
}

type namedPath struct {
	name  string
	parts []string
}

func newAlike(families []family) *alike {
	s, seen := &alike{}, map[string]bool{}
	for _, f := range families {
		s.add(f.schema, seen)
		if f.schema.Items == nil {
			continue
		}
		var items []family
		for _, part := range slices.Concat(openapi3.SchemaRefs{f.schema.Items}, f.schema.Items.Value.AnyOf) {
			items = append(items, family{schema: part.Value})
		}
		s.items = newAlike(items)
	}
	return s
}

func (s *alike) add(schema *openapi3.Schema, seen map[string]bool) {
	for _, part := range schema.AllOf {
		s.add(part.Value, seen)
	}
	groups, _ := schema.Extensions["x-same"].([]any)
	for _, group := range groups {
		names := words(group)
		key := strings.Join(names, " ")
		if seen[key] {
			continue
		}
		seen[key] = true
		var paths []namedPath
		for _, name := range names {
			paths = append(paths, namedPath{name, strings.Split(name, ".")})
		}
		s.groups = append(s.groups, paths)
	}
}

// CheckSame holds the members of a body that mean the same to each other.
func (o *Operation) CheckSame(body any) []Violation {
	all := o.rules().alike
	if all == nil {
		return nil
	}
	list, is := body.([]any)
	if !is {
		return all.check(body, "")
	}
	var found []Violation
	for i, item := range list {
		if all.items != nil {
			found = append(found, all.items.check(item, fmt.Sprint("/", i))...)
		}
	}
	return found
}

func (s *alike) check(body any, at string) []Violation {
	var list []Violation
	for _, group := range s.groups {
		first, want := "", ""
		for _, path := range group {
			sent := path.in(body)
			switch {
			case sent == "":
			case first == "":
				first, want = path.name, sent
			case !strings.EqualFold(sent, want):
				pointer := at + "/" + strings.ReplaceAll(path.name, ".", "/")
				field := strings.ReplaceAll(strings.TrimPrefix(pointer, "/"), "/", ".")
				list = append(list, Violation{In: "body", Field: field, Pointer: pointer, Message: disagrees(sent, first, want)})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Violation) int { return strings.Compare(a.Pointer, b.Pointer) })
	return list
}

// longest bounds the values that are repeated in a message.
const longest = 200

// disagrees tells both values, unless they are secrets.
func disagrees(sent, first, want string) string {
	if strings.Contains(strings.ToLower(first), "password") {
		return "must be identical to " + first
	}
	if len(sent)+len(want) > longest {
		return "is not what " + first + " says"
	}
	return fmt.Sprintf("is %s, but %s says %s", sent, first, want)
}

// in gives what a body has at a path, as a text; empty if there is nothing, or an
// object or a list.
func (p namedPath) in(value any) string {
	for _, part := range p.parts {
		object, _ := value.(map[string]any)
		value = object[part]
	}
	switch v := value.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}
