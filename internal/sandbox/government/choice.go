// Package government is how scenarios govern: it answers choices, refuses requests
// and injects faults as the governing scenario says, and tells its conditions what
// they ask.
package government

import (
	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/fake"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/webhooks"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/scenario"
)

// Choose answers a choice that has just been armed, as the scenario does that
// governs the customer.
func Choose(act *world.Act, kind string, aggregate any, p machine.Pending) (machine.Decision, error) {
	customer := act.Customers.Get(act.Unit, act.Sights[kind].OwnerOf(aggregate))
	about := world.Chain{Act: act, Customer: customer, About: world.Thing{Kind: kind, Aggregate: aggregate}}
	governing, dice := world.Governing(act, customer), diceOf(act, customer)
	if d, ok := aggregate.(*delivery.Delivery); ok {
		return chooseDelivery(act, d, p, governing, about, dice)
	}
	decision, _, err := governing.Answer(p, about.Tell, dice)
	if v, ok := aggregate.(*onboarding.Verification); ok && p.Point == onboarding.OutcomePoint {
		decision = heedExpiry(act, v, decision)
	}
	if act.Arrange != nil && err == nil {
		decision = act.Arrange(aggregate, p, decision)
	}
	act.NoteRule(decision.Rule)
	return decision, err
}

// chooseDelivery answers how an attempt to send a webhook fares. Each subscription has
// its own dice: in which order those of several are answered is up to the receivers.
func chooseDelivery(act *world.Act, d *delivery.Delivery, p machine.Pending, governing *scenario.Scenario, about world.Chain, dice dice) (machine.Decision, error) {
	dice.customer += "/" + d.SubscriptionID
	decision, _, err := governing.Answer(p, about.Tell, dice)
	if err != nil {
		return decision, err
	}
	rule, err := governing.OnTheWay(about.Tell, dice)
	if rule != nil {
		decision.After += webhooks.Injected(act, d, *rule.Delivery)
		decision.Rule = rule.Origin()
	}
	return decision, err
}

// heedExpiry turns the approval of a verification into a rejection if a document
// on which it rests does not hold any more when the decision comes.
func heedExpiry(act *world.Act, v *onboarding.Verification, decision machine.Decision) machine.Decision {
	due := act.Now().Add(act.Delay(decision.After))
	if decision.Option == onboarding.OutcomeApproved && len(onboarding.Missing(v.Required, onboarding.Unexpired(customers.Counting(act, v), due))) > 0 {
		decision.Option, decision.Reason, decision.Rule = onboarding.OutcomeRejected, onboarding.DocumentExpired, machine.Rule{}
	}
	return decision
}

// dice throws for what one scenario governs: a customer, with its people if it
// is an organization. The counts are kept with the tenant, and chance comes from
// its seed.
type dice struct {
	act      *world.Act
	customer string
}

func diceOf(act *world.Act, c *onboarding.Customer) dice {
	d := dice{act: act}
	if root := world.RootOf(act, c); root != nil {
		d.customer = root.ID
	}
	return d
}

func (d dice) Count(rule string) int { return int(d.count("rule/" + d.customer + "/" + rule)) }

func (d dice) Chance(rule string) float64 {
	n := d.count("chance/" + d.customer + "/" + rule)
	return fake.Fraction(world.Seed(d.act), "chance/"+d.customer+"/"+rule, n)
}

// count counts in the act, and notes that it has: what a rule has counted stays,
// whatever becomes of the request.
func (d dice) count(name string) int64 {
	d.act.Counted = true
	return d.act.Count(name)
}
