package engine_test

import (
	"fmt"
	"testing"
	"time"

	"finhub-sandbox/internal/engine"
)

// A frozen clock reaches no timer; when it runs again, it does when it would from
// where it stood. When a tenant is due goes with its timers.
func TestATenantIsDueWhileItsClockRuns(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	is := func(what string, want time.Time) {
		t.Helper()
		select {
		case <-f.engine.Changed():
		default:
			t.Errorf("%s: the driver is not told", what)
		}
		if due := nextDue(t, f.engine); !due.Equal(want) {
			t.Errorf("%s: it is due at %v, want %v", what, due, want)
		}
	}
	f.lay(t, "a", "e1")
	is("laid", start.Add(24*time.Hour))
	if _, err := f.engine.Freeze(t.Context(), "a", nil); err != nil {
		t.Fatal(err)
	}
	is("frozen", time.Time{})
	f.wall = f.wall.Add(time.Hour)
	if err := f.engine.Run(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	is("running again", start.Add(25*time.Hour))
	if _, err := f.advance(t, "a", engine.Target{By: 20 * time.Hour}); err != nil {
		t.Fatal(err)
	}
	is("moved", start.Add(5*time.Hour))
	if err := f.fire("a", "e1", "eat"); err != nil {
		t.Fatal(err)
	}
	is("eaten", time.Time{})
}

// Of many tenants the earliest is due first, and those that are due are driven.
func TestTheEarliestTenantIsDueFirst(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	for i := range 20 {
		f.wall = start.Add(time.Duration((i*7)%20) * time.Hour)
		f.lay(t, fmt.Sprint("t", i), "e1")
	}
	f.wall = start.Add(20 * time.Hour)
	if due := nextDue(t, f.engine); !due.Equal(start.Add(24 * time.Hour)) {
		t.Errorf("the first is due at %v", due)
	}
	f.wall = start.Add(33*time.Hour + time.Minute)
	if err := f.engine.FireDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if due := nextDue(t, f.engine); !due.Equal(start.Add(34 * time.Hour)) {
		t.Errorf("when ten are driven, the next is due at %v", due)
	}
}

// Nobody sees, or changes, a state that time has already left.
func TestWhatIsDueComesBeforeWhatIsDone(t *testing.T) {
	see := func(u *engine.Unit, f *farm) error {
		if e := f.eggs.Get(u, "e1"); e.State != "CHICK" {
			t.Errorf("the egg is %s", e.State)
		}
		return nil
	}
	for name, do := range map[string]func(f *farm) error{
		"done": func(f *farm) error {
			return f.engine.Do(t.Context(), "a", func(u *engine.Unit) error { return see(u, f) })
		},
		"read": func(f *farm) error {
			return f.engine.Read(t.Context(), "a", func(u *engine.Unit) error { return see(u, f) })
		},
		"shown": func(f *farm) error {
			return f.engine.Show(t.Context(), "a", func(u *engine.Unit) error { return see(u, f) })
		},
	} {
		f := newFarm(t, memory(t), 1)
		f.lay(t, "a", "e1")
		f.wall = start.Add(24 * time.Hour)
		if err := do(f); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
