package engine

import (
	"context"
	"sync"
	"sync/atomic"

	"finhub-sandbox/internal/domain/machine"
)

// waiting are those who wait for commits, by their tenants.
type waiting struct {
	// some counts the tenants that are waited for: mostly there are none, and a commit
	// has nothing to do.
	some atomic.Int64
	mu   sync.Mutex
	of   map[string]*awaited
}

// awaited is the next commit of a tenant, for so many who wait.
type awaited struct {
	who  int
	next chan struct{}
}

func (w *waiting) enter(tenant string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.of == nil {
		w.of = map[string]*awaited{}
	}
	if w.of[tenant] == nil {
		w.of[tenant] = &awaited{next: make(chan struct{})}
		w.some.Add(1)
	}
	w.of[tenant].who++
}

func (w *waiting) leave(tenant string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.of[tenant].who--; w.of[tenant].who == 0 {
		delete(w.of, tenant)
		w.some.Add(-1)
	}
}

func (w *waiting) next(tenant string) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.of[tenant].next
}

func (w *waiting) wake(tenant string) {
	if w.some.Load() == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if a := w.of[tenant]; a != nil {
		close(a.next)
		a.next = make(chan struct{})
	}
}

// Await runs look, and again after every commit of the tenant, until it reports that it
// has seen what is waited for, or fails. When the context ends it gives the context's
// error. Where look itself brings the tenant up to date, it is run once more.
func (e *Engine) Await(ctx context.Context, tenant string, look func() (seen bool, err error)) error {
	e.waiting.enter(tenant)
	defer e.waiting.leave(tenant)
	for {
		next := e.waiting.next(tenant)
		if seen, err := look(); seen || err != nil {
			return err
		}
		select {
		case <-next:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Life gives the life of an aggregate of a kind, which must not be changed; nil if there
// is none.
func (u *Unit) Life(kind, id string) *machine.Life {
	if k, ok := u.engine.kinds[kind]; ok {
		return k.life(u, id)
	}
	return nil
}

// Timers gives the earliest timers, so many at most.
func (u *Unit) Timers(limit int) []Timer { return u.firstTimers(limit) }
