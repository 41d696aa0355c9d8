package customers

import (
	"cmp"

	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/scenario"
)

// Customer is the customer whom a registration describes, of which nothing is
// judged.
func (in Registration) Customer() *onboarding.Customer {
	kind := onboarding.Individual
	if in.Company != nil {
		kind = onboarding.Organization
	}
	return &onboarding.Customer{
		Type: kind, Email: in.Email, Phone: in.Phone, Name: in.Name, Person: in.Person, Company: in.Company,
		Category: cmp.Or(in.Category, onboarding.DefaultCategory(kind).Code), Features: features(in.Choices, in.Declared),
	}
}

// Facts describe a document that would be handed in.
func (in Upload) Facts(u *engine.Unit) scenario.Document {
	expires := onboarding.Document{Expiry: in.Expiry}
	return scenario.Document{
		Type: in.Type, FileName: in.FileName, MimeType: in.MimeType, Size: len(in.Base64) / 4 * 3, Category: in.Category,
		Number: in.Number, Country: countryFact(in.Country), Expiry: in.Expiry, Expired: expires.Expired(u.Now()),
	}
}
