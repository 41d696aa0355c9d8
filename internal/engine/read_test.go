package engine_test

import (
	"testing"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
)

// atRead lets every choice come with the nth look.
func atRead(n int) func(*engine.Unit, string, any, machine.Pending) (machine.Decision, error) {
	return func(_ *engine.Unit, _ string, _ any, p machine.Pending) (machine.Decision, error) {
		return machine.Decision{Option: p.Default, After: p.After, Reads: n}, nil
	}
}

// poll looks at an egg as a client does, and gives its state.
func (f *farm) poll(t *testing.T, id string) machine.State {
	t.Helper()
	var state machine.State
	if err := f.engine.Show(t.Context(), "t", func(u *engine.Unit) error {
		e := f.eggs.Get(u, id)
		if err := f.eggs.CountRead(u, e); err != nil {
			return err
		}
		state = e.State
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return state
}

func TestADecisionComesWithTheLastRead(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	f.engine.Choose = atRead(3)
	f.lay(t, "t", "a", "b")
	for look, want := range []machine.State{"EGG", "EGG", "CHICK", "CHICK"} {
		if got := f.poll(t, "a"); got != want {
			t.Errorf("look %d shows %s, want %s", look+1, got, want)
		}
	}
	if got, want := f.look(t, "t"), "a:CHICK b:EGG chicks:1"; got != want {
		t.Errorf("got %s, want %s: only what was looked at has hatched", got, want)
	}
}

func TestALookIsAWriteOnlyWhileSomethingWaitsForIt(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	f.lay(t, "t", "timed")
	f.engine.Choose = atRead(2)
	f.lay(t, "t", "looked")
	dump := func() string {
		text, err := f.engine.Dump(t.Context(), "t")
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	before := dump()
	f.poll(t, "timed")
	if dump() != before {
		t.Error("a look at an egg that waits for the time has changed something")
	}
	f.poll(t, "looked")
	if dump() == before {
		t.Error("a look was not counted")
	}
	f.poll(t, "looked")
	before = dump()
	if f.poll(t, "looked") != "CHICK" || dump() != before {
		t.Error("a look after the decision has changed something")
	}
}

func TestTimePassesADecisionThatWaitsForLooks(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	f.engine.Choose = atRead(1)
	f.lay(t, "t", "a")
	if _, err := f.advance(t, "t", engine.Target{By: 48 * time.Hour}); err != nil {
		t.Fatal(err)
	}
	if got := f.look(t, "t"); got != "a:EGG chicks:0" {
		t.Errorf("after two days: %s", got)
	}
	if err := f.fire("t", "a", "eat"); err != nil {
		t.Fatal(err)
	}
	if got := f.poll(t, "a"); got != "EATEN" {
		t.Errorf("a decision outlived its state: %s", got)
	}
}

func TestATenantCanHaveItsOwnScale(t *testing.T) {
	f := newFarm(t, memory(t), 1)
	f.engine.Scale = func(u *engine.Unit) float64 {
		if u.Tenant() == "quick" {
			return 0
		}
		return f.engine.DelayScale
	}
	f.lay(t, "quick", "a")
	f.lay(t, "slow", "a")
	if quick, slow := f.look(t, "quick"), f.look(t, "slow"); quick != "a:CHICK chicks:1" || slow != "a:EGG chicks:0" {
		t.Errorf("quick has %s, slow has %s", quick, slow)
	}
}

type parcel struct{ machine.Life }

func TestARowWithdrawsADecisionAndAnotherArmsItAgain(t *testing.T) {
	arrival := []machine.Choice[int]{{
		Point: "parcel.arrival", Default: "THERE", Options: []machine.Option{{Name: "THERE", Trigger: "arrive"}}, After: time.Hour,
	}}
	road := []machine.State{"ON_THE_ROAD"}
	parcels := &engine.Kind[parcel, int]{
		Collection: engine.Collection[parcel]{Name: "parcel"},
		Table: &machine.Table[int]{Name: "parcel", Otherwise: refusal.PhaseOrderBroken, Rows: []machine.Row[int]{
			{From: []machine.State{machine.None}, On: []machine.Trigger{"send"}, To: "ON_THE_ROAD", Arms: arrival},
			{From: road, On: []machine.Trigger{"hold"}, To: "ON_THE_ROAD", Disarms: []string{"parcel.arrival"}},
			{From: road, On: []machine.Trigger{"go"}, To: "ON_THE_ROAD", Arms: arrival},
			{From: road, On: []machine.Trigger{"arrive"}, To: "THERE", Emit: "parcel.arrived"},
		}},
		Facts:   func(*engine.Unit, *parcel, machine.Cause) int { return 0 },
		Subject: func(*parcel) engine.Subject { return engine.Subject{} },
	}
	e, err := engine.New(engine.Config{Store: memory(t), Wall: func() time.Time { return start }, DelayScale: 1}, parcels)
	if err != nil {
		t.Fatal(err)
	}
	fire := func(on machine.Trigger) {
		t.Helper()
		if err := e.Do(t.Context(), "t", func(u *engine.Unit) error {
			if on == "send" {
				return parcels.Create(u, &parcel{machine.Life{ID: "p", Seq: u.Next()}}, on, machine.Cause{})
			}
			return parcels.Fire(u, parcels.Get(u, "p"), on, machine.Cause{})
		}); err != nil {
			t.Fatal(err)
		}
	}
	advance := func() string {
		t.Helper()
		happened, err := e.Advance(t.Context(), "t", engine.Target{By: 2 * time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		return story(happened.Events)
	}
	fire("send")
	fire("hold")
	if got := advance(); got != "" {
		t.Errorf("a withdrawn decision came: %s", got)
	}
	if clock, err := e.Clock(t.Context(), "t"); err != nil || clock.Pending != 0 || clock.Due != nil {
		t.Errorf("a withdrawn decision is still due: %+v, %v", clock, err)
	}
	fire("go")
	if got := advance(); got != "parcel.arrived p@3h0m0s" {
		t.Errorf("got %q", got)
	}
}

func TestATableMayOnlyWithdrawWhatItArms(t *testing.T) {
	table := &machine.Table[int]{Name: "parcel", Otherwise: refusal.PhaseOrderBroken, Rows: []machine.Row[int]{
		{From: []machine.State{machine.None}, On: []machine.Trigger{"send"}, To: "SENT", Disarms: []string{"parcel.arival"}},
	}}
	if err := table.Validate(); err == nil || err.Error() != "table parcel: send withdraws parcel.arival, which no row arms" {
		t.Errorf("got %v", err)
	}
}
