package machine

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/refusal"
)

// Validate finds every mistake in the table: two rows for one state and
// trigger, states that nothing leads to, choices whose options their state
// does not accept, needs without a name or a code of their own, and rows that both
// move and refuse.
func (t *Table[F]) Validate() error {
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("table "+t.Name+": "+format, args...))
	}
	if t.Otherwise == "" {
		fault("no refusal for triggers without a row")
	}
	seen := map[string]bool{}
	points := map[string]bool{}
	codes := map[string]refusal.Code{}
	armed := t.points()
	reached := map[State]bool{}
	for _, r := range t.Rows {
		if (r.To == None) == (r.Refuse == "") {
			fault("%s from %v must either move or refuse", r.triggers(), r.From)
		}
		if r.To == Same && slices.Contains(r.From, None) {
			fault("%s leaves as it is what does not exist yet", r.triggers())
		}
		for _, from := range r.From {
			for _, on := range r.On {
				key := string(from) + " " + string(on)
				if seen[key] {
					fault("two rows for %s in %q", on, from)
				}
				seen[key] = true
			}
		}
		reached[r.To] = true
		t.validateArms(r, points, fault)
		validateNeeds(r.Needs, codes, fault)
		for _, point := range r.Disarms {
			if !slices.Contains(armed, point) {
				fault("%s withdraws %s, which no row arms", r.triggers(), point)
			}
		}
	}
	for _, s := range t.States() {
		if !reached[s] {
			fault("nothing leads to %s", s)
		}
	}
	return errors.Join(faults...)
}

// triggers names the row's triggers in a fault.
func (r *Row[F]) triggers() string {
	var names []string
	for _, on := range r.On {
		names = append(names, string(on))
	}
	return strings.Join(names, ", ")
}

// points lists the choice points of the table.
func (t *Table[F]) points() []string {
	var points []string
	for _, r := range t.Rows {
		for _, c := range r.Arms {
			points = append(points, c.Point)
		}
	}
	return points
}

func (t *Table[F]) validateArms(r Row[F], points map[string]bool, fault func(string, ...any)) {
	for _, c := range r.Arms {
		name := fmt.Sprintf("%s armed by %s", c.Point, r.triggers())
		if points[name+string(r.To)] {
			fault("%s twice", name)
		}
		points[name+string(r.To)] = true
		if c.Default != "" && !slices.ContainsFunc(c.Options, func(o Option) bool { return o.Name == c.Default }) {
			fault("%s: the default %q is no option", name, c.Default)
		}
		for _, to := range r.targets() {
			for _, o := range c.Options {
				if !t.Allows(to, o.Trigger) {
					fault("%s: option %s fires %s, which %s does not accept", name, o.Name, o.Trigger, to)
				}
				if o.Otherwise != "" && !t.Allows(to, o.Otherwise) {
					fault("%s: option %s fires otherwise %s, which %s does not accept", name, o.Name, o.Otherwise, to)
				}
			}
		}
	}
}

// validateNeeds looks at the needs of one row; codes are those of the table's needs
// by their names.
func validateNeeds[F any](needs []Need[F], codes map[string]refusal.Code, fault func(string, ...any)) {
	row := map[string]bool{}
	var look func(n Need[F], code refusal.Code)
	look = func(n Need[F], code refusal.Code) {
		if known, found := codes[n.Name]; found && known != code {
			fault("two needs are called %s", n.Name)
		}
		if row[n.Name] {
			fault("%s is needed twice", n.Name)
		}
		row[n.Name], codes[n.Name] = true, code
		if !needName.MatchString(n.Name) || code == "" || n.Unmet == nil {
			fault("the need %q has no name, no code or no check", n.Name)
		}
		for _, part := range n.Parts {
			look(part, code)
		}
	}
	for _, n := range needs {
		look(n, n.Code)
	}
}

// needName is how needs are called: what it is about, and how that must be.
var needName = regexp.MustCompile(`^[a-z_]+\.[a-z_]+$`)
