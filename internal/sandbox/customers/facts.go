package customers

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"finhub-sandbox/internal/domain/bank"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/scenario"
)

// toldVerification tells of a verification, and keeps its papers if they have been
// told already.
func toldVerification(f *scenario.Facts, v *onboarding.Verification) {
	papers := f.Verification.Documents
	f.Verification = verificationFacts(v)
	f.Verification.Documents = papers
}

func paperFacts(act *world.Act, v *onboarding.Verification) (papers []scenario.Document) {
	if v == nil {
		return nil
	}
	for _, d := range papersOf(act, v) {
		papers = append(papers, documentFacts(act.Unit, d))
	}
	return papers
}

// toldCustomer tells of a customer, and keeps the features and the people if they
// have been told already.
func toldCustomer(act *world.Act, c *onboarding.Customer, f *scenario.Facts) {
	features, people := f.Customer.Features, f.Customer.People
	f.Customer = customerFacts(act, c)
	f.Customer.Features, f.Customer.People = features, people
}

func customerFacts(act *world.Act, c *onboarding.Customer) scenario.Customer {
	facts := DescribedCustomer(act.Unit, c)
	facts.ID, facts.State = c.ID, string(c.State)
	if c.MemberOf == "" {
		return facts
	}
	facts.Member, facts.Organization = true, world.RootOf(act, c).Name
	people := peopleAround(act, c)
	// Who holds several positions is asked about the first.
	for i, p := range activePersonnel(act, c.MemberOf) {
		if p.CustomerID != c.ID {
			continue
		}
		person := people[i]
		if facts.Position == "" {
			facts.Position, facts.Number, facts.Roles = person.Position, person.Number, person.Roles
		}
		facts.PEP, facts.UBO, facts.Share = facts.PEP || person.PEP, facts.UBO || person.UBO, max(facts.Share, person.Share)
	}
	return facts
}

// peopleAround are those of the organization that a customer is, or belongs to.
func peopleAround(act *world.Act, c *onboarding.Customer) []scenario.Person {
	organization := world.RootOf(act, c)
	if organization.Type != onboarding.Organization {
		return nil
	}
	return peopleFacts(act, organization.ID)
}

// DescribedCustomer is what a customer's own data say.
func DescribedCustomer(u *engine.Unit, c *onboarding.Customer) scenario.Customer {
	category, _ := onboarding.FindCategory(c.Category)
	facts := scenario.Customer{
		Type: string(c.Type), Email: c.Email, Phone: c.Phone, Name: c.Name, Category: cmp.Or(category.Code, c.Category), Risk: string(category.Risk),
		DateOfBirth: c.Person.DateOfBirth, Nationality: countryFact(c.Person.Nationality), Country: firstCountry(c.Person.Addresses),
	}
	if chosen := FeatureFacts(c); chosen != nil {
		facts.PEP = chosen["pep"] == "true"
		facts.RiskScore, _ = strconv.Atoi(chosen["riskScore"])
	}
	facts.Age, facts.AgeKnown = scenario.AgeAt(c.Person.DateOfBirth, u.Now())
	if company := c.Company; company != nil {
		facts.DateOfBirth, facts.Country = company.IncorporationDate, firstCountry(company.Addresses)
		facts.LegalForm, facts.Industry = company.LegalForm, cmp.Or(company.Industry, company.Sector)
	}
	return facts
}

// FeatureFacts are the values that were chosen for the customer's category, by
// their keys.
func FeatureFacts(c *onboarding.Customer) map[string]string {
	if c == nil || len(c.Features) == 0 {
		return nil
	}
	values := make(map[string]string, len(c.Features))
	for name, value := range c.Features {
		values[name[strings.LastIndexByte(name, '.')+1:]] = value
	}
	return values
}

// peopleFacts are the positions of an organization, in the order of
// activePersonnel.
func peopleFacts(act *world.Act, organizationID string) []scenario.Person {
	owners := onboarding.BeneficialOwners(owners(act, organizationID))
	numbers := map[onboarding.Position]int{}
	var people []scenario.Person
	for _, p := range activePersonnel(act, organizationID) {
		numbers[p.Position]++
		person := scenario.Person{
			Position: string(p.Position), Number: numbers[p.Position], Kind: onboarding.PersonOwner, Name: p.Person.FullName(), Email: p.Email,
			DateOfBirth: p.Person.DateOfBirth, Nationality: countryFact(p.Person.Nationality), Country: firstCountry(p.Person.Addresses),
			PEP: p.PEP, Roles: p.Roles,
		}
		person.Age, person.AgeKnown = scenario.AgeAt(p.Person.DateOfBirth, act.Now())
		if o := p.Owner; o != nil && o.Kind == onboarding.CompanyOwner {
			person.Kind, person.Name, person.Country, person.Share = o.Kind, o.Name, countryFact(o.Country), o.Share.Float()
		}
		i := slices.IndexFunc(owners, func(b onboarding.BeneficialOwner) bool { return isRecordOf(p, b) })
		if i >= 0 {
			person.Share, person.UBO, person.PEP = owners[i].Share.Float(), owners[i].UBO(), person.PEP || owners[i].PEP
			person.Nationality = cmp.Or(person.Nationality, countryFact(owners[i].Country))
		}
		person.Country = cmp.Or(person.Country, person.Nationality)
		people = append(people, person)
	}
	return people
}

func firstCountry(addresses []onboarding.Address) string {
	for _, a := range addresses {
		if a.Country != "" {
			return countryFact(a.Country)
		}
	}
	return ""
}

// countryFact is a country's code, so that conditions need not know in which way
// a client writes it; a name in another language stays as it is.
func countryFact(country string) string { return cmp.Or(bank.CountryCode(country), country) }

func verificationFacts(e *onboarding.Verification) scenario.Verification {
	if e == nil {
		return scenario.Verification{}
	}
	return scenario.Verification{Type: e.Type, Attempt: e.Attempt, Level: e.Requested, State: string(e.State), HighRisk: e.HighRisk}
}

func documentFacts(u *engine.Unit, e *onboarding.Document) scenario.Document {
	return scenario.Document{
		Type: e.Type, FileName: e.FileName, MimeType: e.MimeType, Size: e.Size, State: string(e.State), Category: e.Category,
		Number: e.Number, Country: countryFact(e.Country), Expiry: e.Expiry, Expired: e.Expired(u.Now()),
	}
}

func consentFacts(e *onboarding.Consent) scenario.Consent {
	return scenario.Consent{Type: string(e.Type), Version: e.Version, State: string(e.State)}
}

// WalletFacts are what conditions see of a wallet.
func WalletFacts(w *payments.Wallet) scenario.Wallet {
	if w == nil {
		return scenario.Wallet{}
	}
	return scenario.Wallet{
		ID: w.ID, Purpose: string(w.Purpose), State: string(w.State), IBAN: w.IBAN, Currency: w.Currency, Balance: w.Balance, Available: w.Available(),
	}
}
