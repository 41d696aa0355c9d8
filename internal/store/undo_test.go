package store_test

import (
	"testing"

	"finhub-sandbox/internal/store"
)

// What was written after a mark is gone for the transaction itself, for those
// after it and for the data file, and what was written before and after stays.
func TestUndoTakesBackToAMark(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, reopen func() *store.Store) {
		set(t, s, "a", "1", "b", "1", "c", "1")
		err := s.Update(func(tx *store.Tx) error {
			tx.Set("a", "2")
			tx.Delete("b")
			mark := tx.Mark()
			tx.Set("a", "3")
			tx.Set("a", "4")
			tx.Set("b", "4")
			tx.Delete("c")
			tx.Delete("absent")
			tx.Set("d", "4")
			tx.Undo(mark)
			if got, want := dumpOf(tx), "a=2 c=1"; got != want {
				t.Errorf("within the transaction: %q, want %q", got, want)
			}
			tx.Set("e", "5")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		want := "a=2 c=1 e=5"
		if got := dump(t, s); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if got := dump(t, reopen()); got != want {
			t.Errorf("opened again: %q, want %q", got, want)
		}
	})
}

// Marks nest: the outer takes back what the inner has left, and either can be
// used again.
func TestMarksNest(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, reopen func() *store.Store) {
		err := s.Update(func(tx *store.Tx) error {
			outer := tx.Mark()
			tx.Set("a", "1")
			inner := tx.Mark()
			for range 2 {
				tx.Set("a", "2")
				tx.Set("b", "2")
				tx.Undo(inner)
				if got, want := dumpOf(tx), "a=1"; got != want {
					t.Errorf("after the inner: %q, want %q", got, want)
				}
			}
			tx.Delete("a")
			tx.Undo(outer)
			if got := dumpOf(tx); got != "" {
				t.Errorf("after the outer: %q", got)
			}
			tx.Set("z", "9")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := dump(t, reopen()), "z=9"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// Only a transaction with a mark notes what it writes over.
func TestWithoutAMarkNothingIsNoted(t *testing.T) {
	s, _, err := store.Open(store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	allocations := func(mark bool) float64 {
		return testing.AllocsPerRun(100, func() {
			if err := s.Update(func(tx *store.Tx) error {
				if mark {
					tx.Mark()
				}
				tx.Set("a", "1")
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		})
	}
	if with, without := allocations(true), allocations(false); without != with-1 {
		t.Errorf("it allocates %v times with a mark, and %v times without", with, without)
	}
}
