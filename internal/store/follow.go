package store

import (
	"context"
	"time"
)

// How often a replica asks for news, how many times it does so until it looks at all
// tenants, and for how many of these looks a copy may rest before it is dropped.
const (
	newsTime  = 250 * time.Millisecond
	lookEvery = 40
	restLooks = 60
)

// Follow keeps the replica near to the log until the context ends: it learns of tenants,
// takes over what others write into those that it has a copy of, and drops copies that
// nobody uses. wait waits for a while, or gives an error if the context ends.
func (r *Replica) Follow(ctx context.Context, wait func(context.Context, time.Duration) error) {
	for n := 1; wait(ctx, newsTime) == nil; n++ {
		// What could not be read now is read the next time, and Ready tells of it.
		if n%lookEvery == 0 {
			_ = r.Look(ctx)
			r.dropResting()
			continue
		}
		var news []News
		err := r.call(ctx, func(ctx context.Context) (err error) {
			var next int64
			if news, next, err = r.log.News(ctx, r.place.Load()); err == nil {
				r.place.Store(next)
			}
			return err
		})
		if err == nil {
			r.learn(ctx, news)
		}
	}
}

// Look learns of all tenants what the log says.
func (r *Replica) Look(ctx context.Context) error {
	var all []News
	if err := r.call(ctx, func(ctx context.Context) (err error) {
		var place int64
		if all, place, err = r.log.Last(ctx); err == nil {
			r.place.CompareAndSwap(0, place)
		}
		return err
	}); err != nil {
		return err
	}
	r.learn(ctx, all)
	return nil
}

// learn takes over what is new of tenants with a copy, and of the others only what there is
// to know of all.
func (r *Replica) learn(ctx context.Context, news []News) {
	for _, n := range news {
		t := r.enter(n.Tenant)
		l := t.line
		l.mu.Lock()
		loaded, busy, isNew := l.loaded, l.busy, n.Number > max(l.number, l.heard)
		l.heard = max(l.heard, n.Number)
		l.mu.Unlock()
		switch {
		case isNew && loaded:
			_ = r.upToDate(ctx, t) // Whoever needs it tries again.
		case isNew:
			if !busy {
				_ = r.rows.tenants.list(t, head{exists: n.Head.Present, due: n.Head.Due}) // It is in memory.
			}
			r.tell(Applied{Tenant: n.Tenant})
		}
		r.leave(t)
	}
}

// dropResting drops copies that nobody has used for long.
func (r *Replica) dropResting() {
	r.rows.tenants.mu.RLock()
	var all []*tenant
	for _, t := range r.rows.tenants.byName {
		all = append(all, t)
	}
	r.rows.tenants.mu.RUnlock()
	for _, t := range all {
		r.dropIfResting(t.name)
	}
}

func (r *Replica) dropIfResting(tenant string) {
	t := r.enter(tenant)
	defer r.leave(t)
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.line
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rested++
	if !l.loaded || l.busy || l.basing || len(l.queue) > 0 || l.rested < restLooks || len(t.frozen) > 0 {
		return
	}
	was := t.place
	t.place, l.loaded, l.dropped = place{}, false, true
	l.number, l.id, l.base, l.grown = 0, "", 0, 0
	if was.db != nil {
		_ = r.rows.tenants.holds.close(was.db) // It is in memory.
	}
}
