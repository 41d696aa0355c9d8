// Package webhook sends what is due: outside of every lock and transaction, one
// delivery at a time to each subscription, subscriptions beside each other. What
// comes of an attempt enters as any other trigger does.
//
// It decides nothing about deliveries, and reads no clock: it is given one.
package webhook

import (
	"cmp"
	"context"
	"log/slog"
	"net"
	"sync"
	"time"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/sandbox/webhooks"
	"finhub-sandbox/internal/sandbox/world"
)

// Config is what a sender goes by.
type Config struct {
	World *world.World
	// Now is the real time, and Wait waits in it.
	Now  func() time.Time
	Wait func(context.Context, time.Duration) error
	// Timeout is how long an attempt may take; 0 is ten seconds.
	Timeout time.Duration
	// Receivers are the paths of the sandbox's own that may be called.
	Receivers []string
	// Resolver finds the addresses of names; nil is the system's.
	Resolver *net.Resolver
	Log      *slog.Logger
	// Turns says when it is a tenant's turn; nil lets everybody act when they like.
	Turns Turns
	// Send makes an attempt; nil sends it.
	Send func(context.Context, *webhooks.Sending) (delivery.Attempt, bool)
	// Claims has attempts made by one process of several, and Left is how often it is looked
	// for those that another has left; nil has no others.
	Claims Claims
	Left   time.Duration
	// Attempted is told of every attempt whose outcome is kept; nil is nobody.
	Attempted func(*webhooks.Sending, delivery.Attempt)
}

// beside is to how many subscriptions of a tenant is sent at once: whoever does not
// answer keeps only those waiting.
const beside = 16

// again is how long a tenant is left alone whose outcomes could not be written.
const again = time.Second

// Sender sends the deliveries of all tenants.
type Sender struct {
	Config
	doors     doors
	listeners listeners

	mu      sync.Mutex
	changed *sync.Cond
	tenants map[string]*lane
	// ready are the tenants that have something to send, and woken tells of them.
	ready map[string]struct{}
	woken chan struct{}
}

// lane is what goes on in a tenant.
type lane struct {
	// busy are the subscriptions to which is being sent.
	busy map[string]struct{}
	// moving counts those who move the clock: they send themselves.
	moving int
}

// New makes a sender, which sends nothing by itself until it runs.
func New(c Config) *Sender {
	s := &Sender{Config: c, tenants: map[string]*lane{}, ready: map[string]struct{}{}, woken: make(chan struct{}, 1)}
	s.listeners = listeners{all: map[[2]string]*Listener{}, with: map[attemptKey]*Handed{}}
	s.changed = sync.NewCond(&s.mu)
	if s.Turns == nil {
		s.Turns = anytime{}
	}
	if s.Send == nil {
		s.Send = s.send
	}
	s.doors = newDoors(c.Receivers, c.World.Config.WebhookHosts, c.Resolver)
	return s
}

// Patience is how long an attempt may take.
func (s *Sender) Patience() time.Duration { return cmp.Or(s.Timeout, timeout) }

// Ready says that a tenant has something to send.
func (s *Sender) Ready(tenant string) {
	s.mu.Lock()
	s.ready[tenant] = struct{}{}
	s.mu.Unlock()
	select {
	case s.woken <- struct{}{}:
	default:
	}
}

// Run sends what becomes ready, and what was when it begins, until the context
// ends and the attempts that are under way with it.
func (s *Sender) Run(ctx context.Context) {
	var working sync.WaitGroup
	defer working.Wait()
	s.findReady(ctx)
	if s.Claims != nil {
		working.Go(func() {
			for s.Wait(ctx, s.Left) == nil {
				for _, tenant := range s.Claims.Left() {
					s.Ready(tenant)
				}
			}
		})
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.woken:
		}
		for _, tenant := range s.takeReady() {
			s.dispatch(ctx, tenant, &working)
		}
	}
}

// findReady finds what an earlier process has left.
func (s *Sender) findReady(ctx context.Context) {
	tenants, err := s.World.Engine().Tenants(ctx)
	if err != nil {
		s.Log.Error("the tenants whose webhooks wait cannot be read", "error", err)
	}
	for _, tenant := range tenants {
		s.Ready(tenant)
	}
}

func (s *Sender) takeReady() (tenants []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for tenant := range s.ready {
		tenants = append(tenants, tenant)
	}
	clear(s.ready)
	return tenants
}

// caller is nobody but the sandbox itself.
func caller(tenant string) access.Caller {
	return access.Caller{Sort: access.Staff, Tenant: tenant, UserID: "sandbox-webhooks"}
}

// dispatch begins to send to the subscriptions of a tenant that are ready, and to
// which nobody sends yet.
func (s *Sender) dispatch(ctx context.Context, tenant string, working *sync.WaitGroup) {
	ready, err := world.Show(ctx, s.World, caller(tenant), webhooks.Subscriptions)
	if err != nil && ctx.Err() == nil {
		s.Log.Error("webhooks that are ready cannot be read", "tenant", tenant, "error", err)
		return
	}
	for _, subscription := range ready {
		if s.begin(tenant, subscription) {
			working.Go(func() { s.work(ctx, tenant, subscription) })
		}
	}
}

// begin takes a subscription for sending to it, unless somebody has it, the clock is
// being moved, or as many are busy as may be. Who ends looks for the others.
func (s *Sender) begin(tenant, subscription string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.lane(tenant)
	_, taken := l.busy[subscription]
	if taken || l.moving > 0 || len(l.busy) >= beside {
		s.leave(tenant)
		return false
	}
	l.busy[subscription] = struct{}{}
	return true
}

// lane gives what goes on in a tenant; leave forgets it when nothing does.
func (s *Sender) lane(tenant string) *lane {
	l := s.tenants[tenant]
	if l == nil {
		l = &lane{busy: map[string]struct{}{}}
		s.tenants[tenant] = l
	}
	return l
}

func (s *Sender) leave(tenant string) {
	if l := s.tenants[tenant]; l != nil && len(l.busy) == 0 && l.moving == 0 {
		delete(s.tenants, tenant)
	}
	s.changed.Broadcast()
}

// work sends to a subscription until nothing is ready any more, or somebody moves the
// clock.
func (s *Sender) work(ctx context.Context, tenant, subscription string) {
	defer s.Ready(tenant)
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.lane(tenant).busy, subscription)
		s.leave(tenant)
	}()
	for ctx.Err() == nil && !s.moved(tenant) {
		more, err := s.one(ctx, tenant, subscription)
		if err != nil {
			s.Log.Error("what came of a webhook could not be written; it is sent again", "tenant", tenant, "error", err)
			_ = s.Wait(ctx, again) // Who ends it ends this too.
			return
		}
		if !more {
			return
		}
	}
}

func (s *Sender) moved(tenant string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lane(tenant).moving > 0
}

// one sends the first delivery that is ready for a subscription, if there is one.
func (s *Sender) one(ctx context.Context, tenant, subscription string) (more bool, err error) {
	due, err := s.due(ctx, tenant, subscription)
	if due == nil || err != nil {
		return false, err
	}
	if !s.claim(ctx, due) {
		return false, nil
	}
	defer s.release(due)
	attempt, made := s.Send(ctx, due)
	if !made {
		return false, nil
	}
	sent, attempts := []*webhooks.Sending{due}, []delivery.Attempt{attempt}
	end := s.Turns.Enter(tenant, outcomes(sent, attempts))
	events, err := s.settle(ctx, tenant, sent, attempts)
	end(len(events) > 0)
	return err == nil, err
}

func (s *Sender) due(ctx context.Context, tenant, subscription string) (*webhooks.Sending, error) {
	return world.Show(ctx, s.World, caller(tenant), func(act *world.Act) (*webhooks.Sending, error) { return webhooks.Due(act, subscription) })
}

// settle takes over what came of some attempts, in one act. They have been made, so
// that it does not matter who has left meanwhile.
func (s *Sender) settle(ctx context.Context, tenant string, sent []*webhooks.Sending, attempts []delivery.Attempt) ([]engine.Event, error) {
	events, err := world.Do(context.WithoutCancel(ctx), s.World, caller(tenant), func(act *world.Act) (events []engine.Event, err error) {
		for i := range sent {
			came, err := webhooks.Settle(act, sent[i], attempts[i])
			if err != nil {
				return nil, err
			}
			events = append(events, came...)
		}
		return events, nil
	})
	for i := range sent {
		if err == nil && s.Attempted != nil {
			s.Attempted(sent[i], attempts[i])
		}
	}
	return events, err
}
