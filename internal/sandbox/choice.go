package sandbox

import (
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/fake"
	"finhub-sandbox/internal/scenario"
)

// choose answers a choice that has just been armed, as the scenario does that
// governs the customer.
func (s *Sandbox) choose(u *engine.Unit, _ string, aggregate any, p machine.Pending) (machine.Decision, error) {
	facts, customer := s.choiceFacts(u, aggregate)
	decision, _, err := s.governing(u, customer).Answer(p, facts, s.dice(u, customer))
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

// choiceFacts gathers what the conditions of a scenario can ask about, and finds
// the customer.
func (s *Sandbox) choiceFacts(u *engine.Unit, aggregate any) (scenario.Facts, *onboarding.Customer) {
	var facts scenario.Facts
	customer := ""
	switch e := aggregate.(type) {
	case *onboarding.Customer:
		// A customer that is just being made is found as well: it has been added.
		customer = e.ID
	case *onboarding.Verification:
		customer, facts.Verification = e.CustomerID, verificationFacts(e)
	case *onboarding.Document:
		customer, facts.Document = e.CustomerID, documentFacts(e)
		v := s.verifications.Get(u, e.VerificationID)
		if e.VerificationID == "" {
			v = s.latestVerification(u, e.CustomerID)
		}
		if v != nil {
			facts.Verification = verificationFacts(v)
		}
	case *onboarding.Consent:
		customer, facts.Consent = e.CustomerID, scenario.Consent{Type: string(e.Type), Version: e.Version}
	case *payments.Wallet:
		customer = e.CustomerID
	case *payments.Beneficiary:
		customer, facts.Beneficiary = e.CustomerID, beneficiaryFacts(e)
	case *payments.PaymentConsent:
		customer, facts.PaymentConsent = e.CustomerID, scenario.PaymentConsent{Type: string(e.Operation)}
	case *payments.Order:
		customer, facts.Order = e.CustomerID, orderFacts(e)
	}
	c := s.customers.Get(u, customer)
	facts.Customer = customerFacts(c)
	return facts, c
}

func customerFacts(c *onboarding.Customer) scenario.Customer {
	if c == nil {
		return scenario.Customer{}
	}
	category, _ := onboarding.FindCategory(c.Category)
	return scenario.Customer{
		ID: c.ID, Type: string(c.Type), Email: c.Email, Name: c.Name, Category: c.Category, Risk: string(category.Risk),
		State: string(c.State), Member: c.MemberOf != "",
	}
}

func verificationFacts(e *onboarding.Verification) scenario.Verification {
	return scenario.Verification{Type: e.Type, Attempt: e.Attempt, Level: e.Requested}
}

func documentFacts(e *onboarding.Document) scenario.Document {
	return scenario.Document{Type: e.Type, FileName: e.FileName, Size: e.Size}
}

func beneficiaryFacts(e *payments.Beneficiary) scenario.Beneficiary {
	return scenario.Beneficiary{Name: e.Name, IBAN: e.IBAN, Country: e.Country, Network: e.Network}
}

func orderFacts(e *payments.Order) scenario.Order {
	return scenario.Order{Type: string(e.Operation), Amount: e.Amount.Minor, Currency: e.Amount.Currency, Network: string(e.Network), Reference: e.Reference}
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
