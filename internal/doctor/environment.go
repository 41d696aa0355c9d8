package doctor

import (
	"regexp"
	"slices"
	"strings"

	"finhub-sandbox/internal/scenario"
)

// prefix is how the names of our variables begin.
const prefix = "SANDBOX_"

// linked matches what clusters and engines set for a service that is called sandbox.
var linked = regexp.MustCompile(`^SANDBOX_(SERVICE_(HOST|PORT\w*)|PORT(_\d+_(TCP|UDP)\w*)?|NAME|ENV_\w+)$`)

// environment looks for variables that look like ours and have no effect.
func (e *examination) environment() {
	const check = "environment"
	var used []string
	strange := false
	for _, variable := range e.Variables {
		name, _, _ := strings.Cut(variable, "=")
		switch {
		case !strings.HasPrefix(strings.ToUpper(name), prefix), linked.MatchString(name):
		case slices.Contains(e.Known, name):
			used = append(used, name)
		default:
			strange = true
			do := "unset it; finhub-sandbox serve --help tells which there are"
			if meant := scenario.Nearest(name, e.Known); meant != "" {
				do = "did you mean " + meant + "?"
			}
			e.add(check, Wrong, name+" is set, and nothing reads it", do)
		}
	}
	slices.Sort(used)
	switch {
	case len(used) > 0:
		e.add(check, OK, "these variables are read: "+strings.Join(used, ", "), "")
	case !strange:
		e.add(check, OK, "no variable "+prefix+"… is set", "")
	}
}
