package webhooks

import (
	"net/http"
	"strings"

	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/fake"
	"finhub-sandbox/internal/headers"
	"finhub-sandbox/internal/sandbox/world"
)

// maxShown is how much is kept of a body.
const maxShown = 16 << 10

// maxInbox is how much is kept of what test receivers got.
const maxInbox = 200

// InboxCollection makes the collection of what test receivers got.
func InboxCollection() engine.Collection[world.Received] {
	return engine.Collection[world.Received]{Name: "inbox", Indexes: []engine.Index[world.Received]{
		{Name: "all", Of: func(*world.Received) []string { return []string{everybody} }},
	}}
}

// Receive keeps what a test receiver got, and says of it whether its signature is
// valid. The secrets are those of the subscription whose delivery it is.
func Receive(act *world.Act, receiver string, header http.Header, body string) error {
	policy, err := world.PolicyOf(act)
	if err != nil {
		return err
	}
	n := act.NextApart()
	got := &world.Received{ID: fake.ID(world.Seed(act), "received", n), Seq: n, At: act.Now(), Receiver: receiver, Headers: map[string]string{}, Body: strings.ToValidUTF8(body[:min(len(body), maxShown)], "")}
	signing := policy.Signing()
	for _, name := range append([]string{headers.ContentType, headers.UserAgent}, signing.Names()...) {
		if value := header.Get(name); value != "" {
			got.Headers[name] = value
		}
	}
	verdict := delivery.Verdict{Why: "no delivery of this tenant has the id that " + delivery.DeliveryHeader + " names, so that nobody knows the secret"}
	if secrets := secretsOf(act, machine.CanonicalID(header.Get(delivery.DeliveryHeader))); len(secrets) > 0 {
		verdict = signing.Verify(header.Get, body, secrets, act.Wall())
	}
	got.Valid, got.Verdict = verdict.Valid, verdict.Why
	if act.Inbox.Count(act.Unit, "all", everybody, maxInbox) == maxInbox {
		act.Inbox.Remove(act.Unit, act.Inbox.First(act.Unit, "all", everybody))
	}
	act.Inbox.Add(act.Unit, got)
	return nil
}

func secretsOf(act *world.Act, id string) []string {
	d := act.Deliveries.Get(act.Unit, id)
	if d == nil {
		return nil
	}
	s := act.Subscriptions.Get(act.Unit, d.SubscriptionID)
	if s == nil {
		return nil
	}
	return s.Secrets(act.Now())
}

// Inbox lists what test receivers got, the oldest first.
func Inbox(act *world.Act) ([]*world.Received, error) {
	return act.Inbox.By(act.Unit, "all", everybody), nil
}
