package customers

import (
	"slices"

	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/fake"
	"finhub-sandbox/internal/sandbox/world"
)

// PersonDetail is a person with whether who it is has been verified.
type PersonDetail struct {
	Customer *onboarding.Customer
	Verified bool
}

// GetPerson finds a person by its id, which is another than the customer's. It refuses with
// CUSTOMER_NOT_FOUND.
func GetPerson(act *world.Act, id string) (PersonDetail, error) {
	customer := act.Customers.Get(act.Unit, fake.Twin(id))
	if customer == nil || customer.Person.ID != id {
		return PersonDetail{}, refusal.New(refusal.CustomerNotFound, "the tenant has no person %s", id).
			Suggest("registerIndividual", "registers one")
	}
	v := LatestVerification(act, customer.ID)
	return PersonDetail{customer, v != nil && v.State == onboarding.VerificationApproved}, nil
}

// UpdateAddress puts an address in the place of the one of its kind. It refuses with
// CUSTOMER_NOT_FOUND and CUSTOMER_NOT_ACTIVE.
func UpdateAddress(act *world.Act, id string, address onboarding.Address) (PersonDetail, error) {
	return amendPerson(act, id, func(p *onboarding.Person) {
		address.ID = fake.ID(world.Seed(act), "address", act.Next())
		i := slices.IndexFunc(p.Addresses, func(a onboarding.Address) bool { return a.ForMail() == address.ForMail() })
		if i < 0 {
			address.IsPrimary = !address.ForMail()
			p.Addresses = append(slices.Clone(p.Addresses), address)
			return
		}
		p.Addresses = slices.Clone(p.Addresses)
		address.IsPrimary = p.Addresses[i].IsPrimary
		p.Addresses[i] = address
	})
}

// UpdateContact puts a contact in the place of the one of its type. It refuses as
// UpdateAddress does.
func UpdateContact(act *world.Act, id string, contact onboarding.Contact) (PersonDetail, error) {
	return amendPerson(act, id, func(p *onboarding.Person) {
		contact.ID = fake.ID(world.Seed(act), "contact", act.Next())
		p.Contacts = slices.Clone(p.Contacts)
		for i := range p.Contacts {
			p.Contacts[i].IsPrimary = p.Contacts[i].IsPrimary && !contact.IsPrimary
		}
		i := slices.IndexFunc(p.Contacts, func(c onboarding.Contact) bool { return c.Type == contact.Type })
		if i < 0 {
			p.Contacts = append(p.Contacts, contact)
			return
		}
		p.Contacts[i] = contact
	})
}

func amendPerson(act *world.Act, id string, amend func(*onboarding.Person)) (PersonDetail, error) {
	d, err := GetPerson(act, id)
	if err != nil {
		return d, err
	}
	if err := InBusiness(act, d.Customer); err != nil {
		return d, err
	}
	amend(&d.Customer.Person)
	return d, act.Customers.Fire(act.Unit, d.Customer, onboarding.AmendCustomer, world.By(act))
}
