package engine

import (
	"context"

	"finhub-sandbox/internal/store"
)

// Reset empties a tenant: its data, its clock and its sequence. The values whose
// names begin with one of keep stay. It says how many rows were removed.
func (e *Engine) Reset(ctx context.Context, tenant string, keep ...string) (removed int, err error) {
	counted := 0
	err = e.commit(ctx, tenant, func(tx store.Tx) error {
		kept := valuesOf(tx, keep)
		removed = tx.Clear() - len(kept)
		for key, text := range kept {
			tx.Set([]byte(key), text)
		}
		counted = 1
		e.countReset(tenant, counted)
		return nil
	})
	if err != nil {
		e.countReset(tenant, -counted) // It was not.
		return 0, err
	}
	return removed, nil
}

// countReset lets those know who wait for the tenant's time. It runs within the
// transaction: whoever sees the tenant after its reset sees that there was one.
func (e *Engine) countReset(tenant string, n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.resets[tenant] += n
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
