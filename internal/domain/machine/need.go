package machine

import (
	"strings"

	"finhub-sandbox/internal/domain/refusal"
)

// Need is a named prerequisite: of a row, or of anything else that is refused for
// how things stand. Refusals, readiness, diagrams and suggestions are made of it.
type Need[F any] struct {
	// Name is stable, and says what is so when the need is met: wallet.active. A need
	// that stands in several rows of a table has one name and one code in all.
	Name string
	// Code is that of every refusal that Unmet gives.
	Code refusal.Code
	// Unmet gives the refusal of facts that do not meet the need, with the state that
	// is in the way and the calls that would meet it; nil if they meet it. Each need
	// is asked for itself: none may take for granted that those before it are met.
	Unmet func(F) *refusal.Error
	// Helpless says why no call meets the need, where Unmet suggests none.
	Helpless string
	// Advisory marks a need that is only told and never in the way.
	Advisory bool
	// Binds says how much the need counts in the facts; nil is always the same.
	Binds func(F) Binding
	// State says in a word or two how things stand, met or not; nil says nothing.
	State func(F) string
	// Parts are what the need is made of: it is met when all of them are. They
	// refuse with its code, and count as it counts.
	Parts []Need[F]
}

// Binding is how much a need counts.
type Binding int

// A need blocks, or is only told, or is none in these facts.
const (
	Blocks Binding = iota
	Warns
	Absent
)

// Standing is how a need stands.
type Standing struct {
	Name    string
	Binding Binding
	Met     bool
	State   string
	// Refusal is what an unmet need says; nil for one that is met.
	Refusal *refusal.Error
	Parts   []Standing
}

// Call is the first call that would meet the need; false if it is met, or none
// would. A call that waits for what comes by itself does not count.
func (s Standing) Call() (refusal.Call, bool) {
	if s.Refusal != nil {
		for _, c := range s.Refusal.Next {
			if !c.Waits {
				return c, true
			}
		}
	}
	return refusal.Call{}, false
}

// FindStanding looks a need up by its name, among the parts too. It gives nil for one
// that is none in the facts.
func FindStanding(list []Standing, name string) *Standing {
	for i := range list {
		if list[i].Name == name {
			return &list[i]
		}
		if found := FindStanding(list[i].Parts, name); found != nil {
			return found
		}
	}
	return nil
}

// binding is how much the need counts.
func (n *Need[F]) binding(facts F) Binding {
	b := Blocks
	if n.Binds != nil {
		b = n.Binds(facts)
	}
	if b == Blocks && n.Advisory {
		return Warns
	}
	return b
}

// Unmet gives the refusal of the first need that blocks and is not met, or nil.
func Unmet[F any](needs []Need[F], facts F) error {
	for i := range needs {
		n := &needs[i]
		if n.binding(facts) != Blocks {
			continue
		}
		if e := n.Unmet(facts); e != nil {
			return e
		}
	}
	return nil
}

// Stand tells how each of some needs stands.
func Stand[F any](needs []Need[F], facts F) []Standing {
	var list []Standing
	for i := range needs {
		if b := needs[i].binding(facts); b != Absent {
			list = append(list, needs[i].stand(facts, b))
		}
	}
	return list
}

func (n *Need[F]) stand(facts F, b Binding) Standing {
	e := n.Unmet(facts)
	s := Standing{Name: n.Name, Binding: b, Met: e == nil, Refusal: e}
	if n.State != nil {
		s.State = n.State(facts)
	}
	for i := range n.Parts {
		s.Parts = append(s.Parts, n.Parts[i].stand(facts, b))
	}
	return s
}

// Of makes needs of some facts into needs of others that contain them.
func Of[F, G any](part func(F) G, needs []Need[G]) []Need[F] {
	var list []Need[F]
	for _, n := range needs {
		m := Need[F]{Name: n.Name, Code: n.Code, Helpless: n.Helpless, Advisory: n.Advisory, Parts: Of(part, n.Parts)}
		m.Unmet = func(facts F) *refusal.Error { return n.Unmet(part(facts)) }
		if n.Binds != nil {
			m.Binds = func(facts F) Binding { return n.Binds(part(facts)) }
		}
		if n.State != nil {
			m.State = func(facts F) string { return n.State(part(facts)) }
		}
		list = append(list, m)
	}
	return list
}

// Needs tells how each need of a trigger stands. In a state in which the trigger is
// refused whatever the facts they are those of the rows that would answer it in
// another.
func (t *Table[F]) Needs(from State, on Trigger, facts F) []Standing {
	if row, ok := t.row(from, on); ok && row.Refuse == "" {
		return Stand(row.Needs, facts)
	}
	var list []Standing
	for _, s := range t.standElsewhere(on, facts) {
		if FindStanding(list, s.Name) == nil {
			list = append(list, s)
		}
	}
	return list
}

func (t *Table[F]) standElsewhere(on Trigger, facts F) []Standing {
	var list []Standing
	for i := range t.Rows {
		if r := &t.Rows[i]; r.Refuse == "" && r.triggeredBy(on) {
			list = append(list, Stand(r.Needs, facts)...)
		}
	}
	return list
}

// needNames joins the names of the needs that may be in the way, as diagrams show
// them.
func needNames(needs []Prerequisite) string {
	var names []string
	for _, n := range needs {
		if !n.Advisory {
			names = append(names, n.Name)
		}
	}
	return strings.Join(names, ", ")
}
