package api

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
)

// memberView is what directors and employees have in common: the organization's
// record of a person.
type memberView struct {
	ID             string        `json:"id"`
	OrganizationID string        `json:"organizationId"`
	CustomerID     string        `json:"customerId"`
	UserID         string        `json:"userId"`
	Email          string        `json:"email"`
	FirstName      string        `json:"firstName"`
	LastName       string        `json:"lastName"`
	FullName       string        `json:"fullName"`
	PhoneNumber    string        `json:"phoneNumber,omitzero"`
	Role           string        `json:"role"`
	Position       string        `json:"position"`
	Status         machine.State `json:"status"`
	Person         personView    `json:"person"`
	// What has no rule is told as it was sent.
	IsPrimary        any `json:"isPrimary,omitzero"`
	TelephoneNumbers any `json:"telephoneNumbers,omitzero"`
}

func viewMember(m customers.PersonnelDetail) memberView {
	p := m.Record
	return memberView{
		ID: p.ID, OrganizationID: p.OrganizationID, CustomerID: p.CustomerID, UserID: p.UserID, Email: p.Email,
		FirstName: p.Person.FirstName, LastName: p.Person.LastName, FullName: cmp.Or(p.Person.Called, p.Person.FullName()), PhoneNumber: p.Phone,
		Position: p.Title, Status: p.State, Person: viewPerson(p.Person, p.Email),
		IsPrimary: p.Details["isPrimary"], TelephoneNumbers: p.Details["telephoneNumbers"],
	}
}

type directorView struct {
	memberView
	DirectorID         string        `json:"directorId"`
	DateOfBirth        string        `json:"dateOfBirth,omitzero"`
	Nationality        string        `json:"nationality,omitzero"`
	DirectorType       string        `json:"directorType,omitzero"`
	AppointedDate      string        `json:"appointedDate"`
	AppointmentDate    string        `json:"appointmentDate"`
	IsPEP              bool          `json:"isPEP"`
	Ownership          any           `json:"ownershipPercentage,omitzero"`
	Paper              any           `json:"identificationDocument,omitzero"`
	VerificationID     string        `json:"verificationId"`
	VerificationStatus machine.State `json:"verificationStatus"`
}

func viewDirector(m customers.PersonnelDetail) directorView {
	p := m.Record
	v := directorView{
		memberView: viewMember(m), DirectorID: p.ID, DateOfBirth: p.Person.DateOfBirth, Nationality: p.Person.Nationality,
		DirectorType: p.Kind, AppointedDate: p.Appointed, AppointmentDate: p.Appointed, IsPEP: p.PEP, VerificationStatus: notRequired,
		Ownership: p.Details["ownershipPercentage"], Paper: p.Details["identificationDocument"],
	}
	v.Role = cmp.Or(p.Role, p.Title)
	if m.Verification != nil {
		v.VerificationID, v.VerificationStatus = m.Verification.ID, m.Verification.State
	}
	return v
}

// notRequired is the verification status of people who need none.
const notRequired machine.State = "NOT_REQUIRED"

// enrolledView is the record that a person has become.
type enrolledView struct {
	CustomerID        string `json:"customerId"`
	UserID            string `json:"userId"`
	Email             string `json:"email"`
	Username          string `json:"username"`
	TemporaryPassword string `json:"temporaryPassword,omitzero"`
	Status            string `json:"status"`
	FirstName         string `json:"firstName"`
	LastName          string `json:"lastName"`
}

func viewEnrolled(m customers.PersonnelDetail) enrolledView {
	return enrolledView{
		CustomerID: m.Record.CustomerID, UserID: m.Record.UserID, Email: m.Record.Email, Username: m.User.Username,
		TemporaryPassword: m.Password, Status: "ACTIVE", FirstName: m.Record.Person.FirstName, LastName: m.Record.Person.LastName,
	}
}

type memberVerification struct {
	VerificationID string        `json:"verificationId"`
	Status         machine.State `json:"status"`
	waitingView
}

func viewMemberVerification(c *rest.Call, m customers.PersonnelDetail) *memberVerification {
	if m.Verification == nil {
		return nil
	}
	return &memberVerification{m.Verification.ID, m.Verification.State, viewWaiting(c, m.Verification)}
}

// readPaper reads the data of an identity paper that comes along with a person;
// nil without its number.
func readPaper(b rest.Body) *customers.Upload {
	if !b.Has("number") {
		return nil
	}
	kind := cmp.Or(documentType(b, "type"), "PASSPORT")
	return &customers.Upload{Type: kind, FileName: b.Str("number"), MimeType: "application/json", Expiry: dateOnly(b.Str("expiryDate")),
		Number: b.Str("number"), Country: b.Str("issuingCountry"),
	}
}

// addDirector adds a director, with a record, a user and a verification of its
// own. It refuses with CUSTOMER_NOT_FOUND, DUPLICATE_EMAIL and
// PHASE_ORDER_BROKEN (customer-apis/organization/management). The document has
// it under two paths; both are this one.
func addDirector(c *rest.Call, act *world.Act) (rest.Reply, error) {
	in := readPersonnel(onboarding.Director, c.Body)
	in.Title = c.Body.Str("position", "role")
	in.Kind = c.Body.Str("directorType")
	in.Since = c.Body.Str("appointedDate", "appointmentDate")
	in.Paper = readPaper(c.Body.Object("identificationDocument"))
	in.Role = c.Body.Str("role", "position")
	keep(c.Body, in.Details, "identificationDocument")
	if share := c.Body.Get("ownershipPercentage", "sharePercentage"); share != nil {
		owned, err := onboarding.ParseShare(share)
		if err != nil {
			return rest.Reply{}, shareFault("ownershipPercentage", err)
		}
		in.Details["ownershipPercentage"] = owned.Float()
	}
	list, err := customers.AddPersonnel(act, c.Path("organizationId"), []customers.PersonnelRequest{in})
	if err != nil {
		return rest.Reply{}, err
	}
	m := list[0]
	return rest.Reply{Message: "Director added successfully", Data: map[string]any{
		"directorId": m.Record.ID, "organization": viewDirector(m), "individual": viewEnrolled(m), "verification": viewMemberVerification(c, m),
	}}, nil
}

// listDirectors lists the directors of an organization.
func listDirectors(c *rest.Call, act *world.Act) (rest.Reply, error) {
	list, err := customers.ListPersonnel(act, c.Path("organizationId"), onboarding.Director)
	directors := []directorView{}
	for _, m := range list {
		directors = append(directors, viewDirector(m))
	}
	return rest.Reply{Extra: succeeded(), Data: map[string]any{"directors": directors}}, err
}

// removeDirector removes a director. It refuses with DIRECTOR_NOT_FOUND.
func removeDirector(c *rest.Call, act *world.Act) (rest.Reply, error) {
	return noContent(customers.RemovePersonnel(act, c.Path("organizationId"), onboarding.Director, c.Path("directorId")))
}

func noContent(err error) (rest.Reply, error) { return rest.Reply{Status: http.StatusNoContent}, err }

// readPersonnel reads who joins an organization: from the person object of the
// newer families, or from flat members.
func readPersonnel(position onboarding.Position, b rest.Body) customers.PersonnelRequest {
	person := func(name string) string { return b.Str("person."+name, name) }
	in := customers.PersonnelRequest{
		Position: position,
		Person: onboarding.Person{
			FirstName: person("firstName"), MiddleName: person("middleName"), LastName: person("lastName"), Called: person("fullName"),
			DateOfBirth: person("dateOfBirth"), Nationality: person("nationality"), Gender: person("gender"), CountryCode: person("countryCode"),
			Addresses: []onboarding.Address{}, Contacts: []onboarding.Contact{},
		},
		Email: person("email"), Phone: b.Str("person.phoneNumber", "phoneNumber", "phone"), PEP: b.Bool("isPEP", "isPep"),
		Details: map[string]any{},
	}
	keep(b, in.Details, "isPrimary", "telephoneNumbers")
	for _, o := range b.Objects("person.names") {
		in.Person.Names = append(in.Person.Names, onboarding.Name{Type: o.Str("type"), Value: o.Str("value")})
	}
	for _, o := range b.Objects("person.contacts") {
		in.Person.Contacts = append(in.Person.Contacts, readContact(o))
	}
	for _, o := range slices.Concat(b.Objects("person.addresses"), b.Objects("addresses"), []rest.Body{b.Object("address")}) {
		if len(o) > 0 {
			in.Person.Addresses = append(in.Person.Addresses, readPersonnelAddress(o))
		}
	}
	return in
}

// readPersonnelAddress reads an address in either documented form.
func readPersonnelAddress(o rest.Body) onboarding.Address {
	lines := slices.DeleteFunc([]string{o.Str("street"), o.Str("streetNumber"), o.Str("addressLine1"), o.Str("addressLine2")}, func(line string) bool { return line == "" })
	return onboarding.Address{
		Type: o.Str("addressType", "type"), Street: strings.Join(lines, " "), City: o.Str("city"), State: o.Str("state"),
		PostalCode: o.Str("postalCode"), Country: o.Str("country"), IsPrimary: o.Bool("isPrimary"),
	}
}
