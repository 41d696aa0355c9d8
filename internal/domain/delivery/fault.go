package delivery

import "time"

// FaultKind tells apart what can go wrong with a delivery on its way.
type FaultKind string

// The kinds of faults.
const (
	// Duplicate sends an attempt twice.
	Duplicate FaultKind = "duplicate"
	// Drop loses an attempt: it is not sent, and no answer comes.
	Drop FaultKind = "drop"
	// Late holds an attempt back, on the tenant's clock.
	Late FaultKind = "delay"
	// Reorder lets later deliveries of the subscription overtake.
	Reorder FaultKind = "reorder"
	// BadSignature signs with a secret that nobody has.
	BadSignature FaultKind = "bad-signature"
	// StaleTimestamp says that it was sent long ago.
	StaleTimestamp FaultKind = "stale-timestamp"
	// Truncated sends the first half of the body under the signature of the whole.
	Truncated FaultKind = "truncated"
)

// FaultKinds lists them.
func FaultKinds() []FaultKind {
	return []FaultKind{Duplicate, Drop, Late, Reorder, BadSignature, StaleTimestamp, Truncated}
}

// Fault is what goes wrong with an attempt.
type Fault struct {
	Kind FaultKind `json:"kind"`
	// After is how long it is held back.
	After Span `json:"after,omitzero"`
	// Behind is how many others overtake.
	Behind int `json:"behind,omitempty"`
}

// Stale is how old a delivery with a stale timestamp says that it is.
const Stale = 24 * time.Hour

// ReorderWait is how long a delivery waits to be overtaken: if fewer follow, it
// goes out all the same.
const ReorderWait = time.Hour
