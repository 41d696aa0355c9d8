package api

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/headers"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
)

// redirect is where the documentation sends a front end after registration.
const redirect = "/auth/activate-account"

type registrationView struct {
	ID             string         `json:"id"`
	CustomerID     string         `json:"customerId"`
	UserID         string         `json:"userId"`
	TenantID       string         `json:"tenantId"`
	Organization   bool           `json:"organization"`
	Individual     bool           `json:"individual"`
	CustomerType   string         `json:"customerType"`
	CustomerName   string         `json:"customerName"`
	CustomerStatus machine.State  `json:"customerStatus"`
	Status         machine.State  `json:"status"`
	Person         personView     `json:"person"`
	User           userView       `json:"user"`
	Categorization assignedView   `json:"categorization"`
	Wallet         walletStubView `json:"wallet"`
	RedirectURL    string         `json:"redirectUrl"`
}

type personView struct {
	ID           string               `json:"id"`
	FirstName    string               `json:"firstName"`
	MiddleName   string               `json:"middleName,omitzero"`
	LastName     string               `json:"lastName"`
	FullName     string               `json:"fullName"`
	Email        string               `json:"email"`
	DateOfBirth  string               `json:"dateOfBirth,omitzero"`
	Gender       string               `json:"gender,omitzero"`
	Nationality  string               `json:"nationality,omitzero"`
	PlaceOfBirth string               `json:"placeOfBirth,omitzero"`
	Pincode      string               `json:"pincode,omitzero"`
	CountryCode  string               `json:"countryCode,omitzero"`
	Names        []onboarding.Name    `json:"names,omitempty"`
	Occupation   string               `json:"occupation,omitzero"`
	Employer     string               `json:"employerName,omitzero"`
	Income       string               `json:"annualIncome,omitzero"`
	Funds        string               `json:"sourceOfFunds,omitzero"`
	Addresses    []onboarding.Address `json:"addresses"`
	Contacts     []onboarding.Contact `json:"contacts"`
}

type userView struct {
	ID       string        `json:"id"`
	TenantID string        `json:"tenantId"`
	Username string        `json:"username"`
	Email    string        `json:"email"`
	Status   machine.State `json:"status"`
	IsActive bool          `json:"isActive"`
	Roles    []string      `json:"roles"`
}

type assignedView struct {
	ID          string          `json:"id"`
	Code        string          `json:"code"`
	Name        string          `json:"name"`
	Description string          `json:"description"`
	IsActive    bool            `json:"isActive"`
	RiskLevel   onboarding.Risk `json:"riskLevel"`
	// Relations are the features of which values were chosen; Values are those
	// that were given without naming a feature.
	Relations []featureRelationView `json:"categoryFeatureRelations"`
	Values    []featureValueView    `json:"parametrization"`
}

type featureRelationView struct {
	Feature featureReferenceView `json:"feature"`
	Enabled bool                 `json:"enabled"`
	Values  []featureValueView   `json:"parametrization"`
}

type featureReferenceView struct {
	ID   string `json:"id"`
	Code string `json:"code"`
}

type featureValueView struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type walletStubView struct {
	WalletID string        `json:"walletId"`
	Status   machine.State `json:"status"`
}

// registerIndividual makes a customer from any of the three families of bodies.
// It refuses with CATEGORIZATION_INVALID, DUPLICATE_EMAIL and SCENARIO_UNKNOWN
// (customer-apis/individual/registration).
func registerIndividual(c *rest.Call, act *world.Act) (rest.Reply, error) {
	out, err := customers.Register(act, readRegistration(c))
	if err != nil {
		return rest.Reply{}, err
	}
	customer, user := out.Customer, out.User
	c.Customer = customer.ID
	return rest.Reply{
		Message: "B2C individual account created successfully. Redirect to activate-account page",
		Extra:   &extra{RedirectURL: redirect},
		Data: &registrationView{
			ID: customer.ID, CustomerID: customer.ID, UserID: user.ID, TenantID: c.Tenant, Individual: true,
			CustomerType: "CT_PERSON", CustomerName: customer.Name, CustomerStatus: customer.State, Status: customer.State,
			Person:         viewPerson(customer.Person, customer.Email),
			User:           viewUser(c.Tenant, user, customer.Email),
			Categorization: viewCategory(out.Category, customer.Features),
			Wallet:         walletStubView{out.Wallet.ID, out.Wallet.State},
			RedirectURL:    redirect,
		},
	}, nil
}

func viewUser(tenant string, u *access.User, email string) userView {
	return userView{
		ID: u.ID, TenantID: tenant, Username: u.Username, Email: email, Status: u.State, IsActive: u.State == access.UserActive, Roles: u.Roles,
	}
}

func viewCategory(c onboarding.Category, chosen map[string]string) assignedView {
	view := assignedView{
		ID: c.DatabaseID, Code: c.Code, Name: c.Name, Description: c.Description, IsActive: true, RiskLevel: c.Risk,
		Relations: []featureRelationView{}, Values: []featureValueView{},
	}
	if len(chosen) == 0 {
		return view // Most registrations choose nothing, and making the features costs.
	}
	byFeature := map[string][]featureValueView{}
	for _, key := range slices.Sorted(maps.Keys(chosen)) {
		feature, name, ofFeature := strings.Cut(key, ".")
		if !ofFeature {
			view.Values = append(view.Values, featureValueView{key, chosen[key]})
			continue
		}
		byFeature[feature] = append(byFeature[feature], featureValueView{name, chosen[key]})
	}
	for _, f := range onboarding.Features() {
		if values := slices.Concat(byFeature[f.Code], byFeature[f.DatabaseID]); len(values) > 0 {
			view.Relations = append(view.Relations, featureRelationView{featureReferenceView{f.DatabaseID, f.Code}, true, values})
		}
	}
	return view
}

func viewPerson(p onboarding.Person, email string) personView {
	return personView{
		ID: p.ID, FirstName: p.FirstName, MiddleName: p.MiddleName, LastName: p.LastName, FullName: cmp.Or(p.Called, p.FullName()), Email: email,
		DateOfBirth: p.DateOfBirth, Gender: p.Gender, Nationality: p.Nationality, PlaceOfBirth: p.PlaceOfBirth, Pincode: p.Pincode,
		CountryCode: p.CountryCode, Names: p.Names, Occupation: p.Occupation, Employer: p.EmployerName, Income: p.AnnualIncome, Funds: p.SourceOfFunds,
		Addresses: p.Addresses, Contacts: p.Contacts,
	}
}

// personal are the places in which the families of a registration have what is
// said of the person: at the top, and within.
type personal [4]rest.Body

func personalOf(b rest.Body) personal {
	return personal{b, b.Object("individualCustomer.person"), b.Object("individualCustomer"), b.Object("PERSONAL_INFO")}
}

// str gives the first text that is not empty.
func (p *personal) str(name string) string {
	for _, place := range p {
		if s := place.Str(name); s != "" {
			return s
		}
	}
	return ""
}

func (p *personal) email() string {
	return cmp.Or(p.str("email"), p[0].Str("individualCustomer.user.email"))
}

func readRegistration(c *rest.Call) customers.Registration {
	b := c.Body
	p := personalOf(b)
	in := customers.Registration{
		Email:    p.email(),
		Scenario: c.Header.Get(headers.Scenario),
		Phone:    b.Str("phone", "individualCustomer.phoneNumber"),
		Password: b.Str("password"),
		Roles:    b.Strs("roleIds", "individualCustomer.user.roles"),
		Person: onboarding.Person{
			FirstName: p.str("firstName"), MiddleName: b.Str("individualCustomer.middleName"), LastName: p.str("lastName"),
			Called:      b.Str("individualCustomer.person.fullName"),
			DateOfBirth: p.str("dateOfBirth"), Gender: p.str("gender"),
			Nationality: p.str("nationality"), PlaceOfBirth: p.str("placeOfBirth"),
			Pincode: p.str("pincode"), Occupation: b.Str("individualCustomer.occupation"), EmployerName: b.Str("individualCustomer.employerName"),
			AnnualIncome: b.Str("individualCustomer.annualIncome"), SourceOfFunds: b.Str("individualCustomer.sourceOfFunds"),
		},
		Features: b.Strs("CATEGORIZATION.featureIds"),
		Choices:  readChoices(b.Object("individualCustomer.categorization")),
		Declared: readDeclared(b.Object("individualCustomer.categorization"), b.Object("CATEGORIZATION")),
	}
	in.Category, in.SameCategory = readCategory(b, "individualCustomer.categorization")
	if len(in.Roles) == 0 {
		in.Roles = []string{access.RoleOwner, access.RoleUser}
	}
	in.Name = b.Str("individualCustomer.customerName")
	if in.Name == "" {
		in.Name = in.Person.FullName()
	}
	in.Person.Addresses, in.Person.Contacts = readAddresses(b), readContacts(b, in)
	return in
}

// readCategory reads the category of a registration, and what else in it means the
// same. A name is only looked at where there is neither an id nor a code: pages show
// names of their own beside them.
func readCategory(b rest.Body, categorization string) (category string, same []string) {
	var names []string
	for _, name := range []string{"customerCategory.id", "customerCategory.code", "CATEGORIZATION.categoryId", "categoryId", categorization + ".id"} {
		if sent := b.Str(name); sent != "" {
			names = append(names, sent)
		}
	}
	if len(names) == 0 {
		return b.Str("customerCategory.name", categorization+".name"), nil
	}
	return names[0], names[1:]
}

func readAddresses(b rest.Body) []onboarding.Address {
	list := []onboarding.Address{}
	for _, o := range b.Objects("individualCustomer.person.addresses") {
		list = append(list, onboarding.Address{
			Type: o.Str("type"), Street: o.Str("street"), City: o.Str("city"), State: o.Str("state"),
			PostalCode: o.Str("postalCode"), Country: o.Str("country"), IsPrimary: o.Bool("isPrimary"),
		})
	}
	if o := b.Object("individualCustomer.address"); len(o) > 0 {
		list = append(list, onboarding.Address{
			Type:   o.Str("addressType", "type"),
			Street: strings.TrimSpace(strings.Join([]string{o.Str("street"), o.Str("streetNumber"), o.Str("apartment")}, " ")),
			City:   o.Str("city"), State: o.Str("state"), PostalCode: o.Str("postalCode"), Country: o.Str("country"),
			IsPrimary: len(list) == 0,
		})
	}
	return list
}

// readContacts takes the contacts of the body; without any, the e-mail and the
// phone are the contacts. The second phone and the contact of the block are added.
func readContacts(b rest.Body, in customers.Registration) []onboarding.Contact {
	list := []onboarding.Contact{}
	for _, o := range b.Objects("individualCustomer.person.contacts") {
		list = append(list, readContact(o))
	}
	if len(list) == 0 {
		list = append(list, onboarding.Contact{Type: "EMAIL", Value: in.Email, IsPrimary: true})
		if in.Phone != "" {
			list = append(list, onboarding.Contact{Type: "PHONE", Value: in.Phone})
		}
	}
	if other := b.Str("individualCustomer.alternatePhoneNumber"); other != "" {
		list = append(list, onboarding.Contact{Type: "PHONE", Value: other})
	}
	if block := b.Object("CONTACT_INFO"); len(block) > 0 {
		list = append(list, onboarding.Contact{Type: block.Str("contactType"), Value: block.Str("value")})
	}
	return list
}

func readContact(o rest.Body) onboarding.Contact {
	return onboarding.Contact{Type: o.Str("type"), Value: o.Str("value"), IsPrimary: o.Bool("isPrimary")}
}

// readDeclared reads the values that a categorization gives without naming a
// feature, and those of the block of the generated schema.
func readDeclared(categorization, block rest.Body) map[string]string {
	values := map[string]string{}
	for _, p := range categorization.Objects("parametrization") {
		values[p.Str("name")] = p.Str("value")
	}
	if level := block.Str("riskLevel"); level != "" {
		values["riskLevel"] = level
	}
	return values
}

// readChoices reads the features that a registration parametrizes.
func readChoices(b rest.Body) []onboarding.Choice {
	var list []onboarding.Choice
	for _, relation := range b.Objects("categoryFeatureRelations") {
		if enabled, ok := relation.Get("enabled").(bool); ok && !enabled {
			continue
		}
		choice := onboarding.Choice{Feature: relation.Str("feature.code", "feature.id"), Values: map[string]string{}}
		for _, p := range relation.Objects("parametrization") {
			choice.Values[p.Str("name")] = p.Str("value")
		}
		if choice.Feature != "" {
			list = append(list, choice)
		}
	}
	return list
}
