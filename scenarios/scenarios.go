// Package scenarios embeds the scenarios that every sandbox has.
package scenarios

import "embed"

// Files are the scenario files, one each.
//
//go:embed *.yaml
var Files embed.FS
