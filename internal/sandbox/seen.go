package sandbox

import (
	"fmt"
	"slices"

	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/scenario"
)

// seen is what the conditions of scenarios see of a kind. A kind that arms choices
// needs one, since conditions of its choice points have nothing to ask about
// otherwise: World refuses to open without it.
type seen[T any] struct {
	// owner is the id of the customer to whom an aggregate belongs, who tells what
	// neither the aggregate nor its links tell.
	owner func(e *T) string
	// tells has the facts that an aggregate tells itself.
	tells []telling[T]
	// links lead to what it belongs to besides its owner; they come before what it
	// tells itself, so that an order can tell of a payee who is not registered.
	links []link[T]
}

type telling[T any] struct {
	about scenario.Topic
	tell  func(act *Act, e *T, f *scenario.Facts)
}

// link leads to an aggregate of another kind by its id, which may be empty.
type link[T any] struct {
	kind string
	id   func(e *T) string
}

// see registers what scenarios see of a kind, and gives the kind.
func see[T, F any](w *World, k *engine.Kind[T, F], s seen[T]) *engine.Kind[T, F] {
	w.sights[k.Name] = sightOf[T, F]{kind: k, seen: s}
	return k
}

// sight is what is seen of a kind, whatever its type.
type sight interface {
	find(act *Act, id string) any
	ownerOf(e any) string
	topics() []scenario.Topic
	linked() []string
	// next is the aggregate to which the link of a number leads; nil is none.
	next(act *Act, e any, link int) any
	tell(act *Act, e any, f *scenario.Facts, about scenario.Topic)
}

type sightOf[T, F any] struct {
	seen[T]
	kind *engine.Kind[T, F]
}

func (s sightOf[T, F]) find(act *Act, id string) any {
	if e := s.kind.Get(act.Unit, id); e != nil {
		return e
	}
	return nil
}

func (s sightOf[T, F]) ownerOf(e any) string { return s.owner(e.(*T)) }

func (s sightOf[T, F]) topics() (list []scenario.Topic) {
	for _, t := range s.tells {
		list = append(list, t.about)
	}
	return list
}

func (s sightOf[T, F]) linked() (kinds []string) {
	for _, l := range s.links {
		kinds = append(kinds, l.kind)
	}
	return kinds
}

func (s sightOf[T, F]) next(act *Act, e any, link int) any {
	l := s.links[link]
	return act.sights[l.kind].find(act, l.id(e.(*T)))
}

func (s sightOf[T, F]) tell(act *Act, e any, f *scenario.Facts, about scenario.Topic) {
	for _, t := range s.tells {
		if t.about == about {
			t.tell(act, e.(*T), f)
		}
	}
}

// sights are what scenarios see, by the names of the kinds.
type sights map[string]sight

// reached are the topics of which a kind tells, itself or by its links, without its
// owner.
func (s sights) reached(kind string) []scenario.Topic {
	topics := s[kind].topics()
	for _, other := range s[kind].linked() {
		topics = append(topics, s.reached(other)...)
	}
	return topics
}

// known are the topics of everything that conditions can ask about where something
// is decided about a kind. A link that leads to nothing is an error.
func (s sights) known() (map[string][]scenario.Topic, error) {
	for kind, at := range s {
		for _, other := range at.linked() {
			if s[other] == nil {
				return nil, fmt.Errorf("a %s belongs to a %s, of which nothing is seen", kind, other)
			}
		}
	}
	known := map[string][]scenario.Topic{}
	for kind := range s {
		known[kind] = append(s[customerName].topics(), s.reached(kind)...)
	}
	return known, nil
}

// tell tells of a topic what an aggregate or one of its links knows, and reports
// whether one does.
func (s sights) tell(act *Act, about scenario.Topic, of thing, f *scenario.Facts) bool {
	for i, kind := range s[of.kind].linked() {
		if !slices.Contains(s.reached(kind), about) {
			continue
		}
		if e := s[of.kind].next(act, of.aggregate, i); e != nil && s.tell(act, about, thing{kind, e}, f) {
			return true
		}
	}
	if !slices.Contains(s[of.kind].topics(), about) {
		return false
	}
	s[of.kind].tell(act, of.aggregate, f, about)
	return true
}

// thing is an aggregate of a kind.
type thing struct {
	kind      string
	aggregate any
}

// chain is everything to which something belongs that is decided or asked for: it
// tells the conditions of scenarios what they ask, and looks up only that. What it
// can tell is what scenario.Catalog.Known promises.
type chain struct {
	act      *Act
	customer *onboarding.Customer
	// about is what it is about; none if its kind is empty.
	about thing
}

func (c chain) tell(f *scenario.Facts, about scenario.Topic) {
	switch {
	case about == scenario.AboutClock:
		f.Clock = scenario.ClockAt(c.act.Unit.Now())
	case c.about.kind != "" && c.act.sights.tell(c.act, about, c.about, f):
	case c.customer != nil:
		c.act.sights.tell(c.act, about, thing{customerName, c.customer}, f)
	}
}
