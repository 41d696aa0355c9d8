package customers

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/sandbox/world"
)

// PersonnelKind makes the kind of the positions in organizations.
func PersonnelKind(s *world.World) *engine.Kind[onboarding.Personnel, onboarding.PersonnelFacts] {
	return world.See(s, &engine.Kind[onboarding.Personnel, onboarding.PersonnelFacts]{
		Collection: engine.Collection[onboarding.Personnel]{Name: "personnel", Indexes: []engine.Index[onboarding.Personnel]{
			{Name: "organization", Of: func(p *onboarding.Personnel) []string { return []string{p.OrganizationID} }},
			{Name: "user", Of: func(p *onboarding.Personnel) []string { return []string{p.UserID} }},
		}},
		Table: onboarding.PersonnelTable(),
		Facts: world.Facts(s, gatherPersonnelFacts),
		Subject: func(p *onboarding.Personnel) engine.Subject {
			return engine.Subject{Customer: p.OrganizationID, Data: map[string]string{
				"organizationId": p.OrganizationID, "personnelId": p.ID, "position": string(p.Position), "customerId": p.CustomerID,
			}}
		},
	}, seenPersonnel())
}

// seenPersonnel has nothing to tell itself: its organization tells of its people.
func seenPersonnel() world.Seen[onboarding.Personnel] {
	return world.Seen[onboarding.Personnel]{Owner: func(p *onboarding.Personnel) string { return p.OrganizationID }}
}

func gatherPersonnelFacts(act *world.Act, p *onboarding.Personnel, _ machine.Cause) onboarding.PersonnelFacts {
	facts := onboarding.PersonnelFacts{OrganizationID: p.OrganizationID, Position: p.Position, Roles: p.Roles}
	if organization := act.Customers.Get(act.Unit, p.OrganizationID); organization != nil {
		facts.Organization = organization.State
	}
	if p.Owner != nil {
		facts.Owner, facts.Share = p.Owner, p.Owner.Share
	}
	for _, other := range activePersonnel(act, p.OrganizationID) {
		switch {
		case other.ID == p.ID:
		case other.Position == onboarding.Employee && other.Admin():
			facts.OtherAdmins++
		case other.Position == onboarding.Shareholder:
			facts.Others = facts.Others.Add(other.Owner.Share)
		}
	}
	return facts
}

// activePersonnel lists who belongs to an organization, in the order in which
// they were added.
func activePersonnel(act *world.Act, organizationID string) []*onboarding.Personnel {
	return slices.DeleteFunc(act.Personnel.By(act.Unit, "organization", organizationID), func(p *onboarding.Personnel) bool {
		return p.State == onboarding.PersonnelRemoved
	})
}

// PersonnelRequest is what is said of somebody who joins an organization.
type PersonnelRequest struct {
	Position                             onboarding.Position
	Person                               onboarding.Person
	Email, Phone                         string
	Title, Role, Kind, Department, Since string
	Roles                                []string
	PEP                                  bool
	// Owner is the share of a shareholder.
	Owner *onboarding.Owner
	// Paper are the data of an identity paper that came along, or nil.
	Paper   *Upload
	Details map[string]any
}

// PersonnelDetail is a member of the personnel with the record of the person.
type PersonnelDetail struct {
	Record   *onboarding.Personnel
	Customer *onboarding.Customer
	User     *access.User
	// Password is the generated one, told once; empty if the person had a record.
	Password     string
	Verification *onboarding.Verification
	// Effective is what a shareholder owns, directly and through companies.
	Effective onboarding.Share
	// UBOs are the beneficial owners of the organization.
	UBOs []onboarding.BeneficialOwner
}

// AddPersonnel adds people to an organization, all or none. It refuses with
// CUSTOMER_NOT_FOUND, ADMIN_USER_MISSING, OWNERSHIP_EXCEEDED and DUPLICATE_EMAIL.
func AddPersonnel(act *world.Act, organizationID string, list []PersonnelRequest) (out []PersonnelDetail, err error) {
	organization, err := findOrganization(act, organizationID)
	if err != nil {
		return out, err
	}
	for _, in := range list {
		member, err := addPersonnel(act, organization, in)
		if err != nil {
			return out, err
		}
		out = append(out, member)
	}
	if err := peopleChanged(act, organization); err != nil {
		return out, err
	}
	for i := range out {
		completePersonnel(act, &out[i])
	}
	return out, nil
}

// findOrganization finds a customer that is an organization.
func findOrganization(act *world.Act, id string) (*onboarding.Customer, error) {
	customer := act.Customers.Get(act.Unit, id)
	if customer == nil || customer.Type != onboarding.Organization || !act.Caller.MayActFor(id) {
		return nil, NoOrganization(id)
	}
	return customer, nil
}

// NoOrganization is the refusal of an organization that is none of the tenant's.
func NoOrganization(id string) error {
	return refusal.New(refusal.CustomerNotFound, "the tenant has no organization %s", id).
		Suggest("registerOrganization", "registers one")
}

// findCustomerOfType finds a customer of a type.
func findCustomerOfType(act *world.Act, kind onboarding.CustomerType, id string) (*onboarding.Customer, error) {
	if kind == onboarding.Organization {
		return findOrganization(act, id)
	}
	return findIndividual(act, id)
}

func addPersonnel(act *world.Act, organization *onboarding.Customer, in PersonnelRequest) (PersonnelDetail, error) {
	record := &onboarding.Personnel{
		Life: world.NewLife(act, "personnel"), OrganizationID: organization.ID, Position: in.Position, Person: in.Person, Email: in.Email,
		Phone: in.Phone, Title: in.Title, Role: in.Role, Kind: in.Kind, Department: in.Department, Roles: in.Roles, PEP: in.PEP,
		Appointed: in.Since, Owner: in.Owner, Details: in.Details,
	}
	record.ID = idPrefix(in.Position) + record.ID
	if record.Appointed == "" {
		record.Appointed = act.Now().Format(time.DateOnly)
	}
	out := PersonnelDetail{Record: record}
	if in.Owner == nil || in.Owner.Kind == onboarding.PersonOwner {
		if err := enroll(act, organization, &out); err != nil {
			return out, err
		}
	}
	on := onboarding.AddPersonnel
	if in.Position == onboarding.Shareholder {
		on = onboarding.AddShareholder
	}
	if err := act.Personnel.Create(act.Unit, record, on, world.By(act)); err != nil {
		return out, err
	}
	if in.Position == onboarding.Director {
		return out, verifyMember(act, record, in.Paper)
	}
	return out, nil
}

// idPrefix is how the ids of a position begin.
func idPrefix(p onboarding.Position) string {
	switch p {
	case onboarding.Director:
		return "org-dir-"
	case onboarding.Shareholder:
		return "org-sh-"
	case onboarding.Employee:
		return "org-emp-"
	}
	return "org-ubo-"
}

// enroll gives a person its own record, with a user who can log in. Somebody who
// holds several positions in an organization has one record.
func enroll(act *world.Act, organization *onboarding.Customer, out *PersonnelDetail) error {
	record := out.Record
	if known := knownPerson(act, organization.ID, record); known != nil {
		for _, p := range activePersonnel(act, organization.ID) {
			if record.Email != "" && p.CustomerID == known.ID && p.Position == record.Position {
				e := refusal.New(refusal.DuplicateEmail, "%s is %s of the organization already", record.Email, p.ID)
				e.Field = "email"
				return e
			}
		}
		record.CustomerID, record.UserID = known.ID, known.UserID
		return nil
	}
	customer := &onboarding.Customer{
		Life: world.NewLife(act, "customer"), Type: onboarding.Individual, Email: record.Email, Phone: record.Phone, Person: record.Person,
		Name: record.Person.FullName(), MemberOf: organization.ID, Category: onboarding.DefaultCategory(onboarding.Individual).Code,
	}
	namePerson(act, customer)
	if record.Email != "" && strings.EqualFold(record.Email, organization.Email) {
		// The default administrator has a user already; what is new is the person.
		customer.UserID = organization.UserID
	} else if err := enrollUser(act, customer, out); err != nil {
		return err
	}
	record.CustomerID, record.UserID = customer.ID, customer.UserID
	return act.Customers.Create(act.Unit, customer, onboarding.AddAsPersonnel, world.By(act))
}

// enrollUser makes the user of a person, with a password that is told once.
func enrollUser(act *world.Act, customer *onboarding.Customer, out *PersonnelDetail) error {
	if err := unique(act, customer); err != nil {
		return err
	}
	name := customer.Email
	if name == "" {
		name = strings.ToLower(strings.ReplaceAll(customer.Name, " ", ".")) + "." + strconv.FormatInt(act.Next(), 10)
	}
	out.Password = temporaryPassword(act)
	user, err := addUser(act, customer, name, out.Password, []string{access.RoleUser})
	if err != nil {
		return err
	}
	return act.Users.Fire(act.Unit, user, access.ActivateUser, world.By(act))
}

// knownPerson finds the record of somebody who has, or has had, a position in
// the organization: by the e-mail, or without one by name and date of birth.
func knownPerson(act *world.Act, organizationID string, record *onboarding.Personnel) *onboarding.Customer {
	if record.Email != "" {
		for _, customer := range act.Customers.By(act.Unit, "email", strings.ToLower(record.Email)) {
			if customer.MemberOf == organizationID {
				return customer
			}
		}
		return nil
	}
	person := onboarding.BeneficialOwner{Name: record.Person.FullName(), BirthDate: record.Person.DateOfBirth}
	for _, p := range act.Personnel.By(act.Unit, "organization", organizationID) {
		if p.CustomerID != "" && person.IsPerson(p.Email, p.Person.FullName(), p.Person.DateOfBirth) {
			return act.Customers.Get(act.Unit, p.CustomerID)
		}
	}
	return nil
}

func completePersonnel(act *world.Act, m *PersonnelDetail) {
	m.Customer, m.User = act.Customers.Get(act.Unit, m.Record.CustomerID), act.Users.Get(act.Unit, m.Record.UserID)
	if m.Record.CustomerID != "" {
		m.Verification = LatestVerification(act, m.Record.CustomerID)
	}
	if m.Record.Owner == nil {
		return
	}
	m.Effective = m.Record.Owner.Share
	for _, b := range onboarding.BeneficialOwners(owners(act, m.Record.OrganizationID)) {
		if b.UBO() {
			m.UBOs = append(m.UBOs, b)
		}
		if b.Is(*m.Record.Owner) {
			m.Effective = b.Share
		}
	}
}

// ListPersonnel lists the active members of an organization in a position; without
// one, all.
func ListPersonnel(act *world.Act, organizationID string, position onboarding.Position) (list []PersonnelDetail, err error) {
	if _, err := findOrganization(act, organizationID); err != nil {
		return list, err
	}
	for _, p := range activePersonnel(act, organizationID) {
		if position == "" || p.Position == position {
			member := PersonnelDetail{Record: p}
			completePersonnel(act, &member)
			list = append(list, member)
		}
	}
	return list, nil
}

// ChangePersonnel changes a member of the personnel. It refuses with
// CUSTOMER_NOT_FOUND, the position's own NOT_FOUND and LAST_ADMIN_USER.
func ChangePersonnel(act *world.Act, organizationID string, position onboarding.Position, id string, change func(*onboarding.Personnel)) (out PersonnelDetail, err error) {
	if _, err := findOrganization(act, organizationID); err != nil {
		return out, err
	}
	record, err := findMember(act, organizationID, position, id)
	if err != nil {
		return out, err
	}
	change(record)
	return out, personnelChanged(act, record, &out)
}

func personnelChanged(act *world.Act, record *onboarding.Personnel, out *PersonnelDetail) error {
	if err := act.Personnel.Fire(act.Unit, record, onboarding.ChangePersonnel, world.By(act)); err != nil {
		return err
	}
	if err := peopleChanged(act, act.Customers.Get(act.Unit, record.OrganizationID)); err != nil {
		return err
	}
	*out = PersonnelDetail{Record: record}
	completePersonnel(act, out)
	return nil
}

// RemovePersonnel removes a member of the personnel; the person's own record stays. It
// refuses with CUSTOMER_NOT_FOUND, the position's own NOT_FOUND and
// LAST_ADMIN_USER.
func RemovePersonnel(act *world.Act, organizationID string, position onboarding.Position, id string) error {
	organization, err := findOrganization(act, organizationID)
	if err != nil {
		return err
	}
	record, err := findMember(act, organizationID, position, id)
	if err != nil {
		return err
	}
	if err := act.Personnel.Fire(act.Unit, record, onboarding.RemovePersonnel, world.By(act)); err != nil {
		return err
	}
	return peopleChanged(act, organization)
}

// findMember finds an active member by its id, or by the id of its person or user.
// Without an organization, the member's own counts.
func findMember(act *world.Act, organizationID string, position onboarding.Position, id string) (*onboarding.Personnel, error) {
	record := act.Personnel.Get(act.Unit, id)
	if record == nil && organizationID != "" {
		for _, p := range activePersonnel(act, organizationID) {
			if p.Position == position && (p.CustomerID == id || p.UserID == id) {
				record = p
			}
		}
	}
	if record == nil || record.Position != position || record.State == onboarding.PersonnelRemoved ||
		organizationID != "" && record.OrganizationID != organizationID || !act.Caller.MayActFor(record.OrganizationID) {
		return nil, noMember(organizationID, position, id)
	}
	return record, nil
}

func noMember(organizationID string, position onboarding.Position, id string) error {
	found := func(code refusal.Code, list string) error {
		e := refusal.New(code, "the organization has no %s %s", strings.ToLower(string(position)), id)
		if organizationID == "" {
			return e
		}
		return e.Suggest(list, "lists them", "organizationId", organizationID)
	}
	switch position {
	case onboarding.Director:
		return found(refusal.DirectorNotFound, "listDirectors")
	case onboarding.Shareholder:
		return found(refusal.ShareholderNotFound, "listShareholders")
	default:
		return found(refusal.EmployeeNotFound, "listEmployees")
	}
}
