package main

import (
	"context"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// bundle puts the files of a document into one, with every reference pointing
// into it, and validates the whole, its examples included.
func bundle(files fs.FS, root string) (*openapi3.T, error) {
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
