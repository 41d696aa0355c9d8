package sandbox

import (
	"fmt"
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
)

// peopleChanged does what follows whenever the people of an organization are not
// the same as before: who has to be reviewed, how risky that makes it, and whose
// share is confirmed.
func (s *Sandbox) peopleChanged(u *engine.Unit, c access.Caller, organization *onboarding.Customer) error {
	if err := s.reviewOwners(u, c, organization); err != nil {
		return err
	}
	s.reassess(u, organization)
	return s.confirmShareholders(u, organization.ID)
}

// verifyMember opens the verification of a director or beneficial owner, unless
// there is one, and hands in the identity paper that came along.
func (s *Sandbox) verifyMember(u *engine.Unit, c access.Caller, record *onboarding.Personnel, paper *Upload) error {
	v := s.latestVerification(u, record.CustomerID)
	if v == nil {
		var err error
		if v, err = s.openVerification(u, c, s.customers.Get(u, record.CustomerID), VerificationRequest{}); err != nil {
			return err
		}
	}
	if paper == nil || !v.Open() {
		return s.reviewIfComplete(u, v, by(c))
	}
	_, err := s.addDocument(u, c, v, file{*paper, 0})
	return err
}

// reviewOwners gives every ultimate beneficial owner of an organization a record
// and a verification, whether it owns directly or through companies. Those who
// had a record for no other reason and are beneficial owners no more are removed.
func (s *Sandbox) reviewOwners(u *engine.Unit, c access.Caller, organization *onboarding.Customer) error {
	ubos := s.beneficialOwners(u, organization.ID)
	for _, p := range s.activePersonnel(u, organization.ID) {
		if p.Position != onboarding.UltimateOwner || slices.ContainsFunc(ubos, func(b onboarding.BeneficialOwner) bool { return isRecordOf(p, b) }) {
			continue
		}
		if err := s.personnel.Fire(u, p, onboarding.RemovePersonnel, by(c)); err != nil {
			return err
		}
	}
	for _, owner := range ubos {
		record := s.recordOf(u, organization.ID, owner)
		if record == nil {
			first, last, _ := strings.Cut(owner.Name, " ")
			member, err := s.appoint(u, c, organization, Appointment{
				Position: onboarding.UltimateOwner, Email: owner.Email, PEP: owner.PEP,
				Person: onboarding.Person{FirstName: first, LastName: last, DateOfBirth: owner.BirthDate, Nationality: owner.Country},
			})
			if err != nil {
				return err
			}
			record = member.Record
		}
		if err := s.verifyMember(u, c, record, nil); err != nil {
			return err
		}
	}
	return nil
}

// beneficialOwners are those who own enough to be ultimate beneficial owners,
// the largest first.
func (s *Sandbox) beneficialOwners(u *engine.Unit, organizationID string) []onboarding.BeneficialOwner {
	ubos := slices.DeleteFunc(onboarding.BeneficialOwners(s.owners(u, organizationID)), func(b onboarding.BeneficialOwner) bool { return !b.UBO() })
	slices.SortStableFunc(ubos, func(a, b onboarding.BeneficialOwner) int { return b.Share.Compare(a.Share) })
	return ubos
}

// recordOf finds the record of an owner: that of a shareholder, or of whatever
// else the person is to the organization.
func (s *Sandbox) recordOf(u *engine.Unit, organizationID string, owner onboarding.BeneficialOwner) *onboarding.Personnel {
	for _, p := range s.activePersonnel(u, organizationID) {
		if isRecordOf(p, owner) {
			return p
		}
	}
	return nil
}

func isRecordOf(p *onboarding.Personnel, owner onboarding.BeneficialOwner) bool {
	return p.CustomerID != "" && owner.IsPerson(p.Email, p.Person.FullName(), p.Person.DateOfBirth)
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

// exposure is a reason for a high risk that lies in somebody; without a customer
// it is a company, or a person who owns too little to have a record.
type exposure struct {
	customerID string
	reason     onboarding.RiskReason
}

// exposures finds the people of an organization who make it a high risk: the
// directors, and the owners with whoever is behind them, who are politically
// exposed or whose country is listed.
func (s *Sandbox) exposures(u *engine.Unit, organizationID string) []exposure {
	var found []exposure
	note := func(customerID, name, country, code string, pep bool) {
		if pep {
			found = append(found, exposure{customerID, onboarding.RiskReason{Code: code, Subject: name}})
		}
		if onboarding.RiskyCountry(country) {
			found = append(found, exposure{customerID, onboarding.RiskReason{Code: onboarding.HighRiskCountry, Subject: name + ", " + country}})
		}
	}
	for _, p := range s.activePersonnel(u, organizationID) {
		if p.Position == onboarding.Director {
			note(p.CustomerID, p.Person.FullName(), p.Person.Nationality, onboarding.ExposedDirector, p.PEP)
		}
	}
	owners := s.owners(u, organizationID)
	for _, b := range onboarding.BeneficialOwners(owners) {
		customer := ""
		if record := s.recordOf(u, organizationID, b); record != nil {
			customer = record.CustomerID
		}
		note(customer, b.Name, b.Country, onboarding.ExposedOwner, b.PEP)
	}
	for _, reason := range onboarding.OwnerCountries(owners) {
		found = append(found, exposure{"", reason})
	}
	return found
}

// peopleRisk are the reasons for a high risk that lie in an organization's
// people, or, given a person's own record, in that person.
func (s *Sandbox) peopleRisk(u *engine.Unit, customer *onboarding.Customer) []onboarding.RiskReason {
	var reasons []onboarding.RiskReason
	organization := customer.ID
	if customer.MemberOf != "" {
		organization = customer.MemberOf
	}
	for _, e := range s.exposures(u, organization) {
		if customer.MemberOf == "" || e.customerID == customer.ID {
			reasons = append(reasons, e.reason)
		}
	}
	return reasons
}

// reassess looks at the risk anew for every open verification of an organization
// and its people: it counts as it is when the decision is made.
func (s *Sandbox) reassess(u *engine.Unit, organization *onboarding.Customer) {
	customers := []*onboarding.Customer{organization}
	for _, p := range s.activePersonnel(u, organization.ID) {
		if customer := s.customers.Get(u, p.CustomerID); customer != nil && !slices.Contains(customers, customer) {
			customers = append(customers, customer)
		}
	}
	for _, customer := range customers {
		for _, v := range s.verifications.By(u, "customer", customer.ID) {
			if v.Open() {
				_, v.RiskReasons = s.verificationNeeds(u, customer, v.Type, v.Asked)
				v.HighRisk = len(v.RiskReasons) > 0
				s.verifications.Save(u, v)
			}
		}
	}
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
	ubos := s.beneficialOwners(u, organizationID)
	for _, p := range s.activePersonnel(u, organizationID) {
		if p.State != onboarding.PersonnelPending {
			continue
		}
		waiting := slices.ContainsFunc(ubos, func(b onboarding.BeneficialOwner) bool {
			record := s.recordOf(u, organizationID, b)
			return b.Behind(*p.Owner) && (record == nil || !approved(record.CustomerID))
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
		out.Total = onboarding.Sum(s.owners(u, organizationID))
		for _, b := range s.beneficialOwners(u, organizationID) {
			if record := s.recordOf(u, organizationID, b); record != nil {
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
		if p.Owner != nil && b.Behind(*p.Owner) {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// ShareholderChange is what a natural person who is a shareholder becomes.
type ShareholderChange struct {
	Person       onboarding.Person
	Email, Phone string
	// CustomerID and Kind are what the request repeats of the record; they may be
	// empty.
	CustomerID, Kind string
	Share            onboarding.Share
	// PEP is left as it is if it is nil.
	PEP *bool
	// Details are the members that have no rule, as they were sent.
	Details map[string]any
}

// ChangeShareholder replaces the data and the share of a natural person. It
// refuses with SHAREHOLDER_NOT_FOUND, OWNERSHIP_EXCEEDED and DUPLICATE_EMAIL, and
// with REQUEST_INVALID a company, which is removed and added again.
func (s *Sandbox) ChangeShareholder(c access.Caller, organizationID, id string, in ShareholderChange) (Appointed, error) {
	var out Appointed
	err := s.do(c, func(u *engine.Unit) error {
		record, err := s.member(u, c, organizationID, onboarding.Shareholder, id)
		if err != nil {
			return err
		}
		if record.Owner.Kind == onboarding.CompanyOwner {
			return refusal.Invalid([]refusal.Fault{{Field: "path.shareholderId", Message: "is a company: remove it and add it again"}})
		}
		if err := in.repeats(record); err != nil {
			return err
		}
		if err := s.renamePerson(u, c, s.customers.Get(u, record.CustomerID), in); err != nil {
			return err
		}
		record.Owner.Share, record.Details = in.Share, in.Details
		if in.PEP != nil {
			record.PEP, record.Owner.PEP = *in.PEP, *in.PEP
		}
		return s.personnelChanged(u, c, record, &out)
	})
	return out, err
}

// repeats holds what a change repeats of a record to the record.
func (in ShareholderChange) repeats(record *onboarding.Personnel) error {
	var faults []refusal.Fault
	check := func(field, sent, kept string) {
		if sent != "" && !strings.EqualFold(sent, kept) {
			faults = append(faults, refusal.Fault{Field: field, Pointer: "/" + field, Message: fmt.Sprintf("is %s, but the shareholder's is %s", sent, kept)})
		}
	}
	check("customerId", in.CustomerID, record.CustomerID)
	check("shareholderType", in.Kind, record.Owner.Kind)
	return refusal.Invalid(faults)
}

// renamePerson replaces the data of a person, in its own record and in those of
// all its positions.
func (s *Sandbox) renamePerson(u *engine.Unit, c access.Caller, customer *onboarding.Customer, in ShareholderChange) error {
	if !strings.EqualFold(customer.Email, in.Email) {
		if err := s.unique(u, c, &onboarding.Customer{Email: in.Email}); err != nil {
			return err
		}
	}
	// The e-mail is indexed, so that the record has to be taken out and added.
	s.customers.Remove(u, customer)
	customer.Email, customer.Phone, customer.Name = in.Email, in.Phone, in.Person.FullName()
	p := &customer.Person
	p.FirstName, p.LastName, p.DateOfBirth, p.Nationality = in.Person.FirstName, in.Person.LastName, in.Person.DateOfBirth, in.Person.Nationality
	s.customers.Add(u, customer)
	for _, record := range s.activePersonnel(u, customer.MemberOf) {
		if record.CustomerID != customer.ID {
			continue
		}
		record.Person.FirstName, record.Person.LastName = p.FirstName, p.LastName
		record.Person.DateOfBirth, record.Person.Nationality = p.DateOfBirth, p.Nationality
		record.Email, record.Phone = in.Email, in.Phone
		if o := record.Owner; o != nil {
			o.Name, o.Email, o.BirthDate, o.Country = customer.Name, in.Email, p.DateOfBirth, p.Nationality
		}
		s.personnel.Save(u, record)
	}
	return nil
}
