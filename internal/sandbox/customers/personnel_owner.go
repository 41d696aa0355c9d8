package customers

import (
	"fmt"
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/sandbox/world"
)

// peopleChanged does what follows whenever the people of an organization are not
// the same as before: who has to be reviewed, how risky that makes it, and whose
// share is confirmed.
func peopleChanged(act *world.Act, organization *onboarding.Customer) error {
	if err := reviewOwners(act, organization); err != nil {
		return err
	}
	reassess(act, organization)
	return confirmShareholders(act, organization.ID)
}

// verifyMember opens the verification of a director or beneficial owner, unless
// there is one, and hands in the identity paper that came along.
func verifyMember(act *world.Act, record *onboarding.Personnel, paper *Upload) error {
	v := LatestVerification(act, record.CustomerID)
	if v == nil {
		var err error
		if v, err = openVerification(act, act.Customers.Get(act.Unit, record.CustomerID), VerificationRequest{}); err != nil {
			return err
		}
	}
	if paper == nil || !v.Open() {
		return reviewIfComplete(act, v, world.By(act))
	}
	_, err := addDocument(act, v, File{*paper, 0})
	return err
}

// reviewOwners gives every ultimate beneficial owner of an organization a record
// and a verification, whether it owns directly or through companies. Those who
// had a record for no other reason and are beneficial owners no more are removed.
func reviewOwners(act *world.Act, organization *onboarding.Customer) error {
	ubos := beneficialOwners(act, organization.ID)
	for _, p := range activePersonnel(act, organization.ID) {
		if p.Position != onboarding.UBO || slices.ContainsFunc(ubos, func(b onboarding.BeneficialOwner) bool { return isRecordOf(p, b) }) {
			continue
		}
		if err := act.Personnel.Fire(act.Unit, p, onboarding.RemovePersonnel, world.By(act)); err != nil {
			return err
		}
	}
	for _, owner := range ubos {
		record := recordOf(act, organization.ID, owner)
		if record == nil {
			first, last, _ := strings.Cut(owner.Name, " ")
			member, err := addPersonnel(act, organization, PersonnelRequest{
				Position: onboarding.UBO, Email: owner.Email, PEP: owner.PEP,
				Person: onboarding.Person{FirstName: first, LastName: last, DateOfBirth: owner.BirthDate, Nationality: owner.Country},
			})
			if err != nil {
				return err
			}
			record = member.Record
		}
		if err := verifyMember(act, record, nil); err != nil {
			return err
		}
	}
	return nil
}

// beneficialOwners are those who own enough to be ultimate beneficial owners,
// the largest first.
func beneficialOwners(act *world.Act, organizationID string) []onboarding.BeneficialOwner {
	ubos := slices.DeleteFunc(onboarding.BeneficialOwners(owners(act, organizationID)), func(b onboarding.BeneficialOwner) bool { return !b.UBO() })
	slices.SortStableFunc(ubos, func(a, b onboarding.BeneficialOwner) int { return b.Share.Compare(a.Share) })
	return ubos
}

// recordOf finds the record of an owner: that of a shareholder, or of whatever
// else the person is to the organization.
func recordOf(act *world.Act, organizationID string, owner onboarding.BeneficialOwner) *onboarding.Personnel {
	for _, p := range activePersonnel(act, organizationID) {
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
func owners(act *world.Act, organizationID string) []onboarding.Owner {
	var owners []onboarding.Owner
	for _, p := range activePersonnel(act, organizationID) {
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
func exposures(act *world.Act, organizationID string) []exposure {
	var found []exposure
	note := func(customerID, name, country, code string, pep bool) {
		if pep {
			found = append(found, exposure{customerID, onboarding.RiskReason{Code: code, Subject: name}})
		}
		if onboarding.RiskyCountry(country) {
			found = append(found, exposure{customerID, onboarding.RiskReason{Code: onboarding.HighRiskCountry, Subject: name + ", " + country}})
		}
	}
	for _, p := range activePersonnel(act, organizationID) {
		if p.Position == onboarding.Director {
			note(p.CustomerID, p.Person.FullName(), p.Person.Nationality, onboarding.ExposedDirector, p.PEP)
		}
	}
	owners := owners(act, organizationID)
	for _, b := range onboarding.BeneficialOwners(owners) {
		customer := ""
		if record := recordOf(act, organizationID, b); record != nil {
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
func peopleRisk(act *world.Act, customer *onboarding.Customer) []onboarding.RiskReason {
	var reasons []onboarding.RiskReason
	organization := customer.ID
	if customer.MemberOf != "" {
		organization = customer.MemberOf
	}
	for _, e := range exposures(act, organization) {
		if customer.MemberOf == "" || e.customerID == customer.ID {
			reasons = append(reasons, e.reason)
		}
	}
	return reasons
}

// reassess looks at the risk anew for every open verification of an organization
// and its people: it counts as it is when the decision is made.
func reassess(act *world.Act, organization *onboarding.Customer) {
	customers := []*onboarding.Customer{organization}
	for _, p := range activePersonnel(act, organization.ID) {
		if customer := act.Customers.Get(act.Unit, p.CustomerID); customer != nil && !slices.Contains(customers, customer) {
			customers = append(customers, customer)
		}
	}
	for _, customer := range customers {
		for _, v := range act.Verifications.By(act.Unit, "customer", customer.ID) {
			if v.Open() {
				_, v.RiskReasons = verificationNeeds(act, customer, v.Type, v.Asked)
				v.HighRisk = len(v.RiskReasons) > 0
				act.Verifications.Save(act.Unit, v)
			}
		}
	}
}

// confirmShareholders makes the shareholders ACTIVE for whom everything is
// verified: the organization, and every beneficial owner behind them.
func confirmShareholders(act *world.Act, organizationID string) error {
	approved := func(customerID string) bool {
		v := LatestVerification(act, customerID)
		return v != nil && v.State == onboarding.VerificationApproved
	}
	if !approved(organizationID) {
		return nil
	}
	ubos := beneficialOwners(act, organizationID)
	for _, p := range activePersonnel(act, organizationID) {
		if p.State != onboarding.PersonnelPending {
			continue
		}
		waiting := slices.ContainsFunc(ubos, func(b onboarding.BeneficialOwner) bool {
			record := recordOf(act, organizationID, b)
			return b.Behind(*p.Owner) && (record == nil || !approved(record.CustomerID))
		})
		if waiting {
			continue
		}
		if err := act.Personnel.Fire(act.Unit, p, onboarding.ConfirmPersonnel, machine.Cause{}); err != nil {
			return err
		}
	}
	return nil
}

// Ownership is who owns an organization.
type Ownership struct {
	// Total is what all shareholders hold together.
	Total onboarding.Share
	UBOs  []UBO
}

// UBO is an ultimate beneficial owner with its verification and the
// shareholders through which, or as which, it owns.
type UBO struct {
	onboarding.BeneficialOwner
	Verification *onboarding.Verification
	Through      []string
}

// GetOwnership tells who owns an organization, through all levels of companies.
func GetOwnership(act *world.Act, organizationID string) (out Ownership, err error) {
	if _, err := findOrganization(act, organizationID); err != nil {
		return out, err
	}
	out.Total = onboarding.Sum(owners(act, organizationID))
	for _, b := range beneficialOwners(act, organizationID) {
		if record := recordOf(act, organizationID, b); record != nil {
			out.UBOs = append(out.UBOs, UBO{b, LatestVerification(act, record.CustomerID), through(act, organizationID, b)})
		}
	}
	return out, nil
}

func through(act *world.Act, organizationID string, b onboarding.BeneficialOwner) []string {
	var ids []string
	for _, p := range activePersonnel(act, organizationID) {
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
func ChangeShareholder(act *world.Act, organizationID, id string, in ShareholderChange) (out PersonnelDetail, err error) {
	record, err := findMember(act, organizationID, onboarding.Shareholder, id)
	if err != nil {
		return out, err
	}
	if record.Owner.Kind == onboarding.CompanyOwner {
		return out, refusal.Invalid([]refusal.Fault{{Field: "path.shareholderId", Message: "is a company: remove it and add it again"}})
	}
	if err := in.repeats(record); err != nil {
		return out, err
	}
	if err := renamePerson(act, act.Customers.Get(act.Unit, record.CustomerID), in); err != nil {
		return out, err
	}
	record.Owner.Share, record.Details = in.Share, in.Details
	if in.PEP != nil {
		record.PEP, record.Owner.PEP = *in.PEP, *in.PEP
	}
	return out, personnelChanged(act, record, &out)
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
func renamePerson(act *world.Act, customer *onboarding.Customer, in ShareholderChange) error {
	if !strings.EqualFold(customer.Email, in.Email) {
		if err := unique(act, &onboarding.Customer{Email: in.Email}); err != nil {
			return err
		}
	}
	// The e-mail is indexed, so that the record has to be taken out and added.
	act.Customers.Remove(act.Unit, customer)
	customer.Email, customer.Phone, customer.Name = in.Email, in.Phone, in.Person.FullName()
	p := &customer.Person
	p.FirstName, p.LastName, p.DateOfBirth, p.Nationality = in.Person.FirstName, in.Person.LastName, in.Person.DateOfBirth, in.Person.Nationality
	act.Customers.Add(act.Unit, customer)
	for _, record := range activePersonnel(act, customer.MemberOf) {
		if record.CustomerID != customer.ID {
			continue
		}
		record.Person.FirstName, record.Person.LastName = p.FirstName, p.LastName
		record.Person.DateOfBirth, record.Person.Nationality = p.DateOfBirth, p.Nationality
		record.Email, record.Phone = in.Email, in.Phone
		if o := record.Owner; o != nil {
			o.Name, o.Email, o.BirthDate, o.Country = customer.Name, in.Email, p.DateOfBirth, p.Nationality
		}
		act.Personnel.Save(act.Unit, record)
	}
	return nil
}
