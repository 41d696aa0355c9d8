//go:build !linux && !darwin && !freebsd

package doctor

import "io/fs"

// writable reports whether files can be made in a directory, as far as its mode says.
func writable(_ string, info fs.FileInfo) bool { return info.Mode().Perm()&0o200 != 0 }
