package main

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v4"

	"finhub-sandbox/spec"
)

// deviation is one of spec/conformance.yaml.
type deviation struct {
	Operations []string `yaml:"operations"`
	Documented string   `yaml:"documented"`
	Sandbox    string   `yaml:"sandbox"`
	Why        string   `yaml:"why"`
}

// conforming is an operation as the page of conformance has it.
type conforming struct {
	id, call, tag, page string
	generation          string
	families            []string
	// replies are the statuses of its successes, and refusals its codes.
	replies  []string
	refusals []string
	// flows are how many steps of flows call it, and shown the codes that they show.
	flows int
	shown map[string]bool
	form  *regexp.Regexp
}

// conformancePage makes CONFORMANCE.md: what the sandbox serves of what FinHub
// documents, in which bodies, with which refusals, and where it deviates. It follows
// from the document, from the flows and from the lists in spec.
func conformancePage(root string, product *openapi3.T) ([]byte, error) {
	operations := conformingOperations(product)
	if err := countFlows(root, operations); err != nil {
		return nil, err
	}
	deviations, err := readDeviations(root, operations)
	if err != nil {
		return nil, err
	}
	missing, err := readDocumented(root)
	if err != nil {
		return nil, err
	}
	generations, err := readGenerations(root)
	if err != nil {
		return nil, fmt.Errorf("spec/generations.yaml: %w", err)
	}
	for _, c := range operations {
		if c.generation = generationOf(generations, c.page); c.page != "" && c.generation == "" {
			return nil, fmt.Errorf("spec/generations.yaml: %s is of no generation", c.page)
		}
	}
	var b strings.Builder
	fates, further, err := readSurface(root, serverPath(product.Servers[0].URL), operations, missing)
	if err != nil {
		return nil, err
	}
	writeCounts(&b, operations, counted(fates, further))
	writeGenerations(&b, generations)
	common := commonRefusals(operations)
	fmt.Fprintf(&b, "\nEvery operation can refuse with %s, as far as it has a body, a token or a customer; the tables have what else each can. "+
		"A code with an asterisk is shown by a flow at that operation; the others are the same rule elsewhere.\n", codeList(common, nil))
	for _, tag := range product.Tags {
		writeResource(&b, tag, operations, common, deviations)
	}
	writeDeviations(&b, deviations)
	writeMissing(&b, missing)
	writeSurface(&b, fates, further)
	return []byte(b.String()), nil
}

func conformingOperations(product *openapi3.T) (list []*conforming) {
	base := ""
	if len(product.Servers) > 0 {
		base = serverPath(product.Servers[0].URL)
	}
	for _, path := range slices.Sorted(maps.Keys(product.Paths.Map())) {
		item := product.Paths.Value(path)
		under := base
		if len(item.Servers) > 0 {
			under = serverPath(item.Servers[0].URL)
		}
		for _, method := range slices.Sorted(maps.Keys(item.Operations())) {
			o := item.Operations()[method]
			c := &conforming{id: o.OperationID, call: method + " " + path, shown: map[string]bool{}}
			if under != base {
				c.call = method + " " + under + path
			}
			if len(o.Tags) > 0 {
				c.tag = o.Tags[0]
			}
			if o.ExternalDocs != nil {
				c.page = o.ExternalDocs.URL
			}
			form := regexp.MustCompile(`\\\{[^}]*\\\}`).ReplaceAllString(regexp.QuoteMeta(path), `[^/]+`)
			c.form = regexp.MustCompile("^" + method + " (" + regexp.QuoteMeta(under) + ")?" + form + "$")
			c.families = familiesOf(o)
			c.replies, c.refusals = repliesOf(o)
			list = append(list, c)
		}
	}
	return list
}

func serverPath(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return text
	}
	return strings.TrimSuffix(u.Path, "/")
}

// familiesOf are the names of an operation's body families.
func familiesOf(o *openapi3.Operation) (names []string) {
	if o.RequestBody == nil {
		return nil
	}
	media := o.RequestBody.Value.Content.Get("application/json")
	if media == nil || media.Schema == nil {
		return nil
	}
	for _, part := range slices.Concat(media.Schema.Value.AnyOf, media.Schema.Value.OneOf) {
		names = append(names, nameOf(part))
	}
	if len(names) == 0 && media.Schema.Ref != "" {
		names = []string{nameOf(media.Schema)}
	}
	return names
}

func repliesOf(o *openapi3.Operation) (successes, codes []string) {
	for _, status := range slices.Sorted(maps.Keys(o.Responses.Map())) {
		n, err := strconv.Atoi(status)
		if err != nil {
			continue
		}
		if n < 400 {
			successes = append(successes, status)
			continue
		}
		for _, media := range o.Responses.Value(status).Value.Content {
			codes = slices.AppendSeq(codes, maps.Keys(media.Examples))
		}
	}
	slices.Sort(codes)
	return successes, slices.Compact(codes)
}

// playedFlow is what is read of a flow.
type playedFlow struct {
	Steps []struct {
		Call    string `yaml:"call"`
		Reply   shown  `yaml:"reply"`
		Exactly shown  `yaml:"exactly"`
	} `yaml:"steps"`
}

// shown is the refusal of a reply. What is no reply of the product has none.
type shown string

func (s *shown) UnmarshalYAML(node *yaml.Node) error { //nolint:unparam // the decoder asks for an error
	var reply struct {
		Data struct {
			Refusal string `yaml:"refusal"`
		} `yaml:"data"`
	}
	if node.Decode(&reply) == nil { // A reply of another form shows no refusal.
		*s = shown(reply.Data.Refusal)
	}
	return nil
}

// countFlows counts which operations the flows call, and which refusals they show.
func countFlows(root string, operations []*conforming) error {
	reference := regexp.MustCompile(`\$\{[^}]*\}`)
	return fs.WalkDir(os.DirFS(filepath.Join(root, "testdata/flows")), ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".yaml" {
			return err
		}
		text, err := os.ReadFile(filepath.Join(root, "testdata/flows", name))
		if err != nil {
			return err
		}
		var f playedFlow
		if err := yaml.Load(text, &f); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for _, s := range f.Steps {
			call, _, _ := strings.Cut(reference.ReplaceAllString(s.Call, "x"), "?")
			if c := calledBy(operations, call); c != nil {
				c.flows++
				c.shown[string(cmp.Or(s.Reply, s.Exactly))] = true
			}
		}
		return nil
	})
}

// calledBy finds the operation of a call: of several, the one with the fewest
// parameters.
func calledBy(operations []*conforming, call string) (best *conforming) {
	for _, c := range operations {
		if c.form.MatchString(call) && (best == nil || strings.Count(c.call, "{") < strings.Count(best.call, "{")) {
			best = c
		}
	}
	return best
}

func readDeviations(root string, operations []*conforming) (list []deviation, err error) {
	text, err := os.ReadFile(filepath.Join(root, "spec/conformance.yaml"))
	if err != nil {
		return nil, err
	}
	if err := yaml.Load(text, &list, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("spec/conformance.yaml: %w", err)
	}
	for n, d := range list {
		if d.Documented == "" || d.Sandbox == "" || d.Why == "" {
			return nil, fmt.Errorf("spec/conformance.yaml: deviation %d needs documented, sandbox and why", n+1)
		}
		for _, id := range d.Operations {
			if !slices.ContainsFunc(operations, func(c *conforming) bool { return c.id == id }) {
				return nil, fmt.Errorf("spec/conformance.yaml: deviation %d is of %s, which does not exist", n+1, id)
			}
		}
	}
	return list, nil
}

func readDocumented(root string) (list []spec.Documented, err error) {
	text, err := os.ReadFile(filepath.Join(root, "spec/documented.yaml"))
	if err != nil {
		return nil, err
	}
	return list, yaml.Unmarshal(text, &list)
}

func writeCounts(b *strings.Builder, operations []*conforming, surface string) {
	families, refusals := 0, map[string]bool{}
	pairs, shown := 0, 0
	for _, c := range operations {
		families += len(c.families)
		for _, code := range c.refusals {
			refusals[code] = true
			pairs++
			if c.shown[code] {
				shown++
			}
		}
	}
	fmt.Fprintf(b, "<!-- Made by go generate of the documents, the flows and the lists in spec. Do not edit. -->\n\n# Conformance\n\n"+
		"What the sandbox serves of what FinHub documents of version 2.1, in which bodies, with which refusals, and where it deviates and why.\n\n"+
		"| | |\n|---|---:|\n%s"+
		"| Body families taken | %d |\n| Codes of refusals | %d |\n| Operations × codes | %d |\n| of them shown by flows | %d |\n",
		surface, families, len(refusals), pairs, shown)
}

// commonRefusals are the codes that most operations can give.
func commonRefusals(operations []*conforming) (common []string) {
	counts := map[string]int{}
	for _, c := range operations {
		for _, code := range c.refusals {
			counts[code]++
		}
	}
	for _, code := range slices.Sorted(maps.Keys(counts)) {
		if counts[code]*2 >= len(operations) {
			common = append(common, code)
		}
	}
	return common
}

// codeList words codes; those that are shown have an asterisk.
func codeList(codes []string, shown map[string]bool) string {
	var words []string
	for _, code := range codes {
		word := "`" + code + "`"
		if shown[code] {
			word += "\\*"
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

func writeResource(b *strings.Builder, tag *openapi3.Tag, operations []*conforming, common []string, deviations []deviation) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n\n| Operation | Generation | Body families | Success | Refusals of its own | Steps of flows | Deviations |\n|---|---|---|---|---|---:|---|\n", tag.Name, tag.Description)
	for _, c := range operations {
		if c.tag != tag.Name {
			continue
		}
		own := slices.DeleteFunc(slices.Clone(c.refusals), func(code string) bool { return slices.Contains(common, code) })
		name := c.id
		if c.page != "" {
			name = "[" + c.id + "](" + c.page + ")"
		}
		var numbers []string
		for n, d := range deviations {
			if slices.Contains(d.Operations, c.id) {
				numbers = append(numbers, strconv.Itoa(n+1))
			}
		}
		fmt.Fprintf(b, "| %s<br>`%s` | %s | %s | %s | %s | %d | %s |\n", name, c.call, c.generation, strings.Join(c.families, ", "), strings.Join(c.replies, ", "), codeList(own, c.shown), c.flows, strings.Join(numbers, ", "))
	}
}

func writeDeviations(b *strings.Builder, deviations []deviation) {
	b.WriteString("\n## Deviations\n\nThose without operations concern all of them.\n\n| | Documented | The sandbox | Why | Operations |\n|---:|---|---|---|---|\n")
	for n, d := range deviations {
		fmt.Fprintf(b, "| %d | %s | %s | %s | %s |\n", n+1, d.Documented, d.Sandbox, d.Why, strings.Join(d.Operations, ", "))
	}
}

func writeMissing(b *strings.Builder, missing []spec.Documented) {
	b.WriteString("\n## Documented and not simulated\n\n" +
		"Such a call is refused with `NOT_SIMULATED` (501), with its page and what is nearest, whoever makes it; the path by another method is " +
		"`METHOD_NOT_ALLOWED` (405).\n\nThe generations are those of FinHub's documentation, from G1, the oldest, to G6.\n\n| Call | What it does | Generations | Nearest here |\n|---|---|---|---|\n")
	for _, d := range missing {
		about := d.About
		if d.Planned {
			about += " (FinHub only plans it)"
		}
		fmt.Fprintf(b, "| [`%s %s`](%s) | %s | %s | %s |\n", d.Method, d.Path, d.Page, about, strings.Join(d.Generations, ", "), d.Instead)
	}
}

// generation is one of spec/generations.yaml: where a page begins so, it is of it.
type generation struct {
	Name  string `yaml:"name"`
	Pages string `yaml:"pages"`
	About string `yaml:"about"`
}

func readGenerations(root string) (list []generation, err error) {
	text, err := os.ReadFile(filepath.Join(root, "spec/generations.yaml"))
	if err != nil {
		return nil, err
	}
	return list, yaml.Load(text, &list, yaml.WithKnownFields())
}

// generationOf tells of which generation a page is; empty if that is not known.
func generationOf(list []generation, page string) string {
	best := generation{}
	for _, g := range list {
		if strings.HasPrefix(page, g.Pages) && len(g.Pages) > len(best.Pages) {
			best = g
		}
	}
	return best.Name
}

func writeGenerations(b *strings.Builder, list []generation) {
	b.WriteString("\nThe generation of an operation is that of the page that is linked; bodies of other generations are taken beside it. The generations are:\n\n")
	for _, g := range list {
		if g.About != "" {
			fmt.Fprintf(b, "- %s: %s\n", g.Name, g.About)
		}
	}
}
