package webhook

import (
	"context"
	"sync"

	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/sandbox/webhooks"
	"finhub-sandbox/internal/sandbox/world"
)

// Depart waits for what is being sent in a tenant, and hands the sending over to who
// moves its clock: then each attempt is made at its own instant, and the clock goes
// on when it has been answered. Who moves the clock while somebody else does, such
// as a receiver that is being served, waits for nothing and sends nothing.
func (s *Sender) Depart(ctx context.Context, tenant string) (settle func(context.Context) ([]engine.Event, error), arrived func()) {
	defer s.Turns.Leave(ctx)(nil)
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.lane(tenant)
	l.moving++
	arrived = func() {
		s.mu.Lock()
		l.moving--
		s.leave(tenant)
		s.mu.Unlock()
		s.Ready(tenant)
	}
	if l.moving > 1 {
		return nil, arrived
	}
	defer context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.changed.Broadcast()
	})()
	for len(l.busy) > 0 && ctx.Err() == nil {
		s.changed.Wait()
	}
	return func(ctx context.Context) ([]engine.Event, error) { return s.sendAll(ctx, tenant) }, arrived
}

// sendAll sends everything that is ready in a tenant. What came of it is taken over
// in the order of the subscriptions, however fast they answer.
func (s *Sender) sendAll(ctx context.Context, tenant string) (events []engine.Event, err error) {
	for ctx.Err() == nil {
		round, err := world.Show(ctx, s.World, caller(tenant), nextRound)
		if err != nil || len(round) == 0 {
			return events, err
		}
		back := s.Turns.Leave(ctx)
		sent, attempts := s.sendRound(ctx, round)
		back(outcomes(sent, attempts))
		came, err := s.settle(ctx, tenant, sent, attempts)
		s.release(sent...)
		if events = append(events, came...); err != nil {
			return events, err
		}
	}
	return events, nil
}

// nextRound has the first delivery of each subscription, of as many as are sent
// beside each other.
func nextRound(act *world.Act) (round []*webhooks.Sending, err error) {
	subscriptions, err := webhooks.Subscriptions(act)
	for _, subscription := range subscriptions {
		due, err := webhooks.Due(act, subscription)
		if err != nil {
			return nil, err
		}
		if due != nil && len(round) < beside {
			round = append(round, due)
		}
	}
	return round, err
}

// sendRound sends some deliveries at once; those that were not sent, since the
// context has ended, are left out.
func (s *Sender) sendRound(ctx context.Context, round []*webhooks.Sending) (sent []*webhooks.Sending, attempts []delivery.Attempt) {
	all, done := make([]delivery.Attempt, len(round)), make([]bool, len(round))
	var sending sync.WaitGroup
	for i, due := range round {
		sending.Go(func() {
			if !s.claim(ctx, due) {
				_ = s.Wait(ctx, claimed) // Another process makes it; then there is another round.
				return
			}
			if all[i], done[i] = s.Send(ctx, due); !done[i] {
				s.release(due)
			}
		})
	}
	sending.Wait()
	for i, due := range round {
		if done[i] {
			sent, attempts = append(sent, due), append(attempts, all[i])
		}
	}
	return sent, attempts
}
