package webhooks

import (
	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/fake"
	"finhub-sandbox/internal/sandbox/world"
)

// Listen makes a subscription for somebody who listens over the control API and takes
// what comes to an address; without a list of events it is for all. Its secret is the
// same for all listeners of a tenant, so that whoever listens again has nothing to
// set anew. Those that others have left behind, as listens says, are ended. It
// refuses with REQUEST_INVALID.
func Listen(act *world.Act, url string, events []string, listens func(subscription string) bool) (*delivery.Subscription, error) {
	if err := endLeft(act, listens); err != nil {
		return nil, err
	}
	if err := checkScope(act, ""); err != nil {
		return nil, err
	}
	if len(events) == 0 {
		events = delivery.Events()
	}
	n := act.NextApart()
	s := &delivery.Subscription{Life: machine.Life{ID: fake.ID(world.Seed(act), "listener", n), Seq: n}, Listener: true, Name: "webhook listen"}
	secret := madeUpSecret(act, 0)
	if err := take(act, s, Wish{URL: &url, Events: events, Secret: &secret}); err != nil {
		return nil, err
	}
	act.Unheard = false
	return s, act.Subscriptions.Create(act.Unit, s, delivery.Subscribe, world.By(act))
}

// endLeft ends the subscriptions of listeners that are not there any more: their
// process was killed, or ours.
func endLeft(act *world.Act, listens func(string) bool) error {
	for _, s := range act.Subscriptions.By(act.Unit, "scope", everybody) {
		if !s.Listener || listens(s.ID) {
			continue
		}
		if _, err := Unsubscribe(act, s.ID); err != nil {
			return err
		}
	}
	return nil
}
