package engine_test

import (
	"testing"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/engine"
)

// TestNeedsStandAsTheFactsAre: a nest has room until it is full, and asking does not
// fill it.
func TestNeedsStandAsTheFactsAre(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	f.lay(t, "t")
	err := f.engine.Do(t.Context(), "t", func(u *engine.Unit) error {
		n := f.nests.Get(u, "n")
		for chicks := range 4 {
			needs, refused := f.nests.Needs(u, n, "count", machine.Cause{})
			full := chicks == 3
			if room := machine.FindStanding(needs, "room.left"); room == nil || room.Met == full || (refused != nil) != full {
				t.Errorf("with %d chicks the needs are %+v, and counting is refused with %v", chicks, needs, refused)
			}
			if !full {
				if err := f.nests.Fire(u, n, "count", machine.Cause{}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
