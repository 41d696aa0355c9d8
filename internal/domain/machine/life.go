package machine

import "time"

// Life is the part of an aggregate that its table governs. Aggregates embed
// it; only the engine writes to it.
type Life struct {
	ID    string `json:"id"`
	State State  `json:"state"`
	// Seq is the tenant's sequence number at creation: the order of lists.
	Seq     int64     `json:"seq"`
	Created time.Time `json:"created"`
	// Since is when the present state was entered.
	Since time.Time `json:"since"`
	Armed []Armed   `json:"armed,omitempty"`
}

// Armed is a pending choice with its answer: what will happen, when, unless the
// state is left before.
type Armed struct {
	Point   string  `json:"point"`
	Option  string  `json:"option"`
	Trigger Trigger `json:"trigger"`
	// Otherwise is fired instead if Trigger is refused when it comes; empty for
	// nothing.
	Otherwise Trigger `json:"otherwise,omitempty"`
	Reason    string  `json:"reason,omitempty"`
	// Due is when it happens; it is zero if Reads says when.
	Due time.Time `json:"due,omitzero"`
	// Reads is how often the aggregate must still be looked at before it happens.
	Reads    int   `json:"reads,omitzero"`
	Seq      int64 `json:"seq"`
	Deadline bool  `json:"deadline,omitempty"`
	// Rule is the rule of the scenario that answered; none for the default.
	Rule Rule `json:"rule,omitzero"`
}

// Living is what embeds a Life.
type Living interface{ Lives() *Life }

// Lives gives the embedded Life.
func (l *Life) Lives() *Life { return l }

// Cause says why a trigger was fired.
type Cause struct {
	// By is the id of the user, or the choice point that decided.
	By     string
	Reason string
	// World marks a decision that was pending and has come due.
	World bool
	// Refused is why what had been decided could not happen any more, where this is
	// what happens otherwise.
	Refused error
	// Rule is the rule of the scenario that decided; none if nobody did.
	Rule Rule
	// Input is what the verb that fires the trigger wants the facts and the
	// effect to know, such as the caller. Only they look at it.
	Input any
}

// Key is what a record is stored under.
func (l *Life) Key() (id string, seq int64) { return l.ID, l.Seq }
