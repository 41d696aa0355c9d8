package sandbox

import (
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/fake"
)

// choose answers a choice that has just been armed, as the scenario does that
// governs the customer.
func (s *Sandbox) choose(u *engine.Unit, _ string, aggregate any, p machine.Pending) (machine.Decision, error) {
	customer := s.customers.Get(u, customerOf(aggregate))
	about := chain{s, u, customer, aggregate}
	decision, _, err := s.governing(u, customer).Answer(p, about.tell, s.dice(u, customer))
	if v, ok := aggregate.(*onboarding.Verification); ok && p.Point == onboarding.OutcomePoint {
		decision = s.heedExpiry(u, v, decision)
	}
	return decision, err
}

// heedExpiry turns the approval of a verification into a rejection if a document
// on which it rests does not hold any more when the decision comes.
func (s *Sandbox) heedExpiry(u *engine.Unit, v *onboarding.Verification, decision machine.Decision) machine.Decision {
	due := u.Now().Add(u.Delay(decision.After))
	if decision.Option == onboarding.OutcomeApproved && len(onboarding.Missing(v.Required, onboarding.Unexpired(s.counting(u, v), due))) > 0 {
		decision.Option, decision.Reason = onboarding.OutcomeRejected, onboarding.DocumentExpired
	}
	return decision
}

// dice throws for what one scenario governs: a customer, with its people if it
// is an organization. The counts are kept with the tenant, and chance comes from
// its seed.
type dice struct {
	sandbox  *Sandbox
	unit     *engine.Unit
	customer string
}

func (s *Sandbox) dice(u *engine.Unit, c *onboarding.Customer) dice {
	d := dice{sandbox: s, unit: u}
	if root := s.root(u, c); root != nil {
		d.customer = root.ID
	}
	return d
}

func (d dice) Count(rule string) int { return int(d.unit.Count("rule/" + d.customer + "/" + rule)) }

func (d dice) Chance(rule string) float64 {
	n := d.unit.Count("chance/" + d.customer + "/" + rule)
	return fake.Fraction(d.sandbox.seed(d.unit), "chance/"+d.customer+"/"+rule, n)
}
