package onboarding

import (
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
)

// Position is what somebody is to an organization.
type Position string

// The positions.
const (
	Director    Position = "DIRECTOR"
	Shareholder Position = "SHAREHOLDER"
	Employee    Position = "EMPLOYEE"
	// UBO is a beneficial owner who stands behind a company among the
	// shareholders and therefore needs a record and a verification of its own.
	UBO Position = "BENEFICIAL_OWNER"
)

// The states of a member of the personnel. Shareholders wait for the
// verification of the organization and of whoever is behind them.
const (
	PersonnelPending machine.State = "PENDING_VERIFICATION"
	PersonnelActive  machine.State = "ACTIVE"
	PersonnelRemoved machine.State = "REMOVED"
)

// What can be asked of a member of the personnel.
const (
	AddPersonnel     machine.Trigger = "add"
	AddShareholder   machine.Trigger = "add_shareholder"
	ConfirmPersonnel machine.Trigger = "confirm"
	ChangePersonnel  machine.Trigger = "change"
	RemovePersonnel  machine.Trigger = "remove"
)

// Personnel is somebody's place in an organization: the organization's record
// of a person. The person itself is a customer of type INDIVIDUAL of its own.
type Personnel struct {
	machine.Life
	OrganizationID string   `json:"organizationId"`
	Position       Position `json:"position"`
	Person         Person   `json:"person,omitzero"`
	Email          string   `json:"email,omitempty"`
	Phone          string   `json:"phone,omitempty"`
	// CustomerID and UserID are those of the person's own record; a company
	// among the shareholders has none.
	CustomerID string `json:"customerId,omitempty"`
	UserID     string `json:"userId,omitempty"`
	// Title is the position in the request's own words, Role the role and Kind the
	// type of a director.
	Title      string   `json:"title,omitempty"`
	Role       string   `json:"role,omitempty"`
	Kind       string   `json:"kind,omitempty"`
	Department string   `json:"department,omitempty"`
	Roles      []string `json:"roles,omitempty"`
	PEP        bool     `json:"pep,omitempty"`
	Appointed  string   `json:"appointed,omitempty"`
	// Owner is the share of a shareholder.
	Owner *Owner `json:"owner,omitempty"`
	// Details are further members of the request, kept as they came.
	Details map[string]any `json:"details,omitempty"`
}

// Admin reports whether the member holds ADMIN_USER.
func (p *Personnel) Admin() bool { return slices.Contains(p.Roles, access.RoleAdminUser) }

// PersonnelFacts are what the table of the personnel needs to know. Others are
// the organization's active members without the one that is concerned.
type PersonnelFacts struct {
	OrganizationID string
	// Organization is the status of the organization.
	Organization machine.State
	Position     Position
	Roles        []string
	// Share is what a shareholder holds or will hold; Others are the shares of
	// the other shareholders together.
	Share, Others Share
	// Owner is the shareholder with what it discloses, or nil.
	Owner *Owner
	// OtherAdmins is how many other employees hold ADMIN_USER.
	OtherAdmins int
}

// PersonnelTable is the life of a member of the personnel.
func PersonnelTable() *machine.Table[PersonnelFacts] {
	return &machine.Table[PersonnelFacts]{
		Name:      "personnel",
		Otherwise: refusal.PhaseOrderBroken,
		Rows: []machine.Row[PersonnelFacts]{
			{From: in{machine.None}, On: on{AddShareholder}, To: PersonnelPending, Needs: addNeeds(), Emit: "personnel.added"},
			{From: in{machine.None}, On: on{AddPersonnel}, To: PersonnelActive, Needs: addNeeds(), Emit: "personnel.added"},
			{From: in{PersonnelPending}, On: on{ConfirmPersonnel}, To: PersonnelActive},
			{From: in{PersonnelPending, PersonnelActive}, On: on{ChangePersonnel}, To: machine.Same, Needs: changeNeeds()},
			{From: in{PersonnelPending, PersonnelActive}, On: on{RemovePersonnel}, To: PersonnelRemoved, Needs: removeNeeds(), Emit: "personnel.removed"},
		},
	}
}

// Each step of the personnel needs an organization that is in business; a member
// who is added or changed needs the roles and the shares to be right then.
func addNeeds() []machine.Need[PersonnelFacts] {
	return append([]machine.Need[PersonnelFacts]{organizationOpen(), {
		Name: "admin_user.present", Code: refusal.AdminUserMissing, Unmet: PersonnelFacts.adminMissing, Helpless: "the same call helps, with the role",
	}}, shareNeeds()...)
}

func changeNeeds() []machine.Need[PersonnelFacts] {
	return append([]machine.Need[PersonnelFacts]{organizationOpen(), {
		Name: "admin_user.left", Code: refusal.LastAdminUser, Unmet: func(f PersonnelFacts) *refusal.Error { return f.lastAdmin(!f.holdsAdmin()) },
	}}, shareNeeds()...)
}

func removeNeeds() []machine.Need[PersonnelFacts] {
	return []machine.Need[PersonnelFacts]{organizationOpen(), {
		Name: "admin_user.left", Code: refusal.LastAdminUser, Unmet: func(f PersonnelFacts) *refusal.Error { return f.lastAdmin(f.holdsAdmin()) },
	}}
}

// organizationOpen refuses changes to an organization that is suspended or closed.
func organizationOpen() machine.Need[PersonnelFacts] {
	return machine.Need[PersonnelFacts]{
		Name: "organization.open", Code: refusal.CustomerNotActive,
		Unmet:    func(f PersonnelFacts) *refusal.Error { return inBusiness(Organization, f.Organization) },
		Helpless: "who has suspended or closed an organization is no client of the API",
	}
}

// shareNeeds refuse shares that come to more than a hundred percent, of a company
// among the owners or of the organization.
func shareNeeds() []machine.Need[PersonnelFacts] {
	return []machine.Need[PersonnelFacts]{
		{Name: "owned_companies.whole", Code: refusal.OwnershipExceeded, Unmet: PersonnelFacts.overfull, Helpless: "the same call helps, with other shares"},
		{Name: "share.available", Code: refusal.OwnershipExceeded, Unmet: PersonnelFacts.overTheWhole},
	}
}

func (f PersonnelFacts) holdsAdmin() bool { return slices.Contains(f.Roles, access.RoleAdminUser) }

func (f PersonnelFacts) adminMissing() *refusal.Error {
	if f.Position != Employee || f.OtherAdmins > 0 || f.holdsAdmin() {
		return nil
	}
	return refusal.New(refusal.AdminUserMissing, "no employee of the organization holds %s, and this one would hold %s", access.RoleAdminUser, strings.Join(f.Roles, ", ")).
		At("roles")
}

// lastAdmin refuses that an employee goes without the role whom no other has it
// besides.
func (f PersonnelFacts) lastAdmin(goes bool) *refusal.Error {
	if f.Position != Employee || f.OtherAdmins > 0 || !goes {
		return nil
	}
	return refusal.New(refusal.LastAdminUser, "no other employee of the organization holds %s", access.RoleAdminUser).
		Suggest("listEmployees", "shows who could get the role first", "organizationId", f.OrganizationID)
}

func (f PersonnelFacts) overfull() *refusal.Error {
	if f.Position != Shareholder || f.Owner == nil {
		return nil
	}
	company, found := f.Owner.Overfull()
	if !found {
		return nil
	}
	return refusal.New(refusal.OwnershipExceeded, "the owners of %s hold %s percent of it", company.Name, Sum(company.Owners)).At("owners").
		WithData("requested", Sum(company.Owners).String()).WithData("available", "100")
}

func (f PersonnelFacts) overTheWhole() *refusal.Error {
	if f.Position != Shareholder || !f.Others.Add(f.Share).Over() {
		return nil
	}
	return refusal.New(refusal.OwnershipExceeded, "the other shareholders hold %s percent, and %s more would be %s", f.Others, f.Share, f.Others.Add(f.Share)).
		At("ownershipPercentage").
		WithData("requested", f.Share.String()).WithData("available", f.Others.Rest().String()).
		Suggest("listShareholders", "shows who holds what", "organizationId", f.OrganizationID)
}
