// Package machine is the kernel of every life in the sandbox: a table of
// transitions that is enforced, validated, drawn and offered to scenarios.
//
// It knows no aggregate, no clock and no storage. Fire says what would happen;
// making it happen is the engine's work.
package machine

import (
	"slices"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/refusal"
)

// State is a status of an aggregate, spelled as on the wire.
type State string

// Trigger is what can be asked of an aggregate, by a request, a timer, the
// control API or another aggregate.
type Trigger string

// None is the state of an aggregate that does not exist yet: the rows that
// start from it create it.
const None State = ""

// Same is where a row leads that leaves the state as it is, in whichever of its
// states it is fired.
const Same State = "*"

// Table is the whole life of one kind of aggregate. F are the facts that its
// needs read; they are plain values that somebody else has gathered.
type Table[F any] struct {
	Name string
	Rows []Row[F]
	// Otherwise is the refusal for a trigger that no row answers.
	Otherwise refusal.Code
	// Explain adds to a refusal of the table itself what the facts know: until when
	// the state lasts, or what leads out of it. Nil adds nothing.
	Explain func(F, *refusal.Error)
}

// Row says what one of some triggers does in some states. A row either moves to
// To or refuses; a table has at most one row for a state and a trigger.
type Row[F any] struct {
	From []State
	On   []Trigger
	To   State
	// Needs are what must be so besides the state, in the order in which they refuse.
	// A row that refuses names with them what its states lack: only the calls that
	// would meet it are told.
	Needs []Need[F]
	// Emit is the type of the event that tells the world; empty for none.
	Emit string
	// Arms are the decisions that begin to be pending with this row.
	Arms []Choice[F]
	// Disarms names choices whose pending decision the row withdraws although
	// the state stays: what they were about to decide has to wait again.
	Disarms []string
	// Refuse makes the row an answer of its own for a trigger that comes too
	// late or too early. Such a row has no To.
	Refuse refusal.Code
}

// answers reports whether the row is for a state and a trigger.
func (r *Row[F]) answers(from State, on Trigger) bool {
	return r.triggeredBy(on) && slices.Contains(r.From, from)
}

func (r *Row[F]) triggeredBy(on Trigger) bool { return slices.Contains(r.On, on) }

// target is where the row leads from one of its states.
func (r *Row[F]) target(from State) State {
	if r.To == Same {
		return from
	}
	return r.To
}

// Choice is a decision that the world makes later. A choice with one option is
// a timer.
type Choice[F any] struct {
	// Point is the name under which scenarios answer it: verification.outcome.
	Point   string
	Options []Option
	// Default is the option that is taken if nobody decides otherwise. Without one
	// the choice is optional: it is armed only if a scenario answers it, and else
	// leaves no trace.
	Default string
	// After is the default delay. Zero means at once, in the same commit.
	After time.Duration
	// Until makes the choice a deadline that was announced to the caller, such
	// as an order's validUntil: it is never compressed, and nobody waits for it.
	// A zero time arms nothing.
	Until func(F) time.Time
	// If arms the choice only when it says so; nil is always.
	If func(F) bool
}

// Option is one way in which a choice can end.
type Option struct {
	Name    string
	Trigger Trigger
	// Otherwise is the trigger that is fired instead if Trigger is refused when the
	// decision comes: what was decided may have become impossible since. Empty
	// where that cannot be.
	Otherwise Trigger
	// Reasons are those that a scenario may give with this option.
	Reasons []string
}

// Pending is a choice that a step armed, with the facts already applied.
type Pending struct {
	Point   string
	Options []Option
	Default string
	After   time.Duration
	Until   time.Time
}

// Option finds an option by its name.
func (p Pending) Option(name string) (Option, bool) {
	i := slices.IndexFunc(p.Options, func(o Option) bool { return o.Name == name })
	if i < 0 {
		return Option{}, false
	}
	return p.Options[i], true
}

// Decision is how a pending choice is answered.
type Decision struct {
	// Option is empty for an optional choice that nobody answers.
	Option string
	Reason string
	After  time.Duration
	// Reads, if not 0, lets the decision come when the aggregate has been looked
	// at so many times, whatever the clock says.
	Reads int
	// Rule is the rule that answered; none for the default.
	Rule Rule
}

// Step is what a trigger does: it has not happened yet.
type Step struct {
	From, To State
	On       Trigger
	Emit     string
	Arms     []Pending
	Disarms  []string
}

// Moved reports whether the step leaves its state. Choices die when it does.
func (s Step) Moved() bool { return s.From != s.To }

// Asks reports whether what a trigger does in a state depends on facts: most rows
// have no condition, and facts cost their gathering.
func (t *Table[F]) Asks(from State, on Trigger) bool {
	row, ok := t.row(from, on)
	return !ok || row.Refuse != "" || len(row.Needs) > 0 ||
		slices.ContainsFunc(row.Arms, func(c Choice[F]) bool { return c.If != nil || c.Until != nil })
}

// Fire says what the trigger does in the state, or refuses it. It changes
// nothing: a caller that gets an error has nothing to undo.
func (t *Table[F]) Fire(from State, on Trigger, facts F) (Step, error) {
	row, ok := t.row(from, on)
	if !ok {
		return Step{}, t.refuse(t.Otherwise, from, on, facts)
	}
	if row.Refuse != "" {
		e := t.refuse(row.Refuse, from, on, facts)
		for _, s := range Stand(row.Needs, facts) {
			if s.Refusal != nil {
				e.Next = append(e.Next, s.Refusal.Next...)
			}
		}
		return Step{}, e
	}
	if err := Unmet(row.Needs, facts); err != nil {
		return Step{}, err
	}
	step := Step{From: from, To: row.target(from), On: on, Emit: row.Emit, Disarms: row.Disarms}
	for _, c := range row.Arms {
		if c.If != nil && !c.If(facts) {
			continue
		}
		p := Pending{Point: c.Point, Options: c.Options, Default: c.Default, After: c.After}
		if c.Until != nil {
			if p.Until = c.Until(facts); p.Until.IsZero() {
				continue
			}
		}
		step.Arms = append(step.Arms, p)
	}
	return step, nil
}

// Allows reports whether a row other than a refusing one answers the trigger.
func (t *Table[F]) Allows(from State, on Trigger) bool {
	row, ok := t.row(from, on)
	return ok && row.Refuse == ""
}

func (t *Table[F]) row(from State, on Trigger) (*Row[F], bool) {
	for i := range t.Rows {
		if r := &t.Rows[i]; r.answers(from, on) {
			return r, true
		}
	}
	return nil, false
}

func (t *Table[F]) refuse(code refusal.Code, from State, on Trigger, facts F) *refusal.Error {
	var possible []State
	for i := range t.Rows {
		if r := &t.Rows[i]; r.triggeredBy(on) && r.Refuse == "" {
			possible = append(possible, r.From...)
		}
	}
	e := outOfState(t.Name, code, from, on, possible)
	if t.Explain != nil {
		t.Explain(facts, e)
	}
	return e
}

// outOfState is the refusal of a trigger in a state, with those in which it is possible.
func outOfState(table string, code refusal.Code, from State, on Trigger, possible []State) *refusal.Error {
	var names []string
	for _, s := range possible {
		if s != None {
			names = append(names, string(s))
		}
	}
	return refusal.New(code, "%s is %s; %s is possible in: %s", // an empty list means: never again
		strings.ReplaceAll(table, "_", " "), from, on, strings.Join(names, ", ")).
		WithData("state", string(from))
}

// States lists every state but None, in the order of the table.
func (t *Table[F]) States() []State {
	o := t.outline()
	return o.states()
}

// Triggers lists every trigger, in the order of the table.
func (t *Table[F]) Triggers() []Trigger {
	o := t.outline()
	return o.triggers()
}

// Reasons lists the reasons that the options of a table's choices give for a
// trigger.
func Reasons[F any](t *Table[F], on Trigger) []string {
	for _, r := range t.Rows {
		for _, c := range r.Arms {
			for _, o := range c.Options {
				if o.Trigger == on && len(o.Reasons) > 0 {
					return o.Reasons
				}
			}
		}
	}
	return nil
}
