// Package spec embeds the OpenAPI documents: the product's and the control
// API's. The sources are the YAML files beside this one, by resource; go generate
// makes one file of each document, which loads in a fraction of the time.
package spec

import (
	_ "embed"
	"encoding/json"

	"go.yaml.in/yaml/v4"
)

// Product is the product's document as JSON.
//
//go:embed bundled/openapi.json
var Product []byte

// Control is the control API's document as JSON.
//
//go:embed bundled/control.json
var Control []byte

// YAML writes a document as YAML, in the same bytes each time. That takes as long
// as a start, and is only done for who asks.
func YAML(document []byte) ([]byte, error) {
	var tree any
	if err := json.Unmarshal(document, &tree); err != nil {
		return nil, err
	}
	return yaml.Marshal(tree)
}
