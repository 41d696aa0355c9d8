package engine

import (
	"time"

	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/store"
)

// StateFormat is the format of exported states that this version writes, and the
// newest that it reads.
const StateFormat = 1

// StateConfig is what an engine cannot know of the states that it exports and imports.
type StateConfig struct {
	// Value gives something into which the tenant's value of a name can be read; nil if
	// there is none of this name.
	Value func(name string) any
	// Natural gives the values that a tenant has as long as they are not written.
	Natural func(tenant string) map[string]any
	// Secrets are the places that have secrets, as JSON pointers in which * stands for
	// any one name.
	Secrets []string
	// Check tells what is wrong with a state that fits together as far as the engine
	// knows.
	Check func(*State) []refusal.Fault
}

// State is a tenant's state outside of any store: whole, and held to everything that
// can be checked.
type State struct {
	clock    Clock
	counters counters
	// records are by collection, in the order of the text.
	records map[string][]StateRecord
	// values have been read, by name.
	values map[string]any
	rows   []stateRow
	events int
}

// StateRecord is one record of a state.
type StateRecord struct {
	ID string
	// Pointer is where it stands in the text.
	Pointer string
	// Value points to the record.
	Value any
}

type stateRow struct{ key, text string }

// Records gives the records of a collection.
func (s *State) Records(collection string) []StateRecord { return s.records[collection] }

// StateSize says how much there is in a state.
type StateSize struct {
	Entities int `json:"entities"`
	Timers   int `json:"timers"`
	Events   int `json:"events"`
}

// Size says how much there is in the state.
func (s *State) Size() (size StateSize) {
	for _, list := range s.records {
		size.Entities += len(list)
	}
	size.Timers, size.Events = int(s.counters.timers), s.events
	return size
}

// Value gives what was read of a value of the tenant; nil if it has none.
func (s *State) Value(name string) any { return s.values[name] }

func (s *State) add(key []byte, text string) {
	s.rows = append(s.rows, stateRow{string(key), text})
}

func (s *State) addValue(key []byte, value any) error {
	text, err := store.Encode(value)
	s.add(key, text)
	return err
}

// stateClock is a clock in a state.
type stateClock struct {
	Mode string `json:"mode"`
	// At is where a frozen clock stands, Offset how far a running one is ahead of the
	// real time.
	At     time.Time `json:"at,omitzero"`
	Offset string    `json:"offset,omitempty"`
}

// stateSequence is what a tenant has used up: numbers, events, and numbers apart.
type stateSequence struct {
	Numbers int64 `json:"numbers"`
	Events  int64 `json:"events"`
	Apart   int64 `json:"apart"`
}

const (
	modeFrozen  = "frozen"
	modeRunning = "running"
)
