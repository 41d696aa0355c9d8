package machine_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
)

type doorFacts struct {
	key   bool
	until time.Time
}

func door() *machine.Table[doorFacts] {
	return &machine.Table[doorFacts]{
		Name:      "door",
		Otherwise: refusal.PhaseOrderBroken,
		Rows: []machine.Row[doorFacts]{
			{From: []machine.State{machine.None}, On: []machine.Trigger{"hang"}, To: "CLOSED", Emit: "door.hung"},
			{
				From: []machine.State{"CLOSED"}, On: []machine.Trigger{"open"}, To: "OPEN", Emit: "door.opened",
				Needs: []machine.Need[doorFacts]{{Name: "key.held", Code: refusal.PermissionDenied, Unmet: func(f doorFacts) *refusal.Error {
					if !f.key {
						return refusal.New(refusal.PermissionDenied, "no key")
					}
					return nil
				}}},
				Arms: []machine.Choice[doorFacts]{{
					Point: "door.draught", Default: "SHUT", After: time.Hour,
					Options: []machine.Option{{Name: "SHUT", Trigger: "close"}},
				}, {
					Point: "door.deadline", Default: "SHUT",
					Options: []machine.Option{{Name: "SHUT", Trigger: "close"}},
					Until:   func(f doorFacts) time.Time { return f.until },
				}},
			},
			{From: []machine.State{"OPEN"}, On: []machine.Trigger{"open"}, Refuse: refusal.CustomerAlreadyActive},
			{From: []machine.State{"OPEN"}, On: []machine.Trigger{"close"}, To: "CLOSED"},
			{From: []machine.State{"OPEN", "CLOSED"}, On: []machine.Trigger{"paint", "oil"}, To: machine.Same, Emit: "door.kept"},
		},
	}
}

func code(err error) refusal.Code {
	var r *refusal.Error
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}

func TestFire(t *testing.T) {
	until := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		name   string
		from   machine.State
		on     machine.Trigger
		facts  doorFacts
		to     machine.State
		arms   int
		refuse refusal.Code
	}{
		{"a row moves", machine.None, "hang", doorFacts{}, "CLOSED", 0, ""},
		{"a need refuses with its own code", "CLOSED", "open", doorFacts{}, "", 0, refusal.PermissionDenied},
		{"a deadline without an instant is not armed", "CLOSED", "open", doorFacts{key: true}, "OPEN", 1, ""},
		{"a deadline with an instant is armed", "CLOSED", "open", doorFacts{key: true, until: until}, "OPEN", 2, ""},
		{"a refusing row has its code", "OPEN", "open", doorFacts{key: true}, "", 0, refusal.CustomerAlreadyActive},
		{"no row is the table's refusal", "CLOSED", "close", doorFacts{}, "", 0, refusal.PhaseOrderBroken},
		{"a row leaves the state as it is", "CLOSED", "oil", doorFacts{}, "CLOSED", 0, ""},
		{"whichever it is, by any of its triggers", "OPEN", "paint", doorFacts{}, "OPEN", 0, ""},
		{"an unknown trigger is the table's refusal", "CLOSED", "burn", doorFacts{}, "", 0, refusal.PhaseOrderBroken},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			step, err := door().Fire(tt.from, tt.on, tt.facts)
			if got := code(err); got != tt.refuse {
				t.Fatalf("refused with %q (%v), want %q", got, err, tt.refuse)
			}
			if step.To != tt.to || len(step.Arms) != tt.arms {
				t.Errorf("step goes to %q arming %d, want %q arming %d", step.To, len(step.Arms), tt.to, tt.arms)
			}
		})
	}
}

// TestAsks: facts are gathered where a need, a choice or a refusal reads them.
func TestAsks(t *testing.T) {
	conditional := door()
	conditional.Rows = append(conditional.Rows, machine.Row[doorFacts]{
		From: []machine.State{"CLOSED"}, On: []machine.Trigger{"knock"}, To: "CLOSED",
		Arms: []machine.Choice[doorFacts]{{Point: "door.answer", If: func(f doorFacts) bool { return f.key }}},
	})
	for _, c := range []struct {
		from machine.State
		on   machine.Trigger
		asks bool
	}{
		{machine.None, "hang", false},
		{"OPEN", "close", false},
		{"CLOSED", "open", true},
		{"CLOSED", "knock", true},
		{"OPEN", "open", true},
		{"CLOSED", "burn", true},
	} {
		if got := conditional.Asks(c.from, c.on); got != c.asks {
			t.Errorf("%s in %q asks for facts: %v", c.on, c.from, got)
		}
	}
}

func TestRefusalNamesTheStatesThatWouldDo(t *testing.T) {
	_, err := door().Fire("OPEN", "hang", doorFacts{})
	if err == nil || !strings.Contains(err.Error(), "door is OPEN; hang is possible in:") {
		t.Errorf("error does not say where it is possible: %v", err)
	}
}

func TestValidateFindsEveryMistake(t *testing.T) {
	if err := door().Validate(); err != nil {
		t.Fatalf("a right table is refused: %v", err)
	}
	bad := door()
	bad.Otherwise = ""
	bad.Rows = append(bad.Rows,
		machine.Row[doorFacts]{From: []machine.State{"OPEN"}, On: []machine.Trigger{"close"}, To: "CLOSED"},
		machine.Row[doorFacts]{From: []machine.State{machine.None}, On: []machine.Trigger{"order", "wish"}, To: machine.Same},
		machine.Row[doorFacts]{From: []machine.State{"LOST"}, On: []machine.Trigger{"seek"}, To: machine.Same},
		machine.Row[doorFacts]{From: []machine.State{"LOST"}, On: []machine.Trigger{"find"}, To: "CLOSED", Refuse: refusal.Internal},
		machine.Row[doorFacts]{From: []machine.State{"OPEN"}, On: []machine.Trigger{"slam"}, To: "CLOSED", Arms: []machine.Choice[doorFacts]{{
			Point: "door.echo", Default: "NONE", Options: []machine.Option{{Name: "LOUD", Trigger: "close"}},
		}}},
	)
	err := bad.Validate()
	if err == nil {
		t.Fatal("a table full of mistakes is accepted")
	}
	for _, want := range []string{
		"no refusal for triggers without a row",
		`two rows for close in "OPEN"`,
		"find from [LOST] must either move or refuse",
		"nothing leads to LOST",
		"order, wish leaves as it is what does not exist yet",
		`the default "NONE" is no option`,
		"option LOUD fires close, which CLOSED does not accept",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("missing: %s\nin: %v", want, err)
		}
	}
}

func TestMermaid(t *testing.T) {
	want := `stateDiagram-v2
    [*] --> CLOSED: hang / door.hung
    CLOSED --> OPEN: open [key.held] / door.opened (arms door.draught) (arms door.deadline)
    OPEN --> CLOSED: close
    OPEN --> OPEN: paint / door.kept
    CLOSED --> CLOSED: paint / door.kept
    OPEN --> OPEN: oil / door.kept
    CLOSED --> CLOSED: oil / door.kept
`
	if got := door().Describe().Mermaid(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
