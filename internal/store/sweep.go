package store

import (
	"context"
	"strings"
)

// Sweep removes what is in the homes that a tenant has left.
func (s *DB) Sweep(ctx context.Context, tenant string) (removed int, err error) {
	name := "/" + Escape(tenant) + "/"
	return s.sweep(ctx, func(home string) bool { return strings.HasSuffix(home, name) })
}

// SweepAll removes what is in any home that has been left: those of sweeps that
// ended before they had done so.
func (s *DB) SweepAll(ctx context.Context) error {
	_, err := s.sweep(ctx, func(string) bool { return true })
	return err
}

// Left tells that a sweep has ended with its context, or failed, and has left
// something for SweepAll.
func (s *DB) Left() <-chan struct{} { return s.left }

func (s *DB) sweep(ctx context.Context, of func(home string) bool) (removed int, err error) {
	var homes []string
	if err := s.view(func(t *transaction) error {
		homes = t.under(leftPrefix, -1)
		return nil
	}); err != nil {
		return 0, err
	}
	for _, home := range homes {
		if !of(home) {
			continue
		}
		n, whole, err := s.sweepHome(ctx, home)
		if removed += n; !whole {
			select {
			case s.left <- struct{}{}:
			default:
			}
			return removed, err
		}
	}
	return removed, nil
}

// sweepHome removes what is in a home, slice by slice, until the context ends.
func (s *DB) sweepHome(ctx context.Context, home string) (removed int, whole bool, err error) {
	for !whole {
		if ctx.Err() != nil {
			return removed, false, nil
		}
		n := 0
		if err := s.update(func(t *transaction) error {
			if n = t.clearSlice(home); n < slice {
				t.delete(leftPrefix + home)
			}
			return nil
		}); err != nil {
			return removed, false, err
		}
		removed, whole = removed+n, n < slice
	}
	return removed, true, nil
}
