package scenario

import (
	"fmt"

	"github.com/expr-lang/expr/vm"

	"finhub-sandbox/internal/domain/machine"
)

// Dice is what makes limited rules the same on every run: it belongs to what a
// scenario governs.
type Dice interface {
	// Count counts a match of a rule and gives how many there have been.
	Count(rule string) int
	// Chance gives a number from 0 up to 1 for the next match of a rule.
	Chance(rule string) float64
}

// index finds the rules that can concern something without looking at the
// others: a scenario of a thousand rules must not cost a thousand looks.
type index struct {
	// answers are by choice point, refusals by operation.
	answers, refusals map[string][]*Rule
	// faults are by operation, for the operations that a rule names, and
	// elsewhere are those of all others.
	faults    map[string][]*Rule
	elsewhere []*Rule
	// deliveries are those about webhooks on their way.
	deliveries []*Rule
}

// every is the operation of rules that concern all of them.
const every = "*"

func newIndex(rules []*Rule) index {
	x := index{answers: map[string][]*Rule{}, refusals: map[string][]*Rule{}, faults: map[string][]*Rule{}}
	for _, r := range rules {
		switch {
		case r.Refuse != "":
			x.refusals[r.On] = append(x.refusals[r.On], r)
		case r.Delivery != nil:
			x.deliveries = append(x.deliveries, r)
		case r.Fault == nil:
			x.answers[r.On] = append(x.answers[r.On], r)
		case r.On == every:
			x.elsewhere = append(x.elsewhere, r)
			for operation := range x.faults {
				x.faults[operation] = append(x.faults[operation], r)
			}
		default:
			before, named := x.faults[r.On]
			if !named {
				before = append(before, x.elsewhere...)
			}
			x.faults[r.On] = append(before, r)
		}
	}
	return x
}

// Answer finds the first rule that answers a choice, and the decision that it
// makes of the choice's default; without one the default stands.
func (s *Scenario) Answer(p machine.Pending, facts Teller, dice Dice) (machine.Decision, *Rule, error) {
	decision := machine.Decision{Option: p.Default, After: p.After}
	r, err := match(s.index.answers[p.Point], facts, dice)
	if r == nil || err != nil {
		return decision, nil, err
	}
	if r.Decide != "" {
		decision.Option = r.Decide
	}
	decision.Reason = r.Reason
	if r.Delayed {
		decision.After = r.After
	}
	decision.Reads, decision.Rule = r.Reads, r.Origin()
	return decision, r, nil
}

// OnTheWay finds the first rule by which something goes wrong with a webhook that is
// about to be sent; nil lets it pass.
func (s *Scenario) OnTheWay(facts Teller, dice Dice) (*Rule, error) {
	return match(s.index.deliveries, facts, dice)
}

// Refusal finds the first rule that refuses an operation; nil lets it pass.
func (s *Scenario) Refusal(operation string, facts Teller, dice Dice) (*Rule, error) {
	return match(s.index.refusals[operation], facts, dice)
}

// Fault finds the first rule that injects a fault into an operation; nil
// leaves it in peace.
func (s *Scenario) Fault(operation string, facts Teller, dice Dice) (*Rule, error) {
	return match(s.faults(operation), facts, dice)
}

func (s *Scenario) faults(operation string) []*Rule {
	if rules, named := s.index.faults[operation]; named {
		return rules
	}
	return s.index.elsewhere
}

// Refuses reports whether a rule can refuse an operation at all, so that nobody
// looks for the customer for nothing.
func (s *Scenario) Refuses(operation string) bool { return len(s.index.refusals[operation]) > 0 }

// Injects does the same for faults.
func (s *Scenario) Injects(operation string) bool { return len(s.faults(operation)) > 0 }

// match looks at the rules one after the other. One machine serves all of their
// conditions.
func match(rules []*Rule, facts Teller, dice Dice) (*Rule, error) {
	if len(rules) == 0 {
		return nil, nil
	}
	asked := inquiry{tell: facts}
	var m vm.VM
	for _, r := range rules {
		holds, err := r.holds(&asked, &m)
		if err != nil {
			return nil, fmt.Errorf("scenario %s, %s: %w", r.scenario, r.Label(), err)
		}
		if holds && r.acts(dice) {
			return r, nil
		}
	}
	return nil, nil
}

func (r *Rule) holds(asked *inquiry, m *vm.VM) (bool, error) {
	if len(r.needs) > 0 {
		facts := asked.about(r.needed)
		for _, holds := range r.needs {
			if !holds(facts) {
				return false, nil
			}
		}
	}
	if r.program == nil {
		return true, nil
	}
	result, err := m.Run(r.program, asked.about(r.topics))
	return result == true, err
}

// acts counts a match and reports whether the rule acts on it.
func (r *Rule) acts(dice Dice) bool {
	if r.Times == 0 && r.Skip == 0 && r.Every == 0 && r.Chance == 1 {
		return true
	}
	n := dice.Count(r.id) - r.Skip
	if n <= 0 {
		return false
	}
	if r.Every > 1 {
		if n%r.Every != 0 {
			return false
		}
		n /= r.Every
	}
	if r.Times > 0 && n > r.Times {
		return false
	}
	return r.Chance == 1 || dice.Chance(r.id) < r.Chance
}
