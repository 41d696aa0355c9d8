package engine_test

import (
	"strings"
	"testing"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/engine"
)

// read gives the egg as a unit that only reads gets it.
func (f *farm) read(t *testing.T, id string) *egg {
	t.Helper()
	var e *egg
	if err := f.engine.Read(t.Context(), "t", func(u *engine.Unit) error {
		e = f.eggs.Get(u, id)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestReadersShareWhatTheyRead(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	f.lay(t, "t", "a")
	before := f.read(t, "a")
	if f.read(t, "a") != before {
		t.Error("two readers have decoded the same record")
	}
	if err := f.engine.Do(t.Context(), "t", func(u *engine.Unit) error {
		if f.eggs.Get(u, "a") == before {
			t.Error("a unit that writes has what others read")
		}
		return f.on(u, "a", "hatch")
	}); err != nil {
		t.Fatal(err)
	}
	if after := f.read(t, "a"); before.State != "EGG" || after.State != "CHICK" {
		t.Errorf("it was %s, and is %s", before.State, after.State)
	}
	if _, err := f.engine.Reset(t.Context(), "t"); err != nil {
		t.Fatal(err)
	}
	if f.read(t, "a") != nil {
		t.Error("a reset leaves it to readers")
	}
}

// TestLongRecordsAreNotShared: what is kept in memory beside the store is bounded.
func TestLongRecordsAreNotShared(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	long := strings.Repeat("x", 10_000)
	f.lay(t, "t", long)
	if first := f.read(t, long); f.read(t, long) == first {
		t.Error("a long record is kept")
	}
}

func TestAReaderThatChangesWhatOthersReadIsFound(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	f.engine.CheckShared = true
	f.lay(t, "t", "a")
	f.read(t, "a").State = "PAINTED"
	err := f.engine.Read(t.Context(), "t", func(u *engine.Unit) error {
		f.eggs.Get(u, "a")
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "has changed a record") {
		t.Errorf("a painted egg gives %v", err)
	}
}

// TestAReaderThatSavesRunsAgain: whoever finds that something is to be written has
// changed a record of its own when it counts, and nobody else's.
func TestAReaderThatSavesRunsAgain(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	f.lay(t, "t", "a")
	f.read(t, "a")
	runs := 0
	if err := f.engine.Show(t.Context(), "t", func(u *engine.Unit) error {
		runs++
		return f.on(u, "a", "hatch")
	}); err != nil || runs != 2 {
		t.Fatalf("it ran %d times: %v", runs, err)
	}
	f.engine.CheckShared = true
	if e := f.read(t, "a"); e.State != machine.State("CHICK") {
		t.Errorf("the egg is %s", e.State)
	}
}
