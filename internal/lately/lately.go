// Package lately keeps something in memory for each of the tenants that have been busy
// lately, and for no more than so many: for one more it lets the tenant go that has been
// quiet for the longest time. It must not know what it keeps.
package lately

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"
)

// Tenants keeps a value for each tenant that is not forgotten.
type Tenants[V comparable] struct {
	most int
	gone func(V)
	// uses counts, by which tenants are compared.
	uses atomic.Int64

	mu   sync.RWMutex
	kept map[string]*cell[V]
}

type cell[V comparable] struct {
	used  atomic.Int64
	value V
}

// New keeps nothing yet, and later the values of so many tenants; gone is told of each
// value that makes room, under the lock.
func New[V comparable](most int, gone func(V)) *Tenants[V] {
	return &Tenants[V]{most: most, gone: gone, kept: map[string]*cell[V]{}}
}

// Use gives the value of a tenant that is busy now. If there is none, open makes it, under
// the lock.
func (t *Tenants[V]) Use(tenant string, open func() V) V {
	used := t.uses.Add(1)
	t.mu.RLock()
	c := t.kept[tenant]
	t.mu.RUnlock()
	if c == nil {
		c = t.open(tenant, open)
	}
	c.used.Store(used)
	return c.value
}

func (t *Tenants[V]) open(tenant string, open func() V) *cell[V] {
	t.mu.Lock()
	defer t.mu.Unlock()
	if c := t.kept[tenant]; c != nil {
		return c
	}
	if len(t.kept) >= t.most {
		var none V
		t.dropIdlest(none)
	}
	c := &cell[V]{value: open()}
	t.kept[string([]byte(tenant))] = c // The name is a piece of the request's header.
	return c
}

// Find gives the value of a tenant, or nothing. Whoever looks keeps no tenant busy.
func (t *Tenants[V]) Find(tenant string) (value V) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if c := t.kept[tenant]; c != nil {
		value = c.value
	}
	return value
}

// FindOr is Find that asks otherwise for what stands for the value of a tenant without
// one, while none is opened.
func (t *Tenants[V]) FindOr(tenant string, otherwise func() V) V {
	t.mu.Lock()
	defer t.mu.Unlock()
	if c := t.kept[tenant]; c != nil {
		return c.value
	}
	return otherwise()
}

// Forget lets a tenant go.
func (t *Tenants[V]) Forget(tenant string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.kept, tenant)
}

// Shrink lets the idlest tenants go for as long as it is too much, but for one.
func (t *Tenants[V]) Shrink(tooMuch func() bool, but V) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.kept) > 1 && tooMuch() {
		t.dropIdlest(but)
	}
}

// dropIdlest forgets the tenant that has been quiet for the longest time.
func (t *Tenants[V]) dropIdlest(but V) {
	idlest := ""
	var oldest *cell[V]
	for tenant, c := range t.kept {
		if c.value != but && (oldest == nil || c.used.Load() < oldest.used.Load()) {
			idlest, oldest = tenant, c
		}
	}
	if oldest != nil {
		delete(t.kept, idlest)
		t.gone(oldest.value)
	}
}

// Names are those of the tenants, in their order.
func (t *Tenants[V]) Names() []string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return slices.Sorted(maps.Keys(t.kept))
}
