package sandbox

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"finhub-sandbox/internal/domain/bank"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/scenario"
)

// customerOf is the id of the customer to whom an aggregate belongs.
func customerOf(aggregate any) string {
	switch e := aggregate.(type) {
	case *onboarding.Customer:
		// A customer that is just being made is found as well: it has been added.
		return e.ID
	case *onboarding.Verification:
		return e.CustomerID
	case *onboarding.Document:
		return e.CustomerID
	case *onboarding.Consent:
		return e.CustomerID
	case *payments.Wallet:
		return e.CustomerID
	case *payments.Beneficiary:
		return e.CustomerID
	case *payments.PaymentConsent:
		return e.CustomerID
	case *payments.Order:
		return e.CustomerID
	}
	return ""
}

// chain is everything to which something belongs that is decided or asked for: it
// tells the conditions of scenarios what they ask, and looks up only that. What it
// can tell is what scenario.Catalog.Known promises.
type chain struct {
	act      *Act
	customer *onboarding.Customer
	// aggregate is what it is about.
	aggregate any
}

func (c chain) tell(f *scenario.Facts, about scenario.Topic) {
	switch about {
	case scenario.AboutCustomer:
		features, people := f.Customer.Features, f.Customer.People
		f.Customer = c.customerFacts()
		f.Customer.Features, f.Customer.People = features, people
	case scenario.AboutFeatures:
		f.Customer.Features = featureFacts(c.customer)
	case scenario.AboutPeople:
		f.Customer.People = c.people()
	case scenario.AboutVerification:
		papers := f.Verification.Documents
		f.Verification = verificationFacts(c.verification())
		f.Verification.Documents = papers
	case scenario.AboutPapers:
		f.Verification.Documents = c.papers(c.verification())
	case scenario.AboutDocument:
		if d, ok := c.aggregate.(*onboarding.Document); ok {
			f.Document = documentFacts(c.act.Unit, d)
		}
	case scenario.AboutConsent:
		if e, ok := c.aggregate.(*onboarding.Consent); ok {
			f.Consent = consentFacts(e)
		}
	case scenario.AboutWallet:
		f.Wallet = walletFacts(c.wallet())
	case scenario.AboutBeneficiary:
		f.Beneficiary = c.payee()
	case scenario.AboutPaymentConsent:
		f.PaymentConsent = paymentConsentFacts(c.paymentConsent())
	case scenario.AboutOrder:
		if o, ok := c.aggregate.(*payments.Order); ok {
			f.Order = orderFacts(o)
		}
	case scenario.AboutClock:
		f.Clock = scenario.ClockAt(c.act.Unit.Now())
	}
}

// verification is the one to which the aggregate belongs, or the one that counts
// for the customer.
func (c chain) verification() *onboarding.Verification {
	switch e := c.aggregate.(type) {
	case *onboarding.Verification:
		return e
	case *onboarding.Document:
		if v := c.act.verifications.Get(c.act.Unit, e.VerificationID); v != nil {
			return v
		}
	}
	if c.customer == nil {
		return nil
	}
	return latestVerification(c.act, c.customer.ID)
}

func (c chain) papers(v *onboarding.Verification) (papers []scenario.Document) {
	if v == nil {
		return nil
	}
	for _, d := range papersOf(c.act, v) {
		papers = append(papers, documentFacts(c.act.Unit, d))
	}
	return papers
}

// wallet is the one to which the aggregate belongs, or the customer's product
// wallet.
func (c chain) wallet() *payments.Wallet {
	id := ""
	switch e := c.aggregate.(type) {
	case *payments.Wallet:
		return e
	case *payments.Beneficiary:
		id = e.WalletID
	case *payments.PaymentConsent:
		id = e.WalletID
	case *payments.Order:
		id = e.WalletID
	default:
		if c.customer != nil {
			id = c.customer.WalletID
		}
	}
	return c.act.wallets.Get(c.act.Unit, id)
}

func (c chain) paymentConsent() *payments.PaymentConsent {
	switch e := c.aggregate.(type) {
	case *payments.PaymentConsent:
		return e
	case *payments.Order:
		return c.act.paymentConsents.Get(c.act.Unit, e.ConsentID)
	}
	return nil
}

// payee is the beneficiary, or the other side of an order.
func (c chain) payee() scenario.Beneficiary {
	switch e := c.aggregate.(type) {
	case *payments.Beneficiary:
		return beneficiaryFacts(e)
	case *payments.Order:
		if b := c.act.beneficiaries.Get(c.act.Unit, e.BeneficiaryID); b != nil {
			return beneficiaryFacts(b)
		}
		iban := e.CounterpartyIBAN()
		return scenario.Beneficiary{
			Name: e.Counterparty, IBAN: iban, Country: ibanCountry(iban), Currency: e.Amount.Currency, Network: string(e.Network),
		}
	}
	return scenario.Beneficiary{}
}

func (c chain) customerFacts() scenario.Customer {
	if c.customer == nil {
		return scenario.Customer{}
	}
	facts := describedCustomer(c.act.Unit, c.customer)
	facts.ID, facts.State = c.customer.ID, string(c.customer.State)
	if c.customer.MemberOf == "" {
		return facts
	}
	facts.Member, facts.Organization = true, rootOf(c.act, c.customer).Name
	people := c.people()
	// Who holds several positions is asked about the first.
	for i, p := range activePersonnel(c.act, c.customer.MemberOf) {
		if p.CustomerID != c.customer.ID {
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

// people are those of the organization that the customer is, or belongs to.
func (c chain) people() []scenario.Person {
	if c.customer == nil {
		return nil
	}
	organization := rootOf(c.act, c.customer)
	if organization.Type != onboarding.Organization {
		return nil
	}
	return peopleFacts(c.act, organization.ID)
}

// describedCustomer is what a customer's own data say.
func describedCustomer(u *engine.Unit, c *onboarding.Customer) scenario.Customer {
	category, _ := onboarding.FindCategory(c.Category)
	facts := scenario.Customer{
		Type: string(c.Type), Email: c.Email, Phone: c.Phone, Name: c.Name, Category: cmp.Or(category.Code, c.Category), Risk: string(category.Risk),
		DateOfBirth: c.Person.DateOfBirth, Nationality: countryFact(c.Person.Nationality), Country: firstCountry(c.Person.Addresses),
	}
	if chosen := featureFacts(c); chosen != nil {
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

// featureFacts are the values that were chosen for the customer's category, by
// their keys.
func featureFacts(c *onboarding.Customer) map[string]string {
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
func peopleFacts(act *Act, organizationID string) []scenario.Person {
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

func walletFacts(w *payments.Wallet) scenario.Wallet {
	if w == nil {
		return scenario.Wallet{}
	}
	return scenario.Wallet{
		ID: w.ID, Purpose: string(w.Purpose), State: string(w.State), IBAN: w.IBAN, Currency: w.Currency, Balance: w.Balance, Available: w.Available(),
	}
}

func beneficiaryFacts(e *payments.Beneficiary) scenario.Beneficiary {
	return scenario.Beneficiary{
		Name: e.Name, PartyType: e.PartyType, IBAN: e.IBAN, BIC: e.BIC, Country: cmp.Or(e.Country, ibanCountry(e.IBAN)), Bank: e.BankName,
		Currency: e.Currency, Network: e.Network, State: string(e.State), Screening: e.Screening, Registered: e.ID != "",
	}
}

// ibanCountry is the country of an IBAN; what is none has none.
func ibanCountry(iban string) string {
	if len(iban) < 15 || iban[2] < '0' || iban[2] > '9' {
		return ""
	}
	return iban[:2]
}

func paymentConsentFacts(p *payments.PaymentConsent) scenario.PaymentConsent {
	if p == nil {
		return scenario.PaymentConsent{}
	}
	return scenario.PaymentConsent{
		Type: string(p.Operation), Kind: string(p.Kind), Title: p.Title, State: string(p.State), Used: p.Used, Approval: p.RequiresApproval(),
	}
}

func orderFacts(e *payments.Order) scenario.Order {
	return scenario.Order{
		Type: string(e.Operation), Amount: e.Amount.Minor, Fee: e.Fee.Minor, Currency: e.Amount.Currency, Network: string(e.Network),
		Reference: e.Reference, Description: e.Description, Purpose: e.PurposeCode, Source: e.Source, Target: e.Target,
		Counterparty: e.Counterparty, State: string(e.State), Documents: len(e.Documents),
	}
}
