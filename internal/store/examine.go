package store

import (
	"errors"
	"fmt"
	"os"
)

// Examined is what a data file holds.
type Examined struct {
	// Format is that in which it was written; Present is the one that it will have
	// when it is opened.
	Format, Present int
	// Commits is the number of whole commits, and Torn are the bytes of one that was
	// never finished, which an opening drops.
	Commits int
	Torn    int64
}

// Examine reads a data file to its end and gives the errors of Open, but neither
// changes it nor makes one. Nobody can open it meanwhile.
func Examine(path string) (found Examined, err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return Examined{}, fmt.Errorf("open data file: %w", err)
	}
	locked, err := lock(f, path)
	if err != nil {
		return Examined{}, err
	}
	if locked == nil {
		return Examined{}, fmt.Errorf("open %s: %w", path, ErrInUse) // Another process has replaced it.
	}
	defer func() { err = errors.Join(err, locked.free()) }()
	in, report, err := locked.load()
	if err != nil {
		return Examined{}, fmt.Errorf("read data file %s: %w", path, err)
	}
	return Examined{Format: in.format, Present: presentFormat, Commits: report.Commits, Torn: report.Dropped}, nil
}
