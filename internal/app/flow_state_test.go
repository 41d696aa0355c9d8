package app_test

import (
	"regexp"
	"strings"
	"sync"
	"testing"

	"finhub-sandbox/internal/domain/machine"
)

// stateVisits are the states into which the flows have brought something: a state
// in which nothing has ever been is a promise that nobody has tried.
type stateVisits struct {
	mu    sync.Mutex
	seen  map[string]bool
	flows int
}

var storedState = regexp.MustCompile(`^([a-z_]+)/[^=]*=.*"state":"([A-Za-z_]+)"`)

// note takes the states out of everything that is stored of a tenant.
func (v *stateVisits) note(dump string) {
	if v == nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for line := range strings.Lines(dump) {
		if m := storedState.FindStringSubmatch(line); m != nil {
			v.seen[m[1]+" "+m[2]] = true
		}
	}
}

func (v *stateVisits) played() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.flows++
}

// check demands that every state of every table has been visited, by calls, the
// control API and scenarios alone.
func (v *stateVisits) check(t *testing.T, tables []machine.Description) {
	for _, table := range tables {
		for _, state := range table.States {
			if !v.seen[table.Name+" "+string(state)] {
				t.Errorf("no flow brings a %s into %s", table.Name, state)
			}
		}
	}
}
