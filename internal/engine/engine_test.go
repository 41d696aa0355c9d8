package engine_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/store"
)

// An egg hatches after a day unless it is eaten; the chick, in the same commit,
// tells its nest. A nest that was told three times is full.
type egg struct {
	machine.Life
	Nest string `json:"nest"`
}

type nest struct {
	machine.Life
	Chicks int `json:"chicks"`
}

type farm struct {
	engine *engine.Engine
	eggs   *engine.Kind[egg, time.Time]
	nests  *engine.Kind[nest, int]
	wall   time.Time
}

var start = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// barren is when an egg rots that never hatches: with the hatching of the others.
var barren = start.Add(24 * time.Hour)

func newFarm(t *testing.T, s *store.DB, scale float64) *farm {
	t.Helper()
	f := &farm{wall: start}
	f.nests = &engine.Kind[nest, int]{
		Collection: engine.Collection[nest]{Name: "nest"},
		Table: &machine.Table[int]{Name: "nest", Otherwise: refusal.PhaseOrderBroken, Rows: []machine.Row[int]{
			{From: []machine.State{machine.None}, On: []machine.Trigger{"build"}, To: "OPEN", Emit: "nest.built"},
			{From: []machine.State{"OPEN"}, On: []machine.Trigger{"count"}, To: "OPEN", Emit: "nest.counted", Needs: []machine.Need[int]{{
				Name: "room.left", Code: refusal.CategoryLimitExceeded, Unmet: func(chicks int) *refusal.Error {
					if chicks >= 3 {
						return refusal.New(refusal.CategoryLimitExceeded, "the nest is full")
					}
					return nil
				},
			}}},
			{From: []machine.State{"OPEN"}, On: []machine.Trigger{"shake"}, To: "OPEN", Arms: []machine.Choice[int]{{
				Point: "nest.shaken", Default: "AGAIN", Options: []machine.Option{{Name: "AGAIN", Trigger: "shake"}}, After: time.Second,
			}}},
		}},
		Facts: func(_ *engine.Unit, n *nest, _ machine.Cause) int { return n.Chicks },
		Effect: func(_ *engine.Unit, n *nest, step machine.Step, _ machine.Cause) error {
			if step.On == "count" {
				n.Chicks++
			}
			return nil
		},
		Subject: func(n *nest) engine.Subject { return engine.Subject{Customer: n.ID} },
	}
	f.eggs = &engine.Kind[egg, time.Time]{
		Collection: engine.Collection[egg]{Name: "egg", Indexes: []engine.Index[egg]{{Name: "nest", Of: func(e *egg) []string { return []string{e.Nest} }}}},
		Table: &machine.Table[time.Time]{Name: "egg", Otherwise: refusal.PhaseOrderBroken, Rows: []machine.Row[time.Time]{
			{From: []machine.State{machine.None}, On: []machine.Trigger{"lay"}, To: "EGG", Emit: "egg.laid", Arms: []machine.Choice[time.Time]{
				{Point: "egg.outcome", Default: "CHICK", Options: []machine.Option{{Name: "CHICK", Trigger: "hatch"}}, After: 24 * time.Hour, If: func(rots time.Time) bool { return rots != barren }},
				{Point: "egg.rots", Default: "ROTTEN", Options: []machine.Option{{Name: "ROTTEN", Trigger: "eat"}}, Until: func(rots time.Time) time.Time { return rots }},
			}},
			{From: []machine.State{"EGG"}, On: []machine.Trigger{"hatch"}, To: "CHICK", Emit: "egg.hatched"},
			{From: []machine.State{"EGG"}, On: []machine.Trigger{"eat"}, To: "EATEN", Emit: "egg.eaten"},
		}},
		Facts: func(_ *engine.Unit, e *egg, _ machine.Cause) time.Time {
			if e.ID == "barren" {
				return barren
			}
			return start.Add(72 * time.Hour)
		},
		Effect: func(u *engine.Unit, e *egg, step machine.Step, _ machine.Cause) error {
			if step.On == "hatch" {
				f.nests.Then(u, f.nests.Get(u, e.Nest), "count", machine.Cause{})
			}
			return nil
		},
		Subject: func(e *egg) engine.Subject { return engine.Subject{Customer: e.Nest} },
	}
	var err error
	f.engine, err = engine.New(engine.Config{Store: s, Wall: func() time.Time { return f.wall }, DelayScale: scale}, f.eggs, f.nests)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func memory(t *testing.T) *store.DB {
	t.Helper()
	s, _, err := store.Open(store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// nextDue is when the driver has something to do; the zero time is never.
func nextDue(t *testing.T, e *engine.Engine) time.Time {
	t.Helper()
	at, err := e.NextDue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// lay puts eggs into a nest called n.
func (f *farm) lay(t *testing.T, tenant string, ids ...string) {
	t.Helper()
	err := f.engine.Do(t.Context(), tenant, func(u *engine.Unit) error {
		if f.nests.Get(u, "n") == nil {
			if err := f.nests.Create(u, &nest{Life: machine.Life{ID: "n", Seq: u.Next()}}, "build", machine.Cause{}); err != nil {
				return err
			}
		}
		for _, id := range ids {
			if err := f.eggs.Create(u, &egg{Life: machine.Life{ID: id, Seq: u.Next()}, Nest: "n"}, "lay", machine.Cause{}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// advance moves a tenant's clock and gives what happened.
func (f *farm) advance(t *testing.T, tenant string, target engine.Target) ([]engine.Event, error) {
	t.Helper()
	happened, err := f.engine.Advance(t.Context(), tenant, target)
	return happened.Events, err
}

func (f *farm) fire(tenant, id string, on machine.Trigger) error {
	return f.engine.Do(context.Background(), tenant, func(u *engine.Unit) error { return f.eggs.Fire(u, f.eggs.Get(u, id), on, machine.Cause{}) })
}

func (f *farm) look(t *testing.T, tenant string) string {
	t.Helper()
	var text []string
	err := f.engine.Read(t.Context(), tenant, func(u *engine.Unit) error {
		for _, e := range f.eggs.By(u, "nest", "n") {
			text = append(text, fmt.Sprintf("%s:%s", e.ID, e.State))
		}
		if n := f.nests.Get(u, "n"); n != nil {
			text = append(text, fmt.Sprintf("chicks:%d", n.Chicks))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(text, " ")
}

func story(events []engine.Event) string {
	var text []string
	for _, e := range events {
		text = append(text, fmt.Sprintf("%s %s@%s", e.Type, e.ID, e.At.Sub(start)))
	}
	return strings.Join(text, ", ")
}

func refusedWith(err error) refusal.Code {
	var r *refusal.Error
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}

func freeze(t *testing.T, f *farm, tenant string) {
	t.Helper()
	at := start
	if _, err := f.engine.Freeze(t.Context(), tenant, &at); err != nil {
		t.Fatal(err)
	}
}

func TestAdvanceFiresEachTimerAtItsInstantInOrder(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	freeze(t, f, "a")
	f.lay(t, "a", "e1", "e2")
	if events, err := f.advance(t, "a", engine.Target{By: time.Hour}); err != nil || len(events) != 0 {
		t.Fatalf("after an hour: %s, %v", story(events), err)
	}
	f.lay(t, "a", "e3")
	events, err := f.advance(t, "a", engine.Target{By: 30 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	want := "egg.hatched e1@24h0m0s, nest.counted n@24h0m0s, egg.hatched e2@24h0m0s, nest.counted n@24h0m0s, egg.hatched e3@25h0m0s, nest.counted n@25h0m0s"
	if got := story(events); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	clock, err := f.engine.Clock(t.Context(), "a")
	if err != nil || !clock.Frozen || !clock.Now.Equal(start.Add(31*time.Hour)) || clock.Pending != 0 {
		t.Errorf("the clock shows %+v, %v", clock, err)
	}
}

func TestAChoiceDiesWithItsState(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	freeze(t, f, "a")
	f.lay(t, "a", "e1")
	if err := f.fire("a", "e1", "eat"); err != nil {
		t.Fatal(err)
	}
	events, err := f.advance(t, "a", engine.Target{By: 100 * time.Hour})
	if err != nil || len(events) != 0 {
		t.Errorf("a dead choice fired: %s, %v", story(events), err)
	}
}

// What was hastened has come, and nothing of it is pending any more.
func TestAHastenedChoiceIsNotPending(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	freeze(t, f, "a")
	f.lay(t, "a", "e1")
	hasten := func(point string) error {
		return f.engine.Do(t.Context(), "a", func(u *engine.Unit) error { return f.eggs.Hasten(u, f.eggs.Get(u, "e1"), point) })
	}
	if err := errors.Join(hasten("egg.other"), hasten("egg.outcome"), hasten("egg.outcome")); err != nil {
		t.Fatal(err)
	}
	if clock, err := f.engine.Clock(t.Context(), "a"); err != nil || clock.Pending != 0 {
		t.Errorf("%d timers are pending, %v", clock.Pending, err)
	}
	if out, err := f.engine.Dump(t.Context(), "a"); err != nil || !strings.Contains(out, "CHICK") {
		t.Errorf("it is %s, %v", out, err)
	}
	if events, err := f.advance(t, "a", engine.Target{By: 100 * time.Hour}); err != nil || len(events) != 0 {
		t.Errorf("it came again: %s, %v", story(events), err)
	}
}

func TestARefusedTriggerChangesNothing(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	freeze(t, f, "a")
	f.lay(t, "a", "e1", "e2", "e3", "e4")
	for _, id := range []string{"e1", "e2", "e3"} {
		if err := f.fire("a", id, "hatch"); err != nil {
			t.Fatal(err)
		}
	}
	before := f.look(t, "a")
	if err := f.fire("a", "e4", "hatch"); refusedWith(err) != refusal.CategoryLimitExceeded {
		t.Fatalf("the consequence did not refuse the whole unit: %v", err)
	}
	if after := f.look(t, "a"); after != before {
		t.Errorf("it changed %q to %q", before, after)
	}
	if err := f.fire("a", "e1", "eat"); refusedWith(err) != refusal.PhaseOrderBroken {
		t.Errorf("a chick was eaten: %v", err)
	}
}

func TestIdleLeavesDeadlinesAlone(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	freeze(t, f, "a")
	f.lay(t, "a", "e1")
	events, err := f.advance(t, "a", engine.Target{Idle: true})
	if err != nil || story(events) != "egg.hatched e1@24h0m0s, nest.counted n@24h0m0s" {
		t.Errorf("got %s, %v", story(events), err)
	}
}

// A deadline at the very instant to which the clock has moved is over.
func TestIdleReachesTheDeadlinesOfItsLastInstant(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	freeze(t, f, "a")
	f.lay(t, "a", "e1", "barren")
	events, err := f.advance(t, "a", engine.Target{Idle: true})
	if want := "egg.hatched e1@24h0m0s, nest.counted n@24h0m0s, egg.eaten barren@24h0m0s"; err != nil || story(events) != want {
		t.Errorf("got %s, %v", story(events), err)
	}
}

func TestUntilAnEvent(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	freeze(t, f, "a")
	f.lay(t, "a", "e1", "e2")
	events, err := f.advance(t, "a", engine.Target{Event: "egg.hatched"})
	if err != nil || story(events) != "egg.hatched e1@24h0m0s, nest.counted n@24h0m0s" {
		t.Errorf("got %s, %v", story(events), err)
	}
}

func TestADecisionThatIsRefusedIsDroppedAndReported(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	freeze(t, f, "a")
	f.lay(t, "a", "e1", "e2", "e3", "e4")
	if _, err := f.advance(t, "a", engine.Target{By: 30 * time.Hour}); err == nil || !strings.Contains(err.Error(), "egg.outcome of egg e4") {
		t.Errorf("got %v", err)
	}
	if _, err := f.advance(t, "a", engine.Target{By: 30 * time.Hour}); err != nil {
		t.Errorf("the clock is stuck: %v", err)
	}
}

func TestALoopIsStoppedAndNamed(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	freeze(t, f, "a")
	f.lay(t, "a")
	err := f.engine.Do(t.Context(), "a", func(u *engine.Unit) error {
		return f.nests.Fire(u, f.nests.Get(u, "n"), "shake", machine.Cause{})
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.advance(t, "a", engine.Target{By: 24 * time.Hour})
	if refusedWith(err) != refusal.TimerLoop || !strings.Contains(err.Error(), "nest.shaken of nest n") {
		t.Errorf("got %v", err)
	}
}

func TestARunningClockCompressesDelaysButNotDeadlines(t *testing.T) {
	f := newFarm(t, memory(t), 1.0/86400)
	f.lay(t, "a", "e1")
	if due := nextDue(t, f.engine); !due.Equal(start.Add(time.Second)) {
		t.Fatalf("the first is due at %v", due)
	}
	f.wall = f.wall.Add(999 * time.Millisecond)
	if got := f.look(t, "a"); got != "e1:EGG chicks:0" {
		t.Errorf("too early: %s", got)
	}
	f.wall = f.wall.Add(5 * time.Second)
	if got := f.look(t, "a"); got != "e1:CHICK chicks:1" {
		t.Errorf("nobody sees a state that time has left: %s", got)
	}
	f.lay(t, "b", "e1")
	f.wall = f.wall.Add(time.Second)
	if err := f.engine.FireDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if due := nextDue(t, f.engine); !due.IsZero() {
		t.Errorf("something is still due, at %v", due)
	}
}

func TestAdvanceMovesARunningClock(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	f.lay(t, "a", "e1")
	events, err := f.advance(t, "a", engine.Target{By: 25 * time.Hour})
	if err != nil || story(events) != "egg.hatched e1@24h0m0s, nest.counted n@24h0m0s" {
		t.Errorf("got %s, %v", story(events), err)
	}
	f.wall = f.wall.Add(time.Minute)
	clock, err := f.engine.Clock(t.Context(), "a")
	if err != nil || clock.Frozen || !clock.Now.Equal(start.Add(25*time.Hour+time.Minute)) || clock.Offset != 25*time.Hour {
		t.Errorf("the clock shows %+v, %v", clock, err)
	}
}

func TestTimeDoesNotRunBackwards(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	f.lay(t, "a", "e1")
	early := start.Add(-time.Hour)
	if _, err := f.engine.Freeze(t.Context(), "a", &early); refusedWith(err) != refusal.ClockBackwards {
		t.Errorf("freeze: %v", err)
	}
	if _, err := f.advance(t, "a", engine.Target{To: early}); refusedWith(err) != refusal.ClockBackwards {
		t.Errorf("advance: %v", err)
	}
	if _, err := f.engine.Freeze(t.Context(), "new", &early); err != nil {
		t.Errorf("an empty tenant may start at any time: %v", err)
	}
}

func TestFreezeAndRunKeepTheTime(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	freeze(t, f, "a")
	f.wall = f.wall.Add(time.Hour)
	if err := f.engine.Run(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	f.wall = f.wall.Add(time.Minute)
	if clock, err := f.engine.Clock(t.Context(), "a"); err != nil || clock.Frozen || !clock.Now.Equal(start.Add(time.Minute)) {
		t.Errorf("the clock shows %+v, %v", clock, err)
	}
}

func TestTenantsAreApartAndResetEmptiesOne(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	for _, tenant := range []string{"a", "ab"} {
		freeze(t, f, tenant)
		f.lay(t, tenant, "e1")
	}
	if _, err := f.advance(t, "a", engine.Target{By: 48 * time.Hour}); err != nil {
		t.Fatal(err)
	}
	if got := f.look(t, "ab"); got != "e1:EGG chicks:0" {
		t.Errorf("another tenant was touched: %s", got)
	}
	if n, err := f.engine.Reset(t.Context(), "a"); err != nil || n == 0 {
		t.Fatalf("reset removed %d, %v", n, err)
	}
	if got := f.look(t, "a"); got != "" {
		t.Errorf("left after reset: %s", got)
	}
	if got, _ := f.engine.Tenants(t.Context()); len(got) != 1 || got[0] != "ab" {
		t.Errorf("tenants are %v", got)
	}
}

func TestPendingDecisionsSurviveARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "farm.db")
	open := func() *store.DB {
		s, _, err := store.Open(store.Options{Path: path, Durability: store.Never})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open()
	newFarm(t, s, 1).lay(t, "a", "e1")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open()
	defer s.Close()
	f := newFarm(t, s, 1)
	if due := nextDue(t, f.engine); !due.Equal(start.Add(24 * time.Hour)) {
		t.Fatalf("it is due at %v", due)
	}
	f.wall = start.Add(25 * time.Hour)
	if got := f.look(t, "a"); got != "e1:CHICK chicks:1" {
		t.Errorf("got %s", got)
	}
}

func TestTheEventLogIsKept(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	freeze(t, f, "a")
	f.lay(t, "a", "e1")
	err := f.engine.Read(t.Context(), "a", func(u *engine.Unit) error {
		if got := story(u.Events(0, 10)); got != "nest.built n@0s, egg.laid e1@0s" {
			t.Errorf("got %s", got)
		}
		if got := story(u.Events(1, 10)); got != "egg.laid e1@0s" {
			t.Errorf("after the first: %s", got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// An event that does not come is only tried: nothing has moved, and the driver is
// woken when it would have been.
func TestUntilAnEventThatDoesNotCome(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	f.lay(t, "a", "e1")
	dump := func() string {
		text, err := f.engine.Dump(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	due := nextDue(t, f.engine)
	was := dump()
	_, err := f.advance(t, "a", engine.Target{Event: "egg.painted"})
	if refusedWith(err) != refusal.RequestInvalid {
		t.Errorf("got %v", err)
	}
	if again := nextDue(t, f.engine); !again.Equal(due) {
		t.Errorf("it is due at %v, and was at %v", again, due)
	}
	if now := dump(); now != was {
		t.Errorf("changed from\n%s\nto\n%s", was, now)
	}
}

// fullDisk is a data file that does not take the next so many commits, though a
// shorter one might still fit.
type fullDisk struct {
	store.File
	refuse int
	// refusing is called with each of them.
	refusing func()
}

func (d *fullDisk) WriteAt(p []byte, at int64) (int, error) {
	if d.refuse > 0 {
		d.refuse--
		if d.refusing != nil {
			d.refusing()
		}
		return 0, syscall.ENOSPC
	}
	return d.File.WriteAt(p, at)
}

// farmOnDisk is a farm whose disk can become full.
func farmOnDisk(t *testing.T) (*farm, *fullDisk) {
	t.Helper()
	disk := &fullDisk{}
	s, _, err := store.Open(store.Options{Path: filepath.Join(t.TempDir(), "farm.db"), Through: func(f store.File) store.File {
		disk.File = f
		return disk
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return newFarm(t, s, 1), disk
}

// TestADecisionThatCannotBeWrittenComesLater: the disk is full when it is due, by
// the driver, by a reader and by who moves the clock; it is not dropped.
func TestADecisionThatCannotBeWrittenComesLater(t *testing.T) {
	f, disk := farmOnDisk(t)
	f.lay(t, "a", "e1")
	due := nextDue(t, f.engine)
	f.wall = start.Add(25 * time.Hour)
	for who, try := range map[string]func() error{
		"driver": func() error { return f.engine.FireDue(t.Context()) },
		"reader": func() error { return f.engine.Read(t.Context(), "a", func(*engine.Unit) error { return nil }) },
		"clock":  func() error { _, err := f.advance(t, "a", engine.Target{By: time.Hour}); return err },
	} {
		disk.refuse = 1
		if err := try(); refusedWith(err) != refusal.DataUnwritable || !strings.Contains(err.Error(), "no space left on device") {
			t.Errorf("%s: %v", who, err)
		}
	}
	if at := nextDue(t, f.engine); !at.Equal(due) {
		t.Errorf("it is due at %v, and was at %v", at, due)
	}
	if err := f.engine.FireDue(t.Context()); err != nil {
		t.Error(err)
	}
	if got := f.look(t, "a"); got != "e1:CHICK chicks:1" {
		t.Errorf("got %s", got)
	}
}
