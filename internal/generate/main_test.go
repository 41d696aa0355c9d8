package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v4"
)

const root = "../.."

// TestGeneratedFilesAreUpToDate makes every generated file anew and compares: the
// server embeds them, so they must not lag behind.
func TestGeneratedFilesAreUpToDate(t *testing.T) {
	made, err := files(root)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range made {
		got, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if !same(name, got, want) {
			t.Errorf("%s is not what its sources make: run go generate ./...", name)
		}
	}
}

// TestSourcesNameEachMemberOnce: the loader of the bundle takes the last of two, and
// two people who each add a response under one status would not notice.
func TestSourcesNameEachMemberOnce(t *testing.T) {
	sources, err := filepath.Glob(filepath.Join(root, "spec/*.yaml"))
	if err != nil || len(sources) < 10 {
		t.Fatalf("found %v, %v", sources, err)
	}
	for _, file := range sources {
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

// TestDocumentsAreValid validates the documents with their examples, which the
// server does not do at start.
func TestDocumentsAreValid(t *testing.T) {
	for _, name := range []string{"openapi", "control"} {
		data, err := os.ReadFile(filepath.Join(root, "spec/bundled", name+".json"))
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
