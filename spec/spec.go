// Package spec embeds the OpenAPI documents: the product's and the control
// API's. The sources are the YAML files beside this one, by resource; what is
// embedded is made of them by the test of internal/contract (run it with
// -update), since one bundled file loads in a fraction of the time.
package spec

import _ "embed"

// ProductSkeleton is the product's document without prose and examples: what
// messages are checked against.
//
//go:embed bundled/openapi.min.json
var ProductSkeleton []byte

// ControlSkeleton is the same of the control API's document.
//
//go:embed bundled/control.min.json
var ControlSkeleton []byte

// Product is the product's document as JSON.
//
//go:embed bundled/openapi.json
var Product []byte

// ProductYAML is the product's document as YAML.
//
//go:embed bundled/openapi.yaml
var ProductYAML []byte

// Control is the control API's document as JSON.
//
//go:embed bundled/control.json
var Control []byte

// ControlYAML is the control API's document as YAML.
//
//go:embed bundled/control.yaml
var ControlYAML []byte
