// Package spec embeds the OpenAPI documents: the product's and the control
// API's. The sources are the YAML files beside this one, by resource; go generate
// makes one file of each document, which loads in a fraction of the time.
package spec

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"io"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"
)

//go:embed bundled/openapi.json.gz
var product []byte

//go:embed bundled/control.json.gz
var control []byte

// Product returns the product's document as JSON, which nobody may change.
var Product = sync.OnceValue(func() []byte { return unpack(product) })

// Control returns the control API's document as JSON, which nobody may change.
var Control = sync.OnceValue(func() []byte { return unpack(control) })

// Secrets are the names under which both documents have secrets (x-secret), as JSON.
//
//go:embed bundled/secrets.json
var Secrets []byte

// unpack returns the text of an embedded document: the documents are a twentieth of
// the binary packed, where they would be the largest thing in it.
func unpack(packed []byte) []byte {
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		panic(err) // the binary itself is damaged
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		panic(err)
	}
	return text
}

// YAML writes a document as YAML, in the same bytes each time. That takes as long
// as a start, and is only done for who asks.
func YAML(document []byte) ([]byte, error) {
	var tree any
	if err := json.Unmarshal(document, &tree); err != nil {
		return nil, err
	}
	return yaml.Marshal(tree)
}

//go:embed documented.yaml
var documented []byte

// Documented is an operation that FinHub documents and the product's document does
// not have.
type Documented struct {
	Method string `yaml:"method" json:"method"`
	// Path is under the base of the product's document.
	Path string `yaml:"path" json:"path"`
	// Generations are those of the documentation that name it, from G1 to G6.
	Generations []string `yaml:"generations" json:"generations"`
	About       string   `yaml:"about" json:"about"`
	Page        string   `yaml:"page" json:"page"`
	// Instead is the operationId of what does the same or comes nearest; empty is none.
	Instead string `yaml:"instead" json:"-"`
	// Planned marks what FinHub itself does not answer yet.
	Planned bool `yaml:"planned" json:"planned,omitempty"`
}

// DocumentedOperations lists what FinHub documents beyond the product's document.
func DocumentedOperations() (list []Documented, err error) {
	return list, yaml.Unmarshal(documented, &list)
}

// Matches reports whether a path, without the base, is the operation's.
func (d Documented) Matches(path string) bool {
	known, sent := strings.Split(d.Path, "/"), strings.Split(path, "/")
	if len(known) != len(sent) {
		return false
	}
	for i := range known {
		if !strings.HasPrefix(known[i], "{") && !strings.EqualFold(known[i], sent[i]) {
			return false
		}
	}
	return true
}
