package sandbox

import (
	"slices"
	"strconv"
	"strings"

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
	if p.Owner != nil {
		facts.Share = p.Owner.Share
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
		return p.State != onboarding.PersonnelActive
	})
}

// Appointment is what is said of somebody who joins an organization.
type Appointment struct {
	Position                       onboarding.Position
	Person                         onboarding.Person
	Email, Phone                   string
	Title, Kind, Department, Since string
	Roles                          []string
	PEP                            bool
	// Owner is the share of a shareholder.
	Owner *onboarding.Owner
	// Identified tells that an identity paper came along, which is then reviewed
	// at once.
	Identified bool
	Details    map[string]any
}

// Appointed is a member of the personnel with the record of the person.
type Appointed struct {
	Record   *onboarding.Personnel
	Customer *onboarding.Customer
	User     *access.User
	// Password is the generated one, told once; empty if the person had a record.
	Password     string
	Verification *onboarding.Verification
	// Effective is what a shareholder owns, directly and through companies, and
	// Behind the persons behind a company.
	Effective onboarding.Share
	Behind    []onboarding.BeneficialOwner
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
		if err := s.reviewOwners(u, c, organization); err != nil {
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
		return nil, refusal.New(refusal.CustomerNotFound, "the tenant has no organization %s", id).
			Try("registerOrganization", "registers one")
	}
	return customer, nil
}

func (s *Sandbox) appoint(u *engine.Unit, c access.Caller, organization *onboarding.Customer, in Appointment) (Appointed, error) {
	record := &onboarding.Personnel{
		Life: s.newLife(u, "personnel"), OrganizationID: organization.ID, Position: in.Position, Person: in.Person, Email: in.Email,
		Phone: in.Phone, Title: in.Title, Kind: in.Kind, Department: in.Department, Roles: in.Roles, PEP: in.PEP,
		Appointed: in.Since, Owner: in.Owner, Details: in.Details,
	}
	out := Appointed{Record: record}
	if in.Owner == nil || in.Owner.Kind == onboarding.PersonOwner {
		if err := s.enroll(u, c, organization, &out); err != nil {
			return out, err
		}
	}
	if err := s.personnel.Create(u, record, onboarding.AddPersonnel, by(c)); err != nil {
		return out, err
	}
	if in.Position == onboarding.Director {
		return out, s.verifyMember(u, c, organization, record, in.Identified)
	}
	return out, nil
}

// enroll gives a person its own record, with a user who can log in. Somebody who
// holds several positions in an organization has one record.
func (s *Sandbox) enroll(u *engine.Unit, c access.Caller, organization *onboarding.Customer, out *Appointed) error {
	record := out.Record
	if customer := s.memberWith(u, organization.ID, record.Email); customer != nil {
		record.CustomerID, record.UserID = customer.ID, customer.UserID
		return nil
	}
	customer := &onboarding.Customer{
		Life: s.newLife(u, "customer"), Type: onboarding.Individual, Email: record.Email, Phone: record.Phone, Person: record.Person,
		Name: record.Person.FullName(), MemberOf: organization.ID, Category: onboarding.DefaultCategory(onboarding.Individual).Code,
	}
	s.completePerson(u, &customer.Person)
	if err := s.unique(u, customer); err != nil {
		return err
	}
	n := u.Next()
	name := record.Email
	if name == "" {
		name = strings.ToLower(strings.ReplaceAll(record.Person.FullName(), " ", ".")) + "." + strconv.FormatInt(n, 10)
	}
	out.Password = "Tmp-" + fake.Digits(s.seed(u), "password", n, 8) + "-a"
	user, err := s.addUser(u, c, customer, name, out.Password, []string{access.RoleUser})
	if err != nil {
		return err
	}
	if err := s.users.Fire(u, user, access.ActivateUser, by(c)); err != nil {
		return err
	}
	record.CustomerID, record.UserID = customer.ID, user.ID
	return s.customers.Create(u, customer, onboarding.Appoint, by(c))
}

// memberWith finds the record of a person of the organization by its e-mail.
func (s *Sandbox) memberWith(u *engine.Unit, organizationID, email string) *onboarding.Customer {
	if email == "" {
		return nil
	}
	customer := s.customers.First(u, "email", strings.ToLower(email))
	if customer == nil || customer.MemberOf != organizationID {
		return nil
	}
	return customer
}

// verifyMember opens the verification of a director or beneficial owner, unless
// there is one. Its review begins with that of the organization, or at once with
// an identity paper.
func (s *Sandbox) verifyMember(u *engine.Unit, c access.Caller, organization *onboarding.Customer, record *onboarding.Personnel, identified bool) error {
	v := s.latestVerification(u, record.CustomerID)
	if v == nil {
		var err error
		if v, err = s.openVerification(u, c, s.customers.Get(u, record.CustomerID), VerificationRequest{}); err != nil {
			return err
		}
	}
	company := s.latestVerification(u, organization.ID)
	underReview := company != nil && company.State != onboarding.VerificationPending
	if v.State != onboarding.VerificationPending || !identified && !underReview {
		return nil
	}
	return s.verifications.Fire(u, v, onboarding.SubmitForReview, by(c))
}

// reviewOwners gives every ultimate beneficial owner of an organization a record
// and a verification, whether it owns directly or through companies.
func (s *Sandbox) reviewOwners(u *engine.Unit, c access.Caller, organization *onboarding.Customer) error {
	for _, owner := range onboarding.BeneficialOwners(s.owners(u, organization.ID)) {
		if !owner.UBO() {
			continue
		}
		record := s.recordOf(u, organization.ID, owner)
		if record == nil {
			first, last, _ := strings.Cut(owner.Name, " ")
			member, err := s.appoint(u, c, organization, Appointment{
				Position: onboarding.UltimateOwner, Person: onboarding.Person{FirstName: first, LastName: last}, Email: owner.Email, PEP: owner.PEP,
			})
			if err != nil {
				return err
			}
			record = member.Record
		}
		if err := s.verifyMember(u, c, organization, record, false); err != nil {
			return err
		}
	}
	return nil
}

func (s *Sandbox) recordOf(u *engine.Unit, organizationID string, owner onboarding.BeneficialOwner) *onboarding.Personnel {
	for _, p := range s.activePersonnel(u, organizationID) {
		if p.CustomerID == "" {
			continue
		}
		if owner.Email != "" && strings.EqualFold(p.Email, owner.Email) || owner.Email == "" && strings.EqualFold(p.Person.FullName(), owner.Name) {
			return p
		}
	}
	return nil
}

// owners are the shareholders of an organization, with whoever is behind them.
func (s *Sandbox) owners(u *engine.Unit, organizationID string) []onboarding.Owner {
	var owners []onboarding.Owner
	for _, p := range s.activePersonnel(u, organizationID) {
		if p.Owner != nil {
			owners = append(owners, *p.Owner)
		}
	}
	return owners
}

// exposed names the politically exposed people of an organization: personnel,
// and owners behind companies.
func (s *Sandbox) exposed(u *engine.Unit, organizationID string) []string {
	var names []string
	for _, p := range s.activePersonnel(u, organizationID) {
		if p.PEP {
			names = append(names, p.Person.FullName())
		}
	}
	for _, b := range onboarding.BeneficialOwners(s.owners(u, organizationID)) {
		if b.PEP && !slices.Contains(names, b.Name) {
			names = append(names, b.Name)
		}
	}
	return names
}

// missingPersonnel says what an organization lacks for its activation.
func (s *Sandbox) missingPersonnel(u *engine.Unit, organizationID string) []string {
	var directors, admins, employees int
	for _, p := range s.activePersonnel(u, organizationID) {
		switch p.Position {
		case onboarding.Director:
			directors++
		case onboarding.Employee:
			employees++
			if slices.Contains(p.Roles, onboarding.RoleAdminUser) {
				admins++
			}
		}
	}
	var missing []string
	if directors == 0 {
		missing = append(missing, "No directors found - add at least one director")
	}
	switch {
	case employees == 0:
		missing = append(missing, "No employees found - consider adding employees with required roles")
	case admins == 0:
		missing = append(missing, "No employee holds ADMIN_USER")
	}
	if sum := onboarding.Sum(s.owners(u, organizationID)); !sum.Whole() {
		missing = append(missing, "Ownership adds up to "+sum.String()+" %, not 100 %")
	}
	return missing
}

func (s *Sandbox) completeAppointed(u *engine.Unit, m *Appointed) {
	m.Customer, m.User = s.customers.Get(u, m.Record.CustomerID), s.users.Get(u, m.Record.UserID)
	if m.Record.CustomerID != "" {
		m.Verification = s.latestVerification(u, m.Record.CustomerID)
	}
	if m.Record.Owner == nil {
		return
	}
	m.Behind = onboarding.BeneficialOwners([]onboarding.Owner{*m.Record.Owner})
	for _, b := range onboarding.BeneficialOwners(s.owners(u, m.Record.OrganizationID)) {
		if record := s.recordOf(u, m.Record.OrganizationID, b); record != nil && record.CustomerID == m.Record.CustomerID {
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

// ChangePersonnel changes a member of the personnel. It refuses with the
// position's own NOT_FOUND, LAST_ADMIN_USER and OWNERSHIP_EXCEEDED.
func (s *Sandbox) ChangePersonnel(c access.Caller, organizationID string, position onboarding.Position, id string, change func(*onboarding.Personnel)) (Appointed, error) {
	var out Appointed
	err := s.do(c, func(u *engine.Unit) error {
		record, err := s.member(u, c, organizationID, position, id)
		if err != nil {
			return err
		}
		change(record)
		if err := s.personnel.Fire(u, record, onboarding.ChangePersonnel, by(c)); err != nil {
			return err
		}
		organization := s.customers.Get(u, record.OrganizationID)
		if err := s.reviewOwners(u, c, organization); err != nil {
			return err
		}
		out = Appointed{Record: record}
		s.completeAppointed(u, &out)
		return nil
	})
	return out, err
}

// Dismiss removes a member of the personnel; the person's own record stays. It
// refuses with the position's own NOT_FOUND and LAST_ADMIN_USER.
func (s *Sandbox) Dismiss(c access.Caller, organizationID string, position onboarding.Position, id string) error {
	return s.do(c, func(u *engine.Unit) error {
		record, err := s.member(u, c, organizationID, position, id)
		if err != nil {
			return err
		}
		return s.personnel.Fire(u, record, onboarding.RemovePersonnel, by(c))
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
	if record == nil || record.Position != position || record.State != onboarding.PersonnelActive ||
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
