package storetest

import (
	"context"
	"fmt"
	"time"

	"finhub-sandbox/internal/store"
)

// many is more than any store removes at once.
const many = 5_500

// interval is a context that is asked whether it has ended, and lets others have
// their turn then.
type interval struct {
	context.Context
	asked int
	turn  func(asked int) error
}

func (i *interval) Err() error {
	i.asked++
	return i.turn(i.asked)
}

func (b *bench) fill(tenant string) {
	b.Helper()
	b.update(tenant, func(tx store.Tx) {
		for n := range many {
			tx.Set(store.AppendInt([]byte("old/"), int64(n)), "")
		}
	})
}

func clearingMany(b *bench) {
	removed := 0
	b.fill("another")
	b.update("another", func(tx store.Tx) { removed = tx.Clear() })
	defer func(later int) {
		if n, err := b.store.Sweep(b.Context(), "another"); n != later || err != nil {
			b.Errorf("of another tenant %d rows were swept, of %d: %v", n, later, err)
		}
	}(many - removed)
	b.fill("t")
	b.update("t", func(tx store.Tx) {
		removed = tx.Clear()
		write(tx, "new=1")
	})
	b.has("t", "new=1")
	turns := &interval{Context: b.Context(), turn: func(asked int) error {
		b.set("other", "a="+fmt.Sprint(asked)) // Without a turn of its own this would wait for ever.
		b.set("t", "new="+fmt.Sprint(asked))
		return nil
	}}
	n, err := b.store.Sweep(turns, "t")
	if b.must(err); removed+n != many {
		b.Errorf("%d and %d rows were removed, of %d", removed, n, many)
	}
	b.has("t", "new="+fmt.Sprint(max(turns.asked, 1)))
	if n, err := b.store.Sweep(b.Context(), "t"); n != 0 || err != nil {
		b.Errorf("%d rows were left: %v", n, err)
	}
	b.clearingInterrupted(many - removed)
}

// clearingInterrupted clears again, with a sweep that ends in the middle: the
// tenant is empty all the same, and the rest is removed when it is swept again.
func (b *bench) clearingInterrupted(later int) {
	b.Helper()
	b.update("t", func(tx store.Tx) { tx.Clear() })
	b.fill("t")
	b.update("t", func(tx store.Tx) { tx.Clear() })
	first, err := b.store.Sweep(&interval{Context: b.Context(), turn: func(asked int) error {
		if asked > 2 {
			return context.Canceled
		}
		return nil
	}}, "t")
	b.must(err)
	b.has("t", "")
	second, err := b.store.Sweep(b.Context(), "t")
	if b.must(err); first+second != later || later > 0 && second == 0 {
		b.Errorf("%d rows were removed, and then %d of %d", first, second, later)
	}
}

func undo(b *bench) {
	b.set("t", "a=1", "b=1", "c=1")
	b.update("t", func(tx store.Tx) {
		write(tx, "a=2")
		tx.Delete([]byte("b"))
		mark := tx.Mark()
		for range 2 {
			write(tx, "a=3", "a=4", "b=4", "d=4")
			tx.Delete([]byte("c"))
			tx.Delete([]byte("absent"))
			tx.Undo(mark)
			if got, want := read(tx, nil, nil), "a=2 c=1"; got != want {
				b.Errorf("within the transaction there is %q, want %q", got, want)
			}
		}
		write(tx, "e=5")
	})
	b.has("t", "a=2 c=1 e=5")
}

func nested(b *bench) {
	b.update("t", func(tx store.Tx) {
		outer := tx.Mark()
		write(tx, "a=1")
		inner := tx.Mark()
		for range 2 {
			write(tx, "a=2", "b=2")
			tx.Undo(inner)
			if got, want := read(tx, nil, nil), "a=1"; got != want {
				b.Errorf("after the inner there is %q, want %q", got, want)
			}
		}
		tx.Delete([]byte("a"))
		tx.Undo(outer)
		if got := read(tx, nil, nil); got != "" {
			b.Errorf("after the outer there is %q", got)
		}
		write(tx, "z=9")
	})
	b.has("t", "z=9")
}

func undoOfTenants(b *bench) {
	b.set("t", "a=1")
	b.update("t", func(tx store.Tx) { tx.SetDue(time.Unix(9, 0)) })
	b.update("t", func(tx store.Tx) {
		mark := tx.Mark()
		spoil(tx)
		tx.Undo(mark)
		if got := read(tx, nil, nil); got != "a=1" || !tx.Due().Equal(time.Unix(9, 0)) {
			b.Errorf("there is %q, due at %s", got, tx.Due())
		}
	})
	b.has("t", "a=1")
	b.isDue("t")
	b.update("new", func(tx store.Tx) {
		mark := tx.Mark()
		spoil(tx)
		tx.Undo(mark)
	})
	b.lists("t")
	b.fill("t")
	b.update("t", func(tx store.Tx) {
		mark := tx.Mark()
		tx.Clear()
		tx.Undo(mark)
		write(tx, "b=2")
		if value, ok := tx.Get([]byte("a")); !ok || value != "1" {
			b.Errorf("of a large tenant there is %q, %t", value, ok)
		}
	})
	if n, err := b.store.Sweep(b.Context(), "t"); n != 0 || err != nil {
		b.Errorf("%d rows were swept: %v", n, err)
	}
	b.isDue("t")
}
