package storetest

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"finhub-sandbox/internal/store"
)

// copied freezes a tenant, with a copy, until the test ends.
func (b *bench) copied(tenant string) store.Frozen {
	b.Helper()
	f := b.freeze(tenant)
	b.must(f.Copy(func(string, string) bool { return true }))
	return f
}

func taking(b *bench) {
	b.set("t", "a=1", "b=2", "c=3")
	b.set("u", "x=9")
	for _, tenant := range []string{"t", "u"} {
		b.update(tenant, func(tx store.Tx) { tx.SetDue(time.Unix(1, 0)) })
	}
	f := b.freeze("t")
	b.set("t", "a=new", "ab=added")
	visited := ""
	b.must(f.Copy(func(key, value string) bool { visited += " " + key + "=" + value; return true }))
	if visited != " a=1 b=2 c=3" {
		b.Errorf("there is visited%s", visited)
	}
	b.update("t", func(tx store.Tx) { tx.Delete([]byte("b")) })
	b.update("u", func(tx store.Tx) {
		write(tx, "y=8")
		tx.Take(f)
		if got := read(tx, nil, nil); got != "a=1 b=2 c=3" || !tx.Due().IsZero() {
			b.Errorf("the transaction sees %q, due at %s", got, tx.Due())
		}
		write(tx, "a=own", "d=4")
		tx.Delete([]byte("c"))
	})
	b.set("u", "e=5")
	b.set("t", "c=newer")
	b.has("u", "a=own b=2 d=4 e=5")
	b.has("t", "a=new ab=added c=newer")
	b.isDue("t")
	b.set("t", "z=1")
	b.set("u", "z=2")
	b.has("t", "a=new ab=added c=newer z=1")
	b.has("u", "a=own b=2 d=4 e=5 z=2")
}

func takingOnce(b *bench) {
	b.set("t", "a=1")
	b.set("u", "b=2")
	none, all := b.freeze("t"), b.copied("t")
	b.must(none.Copy(func(string, string) bool { return false }))
	if err := b.store.Update(b.Context(), "u", func(tx store.Tx) error { tx.Take(none); return nil }); err == nil {
		b.Error("it is taken without a copy")
	}
	no := errors.New("no")
	for range 2 { // What comes to nothing can be tried again.
		if err := b.store.Update(b.Context(), "u", func(tx store.Tx) error {
			tx.Take(all)
			write(tx, "a=2", "c=3")
			tx.SetDue(time.Unix(1, 0))
			return no
		}); !errors.Is(err, no) {
			b.Errorf("what fails gives %v", err)
		}
	}
	b.reads("u", "b=2")
	b.set("t", "a=later")
	b.update("u", func(tx store.Tx) {
		write(tx, "b=3")
		mark := tx.Mark()
		write(tx, "b=4")
		tx.Take(all)
		inner := tx.Mark()
		write(tx, "a=2", "d=5")
		tx.Undo(inner)
		if got := read(tx, nil, nil); got != "a=1" {
			b.Errorf("within the transaction there is %q", got)
		}
		tx.Undo(mark)
		if got := read(tx, nil, nil); got != "b=3" {
			b.Errorf("when it is undone there is %q", got)
		}
		write(tx, "e=6")
	})
	b.reads("u", "b=3 e=6")
	b.update("v", func(tx store.Tx) {
		mark := tx.Mark()
		tx.Take(all)
		write(tx, "a=3")
		tx.Undo(mark)
		tx.Take(all)
	})
	if err := b.store.Update(b.Context(), "w", func(tx store.Tx) error { tx.Take(all); return nil }); err == nil {
		b.Error("it is taken twice")
	}
	b.has("v", "a=1")
	b.has("u", "b=3 e=6")
	again := b.copied("t")
	b.set("t", "a=7", "f=8")
	b.update("u", func(tx store.Tx) {
		tx.Take(again)
		mark := tx.Mark()
		write(tx, "a=2", "d=5")
		tx.Delete([]byte("a"))
		tx.Undo(mark)
		write(tx, "g=9")
	})
	b.has("u", "a=later g=9")
}

func takingWhatIsGone(b *bench) {
	b.set("t", "a=1", "b=2")
	b.set("self", "a=1")
	gone, replaced, own, none, closed := b.copied("t"), b.copied("t"), b.copied("self"), b.copied("nobody"), b.copied("t")
	b.set("t", "a=3")
	b.update("t", func(tx store.Tx) { tx.Clear() })
	b.update("u", func(tx store.Tx) { tx.Take(gone); write(tx, "c=3") })
	b.set("t", "d=4")
	b.set("nobody", "e=5")
	b.update("v", func(tx store.Tx) { tx.Take(replaced); tx.SetDue(time.Unix(1, 0)) })
	b.update("self", func(tx store.Tx) { write(tx, "a=2", "f=6"); tx.Take(own); write(tx, "g=7") })
	b.update("w", func(tx store.Tx) { tx.Take(none) })
	closed.Close()
	if err := b.store.Update(b.Context(), "x", func(tx store.Tx) error { tx.Take(closed); return nil }); err == nil {
		b.Error("it is taken when it is closed")
	}
	b.lists("nobody", "self", "t", "u", "v", "w")
	b.has("u", "a=1 b=2 c=3")
	b.has("v", "a=1 b=2")
	b.has("self", "a=1 g=7")
	b.has("w", "")
	b.has("t", "d=4")
	b.isDue("v")
	b.lists("nobody", "self", "t", "u", "v", "w")
}

// chance does what comes to it, and knows what should be there.
type chance struct {
	*bench
	*rand.Rand
	rows   map[string]map[string]string
	frozen []frozenChance
}

type frozenChance struct {
	store.Frozen
	rows map[string]string
}

var chanced = []string{"a", "b", "b/c", "d", store.Shared}

func takingByChance(b *bench) {
	const seed = 7
	c := &chance{bench: b, Rand: rand.New(rand.NewPCG(seed, 0)), rows: map[string]map[string]string{}}
	for _, tenant := range chanced {
		c.rows[tenant] = map[string]string{}
	}
	for step := range 400 {
		tenant := chanced[c.IntN(len(chanced))]
		switch what := c.IntN(8); {
		case what == 0:
			b.update(tenant, func(tx store.Tx) { tx.Clear() })
			c.rows[tenant] = map[string]string{}
		case what < 4:
			b.update(tenant, func(tx store.Tx) { c.write(tx, c.rows[tenant]) })
		case what == 4 && len(c.frozen) < 4:
			f, err := b.store.Freeze(b.Context(), tenant)
			b.must(err)
			c.frozen = append(c.frozen, frozenChance{f, maps.Clone(c.rows[tenant])})
		case len(c.frozen) > 0:
			c.take(tenant, c.frozen[c.IntN(len(c.frozen))])
		}
		if step%40 == 39 {
			c.check(step)
		}
	}
}

// write writes and deletes a few rows.
func (c *chance) write(tx store.Tx, rows map[string]string) {
	for range 1 + c.IntN(4) {
		key := fmt.Sprint("k", c.IntN(12))
		if c.IntN(4) == 0 {
			tx.Delete([]byte(key))
			delete(rows, key)
			continue
		}
		rows[key] = fmt.Sprint(c.IntN(1000))
		tx.Set([]byte(key), rows[key])
	}
}

func (c *chance) take(tenant string, f frozenChance) {
	c.must(f.Copy(func(string, string) bool { return true }))
	rows := maps.Clone(f.rows)
	c.update(tenant, func(tx store.Tx) {
		if c.IntN(3) == 0 {
			c.write(tx, map[string]string{})
		}
		tx.Take(f.Frozen)
		if c.IntN(2) == 0 {
			c.write(tx, rows)
		}
	})
	c.rows[tenant] = rows
}

// check compares all that there is, twice if it can be opened again.
func (c *chance) check(step int) {
	for _, f := range c.frozen {
		if got, want := c.readFrozen(f, nil, nil), rowsOf(f.rows); got != want {
			c.Errorf("after step %d what is frozen is %q, want %q", step, got, want)
		}
		f.Close()
	}
	c.frozen = nil
	for _, tenant := range chanced {
		c.has(tenant, rowsOf(c.rows[tenant]))
	}
}

func rowsOf(rows map[string]string) string {
	var list []string
	for _, key := range slices.Sorted(maps.Keys(rows)) {
		list = append(list, key+"="+rows[key])
	}
	return strings.Join(list, " ")
}

// takingWhileOthersWrite has two tenants that count, each with a copy from which it goes
// back again and again: a and b have the same in each, whenever it was copied, and
// what is found when the store is opened again is what was there.
func takingWhileOthersWrite(b *bench) {
	var wait sync.WaitGroup
	for _, tenant := range []string{"t", "u"} {
		b.set(tenant, "a=", "b=")
		wait.Go(func() {
			for range 150 {
				if err := b.store.Update(b.Context(), tenant, func(tx store.Tx) error {
					text, _ := tx.Get([]byte("a"))
					write(tx, "a="+text+"x", "b="+text+"x", fmt.Sprint("n", len(text), "=", len(text)))
					return nil
				}); err != nil {
					b.Error(err)
				}
			}
		})
		for _, way := range [][2]string{{tenant, "copy of " + tenant}, {"copy of " + tenant, tenant}} {
			wait.Go(func() {
				for range 60 {
					if err := b.goTo(way[0], way[1]); err != nil {
						b.Error(err)
					}
				}
			})
		}
	}
	wait.Wait()
	for _, tenant := range []string{"t", "u", "copy of t", "copy of u"} {
		var was string
		b.must(b.store.View(b.Context(), tenant, func(tx store.Tx) error {
			was = read(tx, nil, nil)
			first, _ := tx.Get([]byte("a"))
			second, _ := tx.Get([]byte("b"))
			if first != second {
				b.Errorf("%s has counted to %d and %d", tenant, len(first), len(second))
			}
			return nil
		}))
		b.has(tenant, was)
	}
}

// goTo makes one tenant what another is.
func (b *bench) goTo(from, to string) error {
	f, err := b.store.Freeze(b.Context(), from)
	if err != nil {
		return err
	}
	defer f.Close()
	rows := 0
	if err := f.Copy(func(string, string) bool { rows++; return true }); err != nil || rows == 0 {
		return err // Nothing has been copied there yet.
	}
	return b.store.Update(b.Context(), to, func(tx store.Tx) error { tx.Take(f); return nil })
}
