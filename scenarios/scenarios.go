// Package scenarios embeds the scenarios that every sandbox has, and the JSON
// Schema of all scenario files, which the test of internal/scenario writes (run
// it with -update).
package scenarios

import "embed"

// Files are the scenario files, one each.
//
//go:embed *.yaml
var Files embed.FS

// Schema is the JSON Schema by which editors complete and check scenario files.
//
//go:embed scenario.schema.json
var Schema []byte
