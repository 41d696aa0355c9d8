package storetest

import (
	"slices"
	"time"

	"finhub-sandbox/internal/store"
)

func due(b *bench) {
	at := func(seconds, nanos int64) time.Time { return time.Unix(seconds, nanos).UTC() }
	for tenant, when := range map[string]time.Time{
		"c": at(1_000_000_000, 0), "a/b": at(999_999_999, 999_999_999), "b": at(1_000_000_000, 20), "d": at(1_000_000_000, 3), "a": at(1_000_000_000, 0), "late": at(10_000_000_000, 0), "0": at(0, 0),
	} {
		b.update(tenant, func(tx store.Tx) {
			tx.SetDue(at(5, 0))
			tx.SetDue(when)
			if !tx.Due().Equal(when) {
				b.Errorf("%s is due at %s, want %s", tenant, tx.Due(), when)
			}
		})
	}
	all := []string{"0", "a/b", "a", "c", "d", "b", "late"}
	b.isDue(all...)
	b.lists("0", "a", "a/b", "b", "c", "d", "late")
	b.must(b.store.View(b.Context(), "a/b", func(tx store.Tx) error {
		if got := tx.Due(); !got.Equal(at(999_999_999, 999_999_999)) {
			b.Errorf("a reader sees that it is due at %s", got)
		}
		return nil
	}))
	b.update("a", func(tx store.Tx) { tx.SetDue(time.Time{}) })
	b.update("c", func(tx store.Tx) { tx.SetDue(at(2, 0)) })
	b.isDue("0", "c", "a/b", "d", "b", "late")
	b.update("0", func(tx store.Tx) { tx.Clear() })
	b.isDue("c", "a/b", "d", "b", "late")
	visited := 0
	b.must(b.store.Due(b.Context(), func(string, time.Time) bool { visited++; return false }))
	if visited != 1 {
		b.Errorf("%d tenants are visited, and 1 was wanted", visited)
	}
}

// isDue checks which tenants are due, in which order, as a reader of each says.
func (b *bench) isDue(want ...string) {
	b.Helper()
	for range 2 {
		var got []string
		last := time.Time{}
		b.must(b.store.Due(b.Context(), func(tenant string, at time.Time) bool {
			if at.Before(last) {
				b.Errorf("%s is due before the one before it", tenant)
			}
			got, last = append(got, tenant), at
			return true
		}))
		if !slices.Equal(got, want) {
			b.Errorf("due are %q, want %q", got, want)
		}
		if b.reopen == nil {
			return
		}
		b.store = b.reopen()
	}
}
