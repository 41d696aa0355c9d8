package postgres_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"finhub-sandbox/internal/store"
	"finhub-sandbox/internal/store/postgres"
	"finhub-sandbox/internal/store/postgres/postgrestest"
	"finhub-sandbox/internal/store/storetest"
)

var nodes atomic.Int64

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func openLog(t *testing.T, url string) *postgres.Log {
	t.Helper()
	l, err := postgres.Open(t.Context(), postgres.Config{URL: url, Node: fmt.Sprint("n", nodes.Add(1)), Now: time.Now, Wait: pause})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func openReplica(t *testing.T, l *postgres.Log) *store.Replica {
	t.Helper()
	r, err := store.OpenReplica(t.Context(), l, store.ReplicaOptions{Node: fmt.Sprint("r", nodes.Add(1))})
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

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) (store.Store, func() store.Store) {
		l := openLog(t, postgrestest.Database(t))
		open := func() store.Store { return openReplica(t, l) }
		return open(), open
	})
}

