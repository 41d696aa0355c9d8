package sandbox

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
	"finhub-sandbox/internal/fake"
)

func (s *Sandbox) personnelKind() *engine.Kind[onboarding.Personnel, onboarding.PersonnelFacts] {
	return &engine.Kind[onboarding.Personnel, onboarding.PersonnelFacts]{
		Collection: engine.Collection[onboarding.Personnel]{Name: "personnel", Indexes: []engine.Index[onboarding.Personnel]{
			{Name: "organization", Of: func(p *onboarding.Personnel) []string { return []string{p.OrganizationID} }},
			{Name: "user", Of: func(p *onboarding.Personnel) []string { return []string{p.UserID} }},
		}},
		Table: onboarding.PersonnelTable(),
		Facts: s.personnelFacts,
		Subject: func(p *onboarding.Personnel) engine.Subject {
			return engine.Subject{Customer: p.OrganizationID, Data: map[string]string{
				"organizationId": p.OrganizationID, "personnelId": p.ID, "position": string(p.Position), "customerId": p.CustomerID,
			}}
		},
	}
}

func (s *Sandbox) personnelFacts(u *engine.Unit, p *onboarding.Personnel, _ machine.Cause) onboarding.PersonnelFacts {
	facts := onboarding.PersonnelFacts{OrganizationID: p.OrganizationID, Position: p.Position, Roles: p.Roles}
	if organization := s.customers.Get(u, p.OrganizationID); organization != nil {
		facts.Organization = organization.State
	}
	if p.Owner != nil {
		facts.Owner, facts.Share = p.Owner, p.Owner.Share
	}
	for _, other := range s.activePersonnel(u, p.OrganizationID) {
		switch {
		case other.ID == p.ID:
		case other.Position == onboarding.Employee && slices.Contains(other.Roles, onboarding.RoleAdminUser):
			facts.OtherAdmins++
		case other.Position == onboarding.Shareholder:
			facts.Others = facts.Others.Add(other.Owner.Share)
		}
	}
	return facts
}

// activePersonnel lists who belongs to an organization, in the order in which
// they were added.
func (s *Sandbox) activePersonnel(u *engine.Unit, organizationID string) []*onboarding.Personnel {
	return slices.DeleteFunc(s.personnel.By(u, "organization", organizationID), func(p *onboarding.Personnel) bool {
		return p.State == onboarding.PersonnelRemoved
	})
}

// Appointment is what is said of somebody who joins an organization.
type Appointment struct {
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

// Appointed is a member of the personnel with the record of the person.
type Appointed struct {
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

// Appoint adds people to an organization, all or none. It refuses with
// CUSTOMER_NOT_FOUND, ADMIN_USER_MISSING, OWNERSHIP_EXCEEDED and DUPLICATE_EMAIL.
func (s *Sandbox) Appoint(c access.Caller, organizationID string, list []Appointment) ([]Appointed, error) {
	var out []Appointed
	err := s.do(c, func(u *engine.Unit) error {
		organization, err := s.organization(u, c, organizationID)
		if err != nil {
			return err
		}
		for _, in := range list {
			member, err := s.appoint(u, c, organization, in)
			if err != nil {
				return err
			}
			out = append(out, member)
		}
		if err := s.peopleChanged(u, c, organization); err != nil {
			return err
		}
		for i := range out {
			s.completeAppointed(u, &out[i])
		}
		return nil
	})
	return out, err
}

// organization finds a customer that is an organization.
func (s *Sandbox) organization(u *engine.Unit, c access.Caller, id string) (*onboarding.Customer, error) {
	customer := s.customers.Get(u, id)
	if customer == nil || customer.Type != onboarding.Organization || !c.MayActFor(id) {
		return nil, noOrganization(id)
	}
	return customer, nil
}

func noOrganization(id string) error {
	return refusal.New(refusal.CustomerNotFound, "the tenant has no organization %s", id).
		Try("registerOrganization", "registers one")
}

// customerOf finds a customer of a type.
func (s *Sandbox) customerOf(u *engine.Unit, c access.Caller, kind onboarding.CustomerType, id string) (*onboarding.Customer, error) {
	if kind == onboarding.Organization {
		return s.organization(u, c, id)
	}
	return s.individual(u, c, id)
}

func (s *Sandbox) appoint(u *engine.Unit, c access.Caller, organization *onboarding.Customer, in Appointment) (Appointed, error) {
	record := &onboarding.Personnel{
		Life: s.newLife(u, "personnel"), OrganizationID: organization.ID, Position: in.Position, Person: in.Person, Email: in.Email,
		Phone: in.Phone, Title: in.Title, Role: in.Role, Kind: in.Kind, Department: in.Department, Roles: in.Roles, PEP: in.PEP,
		Appointed: in.Since, Owner: in.Owner, Details: in.Details,
	}
	record.ID = idPrefix(in.Position) + record.ID
	if record.Appointed == "" {
		record.Appointed = u.Now().Format(time.DateOnly)
	}
	out := Appointed{Record: record}
	if in.Owner == nil || in.Owner.Kind == onboarding.PersonOwner {
		if err := s.enroll(u, c, organization, &out); err != nil {
			return out, err
		}
	}
	on := onboarding.AddPersonnel
	if in.Position == onboarding.Shareholder {
		on = onboarding.AddShareholder
	}
	if err := s.personnel.Create(u, record, on, by(c)); err != nil {
		return out, err
	}
	if in.Position == onboarding.Director {
		return out, s.verifyMember(u, c, record, in.Paper)
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
func (s *Sandbox) enroll(u *engine.Unit, c access.Caller, organization *onboarding.Customer, out *Appointed) error {
	record := out.Record
	if known := s.knownPerson(u, organization.ID, record); known != nil {
		for _, p := range s.activePersonnel(u, organization.ID) {
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
		Life: s.newLife(u, "customer"), Type: onboarding.Individual, Email: record.Email, Phone: record.Phone, Person: record.Person,
		Name: record.Person.FullName(), MemberOf: organization.ID, Category: onboarding.DefaultCategory(onboarding.Individual).Code,
	}
	customer.Person.ID = fake.ID(s.seed(u), "person", u.Next())
	if record.Email != "" && strings.EqualFold(record.Email, organization.Email) {
		// The default administrator has a user already; what is new is the person.
		customer.UserID = organization.UserID
	} else if err := s.enrollUser(u, c, customer, out); err != nil {
		return err
	}
	record.CustomerID, record.UserID = customer.ID, customer.UserID
	return s.customers.Create(u, customer, onboarding.Appoint, by(c))
}

// enrollUser makes the user of a person, with a password that is told once.
func (s *Sandbox) enrollUser(u *engine.Unit, c access.Caller, customer *onboarding.Customer, out *Appointed) error {
	if err := s.unique(u, c, customer); err != nil {
		return err
	}
	name := customer.Email
	if name == "" {
		name = strings.ToLower(strings.ReplaceAll(customer.Name, " ", ".")) + "." + strconv.FormatInt(u.Next(), 10)
	}
	out.Password = s.temporaryPassword(u)
	user, err := s.addUser(u, c, customer, name, out.Password, []string{access.RoleUser})
	if err != nil {
		return err
	}
	return s.users.Fire(u, user, access.ActivateUser, by(c))
}

// knownPerson finds the record of somebody who has, or has had, a position in
// the organization: by the e-mail, or without one by name and date of birth.
func (s *Sandbox) knownPerson(u *engine.Unit, organizationID string, record *onboarding.Personnel) *onboarding.Customer {
	if record.Email != "" {
		for _, customer := range s.customers.By(u, "email", strings.ToLower(record.Email)) {
			if customer.MemberOf == organizationID {
				return customer
			}
		}
		return nil
	}
	person := onboarding.BeneficialOwner{Name: record.Person.FullName(), BirthDate: record.Person.DateOfBirth}
	for _, p := range s.personnel.By(u, "organization", organizationID) {
		if p.CustomerID != "" && person.IsPerson(p.Email, p.Person.FullName(), p.Person.DateOfBirth) {
			return s.customers.Get(u, p.CustomerID)
		}
	}
	return nil
}

func (s *Sandbox) completeAppointed(u *engine.Unit, m *Appointed) {
	m.Customer, m.User = s.customers.Get(u, m.Record.CustomerID), s.users.Get(u, m.Record.UserID)
	if m.Record.CustomerID != "" {
		m.Verification = s.latestVerification(u, m.Record.CustomerID)
	}
	if m.Record.Owner == nil {
		return
	}
	m.Effective = m.Record.Owner.Share
	for _, b := range onboarding.BeneficialOwners(s.owners(u, m.Record.OrganizationID)) {
		if b.UBO() {
			m.UBOs = append(m.UBOs, b)
		}
		if b.Is(*m.Record.Owner) {
			m.Effective = b.Share
		}
	}
}

// Personnel lists the active members of an organization in a position; without
// one, all.
func (s *Sandbox) Personnel(c access.Caller, organizationID string, position onboarding.Position) ([]Appointed, error) {
	var list []Appointed
	err := s.read(c, func(u *engine.Unit) error {
		if _, err := s.organization(u, c, organizationID); err != nil {
			return err
		}
		for _, p := range s.activePersonnel(u, organizationID) {
			if position == "" || p.Position == position {
				member := Appointed{Record: p}
				s.completeAppointed(u, &member)
				list = append(list, member)
			}
		}
		return nil
	})
	return list, err
}

// ChangePersonnel changes a member of the personnel. It refuses with
// CUSTOMER_NOT_FOUND, the position's own NOT_FOUND and LAST_ADMIN_USER.
func (s *Sandbox) ChangePersonnel(c access.Caller, organizationID string, position onboarding.Position, id string, change func(*onboarding.Personnel)) (Appointed, error) {
	var out Appointed
	err := s.do(c, func(u *engine.Unit) error {
		if _, err := s.organization(u, c, organizationID); err != nil {
			return err
		}
		record, err := s.member(u, c, organizationID, position, id)
		if err != nil {
			return err
		}
		change(record)
		return s.personnelChanged(u, c, record, &out)
	})
	return out, err
}

func (s *Sandbox) personnelChanged(u *engine.Unit, c access.Caller, record *onboarding.Personnel, out *Appointed) error {
	if err := s.personnel.Fire(u, record, onboarding.ChangePersonnel, by(c)); err != nil {
		return err
	}
	if err := s.peopleChanged(u, c, s.customers.Get(u, record.OrganizationID)); err != nil {
		return err
	}
	*out = Appointed{Record: record}
	s.completeAppointed(u, out)
	return nil
}

// Dismiss removes a member of the personnel; the person's own record stays. It
// refuses with CUSTOMER_NOT_FOUND, the position's own NOT_FOUND and
// LAST_ADMIN_USER.
func (s *Sandbox) Dismiss(c access.Caller, organizationID string, position onboarding.Position, id string) error {
	return s.do(c, func(u *engine.Unit) error {
		organization, err := s.organization(u, c, organizationID)
		if err != nil {
			return err
		}
		record, err := s.member(u, c, organizationID, position, id)
		if err != nil {
			return err
		}
		if err := s.personnel.Fire(u, record, onboarding.RemovePersonnel, by(c)); err != nil {
			return err
		}
		return s.peopleChanged(u, c, organization)
	})
}

// member finds an active member by its id, or by the id of its person or user.
// Without an organization, the member's own counts.
func (s *Sandbox) member(u *engine.Unit, c access.Caller, organizationID string, position onboarding.Position, id string) (*onboarding.Personnel, error) {
	record := s.personnel.Get(u, id)
	if record == nil && organizationID != "" {
		for _, p := range s.activePersonnel(u, organizationID) {
			if p.Position == position && (p.CustomerID == id || p.UserID == id) {
				record = p
			}
		}
	}
	if record == nil || record.Position != position || record.State == onboarding.PersonnelRemoved ||
		organizationID != "" && record.OrganizationID != organizationID || !c.MayActFor(record.OrganizationID) {
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
		return e.Try(list, "lists them", "organizationId", organizationID)
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
