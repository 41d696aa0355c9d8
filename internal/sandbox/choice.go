package sandbox

import (
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/fake"
)

// choose answers a choice that has just been armed, as the scenario does that
// governs the customer.
func choose(act *Act, kind string, aggregate any, p machine.Pending) (machine.Decision, error) {
	customer := act.customers.Get(act.Unit, act.sights[kind].ownerOf(aggregate))
	about := chain{act, customer, thing{kind, aggregate}}
	decision, _, err := governing(act, customer).Answer(p, about.tell, diceOf(act, customer))
	if v, ok := aggregate.(*onboarding.Verification); ok && p.Point == onboarding.OutcomePoint {
		decision = heedExpiry(act, v, decision)
	}
	return decision, err
}

// heedExpiry turns the approval of a verification into a rejection if a document
// on which it rests does not hold any more when the decision comes.
func heedExpiry(act *Act, v *onboarding.Verification, decision machine.Decision) machine.Decision {
	due := act.Now().Add(act.Delay(decision.After))
	if decision.Option == onboarding.OutcomeApproved && len(onboarding.Missing(v.Required, onboarding.Unexpired(counting(act, v), due))) > 0 {
		decision.Option, decision.Reason = onboarding.OutcomeRejected, onboarding.DocumentExpired
	}
	return decision
}

// dice throws for what one scenario governs: a customer, with its people if it
// is an organization. The counts are kept with the tenant, and chance comes from
// its seed.
type dice struct {
	act      *Act
	customer string
}

func diceOf(act *Act, c *onboarding.Customer) dice {
	d := dice{act: act}
	if root := rootOf(act, c); root != nil {
		d.customer = root.ID
	}
	return d
}

func (d dice) Count(rule string) int { return int(d.count("rule/" + d.customer + "/" + rule)) }

func (d dice) Chance(rule string) float64 {
	n := d.count("chance/" + d.customer + "/" + rule)
	return fake.Fraction(seed(d.act), "chance/"+d.customer+"/"+rule, n)
}

// count counts in the act, and notes that it has: what a rule has counted stays,
// whatever becomes of the request.
func (d dice) count(name string) int64 {
	d.act.counted = true
	return d.act.Count(name)
}
