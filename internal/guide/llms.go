package guide

import (
	"fmt"
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
	writeOperations(&b, d, operations)
	b.WriteString("\n## Refusals and what meets them\n\nThe code is data.refusal; the header X-Sandbox-Explain is a GET that tells more.\n")
	for _, group := range refusal.Groups() {
		fmt.Fprintf(&b, "- %s: %s\n", joinCodes(group.Codes), meets(group.Remedy))
	}
	fmt.Fprintf(&b, "\n## Control, under %s\n", c.Servers[0].URL)
	writeOperations(&b, c, verbs)
	return b.String(), nil
}

// writeOperations writes a line for each tag: its paths, with their methods.
func writeOperations(b *strings.Builder, d document, operations []operation) {
	for i, tag := range d.Tags {
		var paths []string
		methods := map[string][]string{}
		for _, o := range operations {
			if d.rank(o) != i {
				continue
			}
			if methods[o.path] == nil {
				paths = append(paths, o.path)
			}
			methods[o.path] = append(methods[o.path], o.method)
		}
		if len(paths) == 0 {
			continue
		}
		fmt.Fprintf(b, "\n%s\n", tag.Name)
		for _, path := range paths {
			fmt.Fprintf(b, "- %s %s\n", strings.Join(methods[path], "|"), path)
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
