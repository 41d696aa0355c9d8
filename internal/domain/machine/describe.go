package machine

import (
	"fmt"
	"strings"
	"time"
)

// Description is a table without its functions: what is drawn, published and
// compared with the document.
type Description struct {
	Name        string       `json:"name"`
	States      []State      `json:"states"`
	Triggers    []Trigger    `json:"triggers"`
	Transitions []Transition `json:"transitions"`
}

// Transition describes what one trigger does in some states.
type Transition struct {
	From    []State `json:"from"`
	Trigger Trigger `json:"trigger"`
	To      State   `json:"to,omitempty"`
	Guarded bool    `json:"guarded,omitempty"`
	// Needs are what must be so besides the state, in the order in which they refuse.
	Needs   []Prerequisite `json:"needs,omitempty"`
	Event   string         `json:"event,omitempty"`
	Refusal string         `json:"refusal,omitempty"`
	Choices []Answer       `json:"choices,omitempty"`
	// Disarms names the choices whose pending decision the row withdraws. It is
	// drawn, and not part of what the control API shows.
	Disarms []string `json:"-"`
}

// Prerequisite describes a need: what must be so, and with what it is refused
// otherwise.
type Prerequisite struct {
	Name    string `json:"name"`
	Refusal string `json:"refusal"`
	// Advisory ones are only told and never in the way.
	Advisory bool `json:"advisory,omitempty"`
}

// Answer describes a choice: its options, and what happens when nobody decides
// otherwise.
type Answer struct {
	Point   string   `json:"point"`
	Options []string `json:"options"`
	Default string   `json:"default"`
	// AfterSeconds is the default delay; deadlines have none.
	AfterSeconds int64 `json:"afterSeconds"`
	Deadline     bool  `json:"deadline,omitempty"`
	// Reasons are those that may be given, by option.
	Reasons map[string][]string `json:"reasons,omitempty"`
}

// Describe gives the table as data: one transition for each trigger of a row, and
// for each of its states where it leaves them as they are.
func (t *Table[F]) Describe() Description {
	return t.outline().describe()
}

func (o outline) describe() Description {
	d := Description{Name: o.name, States: o.states(), Triggers: o.triggers()}
	for _, r := range o.rows {
		for _, on := range r.on {
			if r.to != Same {
				d.Transitions = append(d.Transitions, r.describe(on, r.to, r.from...))
				continue
			}
			for _, from := range r.from {
				d.Transitions = append(d.Transitions, r.describe(on, from, from))
			}
		}
	}
	return d
}

func (r *outlineRow) describe(on Trigger, to State, from ...State) Transition {
	tr := Transition{From: from, Trigger: on, To: to, Guarded: len(r.needs) > 0 && r.refuse == "", Event: r.emit, Refusal: string(r.refuse), Disarms: r.disarms}
	for _, n := range r.needs {
		tr.Needs = append(tr.Needs, Prerequisite{n.name, string(n.code), n.advisory})
	}
	for _, c := range r.arms {
		tr.Choices = append(tr.Choices, c.describe())
	}
	return tr
}

func (c *outlineChoice) describe() Answer {
	a := Answer{Point: c.point, Default: c.standard, AfterSeconds: int64(c.after / time.Second), Deadline: c.deadline}
	for _, o := range c.options {
		a.Options = append(a.Options, o.Name)
		if len(o.Reasons) > 0 {
			if a.Reasons == nil {
				a.Reasons = map[string][]string{}
			}
			a.Reasons[o.Name] = o.Reasons
		}
	}
	return a
}

// Events lists every event type that the table emits, in its order.
func (d Description) Events() []string {
	var events []string
	for _, t := range d.Transitions {
		if t.Event != "" {
			events = append(events, t.Event)
		}
	}
	return events
}

// Mermaid draws the table as a state diagram. Refusing rows are not drawn.
func (d Description) Mermaid() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	left := map[State]bool{}
	for _, t := range d.Transitions {
		if t.To == None {
			continue
		}
		for _, from := range t.From {
			left[from] = left[from] || from != t.To
			fmt.Fprintf(&b, "    %s --> %s: %s\n", drawn(from), t.To, label(t))
		}
	}
	for _, s := range d.States {
		if !left[s] {
			fmt.Fprintf(&b, "    %s --> [*]\n", s)
		}
	}
	return b.String()
}

func drawn(s State) string {
	if s == None {
		return "[*]"
	}
	return string(s)
}

func label(t Transition) string {
	text := string(t.Trigger)
	if t.Guarded {
		text += " [" + needNames(t.Needs) + "]"
	}
	if t.Event != "" {
		text += " / " + t.Event
	}
	for _, c := range t.Choices {
		text += fmt.Sprintf(" (arms %s)", c.Point)
	}
	for _, point := range t.Disarms {
		text += fmt.Sprintf(" (withdraws %s)", point)
	}
	return text
}
