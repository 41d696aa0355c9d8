package store_test

import (
	"errors"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"finhub-sandbox/internal/store"
)

// failing is a data file on a disk that fails as it is told.
type failing struct {
	store.File
	// room is how many bytes the disk still has; negative is without end.
	room                    int
	write, sync, truncation error
	truncated               int
}

func (f *failing) WriteAt(p []byte, at int64) (int, error) {
	if f.write != nil {
		return 0, f.write
	}
	if f.room >= 0 && len(p) > f.room {
		n, err := f.File.WriteAt(p[:f.room], at)
		return n, errors.Join(err, &pathError{syscall.ENOSPC})
	}
	return f.File.WriteAt(p, at)
}

func (f *failing) Sync() error { return errors.Join(f.File.Sync(), f.sync) }

func (f *failing) Truncate(size int64) error {
	f.truncated++
	return errors.Join(f.File.Truncate(size), f.truncation)
}

// pathError is what the system says, with words around it.
type pathError struct{ syscall.Errno }

func (e *pathError) Error() string { return "write /data/state.db: " + e.Errno.Error() }

func (e *pathError) Unwrap() error { return e.Errno }

// onDisk opens a store on a disk that fails.
func onDisk(t *testing.T, path string, durability store.Durability) (*store.DB, *failing) {
	t.Helper()
	disk := &failing{room: -1}
	s, _, err := store.Open(store.Options{Path: path, Durability: durability, Through: func(f store.File) store.File {
		disk.File = f
		return disk
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, disk
}

// refuseWrite writes and expects a refusal for a reason, with nothing done.
func refuseWrite(t *testing.T, s *store.DB, reason string, broken bool) {
	t.Helper()
	before := dump(t, s)
	err := s.Update(t.Context(), store.Shared, func(tx store.Tx) error {
		tx.Set([]byte("a"), "refused")
		tx.Set([]byte("refused"), "1")
		tx.Delete([]byte("b"))
		return nil
	})
	var unwritten *store.Unwritten
	if !errors.As(err, &unwritten) || !strings.HasPrefix(unwritten.Reason(), reason) || unwritten.Broken != broken {
		t.Fatalf("got %v, want a refusal for %q", err, reason)
	}
	if after := dump(t, s); after != before {
		t.Errorf("a refused commit is seen: %q became %q", before, after)
	}
}

// TestAFullDiskIsRefusedUntilThereIsRoom: wherever within a commit the disk ends,
// the commit is undone, in memory and in the file, and later ones are written.
func TestAFullDiskIsRefusedUntilThereIsRoom(t *testing.T) {
	for _, durability := range []store.Durability{store.Always, store.Second, store.Never} {
		for _, room := range []int{0, 1, 40, 60} {
			path := filepath.Join(t.TempDir(), "state.db")
			s, disk := onDisk(t, path, durability)
			set(t, s, "a", "1", "b", "2")
			whole := size(t, path)
			disk.room = room
			refuseWrite(t, s, "no space left on device", false)
			if got := size(t, path); got != whole {
				t.Errorf("%s, room for %d: %d bytes of the commit are left", durability, room, got-whole)
			}
			if err := s.Ready(); err == nil {
				t.Errorf("%s, room for %d: it is ready", durability, room)
			}
			// A commit that needs no room is none that fails.
			if err := s.Update(t.Context(), store.Shared, func(tx store.Tx) error { tx.Get([]byte("a")); return nil }); err != nil {
				t.Error(err)
			}
			disk.room = -1
			if err := s.Ready(); err != nil {
				t.Errorf("%s: not ready with room again: %v", durability, err)
			}
			if got := size(t, path); got != whole {
				t.Errorf("finding out has left %d bytes", got-whole)
			}
			set(t, s, "c", "3")
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if got := dump(t, open(t, path)); got != "a=1 b=2 c=3" {
				t.Errorf("%s, room for %d: opened again with %q", durability, room, got)
			}
		}
	}
}

// TestAFullDiskIsReadyWhenTheNextCommitHasShownIt, without anybody asking.
func TestAFullDiskIsReadyWhenTheNextCommitHasShownIt(t *testing.T) {
	s, disk := onDisk(t, filepath.Join(t.TempDir(), "state.db"), store.Never)
	disk.room = 3
	refuseWrite(t, s, "no space left on device", false)
	disk.room = -1
	set(t, s, "a", "1")
	disk.room = 0
	if err := s.Ready(); err != nil {
		t.Errorf("a commit was written, and it is not ready: %v", err)
	}
}

// TestAFailedSyncIsNotAcknowledged: what the system could not bring to the disk
// it may have thrown away, and the next sync would succeed. Nothing is written
// until the store is opened again.
func TestAFailedSyncIsNotAcknowledged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s, disk := onDisk(t, path, store.Always)
	set(t, s, "a", "1", "b", "2")
	disk.sync = &pathError{syscall.EIO}
	refuseWrite(t, s, "input/output error; nothing is written any more", true)
	disk.sync = nil
	refuseWrite(t, s, "input/output error; nothing is written any more", true)
	if err := s.Ready(); err == nil {
		t.Error("it is ready")
	}
	if err := s.Close(); err == nil {
		t.Error("it was closed as if all were well")
	}
	if got := dump(t, open(t, path)); got != "a=1 b=2" {
		t.Errorf("opened again with %q", got)
	}
}

// TestAFailedSyncOfTheLastSecond is told to who asked for it, and stops what
// comes after.
func TestAFailedSyncOfTheLastSecond(t *testing.T) {
	s, disk := onDisk(t, filepath.Join(t.TempDir(), "state.db"), store.Second)
	set(t, s, "a", "1")
	if err := s.Sync(); err != nil {
		t.Fatal(err)
	}
	disk.sync = &pathError{syscall.EIO}
	if err := s.Sync(); err != nil {
		t.Errorf("nothing was to be brought to the disk: %v", err)
	}
	set(t, s, "b", "2")
	if err := s.Sync(); err == nil {
		t.Error("a failed sync was said to be well")
	}
	disk.sync = nil
	if err := s.Sync(); err != nil {
		t.Errorf("it was said twice: %v", err)
	}
	refuseWrite(t, s, "input/output error; nothing is written any more", true)
	if got := dump(t, s); got != "a=1 b=2" {
		t.Errorf("readers see %q", got)
	}
}

// TestACommitThatCannotBeUndone: where the end of the file is not known, nothing
// more is written to it.
func TestACommitThatCannotBeUndone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s, disk := onDisk(t, path, store.Never)
	set(t, s, "a", "1", "b", "2")
	disk.room, disk.truncation = 30, &pathError{syscall.EIO}
	refuseWrite(t, s, "", true)
	disk.room, disk.truncation = -1, nil
	refuseWrite(t, s, "", true)
	if err := s.Close(); err == nil {
		t.Error("it was closed as if all were well")
	}
	if got := dump(t, open(t, path)); got != "a=1 b=2" {
		t.Errorf("opened again with %q", got)
	}
}

// TestDurability: Always waits for the disk at each commit, the others do not.
func TestDurability(t *testing.T) {
	for durability, broken := range map[store.Durability]bool{store.Always: true, store.Second: false, store.Never: false} {
		s, disk := onDisk(t, filepath.Join(t.TempDir(), "state.db"), durability)
		disk.sync = syscall.EIO
		err := s.Update(t.Context(), store.Shared, func(tx store.Tx) error { tx.Set([]byte("a"), "1"); return nil })
		if (err != nil) != broken {
			t.Errorf("%s with a disk that fails: %v", durability, err)
		}
		disk.sync = nil
	}
}
