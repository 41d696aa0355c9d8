package store_test

import (
	"bytes"
	"sync"
	"testing"

	"finhub-sandbox/internal/store"
)

// slowDisk is a data file whose first sync lasts until it is let go. It knows what
// was on the disk when a sync ended.
type slowDisk struct {
	store.File
	mu     sync.Mutex
	syncs  int
	synced []byte
	// begun is closed when the first sync has begun, and letGo ends it.
	begun, letGo chan struct{}
	// fails is what a sync gives, by its number, and full what writes give after the
	// first.
	fails map[int]error
	full  error
	// undone is told of what was cut off after a write had failed.
	undone func()
}

func (d *slowDisk) Truncate(size int64) error {
	err := d.File.Truncate(size)
	if d.undone != nil {
		d.undone()
	}
	return err
}

func (d *slowDisk) WriteAt(p []byte, at int64) (int, error) {
	if d.syncs > 0 && d.full != nil {
		return 0, d.full
	}
	return d.File.WriteAt(p, at)
}

func (d *slowDisk) Sync() error {
	d.mu.Lock()
	d.syncs++
	n := d.syncs
	d.mu.Unlock()
	if n == 1 && d.begun != nil {
		close(d.begun)
		<-d.letGo
	}
	text := make([]byte, 1<<20)
	read, _ := d.ReadAt(text, 0)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.synced = text[:read]
	return d.fails[n]
}

// holds reports whether the disk has a text.
func (d *slowDisk) holds(text string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return bytes.Contains(d.synced, []byte(text))
}

// onSlowDisk opens a store on a new data file. The disk is slow from then on.
func onSlowDisk(t *testing.T, path string, disk *slowDisk) *store.DB {
	t.Helper()
	begun, fails := disk.begun, disk.fails
	disk.begun, disk.fails = nil, nil
	s, _, err := store.Open(store.Options{Path: path, Durability: store.Always, Through: func(f store.File) store.File {
		disk.File = f
		return disk
	}})
	if err != nil {
		t.Fatal(err)
	}
	disk.begun, disk.fails, disk.syncs = begun, fails, 0
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func slow() *slowDisk {
	return &slowDisk{begun: make(chan struct{}), letGo: make(chan struct{}), fails: map[int]error{}}
}
