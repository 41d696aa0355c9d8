package engine

import (
	"context"

	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/store"
)

// Reset empties a tenant: its data, its clock and its sequence. The values whose
// names begin with one of keep stay. It says how many rows were removed.
func (e *Engine) Reset(ctx context.Context, tenant string, keep ...string) (removed int, err error) {
	err = e.anew(ctx, tenant, func(tx store.Tx) error {
		kept := valuesOf(tx, keep)
		removed = tx.Clear() - len(kept)
		for key, text := range kept {
			tx.Set([]byte(key), text)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return removed, nil
}

// Replace makes a state that of a tenant, in place of all that it was, in one commit
// to which then may add. Whatever began in the tenant before, such as an advance or
// the sending of a webhook, does not write in it any more.
func (e *Engine) Replace(ctx context.Context, tenant string, s *State, then func(*Unit) error) error {
	return e.replace(ctx, tenant, func(tx store.Tx) {
		tx.Clear()
		for _, row := range s.rows {
			tx.Set([]byte(row.key), row.text)
		}
	}, false, then)
}

// replace is Replace for what fill writes. It refuses with TENANT_NOT_EMPTY a tenant in
// which something has happened, if it is to be new.
func (e *Engine) replace(ctx context.Context, tenant string, fill func(store.Tx), isNew bool, then func(*Unit) error) error {
	var u *Unit
	err := e.anew(ctx, tenant, func(tx store.Tx) error {
		if isNew && e.begin(tx, tenant, true).counters != (counters{}) {
			return refusal.New(refusal.TenantNotEmpty, "things have happened in the tenant %s", tenant).At("tenant")
		}
		fill(tx)
		u = e.begin(tx, tenant, true)
		u.timersChanged = true
		if then != nil {
			if err := then(u); err != nil {
				return err
			}
		}
		return u.finish()
	})
	if err == nil {
		e.tellPassed(tenant, u.passed)
		e.tellChanged()
		tell(u.committed)
	}
	return err
}

// anew commits the beginning of another epoch of a tenant.
func (e *Engine) anew(ctx context.Context, tenant string, fn func(store.Tx) error) error {
	counted := 0
	err := e.commit(ctx, tenant, func(tx store.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		counted++
		e.countReset(tenant, 1)
		return nil
	})
	if err != nil {
		e.countReset(tenant, -counted) // It was not.
	}
	return err
}

// Epoch tells apart what a tenant was before its last reset, or before another state
// took its place, and what it is since. It holds as long as the process does.
func (u *Unit) Epoch() int { return u.engine.Epoch(u.tenant) }

// Epoch is that of a tenant as it is.
func (e *Engine) Epoch(tenant string) int { return e.resetsOf(tenant) }

// countReset lets those know who wait for the tenant's time. It runs within the
// transaction: whoever sees the tenant after its reset sees that there was one.
func (e *Engine) countReset(tenant string, n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.resets[tenant] += n
}

// Applied notes that another process has changed a tenant, and whether that was a reset or
// another state in its place on the way. It uses nothing of the store.
func (e *Engine) Applied(tenant string, anew bool) {
	if anew {
		e.countReset(tenant, 1)
	}
	e.waiting.wake(tenant)
	e.tellChanged()
}

func (e *Engine) resetsOf(tenant string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.resets[tenant]
}

// valuesOf gives the texts of a tenant's values (Unit.Value) whose names begin with
// one of the words, by their keys.
func valuesOf(tx store.Tx, words []string) map[string]string {
	values := map[string]string{}
	for _, word := range words {
		from := []byte(valuePrefix + word)
		tx.Range(from, store.PrefixEnd(from), func(key []byte, text string) bool {
			values[string(key)] = text
			return true
		})
	}
	return values
}
