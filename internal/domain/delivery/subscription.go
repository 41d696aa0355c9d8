package delivery

import (
	"slices"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
)

// The states of a subscription, in lower case as on the wire. One that has ended is
// not there any more.
const (
	SubscriptionActive   machine.State = "active"
	SubscriptionInactive machine.State = "inactive"
)

// What can be asked of a subscription.
const (
	Subscribe          machine.Trigger = "subscribe"
	UpdateSubscription machine.Trigger = "update"
	SwitchOff          machine.Trigger = "switch_off"
)

// Rows name their states and triggers with these.
type (
	in = []machine.State
	on = []machine.Trigger
)

// What a subscription has that names nothing else.
const (
	// DefaultRetries and DefaultBackoff make five attempts, 30 s, 1, 2 and 4 minutes
	// apart.
	DefaultRetries = 4
	DefaultBackoff = 30 * time.Second
	// Overlap is how long after a change of its secret the former one signs too.
	Overlap = 24 * time.Hour
)

// Subscription is somebody's wish to be told of events.
type Subscription struct {
	machine.Life
	// CustomerID is the customer whose events are told of; empty is everybody's in the
	// tenant.
	CustomerID  string `json:"customerId,omitempty"`
	Name        string `json:"name,omitempty"`
	Description string `json:"description,omitempty"`
	URL         string `json:"url"`
	// Listener tells that what is sent goes to whoever listens over the control API,
	// who takes it to the URL.
	Listener bool     `json:"listener,omitempty"`
	Events   []string `json:"events"`
	Secret   string   `json:"secret"`
	// Former is the secret before the present one, which signs beside it until the
	// overlap has passed.
	Former      string    `json:"former,omitempty"`
	FormerUntil time.Time `json:"formerUntil,omitzero"`
	Algorithm   string    `json:"algorithm,omitempty"`
	// Unverified tells that a certificate which proves nothing is taken too.
	Unverified bool `json:"unverified,omitempty"`
	// Retries and Backoff are nil and 0 where the subscription does not say.
	Retries *int      `json:"retries,omitempty"`
	Backoff Span      `json:"backoff,omitzero"`
	Updated time.Time `json:"updated,omitzero"`
}

// Wants reports whether the subscription asks for events of a type.
func (s *Subscription) Wants(event string) bool {
	return s.State == SubscriptionActive && slices.Contains(s.Events, event)
}

// Rotate gives the subscription another secret. The former one signs too for a
// while, so that no receiver has to change at the same instant.
func (s *Subscription) Rotate(secret string, now time.Time) {
	if secret == s.Secret {
		return
	}
	if s.Secret != "" {
		s.Former, s.FormerUntil = s.Secret, now.Add(Overlap)
	}
	s.Secret = secret
}

// Secrets are those that sign at an instant, the present one first.
func (s *Subscription) Secrets(now time.Time) []string {
	secrets := []string{s.Secret}
	if s.Former != "" && now.Before(s.FormerUntil) {
		secrets = append(secrets, s.Former)
	}
	return secrets
}

// SubscriptionTable is the life of a subscription. A receiver that answers 410
// switches it off; an update switches it on again.
func SubscriptionTable() *machine.Table[struct{}] {
	return &machine.Table[struct{}]{
		Name:      "subscription",
		Otherwise: refusal.SubscriptionNotFound,
		Rows: []machine.Row[struct{}]{
			{From: in{machine.None}, On: on{Subscribe}, To: SubscriptionActive},
			{From: in{SubscriptionActive, SubscriptionInactive}, On: on{UpdateSubscription}, To: SubscriptionActive},
			{From: in{SubscriptionActive, SubscriptionInactive}, On: on{SwitchOff}, To: SubscriptionInactive},
		},
	}
}
