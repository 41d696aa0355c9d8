// Package contract holds requests and replies to an OpenAPI document: it loads
// the document, lists its operations, and finds every violation in what is sent
// and answered.
//
// It must not know any operation by name, nor decide what a violation means to
// the caller; that is internal/rest's.
package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Formats check the string formats that a document uses beside those of this
// package, by name.
type Formats map[string]func(string) error

// Document is a loaded OpenAPI document.
type Document struct {
	Title   string
	Version string
	// Base is the path of the server: /api/v2.1.
	Base string
	// Operations are in the order of their paths and methods.
	Operations []*Operation
	byID       map[string]*Operation
	doc        *openapi3.T
	filler     filler
	requests   checker
	replies    checker
}

// Load reads a bundled document. It does not validate the document itself, which
// takes longer than everything else at start: tests do that for the documents that
// are shipped.
func Load(bundled []byte, formats Formats) (*Document, error) {
	reduced, err := skeleton(bundled)
	if err != nil {
		return nil, err
	}
	doc, err := decode(reduced)
	if err != nil {
		return nil, fmt.Errorf("read OpenAPI document: %w", err)
	}
	if err := openapi3.NewLoader().ResolveRefsIn(doc, nil); err != nil {
		return nil, fmt.Errorf("resolve OpenAPI document: %w", err)
	}
	d := &Document{Title: doc.Info.Title, Version: doc.Info.Version, byID: map[string]*Operation{}, doc: doc, filler: filler{}}
	if len(doc.Servers) > 0 {
		d.Base = strings.TrimSuffix(doc.Servers[0].URL, "/")
	}
	known := knownFormats(formats)
	d.requests, d.replies = newChecker(known), newChecker(ofAnyYear(known))
	var faults []error
	for _, path := range doc.Paths.InMatchingOrder() {
		item := doc.Paths.Find(path)
		methods := item.Operations()
		for _, method := range slices.Sorted(maps.Keys(methods)) {
			o, err := newOperation(d, path, method, item, methods[method])
			if err != nil {
				faults = append(faults, err)
				continue
			}
			if d.byID[o.ID] != nil {
				faults = append(faults, fmt.Errorf("operation %s stands twice", o.ID))
			}
			d.byID[o.ID] = o
			d.Operations = append(d.Operations, o)
		}
	}
	return d, errors.Join(faults...)
}

// decode reads a document without extensions of the whole or of its components:
// in search of those its own types would decode all of it two times more. The
// loader's reading goes through YAML, also for JSON, and takes several times as
// long.
func decode(text []byte) (*openapi3.T, error) {
	type plain openapi3.T
	type components openapi3.Components
	var read struct {
		plain
		Components *components `json:"components"`
	}
	if err := json.Unmarshal(text, &read); err != nil {
		return nil, err
	}
	doc := openapi3.T(read.plain)
	doc.Components = (*openapi3.Components)(read.Components)
	return &doc, nil
}

// Operation finds an operation by its id, or nil.
func (d *Document) Operation(id string) *Operation { return d.byID[id] }

// Enum lists the values of a named schema, or nil if there is no such schema.
func (d *Document) Enum(schema string) []string {
	ref := d.doc.Components.Schemas[schema]
	if ref == nil || ref.Value == nil {
		return nil
	}
	var values []string
	for _, v := range ref.Value.Enum {
		values = append(values, fmt.Sprint(v))
	}
	return values
}

// URL is the path of an operation with its parameters filled in.
func (o *Operation) URL(params map[string]string) string {
	path := o.Path
	for name, value := range params {
		path = strings.ReplaceAll(path, "{"+name+"}", value)
	}
	return path
}
