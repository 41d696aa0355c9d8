package onboarding

import (
	"slices"

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
	// UltimateOwner is a beneficial owner who stands behind a company among the
	// shareholders and therefore needs a record and a verification of its own.
	UltimateOwner Position = "BENEFICIAL_OWNER"
)

// The states of a member of the personnel.
const (
	PersonnelActive  machine.State = "ACTIVE"
	PersonnelRemoved machine.State = "REMOVED"
)

// What can be asked of a member of the personnel.
const (
	AddPersonnel    machine.Trigger = "add"
	ChangePersonnel machine.Trigger = "change"
	RemovePersonnel machine.Trigger = "remove"
)

// RoleAdminUser is the role that an organization must always have somebody for.
const RoleAdminUser = "ADMIN_USER"

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
	// Title is the position in the request's own words, Kind the type of a
	// director.
	Title      string   `json:"title,omitempty"`
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

// PersonnelFacts are what the table of the personnel needs to know. Others are
// the organization's active members without the one that is concerned.
type PersonnelFacts struct {
	OrganizationID string
	Position       Position
	Roles          []string
	// Share is what a shareholder holds or will hold; Others are the shares of
	// the other shareholders together.
	Share, Others Share
	// OtherAdmins is how many other employees hold ADMIN_USER.
	OtherAdmins int
}

// PersonnelTable is the life of a member of the personnel.
func PersonnelTable() *machine.Table[PersonnelFacts] {
	active := []machine.State{PersonnelActive}
	return &machine.Table[PersonnelFacts]{
		Name:      "personnel",
		Otherwise: refusal.PhaseOrderBroken,
		Rows: []machine.Row[PersonnelFacts]{
			{From: []machine.State{machine.None}, On: AddPersonnel, To: PersonnelActive, Guard: mayBeAdded, Emit: "personnel.added"},
			{From: active, On: ChangePersonnel, To: PersonnelActive, Guard: mayBeChanged},
			{From: active, On: RemovePersonnel, To: PersonnelRemoved, Guard: mayBeRemoved, Emit: "personnel.removed"},
		},
	}
}

func mayBeAdded(f PersonnelFacts) error {
	if f.Position == Employee && f.OtherAdmins == 0 && !slices.Contains(f.Roles, RoleAdminUser) {
		return refusal.New(refusal.AdminUserMissing, "no employee of the organization holds %s, and the new one has the roles %v", RoleAdminUser, f.Roles)
	}
	return withinTheWhole(f)
}

func mayBeChanged(f PersonnelFacts) error {
	if f.Position == Employee && f.OtherAdmins == 0 && !slices.Contains(f.Roles, RoleAdminUser) {
		return lastAdmin(f)
	}
	return withinTheWhole(f)
}

func mayBeRemoved(f PersonnelFacts) error {
	if f.Position == Employee && f.OtherAdmins == 0 && slices.Contains(f.Roles, RoleAdminUser) {
		return lastAdmin(f)
	}
	return nil
}

func lastAdmin(f PersonnelFacts) error {
	return refusal.New(refusal.LastAdminUser, "no other employee of the organization holds %s", RoleAdminUser).
		Try("updateEmployeeRoles", "gives the role to somebody else first", "organizationId", f.OrganizationID)
}

// withinTheWhole refuses shares that come to more than a hundred percent.
func withinTheWhole(f PersonnelFacts) error {
	if f.Position != Shareholder || !f.Others.Add(f.Share).Over() {
		return nil
	}
	return refusal.New(refusal.OwnershipExceeded, "the shareholders hold %s %%, and %s %% more would be %s %%", f.Others, f.Share, f.Others.Add(f.Share)).
		With("requested", f.Share.Float()).With("available", f.Others.Rest().Float()).
		Try("listShareholders", "shows who holds what", "organizationId", f.OrganizationID)
}
