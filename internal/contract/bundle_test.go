package contract_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v4"

	"finhub-sandbox/internal/contract"
)

var update = flag.Bool("update", false, "write the bundled documents")

// TestBundledDocumentsAreUpToDate bundles the sources anew and compares. The
// bundled files are what the server embeds, so they must not lag behind.
func TestBundledDocumentsAreUpToDate(t *testing.T) {
	for _, name := range []string{"openapi", "control"} {
		doc, err := contract.Bundle(os.DirFS("../../spec"), name+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		asJSON, err := json.MarshalIndent(doc, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		compare(t, filepath.Join("../../spec/bundled", name+".json"), asJSON)
		var tree any
		if err := json.Unmarshal(asJSON, &tree); err != nil {
			t.Fatal(err)
		}
		small, err := json.Marshal(contract.Skeleton(tree))
		if err != nil {
			t.Fatal(err)
		}
		compare(t, filepath.Join("../../spec/bundled", name+".min.json"), small)
		asYAML, err := yaml.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, filepath.Join("../../spec/bundled", name+".yaml"), asYAML)
	}
}

// TestSourcesNameEachMemberOnce: the loader of the bundle takes the last of two, and
// two people who each add a response under one status would not notice.
func TestSourcesNameEachMemberOnce(t *testing.T) {
	files, err := filepath.Glob("../../spec/*.yaml")
	if err != nil || len(files) < 10 {
		t.Fatalf("found %v, %v", files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var value any
		if err := yaml.Unmarshal(text, &value); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func compare(t *testing.T, path string, want []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the sources make: run go test ./internal/contract -update", path)
	}
}

// TestDocumentsAreValid validates the documents with their examples, which the
// server does not do at start.
func TestDocumentsAreValid(t *testing.T) {
	for _, name := range []string{"openapi", "control"} {
		data, err := os.ReadFile(filepath.Join("../../spec/bundled", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := openapi3.NewLoader().LoadFromData(data)
		if err != nil {
			t.Fatal(err)
		}
		if err := doc.Validate(context.Background(), openapi3.EnableExamplesValidation()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
