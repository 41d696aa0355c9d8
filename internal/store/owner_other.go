//go:build !unix

package store

import (
	"io/fs"
	"os"
)

func namesOf(fs.FileInfo) uint64 { return 1 }

func keepOwner(*os.File, fs.FileInfo) {}

func syncDirectory(string) error { return nil }
