//go:build linux || darwin || freebsd

package doctor

import (
	"io/fs"
	"syscall"
)

// writable reports whether files can be made in a directory: the system knows of users,
// groups and what is mounted to be read only.
func writable(dir string, _ fs.FileInfo) bool {
	const write, search = 2, 1
	return syscall.Access(dir, write|search) == nil
}
