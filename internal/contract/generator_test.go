package contract_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"finhub-sandbox/spec"
)

// The documents are consumed by programs that make types of them. What these
// tests hold is what such programs stumble over, though a linter does not.

// documentTree is a bundled document as it stands, nothing resolved.
type documentTree map[string]any

// componentKinds are those of which generators make names. They all land in one
// space.
var componentKinds = []string{"schemas", "responses", "parameters", "requestBodies", "headers"}

func documentTrees(t *testing.T) map[string]documentTree {
	t.Helper()
	trees := map[string]documentTree{}
	for name, text := range map[string][]byte{"openapi": spec.Product(), "control": spec.Control()} {
		var tree documentTree
		if err := json.Unmarshal(text, &tree); err != nil {
			t.Fatal(err)
		}
		trees[name] = tree
	}
	return trees
}

func members(node any) map[string]any { m, _ := node.(map[string]any); return m }

func items(node any) []any { l, _ := node.([]any); return l }

func (d documentTree) components(kind string) map[string]any {
	return members(members(d["components"])[kind])
}

// operations gives the operations by their ids.
func (d documentTree) operations() map[string]map[string]any {
	found := map[string]map[string]any{}
	for _, item := range members(d["paths"]) {
		for _, op := range members(item) {
			if id, ok := members(op)["operationId"].(string); ok {
				found[id] = members(op)
			}
		}
	}
	return found
}

// schemaPlace is a schema with where it stands: the name of the component or the
// operation, and the way into it.
type schemaPlace struct {
	root   string
	way    []string
	schema map[string]any
}

func (p schemaPlace) String() string { return strings.Join(append([]string{p.root}, p.way...), ".") }

// named reports whether the schema is a component, under a name of its own.
func (p schemaPlace) named() bool {
	return strings.HasPrefix(p.root, "schemas/") && len(p.way) == 0
}

// extension reports whether the schema is what a component adds to another one.
func (p schemaPlace) extension() bool {
	return strings.HasPrefix(p.root, "schemas/") && len(p.way) == 1 && strings.HasPrefix(p.way[0], "allOf")
}

// places gives every schema of the document, those within others too.
func (d documentTree) places() []schemaPlace {
	var found []schemaPlace
	var enter func(p schemaPlace)
	enter = func(p schemaPlace) {
		if p.schema == nil || p.schema["$ref"] != nil {
			return
		}
		found = append(found, p)
		into := func(step string, node any) {
			enter(schemaPlace{p.root, append(slices.Clone(p.way), step), members(node)})
		}
		for name, member := range members(p.schema["properties"]) {
			into(name, member)
		}
		for _, word := range []string{"allOf", "anyOf", "oneOf"} {
			for i, part := range items(p.schema[word]) {
				into(fmt.Sprint(word, i), part)
			}
		}
		for _, word := range []string{"items", "additionalProperties", "not"} {
			into(word, p.schema[word])
		}
	}
	for name, schema := range d.components("schemas") {
		enter(schemaPlace{"schemas/" + name, nil, members(schema)})
	}
	for root, node := range d.holders() {
		d.contents(root, node, enter)
	}
	return found
}

// holders are the parts of the document in which bodies and parameters stand.
func (d documentTree) holders() map[string]any {
	found := map[string]any{}
	for _, kind := range componentKinds[1:] {
		for name, node := range d.components(kind) {
			found[kind+"/"+name] = node
		}
	}
	for id, op := range d.operations() {
		found[id+"/body"] = op["requestBody"]
		for status, response := range members(op["responses"]) {
			found[id+"/"+status] = response
		}
		for i, p := range items(op["parameters"]) {
			found[fmt.Sprint(id, "/parameter ", i)] = p
		}
	}
	return found
}

func (d documentTree) contents(root string, node any, enter func(schemaPlace)) {
	enter(schemaPlace{root, nil, members(members(node)["schema"])})
	for media, content := range members(members(node)["content"]) {
		enter(schemaPlace{root, []string{media}, members(members(content)["schema"])})
	}
}

// TestNamesAreUnique holds that no two things of which a generator makes a type
// would get one name. Generators have their own ideas of case and of separators,
// and add words for what a request and a reply consist of.
func TestNamesAreUnique(t *testing.T) {
	for name, d := range documentTrees(t) {
		t.Run(name, func(t *testing.T) {
			claims := map[string]string{}
			claim := func(name, what string) {
				key := strings.ToLower(strings.NewReplacer("_", "", "-", "", ".", "").Replace(name))
				if other := claims[key]; other != "" && other != what {
					t.Errorf("%s is the name of %s and of %s", name, other, what)
				}
				claims[key] = what
			}
			for _, kind := range componentKinds {
				for name := range d.components(kind) {
					what := kind + "/" + name
					claim(name, what)
					for _, word := range []string{"Request", "RequestBody", "JSONRequestBody", "Response", "JSONResponse", "Params", "Parameter"} {
						claim(name+word, what)
					}
				}
			}
			for id := range d.operations() {
				for _, word := range []string{"Request", "Body", "JSONBody", "JSONRequestBody", "Response", "Params"} {
					claim(id+word, "operation "+id)
				}
				claim("New"+id+"Request", "operation "+id)
			}
			// A list of words within a schema gets the name of its place.
			for _, p := range d.places() {
				if p.schema["enum"] != nil && !p.named() {
					claim(placeName(p), p.root)
				}
			}
		})
	}
}

// placeName is the name that generators give to a schema without one.
func placeName(p schemaPlace) string {
	name := p.root[strings.LastIndexByte(p.root, '/')+1:]
	for _, step := range p.way {
		if !strings.HasPrefix(step, "allOf") && step != "items" {
			name += step
		}
	}
	return name
}

// TestUnionsAreNamed holds that a union and each of its variants has a name: of an
// unnamed one generators make a type that cannot be filled, and which is sent as {}.
func TestUnionsAreNamed(t *testing.T) {
	for name, d := range documentTrees(t) {
		for _, p := range d.places() {
			variants := slices.Concat(items(p.schema["anyOf"]), items(p.schema["oneOf"]))
			if len(variants) > 0 && !p.named() {
				t.Errorf("%s: the union %s has no name", name, p)
			}
			for i, v := range variants {
				// A variant that only says what must be there makes no type.
				if v := members(v); v["$ref"] == nil && (len(v) != 1 || v["required"] == nil) {
					t.Errorf("%s: variant %d of %s has no name", name, i, p)
				}
			}
		}
	}
}

// TestObjectsAreNamed holds that an object with members of its own has a name, or
// is what a named one adds to another.
func TestObjectsAreNamed(t *testing.T) {
	for name, d := range documentTrees(t) {
		for _, p := range d.places() {
			if p.schema["properties"] != nil && !p.named() && !p.extension() {
				t.Errorf("%s: the object %s has no name", name, p)
			}
		}
	}
}

// TestPartsStandAlone holds that a schema which is put together of parts has nothing
// beside them: what stands beside allOf is lost where the schema is itself a part.
func TestPartsStandAlone(t *testing.T) {
	for name, d := range documentTrees(t) {
		for _, p := range d.places() {
			for _, word := range []string{"allOf", "anyOf", "oneOf"} {
				if p.schema[word] != nil && (p.schema["properties"] != nil || p.schema["required"] != nil) {
					t.Errorf("%s: %s has members beside %s", name, p, word)
				}
			}
		}
	}
}

// TestSchemasDoNotContainThemselves holds that there are no cycles: of those,
// generators of examples and of collections never come back.
func TestSchemasDoNotContainThemselves(t *testing.T) {
	for name, d := range documentTrees(t) {
		schemas := d.components("schemas")
		done := map[string]bool{}
		var enter func(schema string, way []string)
		enter = func(schema string, way []string) {
			if slices.Contains(way, schema) {
				t.Errorf("%s: %s contains itself: %s", name, schema, strings.Join(way, " > "))
			}
			if done[schema] {
				return
			}
			done[schema] = true
			for _, ref := range references(schemas[schema]) {
				enter(ref, append(way, schema))
			}
		}
		for _, schema := range slices.Sorted(maps.Keys(schemas)) {
			enter(schema, nil)
		}
	}
}

// references gives the names of the schemas that a node refers to.
func references(node any) []string {
	var found []string
	switch n := node.(type) {
	case map[string]any:
		if ref, ok := n["$ref"].(string); ok {
			return []string{strings.TrimPrefix(ref, "#/components/schemas/")}
		}
		for name, value := range n {
			if name != "example" {
				found = append(found, references(value)...)
			}
		}
	case []any:
		for _, value := range n {
			found = append(found, references(value)...)
		}
	}
	slices.Sort(found)
	return found
}

// TestRepliesHaveSchemasOfTheirOwn holds that each success reply of the product has
// a named schema, in which data is required where it is described: else a
// client has to ask whether it is there.
func TestRepliesHaveSchemasOfTheirOwn(t *testing.T) {
	d := documentTrees(t)["openapi"]
	for id, op := range d.operations() {
		for status, response := range members(op["responses"]) {
			if ref, ok := members(response)["$ref"].(string); ok {
				response = d.components("responses")[strings.TrimPrefix(ref, "#/components/responses/")]
			}
			content := members(members(response)["content"])
			if status >= "300" || len(content) == 0 {
				continue
			}
			refs := references(members(content["application/json"])["schema"])
			if len(refs) != 1 {
				t.Errorf("%s %s: the reply's schema has no name", id, status)
				continue
			}
			if !requiresData(members(d.components("schemas")[refs[0]])) {
				t.Errorf("%s %s: %s does not require the data that it describes", id, status, refs[0])
			}
		}
	}
}

func requiresData(schema map[string]any) bool {
	return slices.ContainsFunc(items(schema["allOf"]), func(part any) bool {
		p := members(part)
		return members(p["properties"])["data"] != nil && slices.Contains(items(p["required"]), any("data"))
	})
}

// openFormats are those that every validator knows. Strict ones refuse a
// schema with another, so that our own are written as x-format.
var openFormats = []string{"date", "date-time", "email", "uri", "uuid", "int32", "int64", "double"}

// TestFormatsAreKnownAndWide holds that there is no format of our own, and that
// numbers are as wide as what they carry: without a format, generators make a float
// of 32 bits of a number, and many an integer of 32 bits of an integer.
func TestFormatsAreKnownAndWide(t *testing.T) {
	for name, d := range documentTrees(t) {
		for _, p := range d.places() {
			format, _ := p.schema["format"].(string)
			if format != "" && !slices.Contains(openFormats, format) {
				t.Errorf("%s: %s has the format %s, which is our own", name, p, format)
			}
			if step, ok := p.schema["multipleOf"].(float64); ok && step != math.Trunc(step) {
				t.Errorf("%s: %s has steps of %v, which validators get wrong: it must be x-multiple-of", name, p, step)
			}
			most, _ := p.schema["maximum"].(float64)
			switch {
			case p.schema["type"] == "number" && format != "double":
				t.Errorf("%s: the number %s is not a double", name, p)
			case p.schema["type"] == "integer" && most > math.MaxInt32 && format != "int64":
				t.Errorf("%s: the integer %s has 32 bits and goes up to %.0f", name, p, most)
			}
		}
	}
}

// TestNullsAndDefaultsFit holds that a list of words with null is nullable, that a
// default is one of the schema's values, and that operations have ids which are
// names in every language.
func TestNullsAndDefaultsFit(t *testing.T) {
	kinds := map[string]func(any) bool{
		"string":  func(v any) bool { _, ok := v.(string); return ok },
		"boolean": func(v any) bool { _, ok := v.(bool); return ok },
		"number":  func(v any) bool { _, ok := v.(float64); return ok },
		"integer": func(v any) bool { n, ok := v.(float64); return ok && n == math.Trunc(n) },
	}
	for name, d := range documentTrees(t) {
		for _, p := range d.places() {
			words := items(p.schema["enum"])
			if slices.Contains(words, nil) != (len(words) > 0 && p.schema["nullable"] == true) {
				t.Errorf("%s: %s is nullable or has null among its words, and not both", name, p)
			}
			value, given := p.schema["default"]
			kind, _ := p.schema["type"].(string)
			if given && (kinds[kind] == nil || !kinds[kind](value) || len(words) > 0 && !slices.Contains(words, value)) {
				t.Errorf("%s: the default of %s is %v", name, p, value)
			}
		}
		for id := range d.operations() {
			if !regexp.MustCompile("^[a-z][A-Za-z0-9]*$").MatchString(id) {
				t.Errorf("%s: %s is no name", name, id)
			}
		}
	}
}

// TestReferencesStandAlone holds that a reference has nothing beside it: OpenAPI 3.0
// says that it is not looked at, and generators differ about it.
func TestReferencesStandAlone(t *testing.T) {
	var look func(t *testing.T, at string, node any)
	look = func(t *testing.T, at string, node any) {
		switch n := node.(type) {
		case map[string]any:
			if n["$ref"] != nil && len(n) > 1 {
				t.Errorf("%s has members beside its reference", at)
			}
			for name, value := range n {
				look(t, at+"."+name, value)
			}
		case []any:
			for i, value := range n {
				look(t, fmt.Sprint(at, ".", i), value)
			}
		}
	}
	for name, d := range documentTrees(t) {
		look(t, name, map[string]any(d))
	}
}

// TestGatewaysRepliesAreDocumented holds that every operation of the product, each of
// into which a scenario can inject faults, has the replies of gateways: a typed client meets
// them, and has to tell them from refusals.
func TestGatewaysRepliesAreDocumented(t *testing.T) {
	for id, op := range documentTrees(t)["openapi"].operations() {
		for _, status := range []string{"502", "503", "504"} {
			if members(op["responses"])[status] == nil {
				t.Errorf("%s has no reply %s", id, status)
			}
		}
	}
}

// TestSuccessRepliesAreConcrete holds that no member of a success reply is now a
// number and now a text: requests may have it so, for the sake of older clients.
func TestSuccessRepliesAreConcrete(t *testing.T) {
	d := documentTrees(t)["openapi"]
	schemas, seen := d.components("schemas"), map[string]bool{}
	var enter func(name string)
	enter = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		kinds := map[any]bool{}
		for _, variant := range items(members(schemas[name])["anyOf"]) {
			for _, ref := range references(variant) {
				kinds[members(schemas[ref])["type"]] = true
			}
		}
		if kinds["string"] && (kinds["number"] || kinds["integer"]) {
			t.Errorf("%s is a number or a text, and stands in a reply", name)
		}
		for _, ref := range references(schemas[name]) {
			enter(ref)
		}
	}
	for _, op := range d.operations() {
		for status, response := range members(op["responses"]) {
			if ref, ok := members(response)["$ref"].(string); ok {
				response = d.components("responses")[strings.TrimPrefix(ref, "#/components/responses/")]
			}
			if status < "300" {
				for _, ref := range references(members(response)["content"]) {
					if schemas[ref] != nil {
						enter(ref)
					}
				}
			}
		}
	}
	if len(seen) < 50 {
		t.Errorf("only %d schemas stand in replies", len(seen))
	}
}
