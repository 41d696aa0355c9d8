package engine_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/store"
)

func byDays() engine.Index[letter] {
	return engine.Index[letter]{Name: "days", Of: func(e *letter) []string { return []string{fmt.Sprint(e.Days)} }}
}

func byFate() engine.Index[letter] {
	return engine.Index[letter]{Name: "fate", Of: func(e *letter) []string { return []string{fmt.Sprint(e.Lost)} }}
}

// sendAll sends more letters than are looked at in one transaction, and some in
// another tenant.
func (p *post) sendAll(t *testing.T) {
	t.Helper()
	p.send(t, 2_500, 1, false)
	p.send(t, 3, 2, true)
	p.tenant = "other"
	p.send(t, 4, 1, false)
	p.tenant = "t"
}

func (p *post) dumps(t *testing.T) string {
	t.Helper()
	var text strings.Builder
	for _, tenant := range []string{"t", "other"} {
		dump, err := p.engine.Dump(t.Context(), tenant)
		if err != nil {
			t.Fatal(err)
		}
		text.WriteString(dump)
	}
	return text.String()
}

// A store opens under any other list of indexes as if it had had that from the
// beginning, and says so once.
func TestIndexesAreRebuiltWhereTheyDiffer(t *testing.T) {
	lists := [][]engine.Index[letter]{nil, {byDays()}, {byFate()}, {byDays(), byFate()}}
	var want []string
	for _, list := range lists {
		p := openPost(t, memory(t), list...)
		p.sendAll(t)
		if told := p.engine.Reindexed(); len(told) > 0 {
			t.Errorf("the indexes of %q were rebuilt in a new store", told)
		}
		want = append(want, p.dumps(t))
	}
	s := memory(t)
	openPost(t, s).sendAll(t)
	for _, i := range []int{1, 2, 3, 2, 0, 3, 1} {
		p := openPost(t, s, lists[i]...)
		if told := p.engine.Reindexed(); !slices.Equal(told, []string{"letter"}) {
			t.Errorf("the indexes of %q were rebuilt", told)
		}
		if p.dumps(t) != want[i] {
			t.Errorf("under list %d the store is another than if it had always had that", i)
		}
		if told := openPost(t, s, lists[i]...).engine.Reindexed(); len(told) > 0 {
			t.Errorf("the indexes of %q were rebuilt twice", told)
		}
	}
	p := openPost(t, s, byDays())
	if err := p.engine.Read(t.Context(), "other", func(u *engine.Unit) error {
		if n := p.letters.Count(u, "days", "1", 100); n != 4 {
			t.Errorf("%d letters are found", n)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// A store of which nothing is known, since an earlier version wrote it, gets its
// indexes, and tenants are due when their timers say.
func TestAnEarlierStoreIsBroughtUpToDate(t *testing.T) {
	s := memory(t)
	p := openPost(t, s)
	p.tenant = "running"
	p.send(t, 1, 3, true)
	if err := s.Update(t.Context(), store.Shared, func(tx store.Tx) error { tx.Clear(); return nil }); err != nil {
		t.Fatal(err)
	}
	if err := s.Update(t.Context(), "running", func(tx store.Tx) error { tx.SetDue(time.Time{}); return nil }); err != nil {
		t.Fatal(err)
	}
	p = openPost(t, s, byDays())
	if due := nextDue(t, p.engine); !due.Equal(start.AddDate(0, 0, 3)) {
		t.Errorf("it is due at %s", due)
	}
	if told := p.engine.Reindexed(); !slices.Equal(told, []string{"letter"}) {
		t.Errorf("the indexes of %q were rebuilt", told)
	}
}

// A collection whose indexes nobody would rebuild cannot be added to.
func TestIndexesMustBeKnown(t *testing.T) {
	p := newPost(t)
	unknown := engine.Collection[letter]{Name: "unknown", Indexes: []engine.Index[letter]{byDays()}}
	err := p.engine.Do(t.Context(), "t", func(u *engine.Unit) error {
		unknown.Add(u, &letter{Life: machine.Life{ID: "x", Seq: 1}})
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "unknown") {
		t.Errorf("got %v", err)
	}
}

// A unit looks through an index once, and yet finds what has come since, and not what
// has gone or what was only tried.
func TestWhatComesAndGoesIsFound(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	f.lay(t, "t", "a", "b")
	found := func(u *engine.Unit) string {
		var ids []string
		for _, e := range f.eggs.By(u, "nest", "n") {
			ids = append(ids, e.ID)
		}
		if first := f.eggs.First(u, "nest", "n"); first != nil {
			ids = append(ids, "first "+first.ID)
		}
		return strings.Join(ids, " ")
	}
	if err := f.engine.Do(t.Context(), "t", func(u *engine.Unit) error {
		for _, step := range []struct {
			does func() error
			want string
		}{
			{func() error { return nil }, "a b first a"},
			{func() error { return f.layIn(u, "c") }, "a b c first a"},
			{func() error { return f.take(u, "a") }, "b c first b"},
			{func() error {
				err := u.Attempt(func() error {
					return errors.Join(f.layIn(u, "d"), f.take(u, "b"), errors.New(found(u)))
				})
				if err == nil || err.Error() != "c d first c" {
					t.Errorf("an attempt finds %v", err)
				}
				return nil
			}, "b c first b"},
		} {
			if err := step.does(); err != nil {
				return err
			}
			if got := found(u); got != step.want {
				t.Errorf("%q is found, not %q", got, step.want)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
