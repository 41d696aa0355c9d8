package spec_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"go.yaml.in/yaml/v4"

	"finhub-sandbox/spec"
)

// TestYAML: a document says the same in YAML, in the same bytes each time.
func TestYAML(t *testing.T) {
	for _, document := range [][]byte{spec.Product(), spec.Control()} {
		text, err := spec.YAML(document)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := spec.YAML(document); err != nil || string(again) != string(text) {
			t.Errorf("the second time it is another text, or %v", err)
		}
		var written any
		if err := yaml.Unmarshal(text, &written); err != nil {
			t.Fatal(err)
		}
		asJSON, err := json.Marshal(written)
		if err != nil {
			t.Fatal(err)
		}
		var got, want any
		if err := json.Unmarshal(asJSON, &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(document, &want); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Error("the YAML says something else than the JSON")
		}
	}
}

// TestNothingIsFilledIn: an optional parameter has no example, since viewers put
// examples in: one who only tries a call would make a customer that is rejected, or
// see a list of what nobody looked for.
func TestNothingIsFilledIn(t *testing.T) {
	optional := 0
	for _, document := range [][]byte{spec.Product(), spec.Control()} {
		var value any
		if err := json.Unmarshal(document, &value); err != nil {
			t.Fatal(err)
		}
		walk(value, func(o map[string]any) {
			_, hasSchema := o["schema"].(map[string]any)
			if in := o["in"]; !hasSchema || in != "header" && in != "query" && in != "cookie" || o["required"] == true {
				return
			}
			optional++
			schema := o["schema"].(map[string]any)
			for _, example := range []any{o["example"], o["examples"], schema["example"]} {
				if example != nil && !reflect.DeepEqual(example, schema["default"]) {
					t.Errorf("the optional %s parameter %s has the example %v", o["in"], o["name"], example)
				}
			}
		})
	}
	if optional < 20 {
		t.Errorf("found %d optional parameters", optional)
	}
}

// walk visits every object of a document.
func walk(value any, visit func(map[string]any)) {
	switch v := value.(type) {
	case map[string]any:
		visit(v)
		for _, member := range v {
			walk(member, visit)
		}
	case []any:
		for _, item := range v {
			walk(item, visit)
		}
	}
}
