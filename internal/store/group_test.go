package store_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"finhub-sandbox/internal/store"
)

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

// group commits a unit of t, whose sync lasts until so many more have come, each of
// which adds a letter to what the one before has left. It gives what they were told,
// in no order.
func group(t *testing.T, s *store.DB, disk *slowDisk, units int) (told []error) {
	t.Helper()
	var all sync.WaitGroup
	var mu sync.Mutex
	came := 0
	run := func() {
		err := s.Update(t.Context(), "t", func(tx store.Tx) error {
			text, _ := tx.Get([]byte("a"))
			tx.Set([]byte("a"), text+"x")
			if came++; came == units+1 {
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
	return told
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

// Units that come while the disk is busy share the next sync.
func TestUnitsShareASync(t *testing.T) {
	disk := slow()
	s := onSlowDisk(t, filepath.Join(t.TempDir(), "state.db"), disk)
	told := group(t, s, disk, 15)
	if err := errors.Join(told...); err != nil {
		t.Fatal(err)
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
			told := group(t, s, disk, units)
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

// looking are those who look at what the disk does not have yet: units that write,
// that do not, and that refuse, and readers.
func looking(t *testing.T, s *store.DB) map[string]func(look func(tx store.Tx)) error {
	update := func(after func(tx store.Tx) error) func(look func(tx store.Tx)) error {
		return func(look func(tx store.Tx)) error {
			return s.Update(t.Context(), "t", func(tx store.Tx) error {
				look(tx)
				return after(tx)
			})
		}
	}
	return map[string]func(look func(tx store.Tx)) error{
		"writes": update(func(tx store.Tx) error { tx.Set([]byte("b"), "1"); return nil }),
		"looks":  update(func(store.Tx) error { return nil }),
		"fails":  update(func(store.Tx) error { return errRefused }),
		"clears": update(func(tx store.Tx) error { tx.Clear(); tx.Set([]byte("b"), "1"); return nil }),
		"reads": func(look func(tx store.Tx)) error {
			return s.View(t.Context(), "t", func(tx store.Tx) error { look(tx); return nil })
		},
	}
}

var errRefused = errors.New("refused")

// Whoever has seen what the disk does not have yet is answered when it has, and told
// if it does not come to that, whatever it says itself.
func TestWhatIsSeenIsKept(t *testing.T) {
	for name := range looking(t, nil) {
		for _, kept := range []bool{true, false} {
			t.Run(fmt.Sprint(name, kept), func(t *testing.T) {
				disk := slow()
				s := onSlowDisk(t, filepath.Join(t.TempDir(), "state.db"), disk)
				if !kept {
					disk.fails[1] = syscall.EIO
				}
				first := make(chan error)
				go func() {
					first <- s.Update(t.Context(), "t", func(tx store.Tx) error {
						tx.Set([]byte("a"), "1")
						tx.SetDue(time.Unix(1, 0))
						return nil
					})
				}()
				<-disk.begun
				err := looking(t, s)[name](func(tx store.Tx) {
					if got := dumpOf(tx); got != "a=1" {
						t.Errorf("it sees %q", got)
					}
					close(disk.letGo)
				})
				if kept && (err != nil && !errors.Is(err, errRefused) || !disk.holds("/a\r\n")) {
					t.Errorf("it is told %v, and the disk has %q", err, disk.synced)
				}
				var unwritten *store.Unwritten
				if !kept && !errors.As(err, &unwritten) {
					t.Errorf("it is told %v", err)
				}
				if err := <-first; (err == nil) != kept {
					t.Errorf("the first is told %v", err)
				}
				if kept {
					return
				}
				if got := dumpTenant(t, s, "t"); got != "" {
					t.Errorf("readers see %q", got)
				}
				if list, err := s.Tenants(t.Context()); len(list) > 0 || err != nil {
					t.Errorf("there are %v: %v", list, err)
				}
			})
		}
	}
}

// Units that are undone leave what was there before them, whatever they have done.
func TestUndoneUnitsLeaveNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	disk := &slowDisk{}
	s := onSlowDisk(t, path, disk)
	for _, err := range []error{
		s.Update(t.Context(), "t", func(tx store.Tx) error {
			tx.Set([]byte("a"), "1")
			tx.Set([]byte("b"), "2")
			tx.SetDue(time.Unix(1, 0))
			return nil
		}),
		s.Update(t.Context(), "gone", func(tx store.Tx) error { tx.Set([]byte("a"), "1"); tx.Clear(); return nil }),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	disk.begun, disk.letGo, disk.syncs = make(chan struct{}), make(chan struct{}), 0
	disk.full = syscall.ENOSPC
	var all sync.WaitGroup
	all.Go(func() { set(t, s, "another", "1") })
	<-disk.begun
	units := []func(tx store.Tx){
		func(tx store.Tx) {
			tx.Set([]byte("a"), "3")
			tx.Set([]byte("a"), "4")
			tx.Delete([]byte("b"))
			tx.SetDue(time.Unix(2, 0))
		},
		func(tx store.Tx) {
			tx.Set([]byte("c"), "4")
			tx.Clear()
			tx.Set([]byte("d"), "5")
			tx.SetDue(time.Unix(3, 0))
		},
		func(tx store.Tx) { tx.Set([]byte("d"), "6"); tx.Set([]byte("d"), "7") },
		func(tx store.Tx) { tx.Clear() },
		func(tx store.Tx) { tx.Set([]byte("e"), "8") },
		func(tx store.Tx) {
			mark := tx.Mark()
			tx.Clear()
			tx.Set([]byte("f"), "9")
			tx.Undo(mark)
			tx.Set([]byte("e"), "0")
		},
	}
	for _, tenant := range []string{"gone", "t"} {
		for i, unit := range units {
			ran := make(chan struct{})
			all.Go(func() {
				err := s.Update(t.Context(), tenant, func(tx store.Tx) error {
					unit(tx)
					close(ran)
					if tenant == "t" && i == len(units)-1 {
						close(disk.letGo)
					}
					return nil
				})
				if unwritten := (*store.Unwritten)(nil); !errors.As(err, &unwritten) {
					t.Errorf("unit %d is told %v", i, err)
				}
			})
			<-ran // Before the next of the tenant runs, it has come into the queue.
		}
	}
	all.Wait()
	disk.full = nil
	for _, when := range []string{"at once", "with more", "opened again"} {
		for tenant, want := range map[string]string{"t": "a=1 b=2", "gone": ""} {
			if got := dumpTenant(t, s, tenant); got != want {
				t.Errorf("%s, %s has %q, want %q", when, tenant, got, want)
			}
		}
		var due []string
		if err := s.Due(t.Context(), func(tenant string, at time.Time) bool {
			due = append(due, fmt.Sprint(tenant, at.Unix()))
			return true
		}); err != nil || fmt.Sprint(due) != "[t1]" {
			t.Errorf("%s, due is %v: %v", when, due, err)
		}
		if when == "with more" {
			_ = s.Close()
			s = open(t, path)
		} else {
			set(t, s, "more", when)
		}
	}
}

// A unit that runs while what it builds on fails, and comes into the queue when that
// is being undone, is not kept either.
func TestAUnitThatComesTooLate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	disk := slow()
	s := onSlowDisk(t, path, disk)
	undone := make(chan struct{})
	disk.full, disk.undone = syscall.ENOSPC, sync.OnceFunc(func() { disk.full = nil; close(undone) })
	var all sync.WaitGroup
	all.Go(func() { set(t, s, "another", "1") })
	<-disk.begun
	write := func(value string, last func()) {
		err := s.Update(t.Context(), "t", func(tx store.Tx) error {
			was, _ := tx.Get([]byte("a"))
			tx.Set([]byte("a"), was+value)
			last()
			return nil
		})
		if unwritten := (*store.Unwritten)(nil); !errors.As(err, &unwritten) {
			t.Errorf("%s is told %v", value, err)
		}
	}
	ran := make(chan struct{})
	all.Go(func() { write("x", func() { close(ran) }) })
	<-ran
	write("y", func() {
		close(disk.letGo)
		<-undone
		for range 100 {
			runtime.Gosched() // Whoever waits for this unit to end does so by now.
		}
	})
	all.Wait()
	if got := dumpTenant(t, s, "t"); got != "" {
		t.Errorf("readers see %q", got)
	}
}
