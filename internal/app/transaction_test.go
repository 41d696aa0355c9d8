package app_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/setting"
	"finhub-sandbox/internal/store"
)

// transactions are how many there have been of a tenant.
type transactions struct{ views, updates int }

// countedStore counts the transactions of each tenant.
type countedStore struct {
	store.Store
	mu  sync.Mutex
	all map[string]transactions
}

func (s *countedStore) View(ctx context.Context, tenant string, fn func(store.Tx) error) error {
	s.count(tenant, transactions{views: 1})
	return s.Store.View(ctx, tenant, fn)
}

func (s *countedStore) Update(ctx context.Context, tenant string, fn func(store.Tx) error) error {
	s.count(tenant, transactions{updates: 1})
	return s.Store.Update(ctx, tenant, fn)
}

func (s *countedStore) count(tenant string, more transactions) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.all[tenant]
	s.all[tenant] = transactions{n.views + more.views, n.updates + more.updates}
}

func (s *countedStore) of(tenant string) transactions {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all[tenant]
}

// TestARequestIsOneTransaction plays all flows and counts: each request to the
// product is one transaction of its tenant and no more, whether it is answered or
// refused. One that looks is run again as one that writes where something waits to
// be looked at, or a rule counts it.
func TestARequestIsOneTransaction(t *testing.T) {
	var requests, again int
	var mu sync.Mutex
	open := func(config app.Config) *flowServer {
		var counted *countedStore
		config.Store = func(s store.Store) store.Store {
			counted = &countedStore{Store: s, all: map[string]transactions{}}
			return counted
		}
		server := openFlowServer(t, config)
		server.around = func(r *http.Request, answer func()) {
			tenant := r.Header.Get("X-Tenant-Id")
			was, _ := server.dump(tenant)
			before := counted.of(tenant)
			answer()
			after := counted.of(tenant)
			is, _ := server.dump(tenant)
			views, updates := after.views-before.views, after.updates-before.updates
			if !strings.HasPrefix(r.URL.Path, "/api/") || views+updates == 0 {
				return // Control calls move clocks, and what no operation answers asks nobody.
			}
			mu.Lock()
			defer mu.Unlock()
			requests++
			o := operationOf(server.documents, r.Method, r.URL.Path)
			looks := r.Method == http.MethodGet || r.Method == http.MethodHead || o != nil && o.Looks
			switch {
			case looks && views == 1 && updates == 1:
				if again++; was == is {
					t.Errorf("%s %s is run again as one that writes, and writes nothing", r.Method, r.URL.Path)
				}
			case looks && (views != 1 || updates != 0), !looks && (views != 0 || updates != 1):
				t.Errorf("%s %s: %d transactions that read and %d that write", r.Method, r.URL.Path, views, updates)
			}
		}
		return server
	}
	playAllFlows(t, open(app.Config{}), open(app.Config{Settings: setting.Settings{Headers: setting.Relaxed}}))
	t.Cleanup(func() {
		t.Logf("%d requests, %d of which were run again as ones that write", requests, again)
		if requests < 1000 {
			t.Errorf("only %d requests were counted", requests)
		}
	})
}

// twiceStore runs every transaction that writes twice, as a store does that finds
// out too late that somebody else was first.
type twiceStore struct {
	store.Store
	again *atomic.Int64
}

var errTooLate = errors.New("somebody else was first")

func (s twiceStore) Update(ctx context.Context, tenant string, fn func(store.Tx) error) error {
	err := s.Store.Update(ctx, tenant, func(tx store.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return errTooLate
	})
	if !errors.Is(err, errTooLate) {
		return err // It was refused, and would be again.
	}
	s.again.Add(1)
	return s.Store.Update(ctx, tenant, fn)
}

// TestUnitsCanBeRunAgain plays all flows on a store that runs each unit of work
// twice: every reply is what it is elsewhere.
func TestUnitsCanBeRunAgain(t *testing.T) {
	var again atomic.Int64
	twice := func(s store.Store) store.Store { return twiceStore{s, &again} }
	t.Cleanup(func() {
		if n := again.Load(); n < 1000 {
			t.Errorf("only %d units of work were run again", n)
		}
	})
	playAllFlows(t, openFlowServer(t, app.Config{Store: twice}), openFlowServer(t, app.Config{Store: twice, Settings: setting.Settings{Headers: setting.Relaxed}}))
}
