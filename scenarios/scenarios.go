// Package scenarios embeds the scenarios that every sandbox has. Beside them
// stands the JSON Schema by which editors complete and check scenario files; go
// generate makes it.
package scenarios

import "embed"

// Files are the scenario files, one each.
//
//go:embed *.yaml
var Files embed.FS
