// Package scenario owns the language in which a bad day is written down: rules
// that answer the choices of the sandbox's tables, refuse operations, and inject faults.
// It reads and checks files and finds the rule that acts; it knows
// neither storage nor HTTP, and it can produce no state that a table does not
// allow.
package scenario

import (
	"fmt"
	"time"

	"github.com/expr-lang/expr/vm"

	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/fault"
	"finhub-sandbox/internal/setting"
)

// Scenario is a name, what it shows, and rules. Those of the scenario that it
// extends come after its own.
type Scenario struct {
	Name        string
	Description string
	// Extends is the name of the scenario whose rules and settings come after.
	Extends string
	// File is where it was read.
	File string
	// Settings are for the tenants whose active scenario it is.
	Settings setting.Settings
	Rules    []*Rule

	text      string
	at        position
	extendsAt position
	index     index
}

// Text is the scenario as it was written, without what it extends.
func (s *Scenario) Text() string { return s.text }

// Rule acts on one choice point or operation, in one of three ways: it decides a
// choice, refuses an operation, or injects a fault.
type Rule struct {
	Name string
	// On is a choice point or an operationId; "*" is every operation, for faults.
	On string
	// When is the condition as written; an empty one always holds.
	When string

	// Decide answers a choice; an empty one keeps the default option.
	Decide string
	Reason string
	// After replaces the delay if Delayed is set; Reads, if not 0, is a number of
	// times that the thing is looked at instead.
	After   time.Duration
	Delayed bool
	Reads   int

	// Refuse is the code with which an operation is refused.
	Refuse string
	// Fault is injected into the operation.
	Fault *Fault
	// Delivery is what goes wrong with a webhook on its way.
	Delivery *delivery.Fault

	// Times, Skip, Every and Chance limit how often the rule acts.
	Times, Skip, Every int
	Chance             float64

	scenario string
	file     string
	line     int
	number   int
	id       string
	program  *vm.Program
	// topics are what the condition asks about.
	topics Topic
	// needs are parts of the condition that must hold for it to hold, and needed what
	// they ask about.
	needs  []need
	needed Topic
}

// Scenario is the name of the scenario in which the rule is written, which can
// be one that the governing scenario extends.
func (r *Rule) Scenario() string { return r.scenario }

// Origin names the rule and the place where it is written.
func (r *Rule) Origin() machine.Rule {
	return machine.Rule{Scenario: r.scenario, Name: r.Label(), File: r.file, Line: r.line}
}

// Label names the rule to people: by its name, or by its place.
func (r *Rule) Label() string {
	if r.Name != "" {
		return r.Name
	}
	return fmt.Sprintf("rule %d", r.number)
}

// Default governs every customer for whom nothing else is chosen.
const Default = "happy-path"

// Fault is something that goes wrong between the client and the sandbox. It
// never changes state. The work is done, unless something else is said of a kind.
type Fault struct {
	// Kind is status, reset, cut, malformed, empty, drip, lost, timeout or delay.
	Kind fault.Kind
	// After and Until bound the delay before the reply, in real time; Until is 0
	// for a fixed one.
	After, Until time.Duration
	Status       int
	Body         string
	Headers      map[string]string
	// RetryAfter becomes the Retry-After header, in whole seconds.
	RetryAfter time.Duration
}
