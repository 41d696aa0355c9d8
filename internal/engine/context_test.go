package engine_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/store"
)

// queue is a store in which somebody leaves who waits for the turn to write.
type queue struct {
	store.Store
	leave func()
}

func (q queue) Update(ctx context.Context, tenant string, fn func(store.Tx) error) error {
	return q.Store.Update(ctx, tenant, func(tx store.Tx) error {
		q.leave()
		return fn(tx)
	})
}

// TestAUnitIsDoneWholeOrNotAtAll lets a caller leave before a unit of work begins,
// while it waits for its turn, and in its middle.
func TestAUnitIsDoneWholeOrNotAtAll(t *testing.T) {
	for _, c := range []struct {
		name             string
		before, in, turn bool
		whole            bool
	}{
		{name: "before", before: true},
		{name: "in the queue", turn: true},
		{name: "in the middle", in: true, whole: true},
	} {
		f := newFarm(t, memory(t), 1)
		ctx, leave := context.WithCancel(t.Context())
		if c.turn {
			f.engine.Store = queue{f.engine.Store, leave}
		}
		if c.before {
			leave()
		}
		err := f.engine.Do(ctx, "a", func(u *engine.Unit) error {
			if c.in {
				leave()
			}
			return f.nests.Create(u, &nest{Life: machine.Life{ID: "n", Seq: u.Next()}}, "build", machine.Cause{})
		})
		if c.whole != (err == nil) || err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", c.name, err)
		}
		state, err := f.engine.Dump(t.Context(), "a")
		if err != nil || c.whole != (state != "") {
			t.Errorf("%s: the state is %q, %v", c.name, state, err)
		}
		leave()
	}
}

// TestWhoLeavesDoesNotWaitForTimers: what is due is left to others, and not lost.
func TestWhoLeavesDoesNotWaitForTimers(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	f.lay(t, "a", "e1", "e2")
	f.wall = f.wall.Add(25 * time.Hour)
	ended, end := context.WithCancel(t.Context())
	end()
	look := func(*engine.Unit) error { return nil }
	for name, err := range map[string]error{
		"do": f.engine.Do(ended, "a", look), "read": f.engine.Read(ended, "a", look), "show": f.engine.Show(ended, "a", look),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := nextDue(t, f.engine); got.IsZero() || got.After(f.wall) {
		t.Errorf("what is due is due at %s", got)
	}
	if got := f.look(t, "a"); got != "e1:CHICK e2:CHICK chicks:2" {
		t.Errorf("then there are %s", got)
	}
}
