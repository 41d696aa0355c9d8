package main

import (
	"encoding/json"
	"net/url"
	"os"
	"regexp"
	"slices"
	"testing"

	"finhub-sandbox/spec"
)

// TestReadmeLinksIntoTheDocuments follows the links of docs/lives.md into the viewer:
// each names a tag and an operation, and the document must have both together.
func TestReadmeLinksIntoTheDocuments(t *testing.T) {
	text, err := os.ReadFile("../../docs/lives.md")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(spec.Product(), &document); err != nil {
		t.Fatal(err)
	}
	tags := map[string][]string{}
	for _, item := range document.Paths {
		for _, raw := range item {
			var operation struct {
				OperationID string
				Tags        []string
			}
			if json.Unmarshal(raw, &operation) == nil {
				tags[operation.OperationID] = operation.Tags
			}
		}
	}
	links := regexp.MustCompile(`/_sandbox/docs#/([^/)]+)/([A-Za-z]+)\)`).FindAllStringSubmatch(string(text), -1)
	if len(links) < 7 {
		t.Fatalf("docs/lives.md links to %d operations; an individual's life alone has seven phases", len(links))
	}
	for _, link := range links {
		tag, err := url.PathUnescape(link[1])
		if err != nil || !slices.Contains(tags[link[2]], tag) {
			t.Errorf("docs/lives.md links to %s under %q; the document has it under %q", link[2], tag, tags[link[2]])
		}
	}
}

// TestReadmePictures: the pictures of the README are there, described, and small.
func TestReadmePictures(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	pictures := regexp.MustCompile(`<img src="([^"]+)" width="32%" alt="[^"]{20,}">`).FindAllStringSubmatch(string(text), -1)
	if len(pictures) != 3 {
		t.Fatalf("there are %d pictures", len(pictures))
	}
	for _, p := range pictures {
		if file, err := os.Stat("../../" + p[1]); err != nil || file.Size() > 100_000 {
			t.Errorf("%s: %v, or it is large", p[1], err)
		}
	}
}
