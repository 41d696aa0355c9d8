package app_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"finhub-sandbox/spec"
)

// memberDocument is a document seen as the members that a client can send.
type memberDocument struct {
	raw        rawDocument
	operations []memberOperation
}

// memberOperation is an operation with everything that its requests can have.
type memberOperation struct {
	id, method, path string
	pathParams       []string
	// params are the parameters in query and header.
	params []memberParam
	// families are the forms of the body, by name.
	families []memberFamily
	members  []member
}

type memberParam struct {
	in, name string
	schema   map[string]any
}

type memberFamily struct {
	name   string
	schema map[string]any
}

// member is one member of one family of bodies.
type member struct {
	family string
	// at is its place, with [] for the items of a list: owners.[].firstName.
	at     string
	schema map[string]any
	// required says that the object in which it stands demands it.
	required bool
}

func memberDocuments(t testing.TB) []memberDocument {
	t.Helper()
	var list []memberDocument
	for _, bundled := range [][]byte{spec.Product(), spec.Control()} {
		raw := readRawDocument(t, bundled)
		list = append(list, memberDocument{raw, raw.memberOperations()})
	}
	return list
}

func (d rawDocument) memberOperations() []memberOperation {
	var list []memberOperation
	paths := d.at(d["paths"])
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		item := d.resolve(paths[path])
		for _, method := range []string{"get", "post", "put", "patch", "delete"} {
			if op := d.resolve(item[method]); op != nil {
				list = append(list, d.memberOperation(method, path, item, op))
			}
		}
	}
	return list
}

func (d rawDocument) memberOperation(method, path string, item, op map[string]any) memberOperation {
	o := memberOperation{method: strings.ToUpper(method), path: path}
	o.id, _ = op["operationId"].(string)
	for _, of := range []map[string]any{item, op} {
		params, _ := of["parameters"].([]any)
		for _, p := range params {
			p := d.resolve(p)
			in, name := p["in"].(string), p["name"].(string)
			if in == "path" {
				o.pathParams = append(o.pathParams, name)
				continue
			}
			o.params = append(o.params, memberParam{in, name, d.resolve(p["schema"])})
		}
	}
	if op["x-own-body"] != true { // What such an operation reads has tests of its own: TestImportTellsWhatIsWrong.
		o.families = d.bodyFamilies(op)
	}
	for _, f := range o.families {
		w := memberWalk{d: d, family: f.name, seen: map[string]bool{}, within: map[string]bool{}}
		w.schema("", f.schema, nil)
		o.members = append(o.members, w.found...)
	}
	return o
}

// bodyFamilies are the forms of an operation's JSON body, by their names.
func (d rawDocument) bodyFamilies(op map[string]any) []memberFamily {
	schema := d.at(op["requestBody"], "content", "application/json")["schema"]
	if schema == nil {
		return nil
	}
	alternatives, _ := d.resolve(schema)["anyOf"].([]any)
	if alternatives == nil {
		alternatives = []any{schema}
	}
	var list []memberFamily
	for _, a := range alternatives {
		name, _ := a.(map[string]any)["$ref"].(string)
		list = append(list, memberFamily{name[strings.LastIndexByte(name, '/')+1:], d.resolve(a)})
	}
	return list
}

// memberWalk gathers the members of a family.
type memberWalk struct {
	d      rawDocument
	family string
	found  []member
	// seen are the places that have been found: parts of a schema may repeat them.
	seen map[string]bool
	// within are the schemas in which the walk is: one that contains itself is not
	// entered again.
	within map[string]bool
}

func (w *memberWalk) schema(at string, schema map[string]any, required []string) {
	parts := w.d.parts(schema)
	for _, part := range parts {
		id := fmt.Sprintf("%p", part)
		if w.within[id] {
			return
		}
		w.within[id] = true
		defer delete(w.within, id)
	}
	for _, part := range parts {
		names, _ := part["required"].([]any)
		for _, name := range names {
			required = append(required, name.(string))
		}
	}
	for _, part := range parts {
		members := w.d.at(part["properties"])
		for _, name := range slices.Sorted(maps.Keys(members)) {
			w.member(strings.TrimPrefix(at+"."+name, "."), members[name], slices.Contains(required, name))
		}
		if items := part["items"]; items != nil {
			w.member(strings.TrimPrefix(at+".[]", "."), items, false)
		}
	}
}

func (w *memberWalk) member(at string, node any, required bool) {
	schema := w.d.resolve(node)
	if !w.seen[at] {
		w.found = append(w.found, member{w.family, at, schema, required})
	}
	w.seen[at] = true
	w.schema(at, schema, nil)
}

// TestNamesOfOneValueExist finds names in x-same that no body has.
func TestNamesOfOneValueExist(t *testing.T) {
	found := 0
	for _, d := range memberDocuments(t) {
		for _, o := range d.operations {
			for _, f := range o.families {
				for _, group := range asList(f.schema["x-same"]) {
					for _, name := range asList(group) {
						found++
						known := slices.ContainsFunc(o.members, func(m member) bool { return m.at == name })
						if !known {
							t.Errorf("%s: x-same of %s names %v, which no body of the operation has", o.id, f.name, name)
						}
					}
				}
			}
		}
	}
	if found < 50 {
		t.Errorf("found %d names only: does this test still read them?", found)
	}
}
