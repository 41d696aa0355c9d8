package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"finhub-sandbox/internal/sandbox/webhooks"
	"finhub-sandbox/internal/store"
	"finhub-sandbox/internal/store/postgres"
)

// keeper has the state of a sandbox.
type keeper interface {
	store.Store
	Commits() int64
	Close() error
}

// shared is what a sandbox has of a database that several use.
type shared struct {
	log     *postgres.Log
	replica *store.Replica
	// patience is how long an attempt to send a webhook may take.
	patience func() time.Duration

	mu sync.Mutex
	// changed are the tenants in which others have written, the latest first: for as long as a
	// claim holds.
	changed [3]map[string]struct{}
}

// leftTime is how often it is looked for webhooks that another process has left.
const leftTime = 15 * time.Second

// openStore opens what has the state. A sandbox without a clock of its own goes by that of
// the database, so that several agree.
func (a *App) openStore(ownClock bool) (err error) {
	c := &a.config
	if c.Database == "" {
		a.file, a.Opened, err = store.Open(store.Options{Path: c.Data, Durability: c.Durability, Through: c.Through})
		a.store = a.file
		return err
	}
	if c.Data != "" {
		return &Trouble{"--store and --data are both given", "a sandbox has its state in one place: leave one of them out", nil}
	}
	ctx := context.Background()
	node, now := rand.Text()[:10], c.Now
	log, err := postgres.Open(ctx, postgres.Config{URL: c.Database, Node: node, Now: now, Wait: Pause, Random: rand.Text})
	if err != nil {
		return err
	}
	replica, err := store.OpenReplica(ctx, log, store.ReplicaOptions{Node: node, LocalReads: c.LocalReads})
	if err != nil {
		return errors.Join(err, log.Close())
	}
	a.shared = &shared{
		log: log, replica: replica, patience: func() time.Duration { return a.sender.Patience() },
		changed: [3]map[string]struct{}{{}, {}, {}},
	}
	a.store = sharedKeeper{replica, log}
	if ownClock {
		c.Now = func() time.Time { return now().Add(log.Offset()) }
	}
	return nil
}

// sharedKeeper closes the log with the replica.
type sharedKeeper struct {
	*store.Replica
	log *postgres.Log
}

func (k sharedKeeper) Close() error { return errors.Join(k.Replica.Close(), k.log.Close()) }

// ready gives why the state cannot be written.
func (a *App) ready() error {
	if a.shared != nil {
		_, err := a.shared.replica.Behind(context.Background())
		return err
	}
	return a.file.Ready()
}

// database tells of the database beside the health; nothing without one.
func (a *App) database() map[string]any {
	if a.shared == nil {
		return nil
	}
	told := map[string]any{"name": a.shared.log.String()}
	began := a.config.Now()
	if behind, err := a.shared.replica.Behind(context.Background()); err == nil {
		told["roundTrip"], told["commitsBehind"] = a.config.Now().Sub(began).Round(time.Microsecond).String(), behind
	}
	return told
}

// Claim lets one process make an attempt to send a webhook. What another has claimed and not
// released in time it has left.
func (s *shared) Claim(ctx context.Context, due *webhooks.Sending) bool {
	claimed, err := s.log.Claim(ctx, due.Tenant, attemptOf(due), 2*s.patience())
	return claimed || err != nil // At least once is the promise.
}

// Release lets go what was claimed.
func (s *shared) Release(due *webhooks.Sending) {
	_ = s.log.Release(context.Background(), due.Tenant, attemptOf(due)) // It ends by itself in the end.
}

func attemptOf(due *webhooks.Sending) string {
	return fmt.Sprintf("%s/%d", due.DeliveryID, due.Number)
}

// applied takes note of what another process has changed in a tenant.
func (a *App) applied(change store.Applied) {
	a.world.Engine().Applied(change.Tenant, change.Anew)
	if change.Copied {
		a.sender.Ready(change.Tenant)
	}
	s := a.shared
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changed[0][change.Tenant] = struct{}{}
}

// Left gives the tenants in which others have written lately: of those who have ended since,
// something may be left.
func (s *shared) Left() (tenants []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, of := range s.changed {
		for tenant := range of {
			tenants = append(tenants, tenant)
		}
	}
	s.changed = [3]map[string]struct{}{{}, s.changed[0], s.changed[1]}
	return tenants
}

// ExamineDatabase tells what a start with a configuration would find in its database.
func ExamineDatabase(c Config) (found string, err error) {
	return postgres.Examine(context.Background(), postgres.Config{URL: c.Database, Now: time.Now, Wait: Pause, Random: rand.Text})
}
