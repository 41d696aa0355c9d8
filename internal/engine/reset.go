package engine

import (
	"context"
	"strconv"
	"strings"

	"finhub-sandbox/internal/store"
)

// A tenant with a lot in it cannot be emptied in one transaction without stopping
// everybody else for as long. It moves instead: one transaction gives it another
// home, in which there is nothing, and what is in the old one is removed in
// slices. Whatever ends in the middle, the tenant has been reset.

// homeOf is what the keys of everything begin with that belongs to a tenant. It
// changes when a tenant moves.
func homeOf(tx *store.Tx, tenant string) string {
	number, _ := tx.Get(homeKey(tenant))
	return "t" + number + "/" + tenant + "/"
}

func homeKey(tenant string) string { return "home/" + tenant }

const (
	// movesKey has the number of moves that there have been: the number of the
	// newest home.
	movesKey = "moves"
	// leftPrefix begins the keys that name homes which have been left.
	leftPrefix = "left/"
)

// Reset empties a tenant: its data, its clock and its sequence. The values whose
// names begin with one of keep stay. It says how many keys were removed.
//
// When it returns, or its context ends, the tenant is empty, whatever is still
// to be removed; Sweep does that then.
func (e *Engine) Reset(ctx context.Context, tenant string, keep ...string) (removed int, err error) {
	left := ""
	err = e.commit(tenant, func(tx *store.Tx) error {
		home := homeOf(tx, tenant)
		kept := valuesOf(tx, home, keep)
		removed, left = clearSlice(tx, home), ""
		if removed == slice {
			left, home = home, move(tx, tenant)
		}
		tx.Delete(tenantKey(tenant))
		for name, text := range kept {
			tx.Set(home+name, text)
			tx.Set(tenantKey(tenant), "")
		}
		removed -= len(kept)
		e.noteReset(tenant)
		return nil
	})
	if err != nil {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.resets[tenant]-- // It was not.
		return 0, err
	}
	if left == "" {
		return removed, nil
	}
	more, err := e.sweep(ctx, left)
	if err != nil || ctx.Err() != nil {
		// The tenant has been reset; the rest is for who sweeps.
		select {
		case e.left <- struct{}{}:
		default:
		}
	}
	return removed + more, nil
}

// noteReset forgets when the tenant's next timer was due, and lets those know who
// wait for its time. It runs within the transaction: a timer that comes after
// the reset must not be forgotten with those before.
func (e *Engine) noteReset(tenant string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.wakes, tenant)
	e.resets[tenant]++
}

func (e *Engine) resetsOf(tenant string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.resets[tenant]
}

// move gives a tenant a new home and notes that the old one has been left.
func move(tx *store.Tx, tenant string) (home string) {
	text, _ := tx.Get(movesKey)
	n, _ := strconv.ParseInt(text, 10, 64) // None is the first.
	number := strconv.FormatInt(n+1, 10)
	tx.Set(leftPrefix+homeOf(tx, tenant), "")
	tx.Set(movesKey, number)
	tx.Set(homeKey(tenant), number)
	return homeOf(tx, tenant)
}

// valuesOf gives the texts of a tenant's values (Unit.Value) whose names begin with
// one of the words, by their keys within the home.
func valuesOf(tx *store.Tx, home string, words []string) map[string]string {
	values := map[string]string{}
	for _, word := range words {
		from := home + "value/" + word
		tx.Range(from, store.After(from), func(key, text string) bool {
			values[strings.TrimPrefix(key, home)] = text
			return true
		})
	}
	return values
}

// clearSlice removes the first keys with a prefix, a slice of them at most.
func clearSlice(tx *store.Tx, prefix string) (removed int) {
	keys := make([]string, 0, slice)
	tx.Range(prefix, store.After(prefix), func(key, _ string) bool {
		keys = append(keys, key)
		return len(keys) < slice
	})
	for _, key := range keys {
		tx.Delete(key)
	}
	return len(keys)
}

// sweep removes what is in a home that has been left, slice by slice, until the
// context ends.
func (e *Engine) sweep(ctx context.Context, home string) (removed int, err error) {
	for ctx.Err() == nil {
		n := 0
		err := e.Store.Update(func(tx *store.Tx) error {
			if n = clearSlice(tx, home); n < slice {
				tx.Delete(leftPrefix + home)
			}
			return nil
		})
		removed += n
		if err != nil || n < slice {
			return removed, err
		}
	}
	return removed, nil
}

// Sweep removes what resets have left behind that ended before they had done so,
// until the context ends.
func (e *Engine) Sweep(ctx context.Context) error {
	for ctx.Err() == nil {
		home := ""
		err := e.Store.View(func(tx *store.Tx) error {
			tx.Range(leftPrefix, store.After(leftPrefix), func(key, _ string) bool {
				home = strings.TrimPrefix(key, leftPrefix)
				return false
			})
			return nil
		})
		if err != nil || home == "" {
			return err
		}
		if _, err := e.sweep(ctx, home); err != nil {
			return err
		}
	}
	return nil
}

// Left tells that a reset has left something for Sweep.
func (e *Engine) Left() <-chan struct{} { return e.left }
