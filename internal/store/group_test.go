package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"syscall"
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

// Under Always a unit is on the disk when it is acknowledged, whoever has brought it
// there.
func TestWhatIsAcknowledgedIsOnTheDisk(t *testing.T) {
	disk := &slowDisk{}
	s := onSlowDisk(t, filepath.Join(t.TempDir(), "state.db"), disk)
	var all sync.WaitGroup
	for client := range 8 {
		all.Go(func() {
			for n := range 10 {
				value := fmt.Sprintf("value %d of %d", n, client)
				if err := s.Update(t.Context(), fmt.Sprint("t", client%3), func(tx store.Tx) error {
					tx.Set([]byte(fmt.Sprint(client, "/", n)), value)
					return nil
				}); err != nil {
					t.Error(err)
				}
				if !disk.holds(value) {
					t.Errorf("%s is acknowledged, and not on the disk", value)
				}
			}
		})
	}
	all.Wait()
}

// group commits a=1 in t, whose sync lasts until so many more units of t have come,
// each of which adds a letter to what the one before has left. It gives what they
// were told, in no order, and what readers saw meanwhile.
func group(t *testing.T, s *store.DB, disk *slowDisk, units int) (told []error, seen string) {
	t.Helper()
	var all sync.WaitGroup
	var mu sync.Mutex
	came := 0
	run := func() {
		err := s.Update(t.Context(), "t", func(tx store.Tx) error {
			text, _ := tx.Get([]byte("a"))
			tx.Set([]byte("a"), text+"x")
			if came++; came == units+1 {
				seen = dumpTenant(t, s, "t")
				close(disk.letGo)
			}
			return nil
		})
		mu.Lock()
		defer mu.Unlock()
		told = append(told, err)
	}
	all.Go(run)
	<-disk.begun
	for range units {
		all.Go(run)
	}
	all.Wait()
	return told, seen
}

func dumpTenant(t *testing.T, s *store.DB, tenant string) (text string) {
	t.Helper()
	if err := s.View(t.Context(), tenant, func(tx store.Tx) error {
		text = dumpOf(tx)
		return nil
	}); err != nil {
		t.Error(err)
	}
	return text
}

// Units that come while the disk is busy share the next sync. Readers see none of
// them until then, and do not wait.
func TestUnitsShareASync(t *testing.T) {
	disk := slow()
	s := onSlowDisk(t, filepath.Join(t.TempDir(), "state.db"), disk)
	told, seen := group(t, s, disk, 15)
	if err := errors.Join(told...); err != nil {
		t.Fatal(err)
	}
	if seen != "" {
		t.Errorf("readers saw %q before it was on the disk", seen)
	}
	// The last unit may have come too late for those before it.
	if disk.syncs > 3 {
		t.Errorf("16 units needed %d syncs", disk.syncs)
	}
	if got := dumpTenant(t, s, "t"); got != "a=xxxxxxxxxxxxxxxx" {
		t.Errorf("they came to %q", got)
	}
}

// A sync that fails acknowledges none of those that share it, nor what came after
// them; a write that fails does neither, and later units do not build on them.
func TestAGroupThatFailsHasNotHappened(t *testing.T) {
	const units = 15
	for name, broken := range map[string]bool{"sync": true, "write": false} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state.db")
			disk := slow()
			if broken {
				disk.fails[2] = syscall.EIO
			} else {
				disk.full = syscall.ENOSPC
			}
			s := onSlowDisk(t, path, disk)
			told, _ := group(t, s, disk, units)
			failed := 0
			for _, err := range told {
				var unwritten *store.Unwritten
				if errors.As(err, &unwritten) && unwritten.Broken == broken {
					failed++
				}
			}
			if failed != units {
				t.Errorf("%d of %d units are told: %v", failed, units, told)
			}
			want := "a=x"
			if got := dumpTenant(t, s, "t"); got != want {
				t.Errorf("readers see %q, want %q", got, want)
			}
			disk.full = nil
			if err := s.Update(t.Context(), "t", func(tx store.Tx) error {
				text, _ := tx.Get([]byte("a"))
				tx.Set([]byte("a"), text+"y")
				return nil
			}); err == nil {
				want += "y"
			} else if !broken {
				t.Error(err)
			}
			_ = s.Close()
			if got := dumpTenant(t, open(t, path), "t"); got != want {
				t.Errorf("opened again with %q, want %q", got, want)
			}
		})
	}
}

// Who has seen what turns out not to be kept is told so, whatever it says itself:
// one that writes, one that does not, and one that refuses.
func TestWhatWasNotKeptHasBeenSeenByNobody(t *testing.T) {
	refused := errors.New("refused")
	for name, fn := range map[string]func(tx store.Tx) error{
		"writes": func(tx store.Tx) error { tx.Set([]byte("b"), "1"); return nil },
		"looks":  func(store.Tx) error { return nil },
		"fails":  func(store.Tx) error { return refused },
	} {
		t.Run(name, func(t *testing.T) {
			disk := slow()
			disk.fails[1] = syscall.EIO
			s := onSlowDisk(t, filepath.Join(t.TempDir(), "state.db"), disk)
			var first error
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				first = s.Update(t.Context(), "t", func(tx store.Tx) error { tx.Set([]byte("a"), "1"); return nil })
			}()
			<-disk.begun
			err := s.Update(t.Context(), "t", func(tx store.Tx) error {
				if got := dumpOf(tx); got != "a=1" {
					t.Errorf("it sees %q", got)
				}
				close(disk.letGo)
				<-ended
				return fn(tx)
			})
			var unwritten *store.Unwritten
			if !errors.As(first, &unwritten) || !errors.As(err, &unwritten) {
				t.Errorf("the first is told %v, the second %v", first, err)
			}
			if got := dumpTenant(t, s, "t"); got != "" {
				t.Errorf("readers see %q", got)
			}
		})
	}
}
