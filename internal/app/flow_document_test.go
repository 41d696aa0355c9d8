package app_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"finhub-sandbox/internal/contract"
)

// rawDocument is an OpenAPI document as plain JSON. It is read here without the
// code that the server itself checks with, to find what that code does not look
// for: members of replies that the document does not know.
type rawDocument map[string]any

func readRawDocument(t testing.TB, bundled []byte) rawDocument {
	t.Helper()
	var d rawDocument
	// A format of our own is read as one of OpenAPI's: both say what a text must be.
	if err := json.Unmarshal(bytes.ReplaceAll(bundled, []byte(`"x-format":`), []byte(`"format":`)), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// undocumented lists the members of a reply that the document has nowhere. A
// schema that allows more members must say so with additionalProperties.
func (d rawDocument) undocumented(o *contract.Operation, reply flowReply) []string {
	servers, _ := d["servers"].([]any)
	base, _ := find(servers, "0.url")
	path := strings.TrimPrefix(o.Path, fmt.Sprint(base))
	response := d.at(d["paths"], path, strings.ToLower(o.Method), "responses", strconv.Itoa(reply.status))
	schema := d.at(response, "content", "application/json", "schema")
	if schema == nil {
		return nil
	}
	return d.unknownMembers("", schema, reply.value)
}

// at goes down by names, through references.
func (d rawDocument) at(value any, names ...string) map[string]any {
	object := d.resolve(value)
	for _, name := range names {
		object = d.resolve(object[name])
	}
	return object
}

func (d rawDocument) resolve(value any) map[string]any {
	object, _ := value.(map[string]any)
	for object["$ref"] != nil {
		var target any = map[string]any(d)
		for part := range jsontext.Pointer(strings.TrimPrefix(object["$ref"].(string), "#")).Tokens() {
			parent, _ := target.(map[string]any)
			target = parent[part]
		}
		object, _ = target.(map[string]any)
	}
	return object
}

func (d rawDocument) unknownMembers(at string, schema map[string]any, value any) []string {
	var found []string
	schemas := d.parts(schema)
	switch value := value.(type) {
	case []any:
		for i, item := range value {
			for _, s := range schemas {
				if items := d.resolve(s["items"]); items != nil {
					found = append(found, d.unknownMembers(fmt.Sprintf("%s.%d", at, i), items, item)...)
				}
			}
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			member := strings.TrimPrefix(at+"."+name, ".")
			known, free := d.member(schemas, name)
			if known == nil && !free {
				found = append(found, member)
			}
			if known != nil {
				found = append(found, d.unknownMembers(member, known, value[name])...)
			}
		}
	}
	return found
}

// member joins what all parts of a schema say about a member.
func (d rawDocument) member(schemas []map[string]any, name string) (known map[string]any, free bool) {
	var all []any
	for _, s := range schemas {
		if p := d.at(s["properties"])[name]; p != nil {
			all = append(all, p)
		}
		if more := s["additionalProperties"]; more != nil && more != false {
			free = true
			if d.resolve(more) != nil {
				all = append(all, more)
			}
		}
	}
	if len(all) == 0 {
		return nil, free
	}
	return map[string]any{"allOf": all}, free
}

// parts are a schema and everything that it is put together from.
func (d rawDocument) parts(schema map[string]any) []map[string]any {
	list := []map[string]any{schema}
	for _, join := range []string{"allOf", "anyOf", "oneOf"} {
		parts, _ := schema[join].([]any)
		for _, part := range parts {
			list = append(list, d.parts(d.resolve(part))...)
		}
	}
	return list
}
