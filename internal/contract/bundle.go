package contract

import (
	"context"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Bundle puts the files of a document into one, with every reference pointing
// into it, and validates the whole, its examples included.
func Bundle(files fs.FS, root string) (*openapi3.T, error) {
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = true
	loader.ReadFromURIFunc = func(_ *openapi3.Loader, location *url.URL) ([]byte, error) {
		return fs.ReadFile(files, strings.TrimPrefix(location.Path, "/"))
	}
	doc, err := loader.LoadFromURI(&url.URL{Path: root})
	if err != nil {
		return nil, fmt.Errorf("bundle %s: %w", root, err)
	}
	taken := map[string]string{}
	var clashes []string
	doc.InternalizeRefs(context.Background(), func(_ *openapi3.T, ref openapi3.ComponentRef) string {
		name := path.Base(ref.RefString())
		if other, ok := taken[ref.CollectionName()+name]; ok && other != ref.RefPath().String() {
			clashes = append(clashes, fmt.Sprintf("%s stands in %s and in %s", name, other, ref.RefPath()))
		}
		taken[ref.CollectionName()+name] = ref.RefPath().String()
		return name
	})
	for p, item := range doc.Paths.Map() {
		item.Ref = ""
		doc.Paths.Set(p, item)
	}
	if len(clashes) > 0 {
		return nil, fmt.Errorf("bundle %s: %s", root, strings.Join(clashes, "; "))
	}
	return doc, nil
}

// Skeleton reduces a decoded document to what checking needs: prose goes, and of
// the examples only the names stay. It loads in a fraction of the time. Formats of
// our own, which the document has as x-format since other programs refuse a format
// that they do not know, become formats; and so do steps of decimals (x-multiple-of),
// since others divide binary fractions, by which 1.1 is no multiple of 0.01.
func Skeleton(node any) any { return skeleton(node, false) }

// skeleton keeps the members of a schema's properties whatever they are called:
// there a description is a member of its own.
func skeleton(node any, named bool) any {
	switch n := node.(type) {
	case map[string]any:
		reduced := map[string]any{}
		for name, value := range n {
			switch {
			case named:
				reduced[name] = skeleton(value, false)
			case name == "description" || name == "externalDocs" || name == "example" || name == "tags":
			case name == "format" && (value == "int64" || value == "double"):
				// The width is a generator's business: a bound of the schema says more.
			case name == "x-format":
				reduced["format"] = value
			case name == "x-multiple-of":
				reduced["multipleOf"] = value
			case name == "examples":
				reduced[name] = exampleNames(value)
			default:
				reduced[name] = skeleton(value, name == "properties")
			}
		}
		return withResponseTexts(reduced)
	case []any:
		list := make([]any, len(n))
		for i, value := range n {
			list[i] = skeleton(value, false)
		}
		return list
	}
	return node
}

func exampleNames(examples any) any {
	names := map[string]any{}
	if m, ok := examples.(map[string]any); ok {
		for name := range m {
			names[name] = map[string]any{}
		}
	}
	return names
}

// withResponseTexts gives responses back the member without which they cannot
// be loaded.
func withResponseTexts(node map[string]any) map[string]any {
	if responses, ok := node["responses"].(map[string]any); ok {
		for _, response := range responses {
			if r, ok := response.(map[string]any); ok && r["$ref"] == nil {
				r["description"] = ""
			}
		}
	}
	return node
}
