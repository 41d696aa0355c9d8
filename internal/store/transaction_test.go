package store_test

import (
	"testing"

	"finhub-sandbox/internal/store"
)

// Only a transaction with a mark notes what it writes over.
func TestWithoutAMarkNothingIsNoted(t *testing.T) {
	s, _, err := store.Open(store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	allocations := func(mark bool) float64 {
		return testing.AllocsPerRun(100, func() {
			if err := s.Update(t.Context(), store.Shared, func(tx store.Tx) error {
				if mark {
					tx.Mark()
				}
				tx.Set([]byte("a"), "1")
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
