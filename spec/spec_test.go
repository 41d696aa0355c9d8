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
