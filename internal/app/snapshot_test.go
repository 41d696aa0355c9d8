package app_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/sandbox/webhooks"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/store"
)

// loaded is a tenant in which several do something while it goes back to a snapshot.
type loaded struct {
	*app.App
	client *client
	// epoch is even while nobody restores.
	epoch atomic.Int64
	mu    sync.Mutex
	// registered are the customers' addresses by the epoch in which they were registered; those
	// who were while it changed are not among them.
	registered map[int64][]string
	begun      atomic.Int64
}

// enter lets somebody register and begin a life, as far as the tenant still knows them.
func (l *loaded) enter(t *testing.T, email string) {
	before := l.epoch.Load()
	registration := httpCall{operation: l.client.operation("registerIndividual"), tenant: "loaded", token: adminToken, body: map[string]any{
		"firstName": "Anna", "lastName": "Petrauskaite", "email": email, "phone": "+37062767557", "password": password, "matchingPassword": password,
	}}
	reply, err := l.client.do(registration)
	if err != nil || reply.status != http.StatusOK {
		t.Errorf("a registration is answered with %d %v %s", reply.status, err, reply.raw)
		return
	}
	customer := textAt(reply.value, "data.id")
	l.begun.Add(1)
	if before == l.epoch.Load() && before%2 == 0 {
		l.mu.Lock()
		l.registered[before] = append(l.registered[before], email)
		l.mu.Unlock()
	}
	for _, consent := range []string{"privacy", "terms"} {
		if _, err := l.client.do(httpCall{
			operation: l.client.operation("acceptIndividualConsent"), tenant: "loaded", token: adminToken,
			path: map[string]string{"customerId": customer, "consentType": consent}, body: map[string]any{"accepted": true, "version": "1.0"},
		}); err != nil {
			t.Error(err)
		}
	}
}

// check holds the tenant to what it has promised.
func (l *loaded) check(t *testing.T) {
	t.Helper()
	text, err := export(l.App, "loaded")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.World().Engine().ReadState("loaded", text); err != nil {
		t.Errorf("what the tenant is does not fit together: %v\n%s", err, faultsOf(err))
	}
	last := l.registered[l.epoch.Load()]
	if len(last) == 0 {
		t.Error("nobody has registered after the last time")
	}
	for _, email := range last {
		if !strings.Contains(string(text), `"email": "`+email+`"`) {
			t.Errorf("%s has registered after the last time, and is not there", email)
		}
	}
}

// TestARestoreUnderLoadLosesAndMixesNothing lets clients live and the clock advance
// while the tenant goes back again and again. What it is then is a state that fits
// together, with everybody who came after the last time; and it goes back to the same.
// A data file has the same in the end.
func TestARestoreUnderLoadLosesAndMixesNothing(t *testing.T) {
	t.Run("memory", func(t *testing.T) { restoreUnderLoad(t, app.Config{Seed: "loaded", Settings: scaled(1)}) })
	t.Run("file", func(t *testing.T) {
		config := app.Config{Seed: "loaded", Settings: scaled(1), Data: filepath.Join(t.TempDir(), "data"), Durability: store.Second}
		now := restoreUnderLoad(t, config)
		again := openAppWith(t, config)
		if text, err := export(again, "loaded"); err != nil || string(text) != string(now) {
			t.Errorf("it is another when it is opened again: %v\n%s", err, firstDifference(string(now), string(text)))
		}
	})
}

// restoreUnderLoad gives what the tenant was when the sandbox was closed.
func restoreUnderLoad(t *testing.T, config app.Config) []byte {
	config.WebhookNames = noNames()
	a, err := app.Open(config, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	l := &loaded{App: a, registered: map[int64][]string{}}
	l.client = &client{documents: loadDocuments(t), send: inProcess(l.Handler())}
	e := l.World().Engine()
	if _, err := e.Freeze(t.Context(), "loaded", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := e.TakeSnapshot(t.Context(), "loaded", "base"); err != nil {
		t.Fatal(err)
	}
	base, err := export(l.App, "loaded")
	if err != nil {
		t.Fatal(err)
	}
	working, stop := context.WithCancel(t.Context())
	var workers sync.WaitGroup
	for who := range 3 {
		workers.Go(func() {
			for n := 0; working.Err() == nil; n++ {
				l.enter(t, fmt.Sprintf("w%d.n%d@example.com", who, n))
			}
		})
	}
	workers.Go(func() {
		for working.Err() == nil {
			_, err := e.Advance(working, "loaded", engine.Target{By: time.Hour})
			var refused *refusal.Error
			if err != nil && working.Err() == nil && (!errors.As(err, &refused) || refused.Code != refusal.ClockInterrupted) {
				t.Errorf("an advance ends with %v", err)
			}
		}
	})
	for range 25 {
		l.epoch.Add(1)
		if _, err := l.World().Restore(t.Context(), "loaded", "base"); err != nil {
			t.Error(err)
		}
		l.epoch.Add(1)
		for begun := l.begun.Load(); l.begun.Load() < begun+4; {
			if _, err := export(l.App, "loaded"); err != nil { // Readers have their turn too.
				t.Error(err)
			}
		}
	}
	stop()
	workers.Wait()
	l.check(t)
	l.goBack(t, base)
	now, err := export(l.App, "loaded")
	if err := errors.Join(err, l.Close()); err != nil {
		t.Fatal(err)
	}
	return now
}

// goBack lets the tenant go back, and somebody register who is still there later.
func (l *loaded) goBack(t *testing.T, base []byte) {
	t.Helper()
	if _, err := l.World().Restore(t.Context(), "loaded", "base"); err != nil {
		t.Fatal(err)
	}
	if again, err := export(l.App, "loaded"); err != nil || string(again) != string(base) {
		t.Errorf("it does not go back to what it was: %v\n%s", err, firstDifference(string(base), string(again)))
	}
	l.enter(t, "last@example.com")
}

// TestAWebhookUnderWayIsNotToldToARestoredTenant: an attempt that began before has its
// outcome after.
func TestAWebhookUnderWayIsNotToldToARestoredTenant(t *testing.T) {
	a := openAppWith(t, app.Config{Seed: "restored"})
	caller := access.Caller{Sort: access.Staff, Tenant: "restored", PowerTenant: true}
	url, name := "http://127.0.0.1:9/", "all"
	if _, err := world.Do(t.Context(), a.World(), caller, func(act *world.Act) (*delivery.Subscription, error) {
		return webhooks.Subscribe(act, webhooks.Wish{URL: &url, Name: &name, Events: []string{"customer.created"}})
	}); err != nil {
		t.Fatal(err)
	}
	c := &client{documents: loadDocuments(t), send: inProcess(a.Handler())}
	c.register(t, "restored", "anna@example.com")
	if _, err := a.World().Engine().TakeSnapshot(t.Context(), "restored", "waiting"); err != nil {
		t.Fatal(err)
	}
	sending := nextSending(t, a, caller)
	if _, err := a.World().Restore(t.Context(), "restored", "waiting"); err != nil {
		t.Fatal(err)
	}
	settle := func(s *webhooks.Sending) int {
		events, err := world.Do(t.Context(), a.World(), caller, func(act *world.Act) ([]engine.Event, error) {
			return webhooks.Settle(act, s, delivery.Attempt{Status: http.StatusOK})
		})
		if err != nil {
			t.Fatal(err)
		}
		return len(events)
	}
	if settle(sending) != 0 {
		t.Error("the restored tenant is told what came of it")
	}
	if again := nextSending(t, a, caller); again.DeliveryID != sending.DeliveryID || settle(again) != 1 {
		t.Error("the restored tenant does not send it again")
	}
}

// nextSending is the attempt that the tenant's only subscription waits for.
func nextSending(t *testing.T, a *app.App, caller access.Caller) *webhooks.Sending {
	t.Helper()
	sending, err := world.Show(t.Context(), a.World(), caller, func(act *world.Act) (*webhooks.Sending, error) {
		ready, err := webhooks.Subscriptions(act)
		if err != nil || len(ready) != 1 {
			return nil, fmt.Errorf("%v are ready, %w", ready, err)
		}
		return webhooks.Due(act, ready[0])
	})
	if err != nil || sending == nil {
		t.Fatalf("nothing is to be sent: %v", err)
	}
	return sending
}

// TestSnapshotsOutliveARestart keeps them in the data file, beside the tenants and not
// among them.
func TestSnapshotsOutliveARestart(t *testing.T) {
	config := app.Config{Seed: "kept", Data: filepath.Join(t.TempDir(), "data"), Durability: store.Second}
	a := openFlowApp(t, config)
	c := &client{documents: loadDocuments(t), send: inProcess(a.Handler())}
	c.register(t, "kept", "anna@example.com")
	for n := range engine.MaxSnapshots {
		if _, err := a.World().Engine().TakeSnapshot(t.Context(), "kept", fmt.Sprint("s", n)); err != nil {
			t.Fatal(err)
		}
	}
	var refused *refusal.Error
	if _, err := a.World().Engine().TakeSnapshot(t.Context(), "kept", "more"); !errors.As(err, &refused) || refused.Code != refusal.RequestInvalid {
		t.Errorf("one snapshot too many: %v", err)
	}
	if _, err := a.World().Engine().TakeSnapshot(t.Context(), "kept", "s0"); err != nil {
		t.Errorf("a snapshot in place of another: %v", err)
	}
	before, err := export(a, "kept")
	if err != nil {
		t.Fatal(err)
	}
	c.register(t, "kept", "ona@example.com")
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	a = openFlowApp(t, config)
	defer a.Close()
	if tenants, err := a.World().Engine().Tenants(t.Context()); err != nil || fmt.Sprint(tenants) != "[kept]" {
		t.Errorf("the tenants are %v, %v", tenants, err)
	}
	if _, err := a.World().Restore(t.Context(), "kept", "s0"); err != nil {
		t.Fatal(err)
	}
	after, err := export(a, "kept")
	if err != nil || string(after) != string(before) {
		t.Errorf("it is another after the restart: %v\n%s", err, firstDifference(string(before), string(after)))
	}
}

// TestAForkGoesOnAsTheOriginalWould: the same request makes the same of both, passwords
// hold in both, and only one of them sends webhooks.
func TestAForkGoesOnAsTheOriginalWould(t *testing.T) {
	a := openAppWith(t, app.Config{Seed: "forked"})
	caller := access.Caller{Sort: access.Staff, Tenant: "trunk", PowerTenant: true}
	url := "http://127.0.0.1:9/"
	if _, err := world.Do(t.Context(), a.World(), caller, func(act *world.Act) (*delivery.Subscription, error) {
		return webhooks.Subscribe(act, webhooks.Wish{URL: &url, Events: []string{"customer.created"}})
	}); err != nil {
		t.Fatal(err)
	}
	c := &client{documents: loadDocuments(t), send: inProcess(a.Handler())}
	anna := c.register(t, "trunk", "anna@example.com")
	if _, err := a.World().Engine().TakeSnapshot(t.Context(), "trunk", "s"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.World().Fork(t.Context(), "trunk", "s", "branch", func(act *world.Act) error {
		_, err := webhooks.SwitchAllOff(act)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	anna.tenant = "branch"
	c.login(t, &anna)
	anna.tenant = "trunk"
	c.login(t, &anna)
	if one, other := c.register(t, "trunk", "ona@example.com"), c.register(t, "branch", "ona@example.com"); one.customer != other.customer || one.wallet != other.wallet {
		t.Errorf("the original makes %s, and the fork %s", one.customer, other.customer)
	}
	for tenant, want := range map[string]int{"trunk": 1, "branch": 0} {
		caller.Tenant = tenant
		ready, err := world.Show(t.Context(), a.World(), caller, webhooks.Subscriptions)
		if err != nil || len(ready) != want {
			t.Errorf("%s sends to %v, %v", tenant, ready, err)
		}
	}
}
