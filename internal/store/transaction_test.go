package store_test

import (
	"context"
	"errors"
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

// What a sweep has left when its context ended is told, and removed with that of
// all other tenants.
func TestSweepsThatEndedAreMadeGood(t *testing.T) {
	s, _, err := store.Open(store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tenants := []string{"t", "u"}
	for _, tenant := range tenants {
		if err := errors.Join(
			s.Update(t.Context(), tenant, func(tx store.Tx) error {
				for n := range 3_000 {
					tx.Set(store.AppendInt(nil, int64(n)), "")
				}
				return nil
			}),
			s.Update(t.Context(), tenant, func(tx store.Tx) error { tx.Clear(); return nil }),
		); err != nil {
			t.Fatal(err)
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if n, err := s.Sweep(ended, "t"); n != 0 || err != nil {
		t.Errorf("%d rows were swept: %v", n, err)
	}
	select {
	case <-s.Left():
	default:
		t.Error("nobody is told that something is left")
	}
	if err := s.SweepAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, tenant := range tenants {
		if n, err := s.Sweep(t.Context(), tenant); n != 0 || err != nil {
			t.Errorf("%d rows are left of %s: %v", n, tenant, err)
		}
	}
}
