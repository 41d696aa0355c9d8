package engine

import (
	"strings"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/store"
)

// Record is what can be stored: it has an id that is unique within its kind
// and tenant, and the sequence number of its creation.
type Record interface {
	Key() (id string, seq int64)
}

// Index finds records by a value. The values of a record are those that it has
// when it is added, and must never change after.
type Index[T any] struct {
	Name string
	Of   func(*T) []string
}

// Collection is a tenant's records of one kind.
type Collection[T any] struct {
	Name    string
	Indexes []Index[T]
}

// Get gives the record with the id, or nil. Within a unit everybody gets the
// same pointer; who changes it must call Save.
func (c *Collection[T]) Get(u *Unit, id string) *T {
	if id == "" {
		return nil
	}
	key := c.key(u, machine.CanonicalID(id))
	if s, ok := u.loaded[key]; ok {
		return s.value.(*T)
	}
	text, ok := u.tx.Get(key)
	if !ok {
		return nil
	}
	return c.load(u, key, text)
}

func (c *Collection[T]) load(u *Unit, key, text string) *T {
	if s, ok := u.loaded[key]; ok {
		return s.value.(*T)
	}
	value := new(T)
	if err := store.Decode(text, value); err != nil {
		u.fail(err)
		return nil
	}
	u.loaded[key] = &slot{key: key, text: text, value: value}
	return value
}

// Add stores a new record and its index entries.
func (c *Collection[T]) Add(u *Unit, value *T) {
	id, seq := any(value).(Record).Key()
	key := c.key(u, id)
	u.loaded[key] = &slot{key: key, value: value}
	c.Save(u, value)
	for _, index := range c.Indexes {
		for _, v := range index.Of(value) {
			if v != "" {
				u.tx.Set(c.indexPrefix(u, index.Name, v)+store.Number(seq)+"/"+id, "")
			}
		}
	}
}

// Save writes the record at the end of the unit.
func (c *Collection[T]) Save(u *Unit, value *T) {
	id, _ := any(value).(Record).Key()
	s := u.loaded[c.key(u, id)]
	if !s.dirty {
		s.dirty = true
		u.dirty = append(u.dirty, s)
	}
}

// Remove takes a record out of the store, with its index entries, also one that was
// added or saved in the same unit.
func (c *Collection[T]) Remove(u *Unit, value *T) {
	id, seq := any(value).(Record).Key()
	if s := u.loaded[c.key(u, id)]; s != nil {
		s.dirty = false
		delete(u.loaded, s.key)
	}
	u.tx.Delete(c.key(u, id))
	for _, index := range c.Indexes {
		for _, v := range index.Of(value) {
			u.tx.Delete(c.indexPrefix(u, index.Name, v) + store.Number(seq) + "/" + id)
		}
	}
}

// First gives the oldest record with the value in the index, or nil.
func (c *Collection[T]) First(u *Unit, index, value string) *T {
	for _, id := range c.ids(u, index, value, 0, 1) {
		return c.Get(u, id)
	}
	return nil
}

// Count counts the records with the value in the index, up to a limit.
func (c *Collection[T]) Count(u *Unit, index, value string, limit int) (n int) {
	from := c.indexPrefix(u, index, value)
	u.tx.Range(from, store.After(from), func(string, string) bool {
		n++
		return n < limit
	})
	return n
}

// Some gives the first records with the value in the index, the oldest first.
func (c *Collection[T]) Some(u *Unit, index, value string, limit int) []*T {
	var list []*T
	for _, id := range c.ids(u, index, value, 0, limit) {
		if v := c.Get(u, id); v != nil {
			list = append(list, v)
		}
	}
	return list
}

// Newest gives the last records with the value in the index, the oldest of them
// first.
func (c *Collection[T]) Newest(u *Unit, index, value string, limit int) []*T {
	ids := c.ids(u, index, value, 0, -1)
	var list []*T
	for _, id := range ids[max(0, len(ids)-limit):] {
		if v := c.Get(u, id); v != nil {
			list = append(list, v)
		}
	}
	return list
}

// By gives the records with the value in the index, the oldest first.
func (c *Collection[T]) By(u *Unit, index, value string) []*T {
	var list []*T
	for _, id := range c.ids(u, index, value, 0, -1) {
		if v := c.Get(u, id); v != nil {
			list = append(list, v)
		}
	}
	return list
}

// All gives every record that was stored before this unit, in the order of the
// ids. It reads the whole collection, for auditors.
func (c *Collection[T]) All(u *Unit) []*T {
	from := u.home + c.Name + "/"
	var keys, texts []string
	u.tx.Range(from, store.After(from), func(key, text string) bool {
		keys, texts = append(keys, key), append(texts, text)
		return true
	})
	var list []*T
	for i, key := range keys {
		if v := c.load(u, key, texts[i]); v != nil {
			list = append(list, v)
		}
	}
	return list
}

func (c *Collection[T]) ids(u *Unit, index, value string, skip, limit int) []string {
	from := c.indexPrefix(u, index, value)
	var ids []string
	u.tx.Range(from, store.After(from), func(key, _ string) bool {
		if skip > 0 {
			skip--
			return true
		}
		ids = append(ids, key[strings.LastIndexByte(key, '/')+1:])
		return limit < 0 || len(ids) < limit
	})
	return ids
}

func (c *Collection[T]) key(u *Unit, id string) string {
	return u.home + c.Name + "/" + store.Key(id)
}

func (c *Collection[T]) indexPrefix(u *Unit, index, value string) string {
	return u.home + "by/" + c.Name + "/" + index + "/" + store.Key(value) + "/"
}
