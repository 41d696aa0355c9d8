// Package contract holds requests and replies to an OpenAPI document: it loads
// the document, lists its operations, and finds every violation in what is sent
// and answered.
//
// It must not know any operation by name, nor decide what a violation means to
// the caller; that is internal/rest's.
package contract

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
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
	source     *source
}

// Load reads what a bundled document says of its operations, without their bodies
// and values: those are read when the first request comes. What is wrong with
// them panics then; tests see to it that the documents that are shipped are valid.
func Load(bundled []byte, formats Formats) (*Document, error) {
	s, err := newSource(bundled, formats)
	if err != nil {
		return nil, err
	}
	d := &Document{Title: s.Info.Title, Version: s.Info.Version, byID: map[string]*Operation{}, source: s}
	if len(s.Servers) > 0 {
		d.Base = strings.TrimSuffix(s.Servers[0].URL, "/")
	}
	var faults []error
	for _, path := range slices.SortedFunc(maps.Keys(s.Paths), inMatchingOrder) {
		item := s.Paths[path]
		base := d.Base
		if len(item.Servers) > 0 {
			// A few paths of the product stand under an older base of their own.
			base = strings.TrimSuffix(item.Servers[0].URL, "/")
		}
		for _, m := range item.methods() {
			o, err := newOperation(s, item, m, base+path)
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

// inMatchingOrder compares paths as they are looked for: those with fewer
// parameters first.
func inMatchingOrder(a, b string) int {
	return cmp.Or(cmp.Compare(strings.Count(a, "}"), strings.Count(b, "}")), cmp.Compare(b, a))
}

// Operation finds an operation by its id, or nil.
func (d *Document) Operation(id string) *Operation { return d.byID[id] }

// Enum lists the values of a named schema, or nil if there is no such schema.
func (d *Document) Enum(schema string) []string {
	d.source.reading.Lock()
	defer d.source.reading.Unlock()
	named, err := d.source.named(schema)
	if err != nil {
		return nil
	}
	var values []string
	for _, v := range named.Enum {
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
