//go:build unix

package store

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// namesOf counts the names of a file.
func namesOf(info fs.FileInfo) uint64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(s.Nlink) //nolint:unconvert // Its type differs from system to system.
	}
	return 1
}

// keepOwner gives a file the owner of another one, if that is allowed.
func keepOwner(f *os.File, as fs.FileInfo) {
	if s, ok := as.Sys().(*syscall.Stat_t); ok {
		_ = f.Chown(int(s.Uid), int(s.Gid)) // Whoever may write a file need not be allowed to give it away.
	}
}

// syncDirectory brings the names in a directory to the disk, where the file
// system knows such a thing.
func syncDirectory(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	return errors.Join(err, d.Close())
}
