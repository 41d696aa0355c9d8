package refusal

import (
	"fmt"
	"time"
)

// Wait is a decision that comes by itself, as somebody has to know it who waits.
type Wait struct {
	// Due is when it comes; zero if Reads says when.
	Due time.Time
	// Reads is how often somebody must still look before it comes.
	Reads int
	// Frozen reports that the tenant's clock stands still, so that waiting alone
	// does not help.
	Frozen bool
}

// When says when the decision comes.
func (w Wait) When() string {
	if w.Reads > 0 {
		return fmt.Sprintf("when it has been looked at %d times more", w.Reads)
	}
	return "at " + w.instant()
}

func (w Wait) instant() string { return w.Due.UTC().Format(time.RFC3339Nano) }

// SuggestWaiting suggests how a decision is reached that comes by itself: by looking
// with the operation poll, or where the clock stands still by moving it.
func (e *Error) SuggestWaiting(w Wait, poll string, params ...string) *Error {
	if w.Reads == 0 {
		e.WithData("decisionDue", w.instant())
	}
	switch {
	case w.Reads > 0:
		e.Suggest(poll, fmt.Sprintf("look %d times more, then it is decided", w.Reads), params...)
	case w.Frozen:
		e.Suggest("advanceClock", "the tenant's clock stands still; move it to "+w.instant()+", when the decision comes")
	default:
		e.Suggest(poll, "poll it; the decision comes at "+w.instant(), params...)
	}
	e.Next[len(e.Next)-1].Waits = true
	return e
}
