// Package scenario owns the language in which a bad day is written down: rules
// that answer the choices of the sandbox's tables. It reads and checks files and
// finds the rule that answers; it knows neither storage nor HTTP, and it can
// produce no state that a table does not allow.
package scenario

import (
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"finhub-sandbox/internal/domain/machine"
)

// Scenario is one file: a name, what it shows, and its rules.
type Scenario struct {
	Name        string
	Description string
	// Extends is the scenario whose rules come after these.
	Extends string
	Rules   []*Rule
}

// Rule answers one choice point.
type Rule struct {
	Name string
	// On is the choice point.
	On string
	// When is the condition as written; an empty one always holds.
	When   string
	Decide string
	Reason string
	// After replaces the delay if Delayed is set.
	After   time.Duration
	Delayed bool
	// Times, Skip, Every and Chance limit how often the rule acts.
	Times, Skip, Every int
	Chance             float64

	id      string
	program *vm.Program
}

// Facts are what conditions can ask about.
type Facts struct {
	Customer       Customer       `expr:"customer"`
	Verification   Verification   `expr:"verification"`
	Consent        Consent        `expr:"consent"`
	Beneficiary    Beneficiary    `expr:"beneficiary"`
	PaymentConsent PaymentConsent `expr:"paymentConsent"`
	Order          Order          `expr:"order"`
}

// Customer is the customer whom a choice concerns.
type Customer struct {
	ID       string `expr:"id"`
	Type     string `expr:"type"`
	Email    string `expr:"email"`
	Name     string `expr:"name"`
	Category string `expr:"category"`
	Risk     string `expr:"risk"`
	State    string `expr:"state"`
}

// Verification is the verification whose outcome is pending.
type Verification struct {
	Type    string `expr:"type"`
	Attempt int    `expr:"attempt"`
	Level   string `expr:"level"`
}

// Consent is the onboarding consent that is concerned.
type Consent struct {
	Type    string `expr:"type"`
	Version string `expr:"version"`
}

// Beneficiary is the payee that is screened.
type Beneficiary struct {
	Name    string `expr:"name"`
	IBAN    string `expr:"iban"`
	Country string `expr:"country"`
	Network string `expr:"network"`
}

// PaymentConsent is the payment consent that was made.
type PaymentConsent struct {
	Type string `expr:"type"`
}

// Order is the payment that settles. Amount is in minor units.
type Order struct {
	Type      string `expr:"type"`
	Amount    int64  `expr:"amount"`
	Currency  string `expr:"currency"`
	Network   string `expr:"network"`
	Reference string `expr:"reference"`
}

// Dice is what makes limited rules the same on every run: it belongs to what a
// scenario governs.
type Dice interface {
	// Count counts a match of a rule and gives how many there have been.
	Count(rule string) int
	// Chance gives a number from 0 up to 1 for the next match of a rule.
	Chance(rule string) float64
}

// Answer finds the first rule that answers a choice, and the decision that it
// makes of the choice's default; without one the default stands.
func (s *Scenario) Answer(p machine.Pending, facts Facts, dice Dice) (machine.Decision, *Rule, error) {
	decision := machine.Decision{Option: p.Default, After: p.After}
	for _, r := range s.Rules {
		if r.On != p.Point {
			continue
		}
		holds, err := r.holds(facts)
		if err != nil {
			return decision, nil, err
		}
		if !holds || !r.acts(dice) {
			continue
		}
		if r.Decide != "" {
			decision.Option = r.Decide
		}
		decision.Reason = r.Reason
		if r.Delayed {
			decision.After = r.After
		}
		return decision, r, nil
	}
	return decision, nil, nil
}

func (r *Rule) holds(facts Facts) (bool, error) {
	if r.program == nil {
		return true, nil
	}
	result, err := expr.Run(r.program, facts)
	if err != nil {
		return false, err
	}
	return result.(bool), nil
}

// acts counts a match and tells whether the rule acts on it.
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
