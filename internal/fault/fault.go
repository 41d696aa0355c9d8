// Package fault has the words for what goes wrong between a client and the sandbox:
// a scenario names them, and the edge does what they say. A fault never changes
// state by itself.
package fault

// Kind tells faults apart, in the words of scenarios.
type Kind string

// The kinds of faults. The work of an operation is done for all of them but those
// that answer in its place.
const (
	// Delay holds the reply back.
	Delay Kind = "delay"
	// Status answers in the operation's place, with a status, a body and headers.
	Status Kind = "status"
	// Reset closes the connection in the operation's place.
	Reset Kind = "reset"
	// Malformed answers in the operation's place, with half a JSON text.
	Malformed Kind = "malformed"
	// Empty answers in the operation's place, with 200 and nothing.
	Empty Kind = "empty"
	// Cut closes the connection in the middle of the reply's body.
	Cut Kind = "cut"
	// Drip sends the reply little by little, over its delay.
	Drip Kind = "drip"
	// Lost closes the connection where the reply would begin.
	Lost Kind = "lost"
	// Timeout lets the client wait for a reply that never comes: if it still waits
	// when the delay has passed, the connection is closed.
	Timeout Kind = "timeout"
)

// Answers reports whether a fault takes the place of the operation.
func (k Kind) Answers() bool {
	return k == Status || k == Reset || k == Malformed || k == Empty
}
