package engine

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"finhub-sandbox/internal/store"
)

// Indexed is a Collection without its type.
type Indexed interface {
	collectionName() string
	register() (indexes []string)
	addEntries(u *Unit, text string) error
	// newRecord gives a pointer to an empty record.
	newRecord() any
	// entriesOf gives the keys of the index entries of a record.
	entriesOf(u *Unit, record any, visit func(key []byte))
}

func (c *Collection[T]) newRecord() any { return new(T) }

func (c *Collection[T]) entriesOf(u *Unit, record any, visit func(key []byte)) {
	c.eachEntry(u, record.(*T), visit)
}

func (c *Collection[T]) collectionName() string { return c.Name }

func (c *Collection[T]) register() (indexes []string) {
	c.registered = true
	for _, index := range c.Indexes {
		indexes = append(indexes, index.Name)
	}
	return indexes
}

// addEntries writes the index entries of a record that is stored.
func (c *Collection[T]) addEntries(u *Unit, text string) error {
	value := new(T)
	if err := store.Decode(text, value); err != nil {
		return err
	}
	c.eachEntry(u, value, func(key []byte) { u.tx.Set(key, "") })
	return nil
}

// indexesKey has the indexes of each collection, as they are in all tenants. It is
// not there in what an earlier version has written.
const indexesKey = "indexes"

// Reindexed lists the collections whose indexes were rebuilt when the engine was
// made: the program that wrote the store had others.
func (e *Engine) Reindexed() []string { return e.reindexed }

// openIndexes sees to it that the store has the indexes of the collections.
func (e *Engine) openIndexes(ctx context.Context, collections []Indexed) error {
	want := map[string][]string{}
	byName := map[string]Indexed{}
	for _, c := range collections {
		want[c.collectionName()], byName[c.collectionName()] = c.register(), c
	}
	e.collections = byName
	tenants, err := e.Store.Tenants(ctx)
	if err != nil {
		return err
	}
	have, known, err := e.readIndexes(ctx)
	if err != nil {
		return err
	}
	if !known {
		if err := e.noteAllDue(ctx, tenants); err != nil {
			return err
		}
	}
	var changed []string
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if !slices.Equal(want[name], have[name]) {
			changed = append(changed, name)
		}
	}
	if known && len(changed) == 0 {
		return nil
	}
	for _, tenant := range tenants {
		for _, name := range changed {
			if err := e.rebuild(ctx, tenant, byName[name]); err != nil {
				return fmt.Errorf("rebuild the indexes of %s: %w", name, err)
			}
		}
	}
	if len(tenants) > 0 {
		e.reindexed = changed
	}
	return e.writeIndexes(ctx, want)
}

func (e *Engine) readIndexes(ctx context.Context) (have map[string][]string, known bool, err error) {
	err = e.Store.View(ctx, store.Shared, func(tx store.Tx) error {
		var text string
		if text, known = tx.Get([]byte(indexesKey)); !known {
			return nil
		}
		return store.Decode(text, &have)
	})
	return have, known, err
}

func (e *Engine) writeIndexes(ctx context.Context, indexes map[string][]string) error {
	text, err := store.Encode(indexes)
	if err != nil {
		return err
	}
	return e.Store.Update(ctx, store.Shared, func(tx store.Tx) error {
		tx.Set([]byte(indexesKey), text)
		return nil
	})
}

// rebuild makes the index entries of a tenant's collection anew, slice by slice. If
// it ends in the middle, it is done again at the next start.
func (e *Engine) rebuild(ctx context.Context, tenant string, c Indexed) error {
	old, records := []byte(indexPrefix+c.collectionName()+"/"), []byte(c.collectionName()+"/")
	if err := e.inSlices(ctx, tenant, old, func(u *Unit, key []byte, _ string) error {
		u.tx.Delete(key)
		return nil
	}); err != nil {
		return err
	}
	return e.inSlices(ctx, tenant, records, func(u *Unit, _ []byte, text string) error { return c.addEntries(u, text) })
}

// inSlices does something with every row of a tenant whose key has the prefix, in
// commits that are not too large.
func (e *Engine) inSlices(ctx context.Context, tenant string, prefix []byte, do func(u *Unit, key []byte, text string) error) error {
	from := prefix
	for more := true; more; {
		next := from // It may be run again.
		err := e.update(ctx, tenant, func(u *Unit) error {
			var keys [][]byte
			var texts []string
			u.tx.Range(from, store.PrefixEnd(prefix), func(key []byte, text string) bool {
				keys, texts = append(keys, bytes.Clone(key)), append(texts, text)
				return len(keys) < slice
			})
			for i, key := range keys {
				if err := do(u, key, texts[i]); err != nil {
					return err
				}
				next = append(key, 0)
			}
			more = len(keys) == slice
			return nil
		})
		if err != nil {
			return err
		}
		from = next
	}
	return nil
}
