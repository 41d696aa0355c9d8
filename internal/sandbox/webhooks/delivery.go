package webhooks

import (
	"fmt"
	"slices"
	"time"

	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/fake"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/scenario"
)

// DeliveryKind makes the kind of deliveries. Nothing shifts with them that does not
// belong to them, since how they go is decided outside.
func DeliveryKind(s *world.World) *engine.Kind[delivery.Delivery, delivery.Facts] {
	return world.See(s, &engine.Kind[delivery.Delivery, delivery.Facts]{
		Collection: engine.Collection[delivery.Delivery]{Name: "delivery", Indexes: []engine.Index[delivery.Delivery]{
			{Name: "subscription", Of: func(d *delivery.Delivery) []string { return []string{d.SubscriptionID} }},
		}},
		Table: delivery.Table(),
		Apart: true,
		Facts: world.Facts(s, func(act *world.Act, d *delivery.Delivery, _ machine.Cause) delivery.Facts {
			f := delivery.Facts{Next: d.Next, SubscriptionID: d.SubscriptionID}
			if s := act.Subscriptions.Get(act.Unit, d.SubscriptionID); s != nil {
				f.Subscribed = s.State
			}
			return f
		}),
		Effect:  world.Effect(s, deliveryEffect),
		Subject: func(d *delivery.Delivery) engine.Subject { return engine.Subject{Customer: d.CustomerID} },
	}, seenDelivery())
}

func seenDelivery() world.Seen[delivery.Delivery] {
	return world.Seen[delivery.Delivery]{
		Owner: func(d *delivery.Delivery) string { return d.CustomerID },
		Tells: []world.Telling[delivery.Delivery]{
			{About: scenario.AboutEvent, Tell: func(_ *world.Act, d *delivery.Delivery, f *scenario.Facts) {
				f.Event = scenario.Event{Type: d.EventType, ID: d.EventID}
			}},
			{About: scenario.AboutDelivery, Tell: func(act *world.Act, d *delivery.Delivery, f *scenario.Facts) {
				f.Delivery = scenario.Delivery{Attempt: d.Number(), State: string(d.State)}
				if s := act.Subscriptions.Get(act.Unit, d.SubscriptionID); s != nil {
					f.Delivery.Subscription, f.Delivery.URL = s.Name, s.URL
				}
			}},
		},
	}
}

// OutgoingCollection makes the collection of what waits to be sent.
func OutgoingCollection() engine.Collection[world.Outgoing] {
	return engine.Collection[world.Outgoing]{Name: "outgoing", Indexes: []engine.Index[world.Outgoing]{
		{Name: "ready", Of: func(o *world.Outgoing) []string { return whose(o, false) }},
		{Name: "held", Of: func(o *world.Outgoing) []string { return whose(o, true) }},
	}}
}

func whose(o *world.Outgoing, held bool) []string {
	if o.Held != held {
		return nil
	}
	return []string{o.SubscriptionID}
}

// Told notes the deliveries of an event, in the commit of the event itself.
func Told(act *world.Act, e engine.Event) {
	// Most tenants have no subscriptions, and most acts several events.
	if act.Unheard = act.Unheard || !act.Subscriptions.Any(act.Unit, "scope"); act.Unheard {
		return
	}
	for _, scope := range []string{everybody, e.Customer} {
		for _, s := range act.Subscriptions.By(act.Unit, "scope", scope) {
			if s.Wants(e.Type) {
				act.After(func() error { return begin(act, s, e) })
			}
		}
	}
}

// maxDeliveries is how many are kept of a subscription; the oldest go first, unless
// they are still to be sent.
const maxDeliveries = 20_000

// EventOf gives what is told of an event in a tenant of a seed.
func EventOf(seed string, e engine.Event) delivery.Event {
	data := map[string]string{"customerId": e.Customer, "status": string(e.State), "reason": e.Reason}
	for name, value := range e.Data {
		data[name] = value
	}
	return delivery.NewEvent("evt_"+fake.ID(seed, "event", e.Seq), e.Type, e.At, data)
}

// begin makes the delivery of an event to a subscription.
func begin(act *world.Act, s *delivery.Subscription, e engine.Event) error {
	event := EventOf(world.Seed(act), e)
	body, err := event.Body()
	if err != nil {
		return err
	}
	d := &delivery.Delivery{
		Life:           machine.Life{ID: fake.ID(world.Seed(act), "delivery/"+s.ID, e.Seq), Seq: act.NextApart()},
		SubscriptionID: s.ID, CustomerID: e.Customer, EventID: event.ID, EventType: e.Type, Body: body,
	}
	if act.Deliveries.Count(act.Unit, "subscription", s.ID, maxDeliveries) == maxDeliveries {
		if oldest := act.Deliveries.First(act.Unit, "subscription", s.ID); !oldest.Open() {
			act.Deliveries.Remove(act.Unit, oldest)
		}
	}
	if err := act.Deliveries.Create(act.Unit, d, delivery.Begin, machine.Cause{}); err != nil {
		return err
	}
	return overtake(act, d)
}

// overtake counts for those that are held that another delivery has followed, and
// lets those go behind it whom enough have overtaken.
func overtake(act *world.Act, by *delivery.Delivery) error {
	for _, held := range act.Outgoing.By(act.Unit, "held", by.SubscriptionID) {
		d := act.Deliveries.Get(act.Unit, held.ID)
		if d == nil || d == by {
			continue
		}
		act.Deliveries.Save(act.Unit, d)
		if d.Behind--; d.Behind == 0 {
			act.Deliveries.Then(act.Unit, d, delivery.Send, machine.Cause{})
		}
	}
	return nil
}

// deliveryEffect notes that a delivery is to be sent, and forgets that when it has
// come to an end.
func deliveryEffect(act *world.Act, d *delivery.Delivery, step machine.Step, _ machine.Cause) error {
	switch step.On {
	case delivery.Send:
		note(act, d, false)
		tenant := act.Tenant()
		act.OnCommit(func() { act.Outside.Ready(tenant) })
	case delivery.Cancel:
		forget(act, d)
	case delivery.Resend:
		d.Failures = 0
	}
	return nil
}

// note notes that a delivery is ready, or held; one that is ready stays so.
func note(act *world.Act, d *delivery.Delivery, held bool) {
	if noted := act.Outgoing.Get(act.Unit, d.ID); noted != nil {
		if !noted.Held {
			return
		}
		act.Outgoing.Remove(act.Unit, noted)
	}
	act.Outgoing.Add(act.Unit, &world.Outgoing{ID: d.ID, Seq: act.NextApart(), SubscriptionID: d.SubscriptionID, Held: held})
}

func forget(act *world.Act, d *delivery.Delivery) {
	if noted := act.Outgoing.Get(act.Unit, d.ID); noted != nil {
		act.Outgoing.Remove(act.Unit, noted)
	}
}

// Injected gives an attempt that is about to be due the fault that a scenario has for
// it, and says how much later that makes it.
func Injected(act *world.Act, d *delivery.Delivery, f delivery.Fault) (later time.Duration) {
	d.Fault = &f
	switch f.Kind {
	case delivery.Late:
		return time.Duration(f.After)
	case delivery.Reorder:
		d.Behind = f.Behind
		note(act, d, true)
		return delivery.ReorderWait
	}
	return 0
}

// FindDelivery finds a delivery, or refuses with DELIVERY_NOT_FOUND.
func FindDelivery(act *world.Act, id string) (*delivery.Delivery, error) {
	d := act.Deliveries.Get(act.Unit, id)
	if d == nil || !mayRead(act, d) {
		return nil, refusal.New(refusal.DeliveryNotFound, "the tenant has no webhook delivery with this id").
			Suggest("listWebhookSubscriptions", "shows the subscriptions, each of which lists its deliveries")
	}
	return d, nil
}

// mayRead reports whether the caller may see a delivery: as its subscription, whose
// scope can be wider than the event's customer.
func mayRead(act *world.Act, d *delivery.Delivery) bool {
	if s := act.Subscriptions.Get(act.Unit, d.SubscriptionID); s != nil {
		return act.Caller.MayActFor(s.CustomerID)
	}
	return act.Caller.MayActFor("")
}

// Page is a part of a list.
type Page struct {
	Items                []*delivery.Delivery
	Total, Limit, Offset int
}

// ListDeliveries lists the deliveries of a subscription, the oldest first. It refuses
// with SUBSCRIPTION_NOT_FOUND.
func ListDeliveries(act *world.Act, subscription string, limit, offset int) (Page, error) {
	page := Page{Items: []*delivery.Delivery{}, Limit: limit, Offset: offset}
	s, err := FindSubscription(act, subscription)
	if err != nil {
		return page, err
	}
	page.Total = act.Deliveries.Count(act.Unit, "subscription", s.ID, maxDeliveries+1)
	if offset < page.Total {
		page.Items = act.Deliveries.Some(act.Unit, "subscription", s.ID, offset+limit)[offset:]
	}
	return page, nil
}

// Filter narrows the deliveries of a tenant; empty members do not.
type Filter struct {
	Status         machine.State
	EventType      string
	SubscriptionID string
	// Since is how far back they may have been made.
	Since time.Duration
	Limit int
}

func (f Filter) fits(act *world.Act, d *delivery.Delivery) bool {
	return (f.Status == "" || f.Status == d.State) && (f.EventType == "" || f.EventType == d.EventType) &&
		(f.Since == 0 || !d.Created.Before(act.Now().Add(-f.Since)))
}

// AllDeliveries gives the newest deliveries of the tenant that fit, the oldest of
// them first.
func AllDeliveries(act *world.Act, f Filter) (list []*delivery.Delivery, err error) {
	subscriptions := act.Deliveries.Values(act.Unit, "subscription")
	if f.SubscriptionID != "" {
		subscriptions = []string{machine.CanonicalID(f.SubscriptionID)}
	}
	for _, id := range subscriptions {
		for _, d := range act.Deliveries.By(act.Unit, "subscription", id) {
			if f.fits(act, d) {
				list = append(list, d)
			}
		}
	}
	slices.SortFunc(list, func(a, b *delivery.Delivery) int { return int(a.Seq - b.Seq) })
	if f.Limit > 0 && len(list) > f.Limit {
		list = list[len(list)-f.Limit:]
	}
	return list, nil
}

// Resend sends a delivery again, whatever became of it. It refuses with
// DELIVERY_NOT_FOUND, and with SUBSCRIPTION_NOT_ACTIVE where nobody is to be told.
func Resend(act *world.Act, id string) (*delivery.Delivery, error) {
	d, err := FindDelivery(act, id)
	if err != nil {
		return d, err
	}
	return d, act.Deliveries.Fire(act.Unit, d, delivery.Resend, world.By(act))
}

// ResendAll sends the deliveries again that fit, but for those whose subscription is
// not active.
func ResendAll(act *world.Act, f Filter) (sent []*delivery.Delivery, err error) {
	list, err := AllDeliveries(act, f)
	if err != nil {
		return nil, err
	}
	for _, d := range list {
		if act.Deliveries.Can(act.Unit, d, delivery.Resend, world.By(act)) != nil {
			continue
		}
		if err := act.Deliveries.Fire(act.Unit, d, delivery.Resend, world.By(act)); err != nil {
			return nil, fmt.Errorf("delivery %s: %w", d.ID, err)
		}
		sent = append(sent, d)
	}
	return sent, nil
}
