package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"finhub-sandbox/internal/store"
	"finhub-sandbox/internal/store/storetest"
)

// memoryLog is a store.Log in memory.
type memoryLog struct {
	mu      sync.Mutex
	tenants map[string]*memoryCommits
	news    []store.News
	// fail gives what becomes of an Append; nil is what should.
	fail func(add func() error) error
	// bases counts what PutBase was given.
	bases int
}

type memoryCommits struct {
	commits []store.Commit
	base    int64
	parts   [][]byte
}

func newMemoryLog() *memoryLog { return &memoryLog{tenants: map[string]*memoryCommits{}} }

func (l *memoryLog) Append(_ context.Context, tenant string, behind int64, commits []store.Commit) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	add := func() error { return l.add(tenant, behind, commits) }
	if l.fail != nil {
		return l.fail(add)
	}
	return add()
}

func (l *memoryLog) add(tenant string, behind int64, commits []store.Commit) error {
	of := l.tenants[tenant]
	switch {
	case of == nil && behind == 0:
		of = &memoryCommits{commits: []store.Commit{{}}}
		l.tenants[tenant] = of
	case of == nil || of.commits[len(of.commits)-1].Number != behind:
		return store.ErrBehind
	}
	for _, c := range commits {
		c.Body = slices.Clone(c.Body)
		of.commits = append(of.commits, c)
	}
	l.news = append(l.news, lastOf(tenant, of))
	return nil
}

func lastOf(tenant string, of *memoryCommits) store.News {
	last := of.commits[len(of.commits)-1]
	return store.News{Tenant: tenant, Number: last.Number, Head: last.Head}
}

func (l *memoryLog) Read(_ context.Context, tenant string, from int64) (list []store.Commit, more bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if of := l.tenants[tenant]; of != nil {
		for _, c := range of.commits {
			if c.Number >= from && len(list) < 100 {
				list = append(list, c)
			}
		}
		more = len(list) == 100
	}
	return list, more, nil
}

func (l *memoryLog) Base(_ context.Context, tenant string) (int64, [][]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	of := l.tenants[tenant]
	if of == nil {
		return 0, nil, nil
	}
	return of.base, of.parts, nil
}

func (l *memoryLog) PutBase(_ context.Context, tenant string, number int64, parts func(func([]byte) bool)) error {
	all := slices.Collect(parts)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bases++
	of := l.tenants[tenant]
	if of.base < number {
		of.base, of.parts = number, all
		of.commits = slices.DeleteFunc(of.commits, func(c store.Commit) bool { return c.Number > 0 && c.Number < number })
	}
	return nil
}

func (l *memoryLog) Last(context.Context) (list []store.News, place int64, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for tenant, of := range l.tenants {
		list = append(list, lastOf(tenant, of))
	}
	return list, int64(len(l.news)), nil
}

func (l *memoryLog) News(_ context.Context, place int64) ([]store.News, int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.news[place:]), int64(len(l.news)), nil
}

var nodes atomic.Int64

func openReplica(t *testing.T, l store.Log) *store.Replica {
	t.Helper()
	r, err := store.OpenReplica(t.Context(), l, store.ReplicaOptions{Node: fmt.Sprint("n", nodes.Add(1))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func TestReplica(t *testing.T) {
	storetest.Run(t, func(t *testing.T) (store.Store, func() store.Store) {
		l := newMemoryLog()
		return openReplica(t, l), func() store.Store { return openReplica(t, l) }
	})
}

// byTurns is one store by way of several replicas.
type byTurns struct {
	replicas []*store.Replica
	next     atomic.Int64
}

func (s *byTurns) one() *store.Replica {
	return s.replicas[int(s.next.Add(1))%len(s.replicas)]
}

func (s *byTurns) View(ctx context.Context, tenant string, fn func(store.Tx) error) error {
	return s.one().View(ctx, tenant, fn)
}

// Update has the replica look first, so that what the contract does is not run on what was
// before.
func (s *byTurns) Update(ctx context.Context, tenant string, fn func(store.Tx) error) error {
	r := s.one()
	if err := r.View(ctx, tenant, func(store.Tx) error { return nil }); err != nil {
		return err
	}
	return r.Update(ctx, tenant, fn)
}

func (s *byTurns) Freeze(ctx context.Context, tenant string) (store.Frozen, error) {
	return s.one().Freeze(ctx, tenant)
}

func (s *byTurns) Tenants(ctx context.Context) ([]string, error) { return s.one().Tenants(ctx) }

func (s *byTurns) Due(ctx context.Context, visit func(string, time.Time) bool) error {
	r := s.one()
	if err := errors.Join(ctx.Err(), r.Look(ctx)); err != nil {
		return err
	}
	return r.Due(ctx, visit)
}

// TestReplicasByTurns holds two replicas to what one store is held to, each call to
// another than the one before.
func TestReplicasByTurns(t *testing.T) {
	storetest.Run(t, func(t *testing.T) (store.Store, func() store.Store) {
		l := newMemoryLog()
		return &byTurns{replicas: []*store.Replica{openReplica(t, l), openReplica(t, l)}}, nil
	})
}

// TestALargeTenantIsNotWrittenAgainAndAgain: little that comes to a large base is no reason
// for another, however many commits it has.
func TestALargeTenantIsNotWrittenAgainAndAgain(t *testing.T) {
	l := newMemoryLog()
	write := func(rows, size int) {
		r, err := store.OpenReplica(t.Context(), l, store.ReplicaOptions{Node: fmt.Sprint("n", nodes.Add(1))})
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			if err := r.Update(t.Context(), "t", func(tx store.Tx) error {
				tx.Set(fmt.Appendf(nil, "row%d.%d", size, i), strings.Repeat("x", size))
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Close(); err != nil { // Then its bases are written.
			t.Fatal(err)
		}
	}
	write(8, 1<<20)
	write(1, 1) // A base that was due while another was being written comes now.
	written := l.bases
	if written == 0 {
		t.Error("many bytes are no reason for a base")
	}
	write(1_500, 10)
	if l.bases != written {
		t.Errorf("%d more bases of 8 MiB are written for a few bytes", l.bases-written)
	}
	write(8, 1<<20)
	if l.bases == written {
		t.Error("as much again is no reason for a base")
	}
}
