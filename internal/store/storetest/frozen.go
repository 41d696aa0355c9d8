package storetest

import (
	"fmt"
	"strings"

	"finhub-sandbox/internal/store"
)

// freeze freezes a tenant until the test ends.
func (b *bench) freeze(tenant string) store.Frozen {
	b.Helper()
	f, err := b.store.Freeze(b.Context(), tenant)
	b.must(err)
	b.Cleanup(f.Close)
	return f
}

// readFrozen gives the rows from a key up to another, each as key=value.
func (b *bench) readFrozen(f store.Frozen, from, to []byte) string {
	b.Helper()
	var list []string
	b.must(f.Range(from, to, func(key, value string) bool {
		list = append(list, key+"="+value)
		return true
	}))
	return strings.Join(list, " ")
}

func freezing(b *bench) {
	b.set("t", "a=1", "b=2", "c=3")
	b.set("other", "z=1")
	f := b.freeze("t")
	b.set("t", "a=new", "ab=added")
	b.update("t", func(tx store.Tx) { tx.Delete([]byte("b")) })
	b.set("t", "a=newer", "b=back")
	later := b.freeze("t")
	for _, step := range []func(){
		func() {},
		func() { b.update("t", func(tx store.Tx) { tx.Clear() }) },
		func() { b.set("t", "a=anew", "d=4") },
	} {
		step()
		if got := b.readFrozen(f, nil, nil); got != "a=1 b=2 c=3" {
			b.Errorf("it was a=1 b=2 c=3, and is read as %s", got)
		}
		if got := b.readFrozen(later, []byte("ab"), []byte("c")); got != "ab=added b=back" {
			b.Errorf("later it was ab=added b=back, and is read as %s", got)
		}
	}
	f.Close()
	if got := b.readFrozen(later, nil, nil); got != "a=newer ab=added b=back c=3" {
		b.Errorf("when the first is closed the second is read as %s", got)
	}
	b.has("t", "a=anew d=4")
}

// freezingWhatIsNotKept: what a unit wrote that came to nothing was never there.
func freezingWhatIsNotKept(b *bench) {
	b.set("t", "a=1", "b=2")
	f := b.freeze("t")
	_ = b.store.Update(b.Context(), "t", func(tx store.Tx) error {
		write(tx, "a=2", "c=3")
		return fmt.Errorf("no")
	})
	b.set("t", "c=4")
	none := b.freeze("nobody")
	b.set("nobody", "a=1")
	if got := b.readFrozen(f, nil, nil) + b.readFrozen(none, nil, nil); got != "a=1 b=2" {
		b.Errorf("it is read as %s", got)
	}
}

// freezingMany reads while others write, over more rows than are read at once.
func freezingMany(b *bench) {
	const rows = 3_000
	key := func(i int) string { return fmt.Sprintf("k%05d", i) }
	b.update("t", func(tx store.Tx) {
		for i := range rows {
			write(tx, key(i)+"=was")
		}
	})
	f := b.freeze("t")
	seen := 0
	b.must(f.Range(nil, nil, func(k, value string) bool {
		if k != key(seen) || value != "was" {
			b.Fatalf("row %d is %s=%s", seen, k, value)
		}
		seen++
		if seen%100 == 1 { // Whoever reads may write, before and behind where the reading is.
			b.update("t", func(tx store.Tx) {
				write(tx, key(rows-seen)+"=is", key(seen)+"=is", fmt.Sprintf("k%05d+=new", seen+7))
				tx.Delete([]byte(key((seen * 7) % rows)))
			})
		}
		return true
	}))
	if seen != rows {
		b.Errorf("%d rows of %d are read", seen, rows)
	}
}
