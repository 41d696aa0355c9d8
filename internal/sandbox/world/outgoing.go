package world

import "time"

// Outgoing notes that a delivery waits to be sent: it is ready, or held until others
// have overtaken it. It is written in the commit that makes the delivery due, and
// removed in that of the attempt's outcome.
type Outgoing struct {
	// ID is that of the delivery.
	ID             string `json:"id"`
	Seq            int64  `json:"seq"`
	SubscriptionID string `json:"subscriptionId"`
	Held           bool   `json:"held,omitempty"`
}

// Key is what the note is stored under.
func (o *Outgoing) Key() (id string, seq int64) { return o.ID, o.Seq }

// Received is what a test receiver got.
type Received struct {
	ID       string    `json:"id"`
	Seq      int64     `json:"seq"`
	At       time.Time `json:"at"`
	Receiver string    `json:"receiver"`
	// Headers are those of webhooks alone.
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	// Valid reports whether the signature is, and Verdict says why not.
	Valid   bool   `json:"valid"`
	Verdict string `json:"verdict"`
}

// Key is what it is stored under.
func (r *Received) Key() (id string, seq int64) { return r.ID, r.Seq }
