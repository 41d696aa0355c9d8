package customers

import (
	"strings"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/sandbox/world"
)

// CountStates counts the tenant's customers by their states, without the people of
// organizations. It looks at all of them: reading each would take long.
func CountStates(act *world.Act) map[machine.State]int {
	counts := map[machine.State]int{}
	people := act.Texts(world.CustomerName, func(text string) bool {
		counts[storedState(text)]++
		// It stands so within no text that somebody has sent, where quotes are escaped.
		return strings.Contains(text, `"memberOf":"`)
	})
	for _, id := range people {
		if c := act.Customers.Get(act.Unit, id); c != nil && c.MemberOf != "" {
			counts[c.State]--
		}
	}
	return counts
}

// storedState reads the state out of the text of a record, which begins with its life:
// before it stands only the id.
func storedState(text string) machine.State {
	_, rest, _ := strings.Cut(text, `"state":"`)
	state, _, _ := strings.Cut(rest, `"`)
	return machine.State(state)
}
