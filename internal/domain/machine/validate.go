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
	o := t.outline()
	return o.validate()
}

func (o *outline) validate() error {
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("table "+o.name+": "+format, args...))
	}
	if o.otherwise == "" {
		fault("no refusal for triggers without a row")
	}
	seen := map[string]bool{}
	points := map[string]bool{}
	codes := map[string]refusal.Code{}
	armed := o.points()
	reached := map[State]bool{}
	for _, r := range o.rows {
		if (r.to == None) == (r.refuse == "") {
			fault("%s from %v must either move or refuse", r.triggers(), r.from)
		}
		if r.to == Same && slices.Contains(r.from, None) {
			fault("%s leaves as it is what does not exist yet", r.triggers())
		}
		for _, from := range r.from {
			for _, on := range r.on {
				key := string(from) + " " + string(on)
				if seen[key] {
					fault("two rows for %s in %q", on, from)
				}
				seen[key] = true
			}
		}
		reached[r.to] = true
		o.validateArms(r, points, fault)
		validateNeeds(r.needs, codes, fault)
		for _, point := range r.disarms {
			if !slices.Contains(armed, point) {
				fault("%s withdraws %s, which no row arms", r.triggers(), point)
			}
		}
	}
	for _, s := range o.states() {
		if !reached[s] {
			fault("nothing leads to %s", s)
		}
	}
	return errors.Join(faults...)
}

// triggers names the row's triggers in a fault.
func (r *outlineRow) triggers() string {
	var names []string
	for _, on := range r.on {
		names = append(names, string(on))
	}
	return strings.Join(names, ", ")
}

// points lists the choice points of the table.
func (o *outline) points() []string {
	var points []string
	for _, r := range o.rows {
		for _, c := range r.arms {
			points = append(points, c.point)
		}
	}
	return points
}

func (o *outline) validateArms(r outlineRow, points map[string]bool, fault func(string, ...any)) {
	for _, c := range r.arms {
		name := fmt.Sprintf("%s armed by %s", c.point, r.triggers())
		if points[name+string(r.to)] {
			fault("%s twice", name)
		}
		points[name+string(r.to)] = true
		if c.standard != "" && !slices.ContainsFunc(c.options, func(o Option) bool { return o.Name == c.standard }) {
			fault("%s: the default %q is no option", name, c.standard)
		}
		for _, to := range r.targets() {
			for _, way := range c.options {
				if !o.allows(to, way.Trigger) {
					fault("%s: option %s fires %s, which %s does not accept", name, way.Name, way.Trigger, to)
				}
				if way.Otherwise != "" && !o.allows(to, way.Otherwise) {
					fault("%s: option %s fires otherwise %s, which %s does not accept", name, way.Name, way.Otherwise, to)
				}
			}
		}
	}
}

// validateNeeds looks at the needs of one row; codes are those of the table's needs
// by their names.
func validateNeeds(needs []outlineNeed, codes map[string]refusal.Code, fault func(string, ...any)) {
	row := map[string]bool{}
	var look func(n outlineNeed, code refusal.Code)
	look = func(n outlineNeed, code refusal.Code) {
		if known, found := codes[n.name]; found && known != code {
			fault("two needs are called %s", n.name)
		}
		if row[n.name] {
			fault("%s is needed twice", n.name)
		}
		row[n.name], codes[n.name] = true, code
		if !needName.MatchString(n.name) || code == "" || !n.checked {
			fault("the need %q has no name, no code or no check", n.name)
		}
		for _, part := range n.parts {
			look(part, code)
		}
	}
	for _, n := range needs {
		look(n, n.code)
	}
}

// needName is how needs are called: what it is about, and how that must be.
var needName = regexp.MustCompile(`^[a-z_]+\.[a-z_]+$`)
