package api

import (
	"fmt"
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
)

type shareholderView struct {
	ID                 string        `json:"id"`
	ShareholderID      string        `json:"shareholderId"`
	OrganizationID     string        `json:"organizationId"`
	CustomerID         string        `json:"customerId,omitzero"`
	UserID             string        `json:"userId,omitzero"`
	Type               string        `json:"type"`
	ShareholderType    string        `json:"shareholderType"`
	Name               string        `json:"name"`
	FirstName          string        `json:"firstName,omitzero"`
	LastName           string        `json:"lastName,omitzero"`
	CompanyName        string        `json:"companyName,omitzero"`
	Email              string        `json:"email,omitzero"`
	DateOfBirth        string        `json:"dateOfBirth,omitzero"`
	Nationality        string        `json:"nationality,omitzero"`
	Ownership          float64       `json:"ownershipPercentage"`
	Share              float64       `json:"sharePercentage"`
	EffectiveOwnership float64       `json:"effectiveOwnership"`
	IsBeneficialOwner  bool          `json:"isBeneficialOwner"`
	IsUBO              bool          `json:"isUbo"`
	IsPEP              bool          `json:"isPEP"`
	IsPep              bool          `json:"isPep"`
	Owners             []ownerView   `json:"owners"`
	OwnersDisclosed    bool          `json:"ownersDisclosed"`
	Status             machine.State `json:"status"`
	CreatedAt          string        `json:"createdAt"`
	PhoneNumber        string        `json:"phoneNumber,omitzero"`
	Person             *personView   `json:"person,omitzero"`
	// What has no rule is told as it was sent.
	Country            any `json:"country,omitzero"`
	RegistrationNumber any `json:"registrationNumber,omitzero"`
	IsPrimary          any `json:"isPrimary,omitzero"`
	TelephoneNumbers   any `json:"telephoneNumbers,omitzero"`
	City               any `json:"city,omitzero"`
	Address            any `json:"address,omitzero"`
	PostalCode         any `json:"postalCode,omitzero"`
	PaperType          any `json:"idDocumentType,omitzero"`
	PaperNumber        any `json:"idDocumentNumber,omitzero"`
	PaperExpiry        any `json:"idDocumentExpiryDate,omitzero"`
}

type ownerView struct {
	Type               string      `json:"type"`
	Name               string      `json:"name"`
	FirstName          string      `json:"firstName,omitzero"`
	LastName           string      `json:"lastName,omitzero"`
	CompanyName        string      `json:"companyName,omitzero"`
	Ownership          float64     `json:"ownershipPercentage"`
	EffectiveOwnership float64     `json:"effectiveOwnership"`
	IsUBO              bool        `json:"isUbo"`
	IsPEP              bool        `json:"isPEP"`
	Owners             []ownerView `json:"owners"`
}

func viewShareholder(m customers.PersonnelDetail) shareholderView {
	p, o := m.Record, m.Record.Owner
	v := shareholderView{
		ID: p.ID, ShareholderID: p.ID, OrganizationID: p.OrganizationID, CustomerID: p.CustomerID, UserID: p.UserID,
		Type: o.Kind, ShareholderType: o.Kind, Name: o.Name, Email: p.Email, DateOfBirth: p.Person.DateOfBirth, Nationality: p.Person.Nationality,
		Ownership: o.Share.Float(), Share: o.Share.Float(), EffectiveOwnership: o.Share.Float(),
		IsPEP: o.PEP, IsPep: o.PEP, Owners: []ownerView{}, OwnersDisclosed: o.Disclosed(), Status: p.State, CreatedAt: machine.Instant(p.Created),
		PhoneNumber: p.Phone,
		Country:     p.Details["country"], RegistrationNumber: p.Details["registrationNumber"], IsPrimary: p.Details["isPrimary"],
		TelephoneNumbers: p.Details["telephoneNumbers"], City: p.Details["city"], Address: p.Details["address"], PostalCode: p.Details["postalCode"],
		PaperType: p.Details["idDocumentType"], PaperNumber: p.Details["idDocumentNumber"], PaperExpiry: p.Details["idDocumentExpiryDate"],
	}
	if o.Kind == onboarding.PersonOwner {
		v.FirstName, v.LastName = p.Person.FirstName, p.Person.LastName
		v.EffectiveOwnership = m.Effective.Float()
		v.IsUBO = m.Effective.AtLeast(onboarding.UBOThreshold)
		v.IsBeneficialOwner = v.IsUBO
		person := viewPerson(p.Person, p.Email)
		v.Person = &person
		return v
	}
	v.CompanyName, v.Owners = o.Name, viewOwners(o.Owners, o.Share, m.UBOs)
	return v
}

func viewOwners(owners []onboarding.Owner, of onboarding.Share, ubos []onboarding.BeneficialOwner) []ownerView {
	list := []ownerView{}
	for _, o := range owners {
		share := o.Share.Of(of)
		v := ownerView{
			Type: o.Kind, Name: o.Name, Ownership: o.Share.Float(), EffectiveOwnership: share.Float(), IsPEP: o.PEP,
			Owners: viewOwners(o.Owners, share, ubos),
		}
		if o.Kind == onboarding.PersonOwner {
			v.FirstName, v.LastName, _ = strings.Cut(o.Name, " ")
			v.IsUBO = slices.ContainsFunc(ubos, func(b onboarding.BeneficialOwner) bool { return b.Is(o) })
		} else {
			v.CompanyName = o.Name
		}
		list = append(list, v)
	}
	return list
}

type beneficialOwnerView struct {
	Name               string        `json:"name"`
	FirstName          string        `json:"firstName"`
	LastName           string        `json:"lastName"`
	Email              string        `json:"email"`
	EffectiveOwnership float64       `json:"effectiveOwnership"`
	IsUBO              bool          `json:"isUbo"`
	IsPEP              bool          `json:"isPEP"`
	ShareholderIDs     []string      `json:"shareholderIds"`
	VerificationID     string        `json:"verificationId"`
	VerificationStatus machine.State `json:"verificationStatus"`
}

// structure is who owns an organization, the members that the replies about
// shareholders share.
func structure(o customers.Ownership) map[string]any {
	owners := []beneficialOwnerView{}
	for _, b := range o.UBOs {
		v := beneficialOwnerView{
			Name: b.Name, Email: b.Email, EffectiveOwnership: b.Share.Float(), IsUBO: true, IsPEP: b.PEP, ShareholderIDs: b.Through,
			VerificationID: b.Verification.ID, VerificationStatus: b.Verification.State,
		}
		v.FirstName, v.LastName, _ = strings.Cut(b.Name, " ")
		owners = append(owners, v)
	}
	return map[string]any{"totalOwnership": o.Total.Float(), "availableOwnership": o.Total.Rest().Float(), "beneficialOwners": owners}
}

// addShareholders adds one shareholder or several, all or none: persons, who get
// a record and a user, and companies, which disclose their own owners. It
// refuses with OWNERSHIP_EXCEEDED, CUSTOMER_NOT_FOUND and DUPLICATE_EMAIL
// (customer-apis/organization/shareholders).
func addShareholders(c *rest.Call, act *world.Act) (rest.Reply, error) {
	var list []customers.PersonnelRequest
	var faults []refusal.Fault
	for i, b := range c.Bodies() {
		at := ""
		if len(c.Body) == 0 {
			at = fmt.Sprintf("%d.", i)
		}
		in := readPersonnel(onboarding.Shareholder, b)
		keep(b, in.Details, "country", "registrationNumber")
		owner, found := readOwner(b, at)
		if owner.Kind == onboarding.PersonOwner && owner.Share.AtLeast(onboarding.UBOThreshold) {
			found = append(found, undeclared(b, at)...)
		}
		in.Owner = &owner
		faults = append(faults, found...)
		list = append(list, in)
	}
	if err := refusal.Invalid(faults); err != nil {
		return rest.Reply{}, err
	}
	added, err := customers.AddPersonnel(act, c.Path("organizationId"), list)
	if err != nil {
		return rest.Reply{}, err
	}
	ownership, err := customers.GetOwnership(act, c.Path("organizationId"))
	if err != nil {
		return rest.Reply{}, err
	}
	data := structure(ownership)
	var shareholders []map[string]any
	for _, m := range added {
		entry := map[string]any{"organization": viewShareholder(m)}
		if m.User != nil {
			entry["individual"] = viewEnrolled(m)
		}
		if v := viewMemberVerification(c, m); v != nil {
			entry["verification"] = v
		}
		shareholders = append(shareholders, entry)
	}
	first := added[0].Record
	data["shareholderId"], data["status"], data["createdAt"], data["shareholders"] = first.ID, first.State, machine.Instant(first.Created), shareholders
	return rest.Reply{Extra: succeeded(), Data: data}, nil
}

// readOwner reads a shareholder, or an owner of a company among them. The document
// bounds the levels of companies, and has none of persons.
func readOwner(b rest.Body, at string) (onboarding.Owner, []refusal.Fault) {
	o := onboarding.Owner{
		Kind: onboarding.PersonOwner, Email: b.Str("person.email", "email"), BirthDate: b.Str("person.dateOfBirth", "dateOfBirth"),
		Country: b.Str("person.nationality", "nationality", "person.countryCode", "country"), PEP: b.Bool("isPEP", "isPep"),
	}
	o.Name = strings.TrimSpace(b.Str("person.firstName", "firstName") + " " + b.Str("person.lastName", "lastName"))
	if b.Str("type") == onboarding.CompanyOwner {
		o.Kind, o.Name = onboarding.CompanyOwner, b.Str("companyName")
	}
	var faults []refusal.Fault
	var err error
	if o.Share, err = onboarding.ParseShare(b.Get("ownershipPercentage", "sharePercentage", "ownershipShare")); err != nil {
		faults = append(faults, fault(at+"ownershipPercentage", err.Error()))
	}
	if o.Kind == onboarding.PersonOwner && len(b.Objects("owners")) > 0 {
		return o, append(faults, fault(at+"owners", "nobody owns a person; the type of a company is "+onboarding.CompanyOwner))
	}
	for i, inner := range b.Objects("owners") {
		owner, found := readOwner(inner, fmt.Sprintf("%sowners.%d.", at, i))
		o.Owners, faults = append(o.Owners, owner), append(faults, found...)
	}
	return o, faults
}

// undeclared finds a person who owns enough to be a beneficial owner, and is said to
// be none.
func undeclared(b rest.Body, at string) (faults []refusal.Fault) {
	for _, name := range []string{"isBeneficialOwner", "isUbo"} {
		if b.Has(name) && !b.Bool(name) {
			faults = append(faults, fault(at+name, fmt.Sprintf("must be true: a person who holds %d percent or more is a beneficial owner", onboarding.UBOThreshold)))
		}
	}
	return faults
}

func fault(field, message string) refusal.Fault {
	return refusal.Fault{Field: field, Pointer: "/" + strings.ReplaceAll(field, ".", "/"), Message: message}
}

func shareFault(field string, err error) error {
	return refusal.Invalid([]refusal.Fault{fault(field, err.Error())})
}

// listShareholders lists the shareholders of an organization and who is behind
// them.
func listShareholders(c *rest.Call, act *world.Act) (rest.Reply, error) {
	list, err := customers.ListPersonnel(act, c.Path("organizationId"), onboarding.Shareholder)
	if err != nil {
		return rest.Reply{}, err
	}
	ownership, err := customers.GetOwnership(act, c.Path("organizationId"))
	if err != nil {
		return rest.Reply{}, err
	}
	data := structure(ownership)
	shareholders := []shareholderView{}
	for _, m := range list {
		shareholders = append(shareholders, viewShareholder(m))
	}
	data["shareholders"] = shareholders
	return rest.Reply{Extra: succeeded(), Data: data}, nil
}

// removeShareholder removes a shareholder. It refuses with
// SHAREHOLDER_NOT_FOUND.
func removeShareholder(c *rest.Call, act *world.Act) (rest.Reply, error) {
	return noContent(customers.RemovePersonnel(act, c.Path("organizationId"), onboarding.Shareholder, c.Path("shareholderId")))
}

// updateShareholder replaces the data and the share of a person who is a
// shareholder. It refuses with SHAREHOLDER_NOT_FOUND, OWNERSHIP_EXCEEDED and
// DUPLICATE_EMAIL, and with REQUEST_INVALID a company
// (shareholderV0201/update-shareholder).
func updateShareholder(c *rest.Call, act *world.Act) (rest.Reply, error) {
	share, err := onboarding.ParseShare(c.Body.Get("sharePercentage"))
	if err != nil {
		return rest.Reply{}, shareFault("sharePercentage", err)
	}
	in := customers.ShareholderChange{
		Person: onboarding.Person{
			FirstName: c.Body.Str("firstName"), LastName: c.Body.Str("lastName"),
			DateOfBirth: c.Body.Str("dateOfBirth"), Nationality: c.Body.Str("nationality"),
		},
		Email: c.Body.Str("email"), Phone: c.Body.Str("phoneNumber"), Share: share, Details: map[string]any{},
	}
	keep(c.Body, in.Details, "address", "city", "country", "postalCode", "idDocumentType", "idDocumentNumber", "idDocumentExpiryDate")
	in.CustomerID, in.Kind = c.Body.Str("customerId"), c.Body.Str("shareholderType")
	if share.AtLeast(onboarding.UBOThreshold) {
		if err := refusal.Invalid(undeclared(c.Body, "")); err != nil {
			return rest.Reply{}, err
		}
	}
	if exposed := c.Body.Bool("isPep"); c.Body.Has("isPep") {
		in.PEP = &exposed
	}
	m, err := customers.ChangeShareholder(act, c.Body.Str("organizationId"), c.Path("shareholderId"), in)
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Extra: succeeded(), Data: new(viewShareholder(m))}, nil
}
