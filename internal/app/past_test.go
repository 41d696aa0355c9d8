package app_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"finhub-sandbox/spec"
)

// happened are the members of requests that tell when something has happened.
var happened = regexp.MustCompile(`(?i)(birth(date|day)?|dateOfBirth|incorporation(Date)?|issueDate)$`)

// TestWhatHasHappenedLiesInThePast walks the bodies of all requests: whatever
// member tells when somebody was born, incorporated or given a paper is held to
// the tenant's clock.
func TestWhatHasHappenedLiesInThePast(t *testing.T) {
	var document map[string]any
	if err := json.Unmarshal(spec.Product(), &document); err != nil {
		t.Fatal(err)
	}
	w := schemaWalk{document: document, seen: map[string]bool{}}
	found := 0
	w.member = func(at, name string, schema map[string]any) {
		if !happened.MatchString(name) || schema["type"] != "string" || strings.HasPrefix(name, "placeOf") || strings.HasPrefix(name, "countryOf") {
			return
		}
		found++
		if schema["x-past"] != true {
			t.Errorf("%s.%s may lie in the future", at, name)
		}
	}
	for path, item := range document["paths"].(map[string]any) {
		for method, operation := range item.(map[string]any) {
			if o, ok := operation.(map[string]any); ok && o["requestBody"] != nil {
				w.walk(method+" "+path, o["requestBody"])
			}
		}
	}
	if found < 8 {
		t.Errorf("found %d such members only: does this test still read them?", found)
	}
}

// schemaWalk goes through what schemas name, each named one once.
type schemaWalk struct {
	document map[string]any
	seen     map[string]bool
	member   func(at, name string, schema map[string]any)
}

func (w schemaWalk) walk(at string, value any) {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			w.walk(at, item)
		}
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok {
			if !w.seen[ref] {
				w.seen[ref] = true
				w.walk(ref, w.resolve(v))
			}
			return
		}
		if properties, ok := v["properties"].(map[string]any); ok {
			for name, member := range properties {
				w.member(at, name, w.resolve(member.(map[string]any)))
			}
		}
		for name, member := range v {
			if name != "example" && name != "examples" {
				w.walk(at, member)
			}
		}
	}
}

func (w schemaWalk) resolve(schema map[string]any) map[string]any {
	ref, ok := schema["$ref"].(string)
	if !ok {
		return schema
	}
	var value any = w.document
	for part := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		value = value.(map[string]any)[part]
	}
	return w.resolve(value.(map[string]any))
}
