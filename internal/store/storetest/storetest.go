// Package storetest holds an implementation of store.Store to its contract, as
// testing/fstest does with a file system.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"finhub-sandbox/internal/store"
)

// Open gives an empty store. What reopen gives is what another process would find
// after the store was closed; it is nil for one that does not persist.
type Open func(t *testing.T) (s store.Store, reopen func() store.Store)

// Run holds the stores that open gives to the contract.
func Run(t *testing.T, open Open) {
	for _, test := range []struct {
		name string
		run  func(*bench)
	}{
		{"rows are read as they were written last", rows},
		{"ranges are in order and end before their end", ranges},
		{"an error leaves nothing", anError},
		{"a panic leaves nothing and goes on", aPanic},
		{"a view cannot write", aView},
		{"a context that has ended", endedContext},
		{"a state is consistent and units of one tenant are serial", concurrency},
		{"nobody waits for another tenant", apart},
		{"tenants are apart", tenants},
		{"tenants are listed while they are there", listed},
		{"clearing empties one tenant", clearing},
		{"clearing empties a large tenant", clearingMany},
		{"a frozen tenant stays as it was", freezing},
		{"a frozen tenant has nothing of what is not kept", freezingWhatIsNotKept},
		{"a frozen tenant is read while others write", freezingMany},
		{"a copy is taken as it was frozen", taking},
		{"a copy is taken once, and undone as all else", takingOnce},
		{"a copy of what is not there any more", takingWhatIsGone},
		{"copies of copies", takingByChance},
		{"copies are taken while others write", takingWhileOthersWrite},
		{"due instants are in order", due},
		{"undo takes back to a mark", undo},
		{"marks nest", nested},
		{"undo takes back clearing and due instants", undoOfTenants},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := &bench{T: t}
			b.store, b.reopen = open(t)
			test.run(b)
		})
	}
}

// bench is a store under test.
type bench struct {
	*testing.T
	store  store.Store
	reopen func() store.Store
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// update commits what fn does in a tenant.
func (b *bench) update(tenant string, fn func(tx store.Tx)) {
	b.Helper()
	b.must(b.store.Update(b.Context(), tenant, func(tx store.Tx) error {
		fn(tx)
		return nil
	}))
}

// set writes rows, each as key=value.
func (b *bench) set(tenant string, rows ...string) {
	b.Helper()
	b.update(tenant, func(tx store.Tx) { write(tx, rows...) })
}

func write(tx store.Tx, rows ...string) {
	for _, row := range rows {
		key, value, _ := strings.Cut(row, "=")
		tx.Set([]byte(key), value)
	}
}

// read gives the rows that a transaction sees from a key up to another.
func read(tx store.Tx, from, to []byte) string {
	var list []string
	tx.Range(from, to, func(key []byte, value string) bool {
		list = append(list, string(key)+"="+value)
		return true
	})
	return strings.Join(list, " ")
}

// has checks all rows of a tenant, now and, if the store persists, when it is
// opened again.
func (b *bench) has(tenant, want string) {
	b.Helper()
	for range 2 {
		b.reads(tenant, want)
		if b.reopen == nil {
			return
		}
		b.store = b.reopen()
	}
}

func rows(b *bench) {
	b.set("t", "b=2", "a=1", "c=3", "=nothing", "\x00\xff=\xff\x00\n")
	b.update("t", func(tx store.Tx) {
		key := []byte("a")
		tx.Set(key, "4")
		key[0] = 'z' // A key that is given is not kept.
		if value, ok := tx.Get([]byte("a")); !ok || value != "4" {
			b.Errorf("what was written is read as %q, %t", value, ok)
		}
		tx.Delete([]byte("b"))
		tx.Delete([]byte("absent"))
		if value, ok := tx.Get([]byte("b")); ok {
			b.Errorf("what was deleted is %q", value)
		}
	})
	b.has("t", "=nothing \x00\xff=\xff\x00\n a=4 c=3")
}

func ranges(b *bench) {
	b.set("t", "b=1", "ba=2", "b\xff=3", "c=4", "\xff\xff=5", "a=0")
	b.must(b.store.View(b.Context(), "t", func(tx store.Tx) error {
		for _, c := range []struct{ from, to, want string }{
			{"", "b", "a=0"},
			{"b", "c", "b=1 ba=2 b\xff=3"},
			{"b", string(store.PrefixEnd([]byte("b"))), "b=1 ba=2 b\xff=3"},
			{"b\x00", "c\x00", "ba=2 b\xff=3 c=4"},
			{"c", "c", ""},
			{"c", "b", ""},
		} {
			if got := read(tx, []byte(c.from), []byte(c.to)); got != c.want {
				b.Errorf("from %q to %q there is %q, want %q", c.from, c.to, got, c.want)
			}
		}
		if got := read(tx, []byte("c"), nil); got != "c=4 \xff\xff=5" {
			b.Errorf("from c to the end there is %q", got)
		}
		visited := 0
		tx.Range(nil, nil, func([]byte, string) bool { visited++; return visited < 2 })
		if visited != 2 {
			b.Errorf("%d rows are visited, and 2 were wanted", visited)
		}
		return nil
	}))
}

func anError(b *bench) {
	b.set("t", "a=1")
	cause := errors.New("no")
	err := b.store.Update(b.Context(), "t", func(tx store.Tx) error {
		spoil(tx)
		return cause
	})
	if !errors.Is(err, cause) {
		b.Errorf("got %v", err)
	}
	b.unspoilt()
}

func aPanic(b *bench) {
	b.set("t", "a=1")
	func() {
		defer func() {
			if got := recover(); got != "broken" {
				b.Errorf("recovered %v, want the panic of the transaction", got)
			}
		}()
		_ = b.store.Update(b.Context(), "t", func(tx store.Tx) error {
			spoil(tx)
			panic("broken")
		})
	}()
	b.unspoilt()
}

// spoil does everything that a transaction can.
func spoil(tx store.Tx) {
	write(tx, "a=2", "b=2")
	tx.SetDue(time.Unix(1, 0))
	tx.Delete([]byte("a"))
	tx.Clear()
	write(tx, "c=3")
	tx.SetDue(time.Unix(2, 0))
}

func (b *bench) unspoilt() {
	b.Helper()
	b.has("t", "a=1")
	b.isDue()
	b.set("t", "d=4")
	b.has("t", "a=1 d=4")
}

func aView(b *bench) {
	b.set("t", "a=1")
	copied := b.copied("t")
	for what, write := range map[string]func(tx store.Tx){
		"set":    func(tx store.Tx) { tx.Set([]byte("a"), "2") },
		"delete": func(tx store.Tx) { tx.Delete([]byte("a")) },
		"due":    func(tx store.Tx) { tx.SetDue(time.Unix(1, 0)) },
		"clear":  func(tx store.Tx) { tx.Clear() },
		"take":   func(tx store.Tx) { tx.Take(copied) },
	} {
		if err := b.store.View(b.Context(), "t", func(tx store.Tx) error { write(tx); return nil }); err == nil {
			b.Errorf("%s is possible", what)
		}
	}
	b.isDue()
	b.has("t", "a=1")
}

func endedContext(b *bench) {
	b.set("t", "a=1")
	ended, end := context.WithCancel(b.Context())
	end()
	run := func(store.Tx) error { b.Error("it was run"); return nil }
	_, tenants := b.store.Tenants(ended)
	for what, err := range map[string]error{
		"view": b.store.View(ended, "t", run), "update": b.store.Update(ended, "t", run), "tenants": tenants,
		"due": b.store.Due(ended, func(string, time.Time) bool { b.Error("it was visited"); return false }),
	} {
		if !errors.Is(err, context.Canceled) {
			b.Errorf("%s gives %v", what, err)
		}
	}
	// It does not matter any more once a transaction runs.
	ends, end := context.WithCancel(b.Context())
	b.must(b.store.Update(ends, "t", func(tx store.Tx) error {
		end()
		write(tx, "a=2")
		return nil
	}))
	b.has("t", "a=2")
}

func concurrency(b *bench) {
	const writers, times = 4, 50
	var wait sync.WaitGroup
	for w := range writers {
		wait.Go(func() {
			for range times {
				tenant := []string{"t", "u"}[w%2]
				if err := b.store.Update(b.Context(), tenant, func(tx store.Tx) error {
					text, _ := tx.Get([]byte("a"))
					write(tx, "a="+text+"x", "b="+text+"x")
					return nil
				}); err != nil {
					b.Error(err)
				}
			}
		})
		wait.Go(func() {
			for range times {
				if err := b.store.View(b.Context(), "t", func(tx store.Tx) error {
					first, _ := tx.Get([]byte("a"))
					second, _ := tx.Get([]byte("b"))
					if first != second {
						b.Errorf("a reader sees %d and %d", len(first), len(second))
					}
					return nil
				}); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wait.Wait()
	all := strings.Repeat("x", writers/2*times)
	for _, tenant := range []string{"t", "u"} {
		b.has(tenant, "a="+all+" b="+all)
	}
}

// apart runs transactions of other tenants within one, which would wait for ever for
// it to end.
func apart(b *bench) {
	b.set("t", "a=1")
	b.update("t", func(tx store.Tx) {
		write(tx, "a=2")
		tx.SetDue(time.Unix(1, 0))
		b.update("u", func(store.Tx) {})
		b.reads("u", "")
		b.set("u", "a=3")
		b.reads("u", "a=3")
		b.lists("t", "u")
		b.must(b.store.Due(b.Context(), func(string, time.Time) bool { b.Error("what is not committed is due"); return false }))
	})
	b.must(b.store.View(b.Context(), "t", func(store.Tx) error {
		b.set("u", "a=4")
		b.reads("u", "a=4")
		return nil
	}))
	b.has("t", "a=2")
	b.has("u", "a=4")
}

// reads checks all rows of a tenant.
func (b *bench) reads(tenant, want string) {
	b.Helper()
	b.must(b.store.View(b.Context(), tenant, func(tx store.Tx) error {
		if got := read(tx, nil, nil); got != want {
			b.Errorf("%q has %q, want %q", tenant, got, want)
		}
		return nil
	}))
}

// others are tenants whose names might run into each other.
var others = []string{"a", "a/b", "a%2Fb", "ab", "A", store.Shared, "tenant", "ä"}

func tenants(b *bench) {
	for i, tenant := range others {
		b.set(tenant, "key="+fmt.Sprint(i), "b/key="+fmt.Sprint(i), tenant+"=own")
	}
	for i, tenant := range others {
		keys := []string{"b/key=" + fmt.Sprint(i), "key=" + fmt.Sprint(i), tenant + "=own"}
		slices.Sort(keys)
		b.has(tenant, strings.Join(keys, " "))
	}
	for i, tenant := range others {
		b.update(tenant, func(tx store.Tx) { tx.Clear() })
		for j, other := range others {
			b.must(b.store.View(b.Context(), other, func(tx store.Tx) error {
				if got := read(tx, nil, nil); (got == "") != (j <= i) {
					b.Errorf("when %q is cleared, %q has %q", tenant, other, got)
				}
				return nil
			}))
		}
	}
}

func (b *bench) lists(want ...string) {
	b.Helper()
	got, err := b.store.Tenants(b.Context())
	if b.must(err); !slices.Equal(got, want) {
		b.Errorf("there are %q, want %q", got, want)
	}
}

func listed(b *bench) {
	b.lists()
	b.set(store.Shared, "a=1")
	b.must(b.store.View(b.Context(), "looked at", func(store.Tx) error { return nil }))
	b.update("tried", func(tx store.Tx) { tx.Get([]byte("a")); tx.Delete([]byte("a")); tx.Clear() })
	b.lists()
	for _, tenant := range []string{"b", "a/b", "a", "a&"} {
		b.set(tenant, "a=1")
	}
	b.lists("a", "a&", "a/b", "b")
	b.update("a", func(tx store.Tx) { tx.Delete([]byte("a")) })
	b.lists("a", "a&", "a/b", "b")
	b.update("a/b", func(tx store.Tx) { tx.Clear(); write(tx, "kept=1") })
	b.update("a&", func(tx store.Tx) { tx.Clear() })
	b.lists("a", "a/b", "b")
	b.has("a/b", "kept=1")
	b.lists("a", "a/b", "b")
	b.set("a&", "a=1")
	b.lists("a", "a&", "a/b", "b")
}

func clearing(b *bench) {
	b.set("t", "a=1", "b=2")
	b.set("u", "a=1")
	b.update("t", func(tx store.Tx) {
		tx.SetDue(time.Unix(1, 0))
		if n := tx.Clear(); n != 2 {
			b.Errorf("%d rows were removed", n)
		}
		if got := read(tx, nil, nil); got != "" || !tx.Due().IsZero() {
			b.Errorf("the transaction still sees %q, due at %s", got, tx.Due())
		}
		write(tx, "c=3")
	})
	b.has("t", "c=3")
	b.has("u", "a=1")
	b.isDue()
}
