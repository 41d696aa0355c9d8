package guide

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/refusal"
)

// MaxLLMs is how long the text for programs may be: it is read as a whole.
const MaxLLMs = 8 << 10

// LLMs words both documents for a program that reads text: the operations in the order
// of a life, the refusals with what meets them, and the verbs of the control API.
func LLMs(product, control []byte) (string, error) {
	d, operations, err := read(product)
	if err != nil {
		return "", err
	}
	c, verbs, err := read(control)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("# finhub-sandbox\n\n> Local stand-in for FinHub's banking API v2.1. Unofficial; no real money. First calls: /_sandbox/quickstart. Documents: /_sandbox/openapi.json, /_sandbox/control.json.\n")
	fmt.Fprintf(&b, "\n## Operations in the order of a life, under %s\n", d.Servers[0].URL)
	begins := beginnings(operations)
	for _, parameter := range slices.Sorted(maps.Keys(begins)) {
		fmt.Fprintf(&b, "\nWhat begins with %s begins with %s.", parameter, begins[parameter])
	}
	b.WriteString("\n")
	writeOperations(&b, d, operations, begins)
	b.WriteString("\n## Refusals and what meets them\n\nThe code is data.refusal; the header X-Sandbox-Explain is a GET that tells more.\n")
	for _, group := range refusal.Groups() {
		fmt.Fprintf(&b, "- %s: %s\n", joinCodes(group.Codes), meets(group.Remedy))
	}
	fmt.Fprintf(&b, "\n## Control, under %s\n", c.Servers[0].URL)
	writeOperations(&b, c, verbs, nil)
	return b.String(), nil
}

// shared is how many paths have to begin alike before their beginning is said once.
const shared = 4

// beginnings finds the beginnings, to their first parameter, that many paths have:
// each by that parameter, which has to be no other's.
func beginnings(operations []operation) map[string]string {
	paths, heads := map[string]bool{}, map[string]map[string]int{}
	for _, o := range operations {
		head, parameter, ok := beginning(o.path)
		if !ok || paths[o.path] {
			continue
		}
		paths[o.path] = true
		if heads[parameter] == nil {
			heads[parameter] = map[string]int{}
		}
		heads[parameter][head]++
	}
	found := map[string]string{}
	for parameter, of := range heads {
		most := ""
		for _, head := range slices.Sorted(maps.Keys(of)) {
			if of[head] > of[most] {
				most = head
			}
		}
		if of[most] >= shared {
			found[parameter] = most + parameter
		}
	}
	return found
}

// beginning cuts a path behind its first parameter.
func beginning(path string) (head, parameter string, ok bool) {
	open, end := strings.IndexByte(path, '{'), strings.IndexByte(path, '}')
	if open < 0 || end < open {
		return "", "", false
	}
	return path[:open], path[open : end+1], true
}

// writeOperations writes a line for each path of each tag, with its methods; begins
// has the beginnings that are left out.
func writeOperations(b *strings.Builder, d document, operations []operation, begins map[string]string) {
	for i, tag := range d.Tags {
		var paths []string
		methods := map[string][]string{}
		for _, o := range operations {
			if d.rank(o) != i {
				continue
			}
			if twin, ok := strings.CutSuffix(o.path, ".yaml"); ok && methods[twin+".json"] != nil {
				continue // It says the same.
			}
			if methods[o.path] == nil {
				paths = append(paths, o.path)
			}
			methods[o.path] = append(methods[o.path], o.method)
		}
		if len(paths) == 0 {
			continue
		}
		if tag.Aside {
			fmt.Fprintf(b, "\n%s: %d paths of /_sandbox/openapi.json\n", tag.Name, len(paths))
			continue
		}
		fmt.Fprintf(b, "\n%s\n", tag.Name)
		for _, path := range paths {
			short := path
			if head, parameter, ok := beginning(path); ok && begins[parameter] == head+parameter {
				short = strings.TrimPrefix(path, head)
			}
			fmt.Fprintf(b, "%s %s\n", strings.Join(methods[path], "|"), short)
		}
	}
}

func joinCodes(codes []refusal.Code) string {
	var words []string
	for _, c := range codes {
		words = append(words, string(c))
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

func meets(r refusal.Remedy) string {
	if r.Reason != "" {
		return r.Reason
	}
	return strings.Join(r.Calls, " or ")
}
