package world

import (
	"slices"
	"sync"
)

// Mistyped is something that looks as if it should choose a scenario, and chooses
// none: whoever sent it would take what happens for the scenario's doing.
type Mistyped struct {
	// Sent is what was sent, such as +kyc-rejectd or a header's value.
	Sent string
	// Nearest is the scenario that was probably meant; empty if none is near.
	Nearest string
	// Notice says it to people.
	Notice string
}

// seenMistyped are the latest of each tenant. They are kept by the process alone:
// what is mistyped changes no state.
type seenMistyped struct {
	mu sync.Mutex
	of map[string][]Mistyped
}

// What is kept of mistyped names.
const (
	maxMistyped        = 20
	maxMistypedTenants = 1000
)

func (s *seenMistyped) Add(tenant string, m Mistyped) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == nil || len(s.of) >= maxMistypedTenants && s.of[tenant] == nil {
		s.of = map[string][]Mistyped{}
	}
	list := slices.DeleteFunc(s.of[tenant], func(before Mistyped) bool { return before == m })
	s.of[tenant] = append(list[max(0, len(list)-maxMistyped+1):], m)
}

func (s *seenMistyped) forget(tenant string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.of, tenant)
}

// Mistyped lists what a tenant has mistyped of late, the latest last.
func (s *World) Mistyped(tenant string) []Mistyped {
	s.Mistypes.mu.Lock()
	defer s.Mistypes.mu.Unlock()
	return slices.Clone(s.Mistypes.of[tenant])
}
