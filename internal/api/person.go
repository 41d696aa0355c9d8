package api

import (
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
)

type personAddressesView struct {
	PersonID  string              `json:"personId"`
	Addresses []personAddressView `json:"addresses"`
}

type personAddressView struct {
	ID         string `json:"addressId"`
	Type       string `json:"type"`
	Street     string `json:"street"`
	City       string `json:"city"`
	PostalCode string `json:"postalCode"`
	Country    string `json:"country"`
	State      string `json:"state"`
	Verified   bool   `json:"verified"`
	CreatedAt  string `json:"createdAt"`
}

type personContactsView struct {
	PersonID string              `json:"personId"`
	Contacts []personContactView `json:"contacts"`
}

type personContactView struct {
	ID        string `json:"contactId"`
	Type      string `json:"type"`
	Value     string `json:"value"`
	Primary   bool   `json:"primary"`
	Verified  bool   `json:"verified"`
	CreatedAt string `json:"createdAt"`
}

// listPersonAddresses lists the addresses of a person (administration/personal-data).
func listPersonAddresses(c *rest.Call, act *world.Act) (rest.Reply, error) {
	d, err := customers.GetPerson(act, c.Path("personId"))
	return addressesReply(c, d, err)
}

// updatePersonAddress replaces an address. It refuses with CUSTOMER_NOT_FOUND and
// CUSTOMER_NOT_ACTIVE (administration/personal-data).
func updatePersonAddress(c *rest.Call, act *world.Act) (rest.Reply, error) {
	b := c.Body
	d, err := customers.UpdateAddress(act, c.Path("personId"), onboarding.Address{
		Type: b.Str("type"), Street: b.Str("street"), City: b.Str("city"), State: b.Str("state"), PostalCode: b.Str("postalCode"), Country: b.Str("country"),
	})
	return addressesReply(c, d, err)
}

func addressesReply(c *rest.Call, d customers.PersonDetail, err error) (rest.Reply, error) {
	if err != nil {
		return rest.Reply{}, err
	}
	c.Customer = d.Customer.ID
	view := personAddressesView{PersonID: d.Customer.Person.ID, Addresses: []personAddressView{}}
	for _, a := range d.Customer.Person.Addresses {
		kind := "PRIMARY"
		if a.ForMail() {
			kind = onboarding.MailAddress
		}
		view.Addresses = append(view.Addresses, personAddressView{
			a.ID, kind, a.Street, a.City, a.PostalCode, a.Country, a.State, d.Verified, machine.Instant(d.Customer.Created),
		})
	}
	return rest.Reply{Extra: succeeded(), Data: &view}, nil
}

// listPersonContacts lists how a person is reached (administration/personal-data).
func listPersonContacts(c *rest.Call, act *world.Act) (rest.Reply, error) {
	d, err := customers.GetPerson(act, c.Path("personId"))
	return contactsReply(c, d, err)
}

// updatePersonContact replaces a contact. It refuses with CUSTOMER_NOT_FOUND and
// CUSTOMER_NOT_ACTIVE (administration/personal-data).
func updatePersonContact(c *rest.Call, act *world.Act) (rest.Reply, error) {
	d, err := customers.UpdateContact(act, c.Path("personId"), onboarding.Contact{
		Type: c.Body.Str("type"), Value: c.Body.Str("value"), IsPrimary: c.Body.Bool("primary"),
	})
	return contactsReply(c, d, err)
}

func contactsReply(c *rest.Call, d customers.PersonDetail, err error) (rest.Reply, error) {
	if err != nil {
		return rest.Reply{}, err
	}
	c.Customer = d.Customer.ID
	view := personContactsView{PersonID: d.Customer.Person.ID, Contacts: []personContactView{}}
	for _, p := range d.Customer.Person.Contacts {
		view.Contacts = append(view.Contacts, personContactView{p.ID, p.Type, p.Value, p.IsPrimary, d.Verified, machine.Instant(d.Customer.Created)})
	}
	return rest.Reply{Extra: succeeded(), Data: &view}, nil
}
