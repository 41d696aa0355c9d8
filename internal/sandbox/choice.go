package sandbox

import (
	"fmt"
	"io/fs"
	"strings"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/fake"
	"finhub-sandbox/internal/scenario"
	"finhub-sandbox/scenarios"
)

// defaultScenario governs every customer for whom nothing else is chosen.
const defaultScenario = "happy-path"

// loadScenarios reads the built-in scenarios against the tables' choice points.
func (s *Sandbox) loadScenarios(tables []machine.Description) error {
	catalog := scenario.NewCatalog(tables)
	s.scenarios = map[string]*scenario.Scenario{}
	return fs.WalkDir(scenarios.Files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := scenarios.Files.ReadFile(path)
		if err != nil {
			return err
		}
		loaded, err := scenario.Parse(path, text, catalog)
		if err != nil {
			return err
		}
		if loaded.Name != strings.TrimSuffix(path, ".yaml") {
			return fmt.Errorf("scenario %s stands in %s", loaded.Name, path)
		}
		s.scenarios[loaded.Name] = loaded
		return nil
	})
}

// choose answers a choice that has just been armed, as the scenario does that
// governs the customer.
func (s *Sandbox) choose(u *engine.Unit, _ string, aggregate any, p machine.Pending) (machine.Decision, error) {
	facts := s.choiceFacts(u, aggregate)
	decision, _, err := s.scenarios[defaultScenario].Answer(p, facts, dice{s, u, facts.Customer.ID})
	return decision, err
}

// choiceFacts gathers what the conditions of a scenario can ask about.
func (s *Sandbox) choiceFacts(u *engine.Unit, aggregate any) scenario.Facts {
	var facts scenario.Facts
	customer := ""
	switch e := aggregate.(type) {
	case *onboarding.Customer:
		customer = e.ID
	case *onboarding.Verification:
		customer = e.CustomerID
		facts.Verification = scenario.Verification{Type: e.Type, Attempt: e.Attempt, Level: e.Requested}
	case *onboarding.Consent:
		customer = e.CustomerID
		facts.Consent = scenario.Consent{Type: string(e.Type), Version: e.Version}
	case *payments.Beneficiary:
		customer = e.CustomerID
		facts.Beneficiary = scenario.Beneficiary{Name: e.Name, IBAN: e.IBAN, Country: e.Country, Network: e.Network}
	case *payments.PaymentConsent:
		customer = e.CustomerID
		facts.PaymentConsent = scenario.PaymentConsent{Type: string(e.Operation)}
	case *payments.Order:
		customer = e.CustomerID
		facts.Order = orderFacts(e)
	}
	if c := s.customers.Get(u, customer); c != nil {
		category, _ := onboarding.FindCategory(c.Category)
		facts.Customer = scenario.Customer{
			ID: c.ID, Type: string(c.Type), Email: c.Email, Name: c.Name, Category: c.Category, Risk: string(category.Risk), State: string(c.State),
		}
	}
	return facts
}

func orderFacts(e *payments.Order) scenario.Order {
	return scenario.Order{Type: string(e.Operation), Amount: e.Amount.Minor, Currency: e.Amount.Currency, Network: string(e.Network), Reference: e.Reference}
}

// dice throws for one customer: the counts are kept with the tenant, and chance
// comes from its seed.
type dice struct {
	sandbox  *Sandbox
	unit     *engine.Unit
	customer string
}

func (d dice) Count(rule string) int { return int(d.unit.Count("rule/" + d.customer + "/" + rule)) }

func (d dice) Chance(rule string) float64 {
	n := d.unit.Count("chance/" + d.customer + "/" + rule)
	return fake.Fraction(d.sandbox.seed(d.unit), "chance/"+d.customer+"/"+rule, n)
}
