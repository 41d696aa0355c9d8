package webhooks

import (
	"time"

	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/sandbox/world"
)

// Sending is one attempt that is due: everything that its sender needs to know.
type Sending struct {
	Tenant, DeliveryID, SubscriptionID string
	EventID, EventType                 string
	Number                             int
	URL, Body                          string
	Unverified, Listener               bool
	Signing                            delivery.Signing
	Secrets                            []string
	Fault                              delivery.FaultKind
	// At is the tenant's time.
	At time.Time
	// Epoch is that of the tenant: what came of an attempt is not told to another.
	Epoch int
}

// Subscriptions lists those for which something is ready to be sent.
func Subscriptions(act *world.Act) ([]string, error) {
	return act.Outgoing.Values(act.Unit, "ready"), nil
}

// Due gives the attempt that is next to be sent to a subscription, or nil.
func Due(act *world.Act, subscription string) (*Sending, error) {
	noted := act.Outgoing.First(act.Unit, "ready", subscription)
	if noted == nil {
		return nil, nil
	}
	d, s := act.Deliveries.Get(act.Unit, noted.ID), act.Subscriptions.Get(act.Unit, subscription)
	if d == nil || s == nil {
		return nil, nil
	}
	policy, err := world.PolicyOf(act)
	if err != nil {
		return nil, err
	}
	sending := &Sending{
		Tenant: act.Tenant(), DeliveryID: d.ID, SubscriptionID: s.ID, EventID: d.EventID, EventType: d.EventType, Number: d.Number(),
		URL: s.URL, Body: d.Body, Unverified: s.Unverified, Listener: s.Listener, Signing: policy.Signing(), Secrets: s.Secrets(act.Now()), At: act.Now(),
		Epoch: act.Epoch(),
	}
	if d.Fault != nil {
		sending.Fault = d.Fault.Kind
	}
	return sending, nil
}

// Settle takes over what came of an attempt, and gives the event that tells it. Of a
// delivery that is not there any more nothing is told, nor to a tenant that was reset
// or restored since.
func Settle(act *world.Act, s *Sending, a delivery.Attempt) (events []engine.Event, err error) {
	d := act.Deliveries.Get(act.Unit, s.DeliveryID)
	if d == nil || s.Epoch != act.Epoch() {
		return nil, nil
	}
	forget(act, d)
	policy, err := world.PolicyOf(act)
	if err != nil {
		return nil, err
	}
	a.Number, a.At, a.URL, a.Fault = s.Number, s.At, s.URL, s.Fault
	subscription := act.Subscriptions.Get(act.Unit, d.SubscriptionID)
	var schedule delivery.Schedule
	if subscription != nil {
		schedule = delivery.ScheduleOf(subscription, policy.Schedule)
	}
	act.Deliveries.Save(act.Unit, d)
	on := d.Attempted(a, schedule)
	if err := act.Deliveries.Fire(act.Unit, d, on, machine.Cause{}); err != nil {
		return nil, err
	}
	if a.Gone() && subscription != nil {
		if err := switchOff(act, subscription); err != nil {
			return nil, err
		}
	}
	return []engine.Event{told(act, d, a)}, nil
}

// switchOff ends what a receiver does not want any more.
func switchOff(act *world.Act, s *delivery.Subscription) error {
	if err := act.Subscriptions.Fire(act.Unit, s, delivery.SwitchOff, machine.Cause{}); err != nil {
		return err
	}
	return cancelOpen(act, s.ID, machine.Cause{})
}

// told words an attempt for who moves the clock.
func told(act *world.Act, d *delivery.Delivery, a delivery.Attempt) engine.Event {
	kinds := map[machine.State]string{
		delivery.Delivered: "webhook.delivered", delivery.Retrying: "webhook.retrying", delivery.Failed: "webhook.failed", delivery.Cancelled: "webhook.cancelled",
	}
	e := engine.Event{
		Seq: act.NextApart(), At: a.At, Type: kinds[d.State], Entity: "delivery", ID: d.ID, State: d.State, Customer: d.CustomerID, Reason: a.Error,
		Data: map[string]string{"eventType": d.EventType, "eventId": d.EventID, "subscriptionId": d.SubscriptionID},
	}
	return e
}
