package coverage

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"

	"finhub-sandbox/internal/domain/refusal"
)

// shownText has what shows each item: the flow of testdata/flows in which it is met,
// and the scenario that governs there. A test plays the flows and writes it.
//
//go:embed shown.txt
var shownText string

// Shown says how an application meets something.
type Shown struct {
	// Scenario is the one under which it is met, and Send the e-mail address of a
	// registration that chooses that; both are empty where none is needed.
	Scenario string `json:"scenario,omitempty"`
	Send     string `json:"send,omitempty"`
	// Flow is the flow of the repository that meets it.
	Flow string `json:"flow,omitempty"`
	Text string `json:"text"`
}

// showing is a flow with its items, as shown.txt has it.
type showing struct{ flow, scenario, about string }

// readShown reads the lines of shown.txt: "@ FLOW SCENARIO ABOUT" begins a flow, where
// SCENARIO is a dash for none, and "DIMENSION NAME" is an item that it shows; of
// refusals that is the code.
func readShown(text string) map[item]showing {
	known, flow := map[item]showing{}, showing{}
	for line := range strings.Lines(text) {
		head, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if head == "@" {
			flow.flow, rest, _ = strings.Cut(rest, " ")
			flow.scenario, flow.about, _ = strings.Cut(rest, " ")
			continue
		}
		known[item{head, rest}] = flow
	}
	return known
}

// show says of everything that was not met how to meet it.
func (s *space) show(r *Report) {
	known := readShown(shownText)
	calls, first := map[string]string{}, map[string]refusal.Code{}
	for o := range s.operations {
		calls[o.ID] = o.Method + " " + o.Path
		for _, a := range o.Answers {
			for _, code := range a.Refusals {
				if name := o.ID + " " + strconv.Itoa(a.Status); first[name] == "" && outOfReach[refusal.Code(code)] == "" {
					first[name] = refusal.Code(code)
				}
			}
		}
	}
	for i := range r.Dimensions {
		d := &r.Dimensions[i]
		for j := range d.Items {
			one := &d.Items[j]
			if one.Count > 0 {
				continue
			}
			operation, _, _ := strings.Cut(one.Name, " ")
			switch d.Name {
			case operations:
				one.Shown = &Shown{Text: "call " + calls[operation]}
			case replies:
				one.Shown = &Shown{Text: "call " + calls[operation]}
				if code := first[one.Name]; code != "" {
					one.Shown.Text = fmt.Sprintf("it is refused with %s, of which the refusals tell; or a rule does it: {on: %s, refuse: %s}", code, operation, code)
				} else if status, _ := strconv.Atoi(strings.TrimPrefix(one.Name, operation+" ")); status >= 400 {
					one.Shown.Text = fmt.Sprintf("let a rule do it: {on: %s, fault: {status: %d}}", operation, status)
				}
			case refusals:
				one.Shown = shownRefusal(known, operation, codeOf(one.Name))
			default:
				one.Shown = known[item{d.Name, one.Name}].shown()
			}
		}
	}
}

// shownRefusal says how an operation is made to refuse: as the flow does, or by a rule
// of the application's own scenario, which can refuse whatever is documented.
func shownRefusal(known map[item]showing, operation string, code refusal.Code) *Shown {
	s := known[item{refusals, string(code)}].shown()
	s.Text += fmt.Sprintf("; or let a rule do it: {on: %s, refuse: %s}", operation, code)
	return s
}

// shown words a flow.
func (f showing) shown() *Shown {
	s := &Shown{Flow: f.flow}
	switch {
	case f.flow == "":
		s.Text = "no flow of the sandbox's own shows it"
	case strings.HasPrefix(f.flow, "happy-"):
		s.Text = fmt.Sprintf("nothing has to go wrong for it, testdata/flows/%s.yaml has the calls", f.flow)
	case f.scenario != "-":
		s.Scenario, s.Send = f.scenario, "anna+"+f.scenario+"@example.com"
		s.Text = fmt.Sprintf("register %s (scenario %s), and do as testdata/flows/%s.yaml does: %s", s.Send, s.Scenario, f.flow, strings.TrimSuffix(f.about, "."))
	default:
		s.Text = fmt.Sprintf("do as testdata/flows/%s.yaml does: %s", f.flow, strings.TrimSuffix(f.about, "."))
	}
	return s
}

// Gap says of an item that was never met how to meet it.
func (i Item) Gap() string { return "your application never met " + i.Name + i.how() }

// how is how to meet an item, behind its name.
func (i Item) how() string {
	if i.Shown == nil {
		return ""
	}
	return ": " + i.Shown.Text
}
