package storetest

import (
	"time"

	"finhub-sandbox/internal/store"
)

// many are the rows of a large tenant.
const many = 5_500

func (b *bench) fill(tenant string) {
	b.Helper()
	b.update(tenant, func(tx store.Tx) {
		for n := range many {
			tx.Set(store.AppendInt([]byte("old/"), int64(n)), "")
		}
	})
}

func clearingMany(b *bench) {
	b.fill("another")
	b.fill("t")
	b.update("t", func(tx store.Tx) {
		if n := tx.Clear(); n != many {
			b.Errorf("%d rows were removed, of %d", n, many)
		}
		write(tx, "new=1")
	})
	b.has("t", "new=1")
	b.update("t", func(tx store.Tx) { tx.Clear() })
	b.set("t", "newer=1")
	b.has("t", "newer=1")
	b.lists("another", "t")
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
	b.isDue("t")
}
