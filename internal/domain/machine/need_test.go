package machine_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
)

// lock is what a gate looks at.
type lock struct {
	closed, rusty bool
	guest         bool
}

func unless(ok func(lock) bool, code refusal.Code, call string) func(lock) *refusal.Error {
	return func(l lock) *refusal.Error {
		if ok(l) {
			return nil
		}
		return refusal.New(code, "not yet").Suggest(call, "helps")
	}
}

func gate() *machine.Table[lock] {
	open := machine.Need[lock]{
		Name: "lock.open", Code: refusal.PhaseOrderBroken, Unmet: unless(func(l lock) bool { return !l.closed }, refusal.PhaseOrderBroken, "unlock"),
		State: func(l lock) string { return map[bool]string{true: "closed", false: "open"}[l.closed] },
	}
	oiled := machine.Need[lock]{
		Name: "hinge.oiled", Code: refusal.RequestInvalid, Unmet: unless(func(l lock) bool { return !l.rusty }, refusal.RequestInvalid, "oil"), Advisory: true,
		Binds: func(l lock) machine.Binding {
			if l.guest {
				return machine.Absent
			}
			return machine.Blocks
		},
	}
	return &machine.Table[lock]{Name: "gate", Otherwise: refusal.PhaseOrderBroken, Rows: []machine.Row[lock]{
		{From: []machine.State{machine.None}, On: []machine.Trigger{"hang"}, To: "SHUT"},
		{From: []machine.State{"SHUT"}, On: []machine.Trigger{"pass"}, To: machine.Same, Needs: []machine.Need[lock]{open, oiled}},
		{From: []machine.State{"SHUT"}, On: []machine.Trigger{"lose"}, To: "GONE"},
		{From: []machine.State{"GONE"}, On: []machine.Trigger{"pass"}, Refuse: refusal.RouteUnknown, Needs: []machine.Need[lock]{{
			Name: "gate.there", Code: refusal.RouteUnknown, Unmet: unless(func(lock) bool { return false }, refusal.RouteUnknown, "rehang"),
		}}},
	}}
}

func TestNeedsAreToldHoweverTheyStand(t *testing.T) {
	for _, c := range []struct {
		name  string
		from  machine.State
		facts lock
		want  string
		code  refusal.Code
	}{
		{"all are met", "SHUT", lock{}, "lock.open met open, hinge.oiled met", ""},
		{"one blocks", "SHUT", lock{closed: true}, "lock.open unmet closed: unlock, hinge.oiled met", refusal.PhaseOrderBroken},
		{"one is only told", "SHUT", lock{rusty: true}, "lock.open met open, hinge.oiled unmet: oil", ""},
		{"one is none here", "SHUT", lock{rusty: true, guest: true}, "lock.open met open", ""},
		{"they are told where the state refuses", "GONE", lock{closed: true}, "lock.open unmet closed: unlock, hinge.oiled met", refusal.RouteUnknown},
		{"and where no row answers", machine.None, lock{}, "lock.open met open, hinge.oiled met", refusal.PhaseOrderBroken},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, s := range gate().Needs(c.from, "pass", c.facts) {
				text := strings.TrimRight(s.Name+" "+map[bool]string{true: "met", false: "unmet"}[s.Met]+" "+s.State, " ")
				if call, ok := s.Call(); ok {
					text += ": " + call.Operation
				}
				got = append(got, text)
			}
			if list := strings.Join(got, ", "); list != c.want {
				t.Errorf("got %s, want %s", list, c.want)
			}
			if _, err := gate().Fire(c.from, "pass", c.facts); code(err) != c.code {
				t.Errorf("refused with %v, want %q", err, c.code)
			}
		})
	}
}

// TestARefusingRowTellsWhatItsStatesLack: its own code, and the calls of its needs.
func TestARefusingRowTellsWhatItsStatesLack(t *testing.T) {
	_, err := gate().Fire("GONE", "pass", lock{})
	var e *refusal.Error
	if !errors.As(err, &e) || len(e.Next) != 1 || e.Next[0].Operation != "rehang" {
		t.Errorf("got %v", err)
	}
}

func TestACallThatOnlyWaitsMeetsNothing(t *testing.T) {
	e := refusal.New(refusal.PhaseOrderBroken, "not yet").SuggestWaiting(refusal.Wait{Reads: 2}, "look").Suggest("hurry", "decides it now")
	if call, ok := (machine.Standing{Refusal: e}).Call(); !ok || call.Operation != "hurry" {
		t.Errorf("got %v", call)
	}
	e.Next = e.Next[:1]
	if call, ok := (machine.Standing{Refusal: e}).Call(); ok {
		t.Errorf("got %v", call)
	}
}

// TestNeedsOfAPartAreThoseOfTheWhole: what is lifted to other facts stands there as
// it did.
func TestNeedsOfAPartAreThoseOfTheWhole(t *testing.T) {
	type house struct{ gate lock }
	whole := gate().Rows[1].Needs
	whole[0].Parts = []machine.Need[lock]{{Name: "bolt.drawn", Unmet: whole[0].Unmet, State: whole[0].State}}
	lifted := machine.Of(func(h house) lock { return h.gate }, whole)
	for _, l := range []lock{{}, {closed: true}, {rusty: true}, {guest: true}} {
		got, want := machine.Stand(lifted, house{l}), machine.Stand(whole, l)
		if !slices.EqualFunc(got, want, same) {
			t.Errorf("%+v: got %+v, want %+v", l, got, want)
		}
	}
}

func same(a, b machine.Standing) bool {
	return a.Name == b.Name && a.Binding == b.Binding && a.Met == b.Met && a.State == b.State && slices.EqualFunc(a.Parts, b.Parts, same)
}

func TestValidateLooksAtNeeds(t *testing.T) {
	if err := gate().Validate(); err != nil {
		t.Fatalf("a right table is refused: %v", err)
	}
	met := func(lock) *refusal.Error { return nil }
	bad := gate()
	bad.Rows[1].Needs = append(bad.Rows[1].Needs,
		machine.Need[lock]{Name: "lock.open", Code: refusal.PhaseOrderBroken, Unmet: met},
		machine.Need[lock]{Name: "gate.there", Code: refusal.Internal, Unmet: met},
		machine.Need[lock]{Name: "Gate", Code: refusal.Internal, Unmet: met},
		machine.Need[lock]{Name: "gate.coded", Unmet: met},
		machine.Need[lock]{Name: "gate.unchecked", Code: refusal.Internal},
	)
	err := bad.Validate()
	if err == nil {
		t.Fatal("needs full of mistakes are accepted")
	}
	for _, want := range []string{
		"lock.open is needed twice", "two needs are called gate.there", `the need "Gate" has no name`,
		`the need "gate.coded" has no name, no code`, `the need "gate.unchecked" has no name, no code or no check`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("missing: %s\nin: %v", want, err)
		}
	}
}
