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
		return p.State == onboarding.PersonnelRemoved
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

// customerOf finds a customer of a type.
func (s *Sandbox) customerOf(u *engine.Unit, c access.Caller, kind onboarding.CustomerType, id string) (*onboarding.Customer, error) {
	if kind == onboarding.Organization {
		return s.organization(u, c, id)
	}
	return s.customer(u, c, id)
}

func (s *Sandbox) appoint(u *engine.Unit, c access.Caller, organization *onboarding.Customer, in Appointment) (Appointed, error) {
	record := &onboarding.Personnel{
		Life: s.newLife(u, "personnel"), OrganizationID: organization.ID, Position: in.Position, Person: in.Person, Email: in.Email,
		Phone: in.Phone, Title: in.Title, Kind: in.Kind, Department: in.Department, Roles: in.Roles, PEP: in.PEP,
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
		return out, s.verifyMember(u, c, organization, record, in.Identified)
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
	if customer := s.memberWith(u, organization.ID, record.Email); customer != nil {
		for _, p := range s.activePersonnel(u, organization.ID) {
			if p.CustomerID == customer.ID && p.Position == record.Position {
				return refusal.New(refusal.DuplicateEmail, "%s is %s of the organization already", record.Email, p.ID)
			}
		}
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
	name := record.Email
	if name == "" {
		name = strings.ToLower(strings.ReplaceAll(record.Person.FullName(), " ", ".")) + "." + strconv.FormatInt(u.Next(), 10)
	}
	out.Password = s.temporaryPassword(u)
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

// exposed names the politically exposed people of an organization: directors,
// and owners, also those behind companies.
func (s *Sandbox) exposed(u *engine.Unit, organizationID string) []onboarding.RiskReason {
	var reasons []onboarding.RiskReason
	for _, p := range s.activePersonnel(u, organizationID) {
		if p.PEP && p.Position == onboarding.Director {
			reasons = append(reasons, onboarding.RiskReason{Code: onboarding.ExposedDirector, Subject: p.Person.FullName()})
		}
	}
	for _, b := range onboarding.BeneficialOwners(s.owners(u, organizationID)) {
		if b.PEP {
			reasons = append(reasons, onboarding.RiskReason{Code: onboarding.ExposedOwner, Subject: b.Name})
		}
	}
	return reasons
}

// confirmShareholders makes the shareholders ACTIVE for whom everything is
// verified: the organization, and every beneficial owner behind them.
func (s *Sandbox) confirmShareholders(u *engine.Unit, organizationID string) error {
	approved := func(customerID string) bool {
		v := s.latestVerification(u, customerID)
		return v != nil && v.State == onboarding.VerificationApproved
	}
	if !approved(organizationID) {
		return nil
	}
	ubos := onboarding.BeneficialOwners(s.owners(u, organizationID))
	for _, p := range s.activePersonnel(u, organizationID) {
		if p.State != onboarding.PersonnelPending {
			continue
		}
		waiting := slices.ContainsFunc(onboarding.BeneficialOwners([]onboarding.Owner{*p.Owner}), func(behind onboarding.BeneficialOwner) bool {
			i := slices.IndexFunc(ubos, func(b onboarding.BeneficialOwner) bool {
				return b.Is(onboarding.Owner{Name: behind.Name, Email: behind.Email})
			})
			if i < 0 || !ubos[i].UBO() {
				return false
			}
			record := s.recordOf(u, organizationID, ubos[i])
			return record == nil || !approved(record.CustomerID)
		})
		if waiting {
			continue
		}
		if err := s.personnel.Fire(u, p, onboarding.ConfirmPersonnel, machine.Cause{}); err != nil {
			return err
		}
	}
	return nil
}

// The conditions of activation that look at the people.
const (
	directorPresent   = "DIRECTOR_PRESENT"
	adminUserPresent  = "ADMIN_USER_PRESENT"
	ownershipComplete = "OWNERSHIP_COMPLETE"
)

// head counts who is there for an organization's activation.
type head struct {
	directors, employees, admins int
	owned                        onboarding.Share
}

func (s *Sandbox) headCount(u *engine.Unit, organizationID string) head {
	h := head{owned: onboarding.Sum(s.owners(u, organizationID))}
	for _, p := range s.activePersonnel(u, organizationID) {
		switch p.Position {
		case onboarding.Director:
			h.directors++
		case onboarding.Employee:
			h.employees++
			if slices.Contains(p.Roles, onboarding.RoleAdminUser) {
				h.admins++
			}
		}
	}
	return h
}

// missing gives the conditions that are not met.
func (h head) missing() []string {
	var codes []string
	if h.directors == 0 {
		codes = append(codes, directorPresent)
	}
	if h.admins == 0 {
		codes = append(codes, adminUserPresent)
	}
	if !h.owned.Whole() {
		codes = append(codes, ownershipComplete)
	}
	return codes
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

// Ownership is who owns an organization.
type Ownership struct {
	// Total is what all shareholders hold together.
	Total onboarding.Share
	UBOs  []UltimateOwner
}

// UltimateOwner is an ultimate beneficial owner with its verification and the
// shareholders through which, or as which, it owns.
type UltimateOwner struct {
	onboarding.BeneficialOwner
	Verification *onboarding.Verification
	Through      []string
}

// Ownership tells who owns an organization, through all levels of companies.
func (s *Sandbox) Ownership(c access.Caller, organizationID string) (Ownership, error) {
	var out Ownership
	err := s.read(c, func(u *engine.Unit) error {
		if _, err := s.organization(u, c, organizationID); err != nil {
			return err
		}
		owners := s.owners(u, organizationID)
		out.Total = onboarding.Sum(owners)
		for _, b := range onboarding.BeneficialOwners(owners) {
			if record := s.recordOf(u, organizationID, b); b.UBO() && record != nil {
				out.UBOs = append(out.UBOs, UltimateOwner{b, s.latestVerification(u, record.CustomerID), s.through(u, organizationID, b)})
			}
		}
		return nil
	})
	return out, err
}

func (s *Sandbox) through(u *engine.Unit, organizationID string, b onboarding.BeneficialOwner) []string {
	var ids []string
	for _, p := range s.activePersonnel(u, organizationID) {
		if p.Owner == nil {
			continue
		}
		behind := onboarding.BeneficialOwners([]onboarding.Owner{*p.Owner})
		if slices.ContainsFunc(behind, func(other onboarding.BeneficialOwner) bool {
			return b.Is(onboarding.Owner{Name: other.Name, Email: other.Email})
		}) {
			ids = append(ids, p.ID)
		}
	}
	return ids
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
