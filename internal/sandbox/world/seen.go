package world

import (
	"fmt"
	"slices"

	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/scenario"
)

// Seen is what the conditions of scenarios see of a kind. A kind that arms choices
// needs one, since conditions of its choice points have nothing to ask about
// otherwise: World refuses to open without it.
type Seen[T any] struct {
	// Owner is the id of the customer to whom an aggregate belongs, who tells what
	// neither the aggregate nor its links tell.
	Owner func(e *T) string
	// Tells has the facts that an aggregate tells itself.
	Tells []Telling[T]
	// Links lead to what it belongs to besides its owner; they come before what it
	// tells itself, so that an order can tell of a payee who is not registered.
	Links []Link[T]
}

// Telling tells what an aggregate knows of one topic.
type Telling[T any] struct {
	About scenario.Topic
	Tell  func(act *Act, e *T, f *scenario.Facts)
}

// Link leads to an aggregate of another kind by its id, which may be empty.
type Link[T any] struct {
	Kind string
	ID   func(e *T) string
}

// See registers what scenarios see of a kind, and gives the kind.
func See[T, F any](w *World, k *engine.Kind[T, F], s Seen[T]) *engine.Kind[T, F] {
	w.Sights[k.Name] = sightOf[T, F]{kind: k, Seen: s}
	return k
}

// sight is what is seen of a kind, whatever its type.
type sight interface {
	Find(act *Act, id string) any
	OwnerOf(e any) string
	Topics() []scenario.Topic
	linked() []string
	// next is the aggregate to which the link of a number leads; nil is none.
	next(act *Act, e any, link int) any
	tell(act *Act, e any, f *scenario.Facts, about scenario.Topic)
}

type sightOf[T, F any] struct {
	Seen[T]
	kind *engine.Kind[T, F]
}

func (s sightOf[T, F]) Find(act *Act, id string) any {
	if e := s.kind.Get(act.Unit, id); e != nil {
		return e
	}
	return nil
}

func (s sightOf[T, F]) OwnerOf(e any) string { return s.Owner(e.(*T)) }

func (s sightOf[T, F]) Topics() (list []scenario.Topic) {
	for _, t := range s.Tells {
		list = append(list, t.About)
	}
	return list
}

func (s sightOf[T, F]) linked() (kinds []string) {
	for _, l := range s.Links {
		kinds = append(kinds, l.Kind)
	}
	return kinds
}

func (s sightOf[T, F]) next(act *Act, e any, link int) any {
	l := s.Links[link]
	return act.Sights[l.Kind].Find(act, l.ID(e.(*T)))
}

func (s sightOf[T, F]) tell(act *Act, e any, f *scenario.Facts, about scenario.Topic) {
	for _, t := range s.Tells {
		if t.About == about {
			t.Tell(act, e.(*T), f)
		}
	}
}

// sights are what scenarios see, by the names of the kinds.
type sights map[string]sight

// Reached are the topics of which a kind tells, itself or by its links, without its
// owner.
func (s sights) Reached(kind string) []scenario.Topic {
	topics := s[kind].Topics()
	for _, other := range s[kind].linked() {
		topics = append(topics, s.Reached(other)...)
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
		known[kind] = append(s[CustomerName].Topics(), s.Reached(kind)...)
	}
	return known, nil
}

// tell tells of a topic what an aggregate or one of its links knows, and reports
// whether one does.
func (s sights) tell(act *Act, about scenario.Topic, of Thing, f *scenario.Facts) bool {
	for i, kind := range s[of.Kind].linked() {
		if !slices.Contains(s.Reached(kind), about) {
			continue
		}
		if e := s[of.Kind].next(act, of.Aggregate, i); e != nil && s.tell(act, about, Thing{kind, e}, f) {
			return true
		}
	}
	if !slices.Contains(s[of.Kind].Topics(), about) {
		return false
	}
	s[of.Kind].tell(act, of.Aggregate, f, about)
	return true
}

// Thing is an aggregate of a kind.
type Thing struct {
	Kind      string
	Aggregate any
}

// Chain is everything to which something belongs that is decided or asked for: it
// tells the conditions of scenarios what they ask, and looks up only that. What it
// can tell is what scenario.Catalog.Known promises.
type Chain struct {
	Act      *Act
	Customer *onboarding.Customer
	// About is what it is about; none if its kind is empty.
	About Thing
}

// Tell tells of one topic.
func (c Chain) Tell(f *scenario.Facts, about scenario.Topic) {
	switch {
	case about == scenario.AboutClock:
		f.Clock = scenario.ClockAt(c.Act.Now())
	case c.About.Kind != "" && c.Act.Sights.tell(c.Act, about, c.About, f):
	case c.Customer != nil:
		c.Act.Sights.tell(c.Act, about, Thing{CustomerName, c.Customer}, f)
	}
}
