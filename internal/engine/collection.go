package engine

import (
	"bytes"
	"fmt"
	"reflect"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/store"
)

// Record is what can be stored: it has an id that is unique within its kind
// and tenant, and the sequence number of its creation.
type Record interface {
	Key() (id string, seq int64)
}

// Index finds records by a value. The values of a record are those that it has
// when it is added, and must never change after. An index that is to find by
// something else gets another name, so that it is rebuilt.
type Index[T any] struct {
	Name string
	Of   func(*T) []string
}

// Collection is a tenant's records of one kind.
type Collection[T any] struct {
	Name    string
	Indexes []Index[T]
	// registered tells that the engine knows of the indexes.
	registered bool
}

// Get gives the record with the id, or nil. Within a unit everybody gets the
// same pointer; who changes it must call Save. What a unit gets that only reads
// belongs to others too and must not be changed.
func (c *Collection[T]) Get(u *Unit, id string) *T {
	if id == "" {
		return nil
	}
	r := recordID{c.Name, machine.CanonicalID(id)}
	if s, ok := u.loaded[r]; ok {
		return s.value.(*T)
	}
	text, ok := u.tx.Get(u.recordKey(r))
	if !ok {
		return nil
	}
	value, err := c.decode(u, text)
	if err != nil {
		u.fail(err)
		return nil
	}
	u.loaded[r] = &slot{recordID: r, text: text, value: value}
	return value
}

// decode gives what a text says. Units that only read have it in common.
func (c *Collection[T]) decode(u *Unit, text string) (*T, error) {
	if !u.writable {
		if shared, ok := u.engine.shared.get(text).(*T); ok {
			return shared, u.engine.checkShared(text, shared, new(T))
		}
	}
	value := new(T)
	if err := store.Decode(text, value); err != nil {
		return nil, err
	}
	if !u.writable {
		u.engine.shared.keep(text, value)
	}
	return value, nil
}

// checkShared finds out, if that is asked for, whether somebody has changed what many
// read.
func (e *Engine) checkShared(text string, shared, fresh any) error {
	if !e.CheckShared {
		return nil
	}
	if err := store.Decode(text, fresh); err != nil {
		return err
	}
	if !reflect.DeepEqual(shared, fresh) {
		return fmt.Errorf("engine: a unit that reads has changed a record: %+v was %s", shared, text)
	}
	return nil
}

// Add stores a new record and its index entries.
func (c *Collection[T]) Add(u *Unit, value *T) {
	r := c.recordID(value)
	u.loaded[r] = &slot{recordID: r, value: value}
	c.Save(u, value)
	if len(c.Indexes) > 0 && !c.registered {
		u.fail(fmt.Errorf("engine: it was not told of %s, which has indexes (Config.Collections)", c.Name))
	}
	c.eachEntry(u, value, func(key []byte) { u.tx.Set(key, "") })
}

// eachEntry gives the index entries of a record, which comes or goes.
func (c *Collection[T]) eachEntry(u *Unit, value *T, visit func(key []byte)) {
	id, seq := any(value).(Record).Key()
	for _, index := range c.Indexes {
		for _, v := range index.Of(value) {
			if v != "" {
				key := c.valuePrefix(u, index.Name, v)
				delete(u.found, string(key))
				visit(append(append(store.AppendInt(key, seq), '/'), id...))
			}
		}
	}
}

func (c *Collection[T]) recordID(value *T) recordID {
	id, _ := any(value).(Record).Key()
	return recordID{c.Name, id}
}

// Save writes the record at the end of the unit. In one that only reads, it tells
// Show to run again.
func (c *Collection[T]) Save(u *Unit, value *T) {
	s := u.loaded[c.recordID(value)]
	if !u.writable {
		u.waited = true
		u.engine.shared.drop(s.text)
	}
	if !s.dirty {
		s.dirty = true
		u.dirty = append(u.dirty, s)
	}
}

// Remove takes a record out of the store, with its index entries, also one that was
// added or saved in the same unit.
func (c *Collection[T]) Remove(u *Unit, value *T) {
	r := c.recordID(value)
	if s := u.loaded[r]; s != nil {
		s.dirty = false
		delete(u.loaded, r)
	}
	u.tx.Delete(u.recordKey(r))
	c.eachEntry(u, value, u.tx.Delete)
}

// First gives the oldest record with the value in the index, or nil.
func (c *Collection[T]) First(u *Unit, index, value string) *T {
	for _, id := range c.ids(u, index, value, 1) {
		return c.Get(u, id)
	}
	return nil
}

// Count counts the records with the value in the index, up to a limit.
func (c *Collection[T]) Count(u *Unit, index, value string, limit int) (n int) {
	from := c.valuePrefix(u, index, value)
	u.tx.Range(from, store.PrefixEnd(from), func([]byte, string) bool {
		n++
		return n < limit
	})
	return n
}

// Some gives the first records with the value in the index, the oldest first.
func (c *Collection[T]) Some(u *Unit, index, value string, limit int) []*T {
	return c.each(u, c.ids(u, index, value, limit))
}

// Newest gives the last records with the value in the index, the oldest of them
// first.
func (c *Collection[T]) Newest(u *Unit, index, value string, limit int) []*T {
	ids := c.ids(u, index, value, -1)
	return c.each(u, ids[max(0, len(ids)-limit):])
}

// By gives the records with the value in the index, the oldest first.
func (c *Collection[T]) By(u *Unit, index, value string) []*T {
	return c.each(u, c.ids(u, index, value, -1))
}

// All gives every record that was stored before this unit, in the order of the
// ids. It reads the whole collection, for auditors.
func (c *Collection[T]) All(u *Unit) []*T {
	from := u.key(c.Name, "/")
	var ids []string
	u.tx.Range(from, store.PrefixEnd(from), func(key []byte, _ string) bool {
		ids = append(ids, store.Unescape(string(key[len(from):])))
		return true
	})
	return c.each(u, ids)
}

// After gives the first records whose ids come after one, in the order of the ids, as
// they were stored before this unit.
func (c *Collection[T]) After(u *Unit, id string, limit int) []*T {
	all := u.key(c.Name, "/")
	begins, to := len(all), store.PrefixEnd(all)
	from := bytes.Clone(all)
	if id != "" {
		from = append(append(from, store.Escape(id)...), 0)
	}
	var ids []string
	u.tx.Range(from, to, func(key []byte, _ string) bool {
		ids = append(ids, store.Unescape(string(key[begins:])))
		return len(ids) < limit
	})
	return c.each(u, ids)
}

// Any reports whether there is a record with a value in the index.
func (c *Collection[T]) Any(u *Unit, index string) (found bool) {
	from := u.key(indexPrefix, c.Name, "/", index, "/")
	u.tx.Range(from, store.PrefixEnd(from), func([]byte, string) bool {
		found = true
		return false
	})
	return found
}

// Values gives the values of an index that some record has, in their order.
func (c *Collection[T]) Values(u *Unit, index string) (values []string) {
	from := []byte(indexPrefix + c.Name + "/" + index + "/")
	begins, to := len(from), store.PrefixEnd(from)
	for more := true; more; {
		more = false
		u.tx.Range(from, to, func(key []byte, _ string) bool {
			value, _, _ := bytes.Cut(key[begins:], []byte("/"))
			from = store.PrefixEnd(key[:begins+len(value)+1])
			values, more = append(values, store.Unescape(string(value))), true
			return false
		})
	}
	return values
}

// ids gives the ids of the records with the value in the index, the oldest first. Many
// needs of one step ask for the same ones, so a unit looks for all of them once.
func (c *Collection[T]) ids(u *Unit, index, value string, limit int) []string {
	from := c.valuePrefix(u, index, value)
	ids, known := u.found[string(from)]
	if known && limit >= 0 {
		return ids[:min(len(ids), limit)]
	}
	if known {
		return ids
	}
	u.tx.Range(from, store.PrefixEnd(from), func(key []byte, _ string) bool {
		ids = append(ids, string(key[bytes.LastIndexByte(key, '/')+1:]))
		return limit < 0 || len(ids) < limit
	})
	if limit < 0 {
		if u.found == nil {
			u.found = map[string][]string{}
		}
		u.found[string(from)] = ids
	}
	return ids
}

// each gets the records of so many ids.
func (c *Collection[T]) each(u *Unit, ids []string) []*T {
	var list []*T
	for _, id := range ids {
		if v := c.Get(u, id); v != nil {
			list = append(list, v)
		}
	}
	return list
}

const indexPrefix = "by/"

func (c *Collection[T]) valuePrefix(u *Unit, index, value string) []byte {
	return u.key(indexPrefix, c.Name, "/", index, "/", store.Escape(value), "/")
}

// Texts shows the records of a kind as they are stored to who looks at very many and
// reads little of each, and gives the ids of those that are wanted. Nothing of the unit
// can be read meanwhile.
func (u *Unit) Texts(kind string, wanted func(text string) bool) (ids []string) {
	from := u.key(kind, "/")
	u.tx.Range(from, store.PrefixEnd(from), func(key []byte, text string) bool {
		if wanted(text) {
			ids = append(ids, store.Unescape(string(key[len(from):])))
		}
		return true
	})
	return ids
}
