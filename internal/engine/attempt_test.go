package engine_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/store"
)

var errTried = errors.New("only tried")

// on fires a trigger of an egg within a unit.
func (f *farm) on(u *engine.Unit, id string, on machine.Trigger) error {
	return f.eggs.Fire(u, f.eggs.Get(u, id), on, machine.Cause{})
}

// layIn lays an egg within a unit.
func (f *farm) layIn(u *engine.Unit, id string) error {
	return f.eggs.Create(u, &egg{Life: machine.Life{ID: id, Seq: u.Next()}, Nest: "n"}, "lay", machine.Cause{})
}

// deeds is what the units of these tests do, by name. Eggs a to f are stored, and
// d has hatched.
func (f *farm) deeds() map[string]func(u *engine.Unit) error {
	return map[string]func(u *engine.Unit) error{
		"nothing":            func(*engine.Unit) error { return nil },
		"a is read":          func(u *engine.Unit) error { f.eggs.Get(u, "a"); f.nests.Get(u, "n"); return nil },
		"a hatches":          func(u *engine.Unit) error { return f.on(u, "a", "hatch") },
		"b is eaten":         func(u *engine.Unit) error { return f.on(u, "b", "eat") },
		"n is shaken":        func(u *engine.Unit) error { return f.nests.Fire(u, f.nests.Get(u, "n"), "shake", machine.Cause{}) },
		"c is removed":       func(u *engine.Unit) error { return f.take(u, "c") },
		"new is laid":        func(u *engine.Unit) error { return f.layIn(u, "new") },
		"new comes and goes": func(u *engine.Unit) error { return errors.Join(f.layIn(u, "new"), f.take(u, "new")) },
		"a name is counted":  func(u *engine.Unit) error { u.Count("name"); u.Next(); return nil },
		"a value is set":     func(u *engine.Unit) error { return u.SetValue("value", u.Next()) },
		"e hatches later":    func(u *engine.Unit) error { f.eggs.Then(u, f.eggs.Get(u, "e"), "hatch", machine.Cause{}); return nil },
		"one is tried, another done": func(u *engine.Unit) error {
			if err := u.Attempt(func() error { return errors.Join(f.on(u, "f", "hatch"), f.layIn(u, "inner"), errTried) }); !errors.Is(err, errTried) {
				return err
			}
			return u.Attempt(func() error { return f.layIn(u, "second") })
		},
	}
}

// take removes an egg, if it is there.
func (f *farm) take(u *engine.Unit, id string) error {
	if e := f.eggs.Get(u, id); e != nil {
		f.eggs.Remove(u, e)
	}
	return nil
}

// unitOf runs a unit on a farm of its own and gives what its data file holds after,
// what the unit reads at its end, and when the driver wakes.
func unitOf(t *testing.T, do func(f *farm, u *engine.Unit) error) (file []byte, read, wake string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "farm.db")
	s, _, err := store.Open(store.Options{Path: path, Durability: store.Never})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	f := newFarm(t, s, 1)
	f.lay(t, "t", "a", "b", "c", "d", "e", "f")
	if err := f.fire("t", "d", "hatch"); err != nil {
		t.Fatal(err)
	}
	select {
	case <-f.engine.Changed():
	default:
	}
	if err := f.engine.Do(t.Context(), "t", func(u *engine.Unit) error {
		if err := do(f, u); err != nil {
			return err
		}
		read = f.seen(u)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	at := nextDue(t, f.engine)
	if file, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	select {
	case <-f.engine.Changed():
		return file, read, "changed to " + at.String()
	default:
		return file, read, at.String()
	}
}

// An attempt that fails leaves no trace: not in what the unit reads, not in the
// records that somebody has got already, not in what is written, to the byte;
// whatever the unit has done before, does in the attempt, and does after.
func TestAFailedAttemptLeavesNoTrace(t *testing.T) {
	after := func(f *farm, u *engine.Unit) error {
		return errors.Join(f.layIn(u, "last"), f.on(u, "f", "hatch"), f.deeds()["a name is counted"](u))
	}
	for first := range (&farm{}).deeds() {
		file, read, wake := unitOf(t, func(f *farm, u *engine.Unit) error {
			return errors.Join(f.deeds()[first](u), after(f, u))
		})
		for tried := range (&farm{}).deeds() {
			t.Run(first+", then "+tried, func(t *testing.T) {
				gotFile, gotRead, gotWake := unitOf(t, func(f *farm, u *engine.Unit) error {
					err := f.deeds()[first](u)
					f.tryInVain(t, u, f.deeds()[tried])
					return errors.Join(err, after(f, u))
				})
				if gotRead != read || gotWake != wake {
					t.Errorf("it reads\n%s, the driver is %s; without the attempt\n%s, %s", gotRead, gotWake, read, wake)
				}
				if !bytes.Equal(gotFile, file) {
					t.Errorf("the file holds\n%s\nand without the attempt\n%s", gotFile, file)
				}
			})
		}
	}
}

// tryInVain does something in an attempt that fails. Nobody sees a change, whether
// he had a record already or gets it now.
func (f *farm) tryInVain(t *testing.T, u *engine.Unit, deed func(*engine.Unit) error) {
	t.Helper()
	held := map[string]*egg{}
	for _, e := range f.eggs.By(u, "nest", "n")[1:] {
		held[e.ID] = e
	}
	looks := func() (text string) {
		for _, id := range slices.Sorted(maps.Keys(held)) {
			text += fmt.Sprintf("%+v\n", *held[id])
		}
		return text
	}
	before := looks()
	if err := u.Attempt(func() error { return errors.Join(deed(u), errTried) }); !errors.Is(err, errTried) {
		t.Errorf("the attempt fails with %v", err)
	}
	if after := looks(); after != before {
		t.Errorf("what somebody held was\n%s\nand is\n%s", before, after)
	}
	for id, e := range held {
		if f.eggs.Get(u, id) != e {
			t.Errorf("egg %s is another record than before", id)
		}
	}
}

// seen is what a unit reads of a farm.
func (f *farm) seen(u *engine.Unit) string {
	var value int64
	_, err := u.Value("value", &value)
	text := fmt.Sprint("value ", value, err, " chicks ", f.nests.Get(u, "n").Chicks)
	for _, e := range f.eggs.By(u, "nest", "n") {
		text += fmt.Sprintf(" %s:%s", e.ID, e.State)
	}
	return text + " " + story(u.Events(0, 100))
}

// A consequence that is refused fails the attempt of which it came, and not the
// unit; those that were queued before it wait until it is over.
func TestAnAttemptFailsWithItsConsequences(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	f.lay(t, "t", "a", "b", "c", "d", "e")
	var happened []string
	say := func(word string) func() error { return func() error { happened = append(happened, word); return nil } }
	err := f.engine.Do(t.Context(), "t", func(u *engine.Unit) error {
		u.After(say("earlier"))
		for _, id := range []string{"a", "b", "c", "d"} {
			err := u.Attempt(func() error {
				f.eggs.Then(u, f.eggs.Get(u, id), "hatch", machine.Cause{})
				return nil
			})
			happened = append(happened, fmt.Sprint(id, " ", refusedWith(err)))
		}
		u.After(func() error {
			u.After(say("later"))
			if err := u.Attempt(func() error { return nil }); err != nil {
				return err
			}
			err := u.Attempt(func() error { return f.on(u, "e", "hatch") })
			happened = append(happened, fmt.Sprint("e ", refusedWith(err)))
			return errors.Join(f.on(u, "e", "eat"), say("eaten")())
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(happened, ", "), "a , b , c , d CATEGORY_LIMIT_EXCEEDED, earlier, e CATEGORY_LIMIT_EXCEEDED, eaten, later"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got, want := f.look(t, "t"), "a:CHICK b:CHICK c:CHICK d:EGG e:EATEN chicks:3"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// What was tried is not among what has happened, nor does it count towards how
// much may follow from one unit.
func TestAFailedAttemptHasNotHappened(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	hatch := f.eggs.Effect
	f.eggs.Effect = func(u *engine.Unit, e *egg, step machine.Step, cause machine.Cause) error {
		for range 3 {
			if err := u.Attempt(func() error {
				for range 5_000 {
					u.After(func() error { return nil })
				}
				u.After(func() error { return errTried })
				return f.nests.Create(u, &nest{Life: machine.Life{ID: "vain", Seq: u.Next()}}, "build", machine.Cause{})
			}); !errors.Is(err, errTried) {
				return fmt.Errorf("the attempt fails with %w", err)
			}
		}
		return hatch(u, e, step, cause)
	}
	f.lay(t, "t", "a")
	events, err := f.advance(t, "t", engine.Target{By: 30 * time.Hour})
	if want := "egg.hatched a@24h0m0s, nest.counted n@24h0m0s"; err != nil || story(events) != want {
		t.Errorf("%s, %v; want %s", story(events), err, want)
	}
}

// What is noted as a failure within an attempt fails it, and not the unit.
func TestANotedFailureFailsTheAttempt(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	f.lay(t, "t", "a")
	err := f.engine.Do(t.Context(), "t", func(u *engine.Unit) error {
		err := u.Attempt(func() error {
			u.Note(errTried)
			return f.on(u, "a", "hatch")
		})
		if !errors.Is(err, errTried) {
			t.Errorf("the attempt fails with %v", err)
		}
		return nil
	})
	if got := f.look(t, "t"); err != nil || got != "a:EGG chicks:0" {
		t.Errorf("%s: %v", got, err)
	}
}

// What was noted as a failure before an attempt fails the unit, and not the attempt.
func TestAFailureNotedBeforeAnAttemptStays(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	f.lay(t, "t", "a")
	err := f.engine.Do(t.Context(), "t", func(u *engine.Unit) error {
		u.Note(errTried)
		if err := u.Attempt(func() error { return f.on(u, "a", "hatch") }); err != nil {
			t.Errorf("the attempt fails with %v", err)
		}
		return nil
	})
	if got := f.look(t, "t"); !errors.Is(err, errTried) || got != "a:EGG chicks:0" {
		t.Errorf("%s: %v", got, err)
	}
}

// In a unit that only reads, an attempt that fails takes back that something is
// waiting to be looked at.
func TestAFailedAttemptOfAReader(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	f.engine.Choose = atRead(1)
	f.lay(t, "t", "a")
	runs := 0
	err := f.engine.Show(t.Context(), "t", func(u *engine.Unit) error {
		runs++
		e := f.eggs.Get(u, "a")
		err := u.Attempt(func() error {
			return errors.Join(f.eggs.CountRead(u, e), errTried)
		})
		if !errors.Is(err, errTried) {
			return err
		}
		return nil
	})
	if err != nil || runs != 1 {
		t.Errorf("it ran %d times: %v", runs, err)
	}
}
