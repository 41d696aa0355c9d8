package delivery

import (
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
)

// The states of a delivery.
const (
	Pending   machine.State = "PENDING"
	Retrying  machine.State = "RETRYING"
	Delivered machine.State = "DELIVERED"
	Failed    machine.State = "FAILED"
	Cancelled machine.State = "CANCELLED"
)

// What can be asked of a delivery.
const (
	// Begin makes it, in the commit of its event.
	Begin machine.Trigger = "begin"
	// Send is that its next attempt is due, and Repeat that the wait for another one
	// is over, which begins as the first did.
	Send   machine.Trigger = "send"
	Repeat machine.Trigger = "repeat"
	// Succeed, Retry and GiveUp are what an attempt comes to.
	Succeed machine.Trigger = "succeed"
	Retry   machine.Trigger = "retry"
	GiveUp  machine.Trigger = "give_up"
	Cancel  machine.Trigger = "cancel"
	Resend  machine.Trigger = "resend"
)

// The choice points of a delivery: how an attempt fares on its way, and when the
// next one follows.
const (
	Point      = "webhook.delivery"
	RetryPoint = "webhook.retry"
)

// Delivery is one event on its way to one subscription.
type Delivery struct {
	machine.Life
	SubscriptionID string `json:"subscriptionId"`
	CustomerID     string `json:"customerId,omitempty"`
	EventID        string `json:"eventId"`
	EventType      string `json:"eventType"`
	// Body are the bytes that are sent, in every attempt the same.
	Body string `json:"body"`
	// Fault is what goes wrong with the attempt that is next; nil is nothing.
	Fault *Fault `json:"fault,omitempty"`
	// Behind is by how many later deliveries it is still to be overtaken.
	Behind int `json:"behind,omitempty"`
	// Failures are the attempts that have failed since it was last asked for.
	Failures int `json:"failures,omitempty"`
	// Next is when the attempt after a failed one follows.
	Next     time.Time `json:"next,omitzero"`
	Attempts []Attempt `json:"attempts,omitempty"`
}

// Attempt is one time that a delivery was sent, and what came of it.
type Attempt struct {
	Number int `json:"number"`
	// At is the tenant's time at which it was sent.
	At  time.Time `json:"at"`
	URL string    `json:"url"`
	// Headers are those that were sent, by their names.
	Headers map[string]string `json:"headers,omitempty"`
	// Status is that of the answer; 0 if there was none, and Error says why.
	Status int    `json:"status,omitempty"`
	Body   string `json:"body,omitempty"`
	Error  string `json:"error,omitempty"`
	// Took is how long the answer took, in real time.
	Took Span `json:"took,omitzero"`
	// RetryAfter is how long the receiver asks to be left alone.
	RetryAfter Span `json:"retryAfter,omitzero"`
	// Fault is what a scenario did to it.
	Fault FaultKind `json:"fault,omitempty"`
}

// Succeeded reports whether the receiver has taken it.
func (a Attempt) Succeeded() bool { return a.Status >= 200 && a.Status < 300 }

// gone is the answer of a receiver that wants nothing any more.
const gone = 410

// Gone reports whether the receiver wants nothing any more.
func (a Attempt) Gone() bool { return a.Status == gone }

// maxAttempts is how many attempts are kept of a delivery; the oldest go first.
const maxAttempts = 50

// Attempted takes an attempt over and gives the trigger that follows from it. The
// schedule is that of the subscription now.
func (d *Delivery) Attempted(a Attempt, s Schedule) machine.Trigger {
	if d.Attempts = append(d.Attempts, a); len(d.Attempts) > maxAttempts {
		d.Attempts = d.Attempts[1:]
	}
	d.Fault = nil
	if a.Succeeded() {
		return Succeed
	}
	d.Failures++
	wait, more := s.After(d.Failures, a.RetryAfter)
	if a.Gone() || !more {
		return GiveUp
	}
	d.Next = a.At.Add(wait)
	return Retry
}

// Number is that of the next attempt.
func (d *Delivery) Number() int {
	if len(d.Attempts) == 0 {
		return 1
	}
	return d.Attempts[len(d.Attempts)-1].Number + 1
}

// Open reports whether an attempt is still to come.
func (d *Delivery) Open() bool { return d.State == Pending || d.State == Retrying }

// Facts are what the delivery's table needs to know.
type Facts struct {
	// Next is when the attempt after a failed one follows.
	Next time.Time
	// SubscriptionID names the subscription, and Subscribed is its state; none if it
	// has been deleted.
	SubscriptionID string
	Subscribed     machine.State
}

// Table is the life of a delivery. Every one can be sent again, also one that has
// arrived. What comes of an attempt that was on its way when the delivery was
// cancelled is noted and changes nothing.
func Table() *machine.Table[Facts] {
	way := []machine.Choice[Facts]{{
		Point: Point, Default: "SEND", Options: []machine.Option{{Name: "SEND", Trigger: Send}},
	}}
	again := []machine.Choice[Facts]{{
		Point: RetryPoint, Default: "SEND", Options: []machine.Option{{Name: "SEND", Trigger: Repeat}},
		Until: func(f Facts) time.Time { return f.Next },
	}}
	open := in{Pending, Retrying}
	return &machine.Table[Facts]{
		Name:      "delivery",
		Otherwise: refusal.PhaseOrderBroken,
		Rows: []machine.Row[Facts]{
			{From: in{machine.None}, On: on{Begin}, To: Pending, Arms: way},
			{From: open, On: on{Send}, To: machine.Same, Disarms: []string{Point}},
			{From: in{Retrying}, On: on{Repeat}, To: machine.Same, Arms: way},
			{From: open, On: on{Succeed}, To: Delivered},
			{From: open, On: on{Retry}, To: Retrying, Arms: again},
			{From: open, On: on{GiveUp}, To: Failed},
			{From: open, On: on{Cancel}, To: Cancelled},
			{From: in{Cancelled}, On: on{Succeed, Retry, GiveUp}, To: machine.Same},
			{From: open, On: on{Resend}, To: machine.Same, Needs: resendNeeds(), Disarms: []string{Point, RetryPoint}, Arms: way},
			{From: in{Delivered, Failed, Cancelled}, On: on{Resend}, To: Pending, Needs: resendNeeds(), Arms: way},
		},
	}
}

func resendNeeds() []machine.Need[Facts] {
	return []machine.Need[Facts]{{Name: "subscription.active", Code: refusal.SubscriptionNotActive, Unmet: Facts.unsubscribed}}
}

func (f Facts) unsubscribed() *refusal.Error {
	switch f.Subscribed {
	case SubscriptionActive:
		return nil
	case machine.None:
		return refusal.New(refusal.SubscriptionNotActive, "subscription %s has been deleted", f.SubscriptionID).
			Suggest("createWebhookSubscription", "subscribes anew; what happens from then on is told")
	}
	return refusal.New(refusal.SubscriptionNotActive, "subscription %s is %s", f.SubscriptionID, f.Subscribed).
		Suggest("updateWebhookSubscription", "switches it on again", "subscriptionId", f.SubscriptionID)
}

// Due is when the next attempt is to be made; the zero time where none is, or where
// it waits for nothing but the one before.
func (d *Delivery) Due() time.Time {
	for _, a := range d.Armed {
		return a.Due
	}
	return time.Time{}
}
