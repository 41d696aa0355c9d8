package engine_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/store"
)

// A letter is delivered after its days, or if it is lost, given up when they are
// over: a deadline, for which nobody waits.
type letter struct {
	machine.Life
	Days int  `json:"days"`
	Lost bool `json:"lost"`
}

type post struct {
	store  *store.DB
	engine *engine.Engine
	// tenant is the one whose post it is.
	tenant  string
	letters *engine.Kind[letter, letter]
	// delivered is called within the commit of each delivery.
	delivered func()
}

func newPost(t *testing.T) *post {
	t.Helper()
	p := openPost(t, memory(t))
	if _, err := p.engine.Freeze(t.Context(), "t", nil); err != nil {
		t.Fatal(err)
	}
	return p
}

func openPost(t *testing.T, s *store.DB, indexes ...engine.Index[letter]) *post {
	t.Helper()
	p := &post{store: s, tenant: "t", delivered: func() {}}
	p.letters = &engine.Kind[letter, letter]{
		Collection: engine.Collection[letter]{Name: "letter", Indexes: indexes},
		Table: &machine.Table[letter]{Name: "letter", Otherwise: refusal.PhaseOrderBroken, Rows: []machine.Row[letter]{
			{From: []machine.State{machine.None}, On: []machine.Trigger{"send"}, To: "SENT", Arms: []machine.Choice[letter]{
				{Point: "letter.outcome", Default: "DELIVERED", Options: []machine.Option{{Name: "DELIVERED", Trigger: "deliver"}}, If: func(f letter) bool { return !f.Lost }},
				{Point: "letter.end", Default: "GIVEN_UP", Options: []machine.Option{{Name: "GIVEN_UP", Trigger: "give_up"}}, Until: func(f letter) time.Time {
					if !f.Lost {
						return time.Time{}
					}
					return start.AddDate(0, 0, f.Days)
				}},
			}},
			{From: []machine.State{"SENT"}, On: []machine.Trigger{"deliver"}, To: "DELIVERED", Emit: "letter.delivered"},
			{From: []machine.State{"SENT"}, On: []machine.Trigger{"give_up"}, To: "GIVEN_UP", Emit: "letter.given_up"},
		}},
		Facts: func(_ *engine.Unit, e *letter, _ machine.Cause) letter { return *e },
		Effect: func(_ *engine.Unit, _ *letter, step machine.Step, _ machine.Cause) error {
			if step.On == "deliver" {
				p.delivered()
			}
			return nil
		},
		Subject: func(*letter) engine.Subject { return engine.Subject{} },
	}
	var err error
	p.engine, err = engine.New(engine.Config{
		Store: s, Wall: func() time.Time { return start }, DelayScale: 1,
		Choose: func(_ *engine.Unit, _ string, aggregate any, c machine.Pending) (machine.Decision, error) {
			return machine.Decision{Option: c.Default, After: time.Duration(aggregate.(*letter).Days) * 24 * time.Hour}, nil
		},
	}, p.letters)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// send sends so many letters.
func (p *post) send(t *testing.T, many, days int, lost bool) {
	t.Helper()
	err := p.engine.Do(t.Context(), p.tenant, func(u *engine.Unit) error {
		for range many {
			n := u.Next()
			e := &letter{Life: machine.Life{ID: fmt.Sprintf("p%d", n), Seq: n}, Days: days, Lost: lost}
			if err := p.letters.Create(u, e, "send", machine.Cause{}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (p *post) now(t *testing.T) time.Time {
	t.Helper()
	clock, err := p.engine.Clock(t.Context(), "t")
	if err != nil {
		t.Fatal(err)
	}
	return clock.Now
}

// An advance whose context ends stops between two timers: what has happened
// stays, the clock stands there, and the next advance goes on from it.
func TestAnAdvanceEndsWithItsContext(t *testing.T) {
	p := newPost(t)
	for day := 1; day <= 5; day++ {
		p.send(t, 1, day, false)
	}
	ctx, leave := context.WithCancel(t.Context())
	left := 2
	p.delivered = func() {
		if left--; left == 0 {
			leave()
		}
	}
	happened, err := p.engine.Advance(ctx, "t", engine.Target{By: 9 * 24 * time.Hour})
	if refusedWith(err) != refusal.ClockInterrupted || !strings.Contains(err.Error(), "2026-01-03T12:00:00Z") || !strings.Contains(err.Error(), "2 events") {
		t.Errorf("got %v", err)
	}
	if len(happened.Events) != 2 || !p.now(t).Equal(start.AddDate(0, 0, 2)) {
		t.Errorf("%d events, at %s", len(happened.Events), p.now(t))
	}
	happened, err = p.engine.Advance(t.Context(), "t", engine.Target{By: 7 * 24 * time.Hour})
	if err != nil || len(happened.Events) != 3 || !p.now(t).Equal(start.AddDate(0, 0, 9)) {
		t.Errorf("went on with %d events to %s: %v", len(happened.Events), p.now(t), err)
	}
}

// countingStore counts its commits.
type countingStore struct {
	store.Store
	commits int
}

func (s *countingStore) Update(ctx context.Context, tenant string, fn func(store.Tx) error) error {
	s.commits++
	return s.Store.Update(ctx, tenant, fn)
}

// Timers share commits, and what one cannot do does not take back what those before
// it have done.
func TestTimersShareCommits(t *testing.T) {
	p := newPost(t)
	p.send(t, 1_000, 1, true)
	counting := &countingStore{Store: p.engine.Store}
	p.engine.Store = counting
	happened, err := p.engine.Advance(t.Context(), "t", engine.Target{By: 48 * time.Hour})
	if err != nil || len(happened.Events) != 1_000 || counting.commits > 30 {
		t.Errorf("%d events in %d commits: %v", len(happened.Events), counting.commits, err)
	}
	f := newFarm(t, memory(t), 1)
	f.lay(t, "a", "e1", "e2", "e3", "e4")
	f.wall = start.Add(25 * time.Hour)
	// The nest is full with the third.
	if err := f.engine.FireDue(t.Context()); err == nil {
		t.Error("the fourth came")
	}
	f.wall = start // Who looks now fires nothing.
	if got := f.look(t, "a"); got != "e1:CHICK e2:CHICK e3:CHICK e4:EGG chicks:3" {
		t.Errorf("there are %s", got)
	}
}

// What an advance lists does not grow with what it has done; the newest events
// are listed, among them the one that was waited for.
func TestAnAdvanceListsTheNewestEvents(t *testing.T) {
	p := newPost(t)
	p.send(t, 24_999, 1, true)
	p.send(t, 1, 2, false)
	happened, err := p.engine.Advance(t.Context(), "t", engine.Target{Idle: true})
	if err != nil || len(happened.Events) != 10_000 || happened.Omitted != 15_000 {
		t.Fatalf("%d listed, %d omitted: %v", len(happened.Events), happened.Omitted, err)
	}
	if last := happened.Events[9_999]; last.Type != "letter.delivered" || last.Seq != 25_000 {
		t.Errorf("the last is %+v", last)
	}
}

// The deadlines before a decision are looked at once, however many they are: at
// each step of the way it would take a day.
func TestIdleBehindManyDeadlines(t *testing.T) {
	p := newPost(t)
	p.send(t, 30_000, 1, true)
	p.send(t, 1, 2, false)
	p.send(t, 5_000, 3, true)
	happened, err := p.engine.Advance(t.Context(), "t", engine.Target{Idle: true})
	if err != nil || len(happened.Events)+happened.Omitted != 30_001 || !p.now(t).Equal(start.AddDate(0, 0, 2)) {
		t.Errorf("%d events, at %s: %v", len(happened.Events)+happened.Omitted, p.now(t), err)
	}
}

// An event that comes behind more timers than are tried is neither taken to come
// nor not to: the refusal says how far to move before asking again.
func TestAnEventBehindManyTimers(t *testing.T) {
	p := newPost(t)
	p.send(t, 1_500, 1, true)
	p.send(t, 1, 2, false)
	_, err := p.engine.Advance(t.Context(), "t", engine.Target{Event: "letter.delivered"})
	if refusedWith(err) != refusal.RequestInvalid || !p.now(t).Equal(start) {
		t.Fatalf("at %s: %v", p.now(t), err)
	}
	far := start.AddDate(0, 0, 1)
	if fault := err.(*refusal.Error).Faults[0]; !strings.Contains(fault.Message, far.Format(time.RFC3339)) { //nolint:errorlint // just checked
		t.Errorf("refused with %s", fault.Message)
	}
	if _, err := p.engine.Advance(t.Context(), "t", engine.Target{To: far}); err != nil {
		t.Fatal(err)
	}
	if _, err := p.engine.Advance(t.Context(), "t", engine.Target{Event: "letter.delivered"}); err != nil || !p.now(t).Equal(start.AddDate(0, 0, 2)) {
		t.Errorf("at %s: %v", p.now(t), err)
	}
}

// Whoever only drives the clocks leaves what is due to the next, when it is told
// to end.
func TestFiringWhatIsDueEndsWithItsContext(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	f.lay(t, "a", "e1")
	f.wall = start.Add(25 * time.Hour)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	if err := f.engine.FireDue(ctx); err != nil {
		t.Fatal(err)
	}
	if nextDue(t, f.engine).IsZero() {
		t.Error("it went on")
	}
	if err := f.engine.FireDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if at := nextDue(t, f.engine); !at.IsZero() {
		t.Errorf("what was left did not come; it is due at %s", at)
	}
}
