package api

import (
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
)

type employeeView struct {
	memberView
	EmployeeID string   `json:"employeeId"`
	Department string   `json:"department"`
	Roles      []string `json:"roles"`
	HiredDate  string   `json:"hiredDate"`
	// What has no rule is told as it was sent.
	Permissions      any `json:"permissions,omitzero"`
	Responsibility   any `json:"responsibility,omitzero"`
	OrganizationRole any `json:"organizationRole,omitzero"`
	GroupID          any `json:"groupId,omitzero"`
	DocumentID       any `json:"documentId,omitzero"`
	Share            any `json:"sharePercentage,omitzero"`
	UltimateShare    any `json:"ultimatePercentage,omitzero"`
}

func viewEmployee(m customers.PersonnelDetail) employeeView {
	p := m.Record
	v := employeeView{memberView: viewMember(m), EmployeeID: p.ID, Department: p.Department, Roles: p.Roles, HiredDate: p.Appointed,
		Permissions: p.Details["permissions"], Responsibility: p.Details["responsibility"], OrganizationRole: p.Details["organizationRole"],
		GroupID: p.Details["groupId"], DocumentID: p.Details["documentId"], Share: p.Details["sharePercentage"], UltimateShare: p.Details["ultimatePercentage"],
	}
	v.Role = p.Roles[0]
	if v.Position == "" {
		v.Position = v.Role
	}
	return v
}

// addEmployee adds an employee, with a record and a user of its own; the first
// must hold ADMIN_USER: 400 ADMIN_USER_MISSING with the documented sentence. It
// refuses with CUSTOMER_NOT_FOUND, DUPLICATE_EMAIL and PHASE_ORDER_BROKEN
// (customer-apis/organization/employee). The document has it under two paths;
// both are this one.
func addEmployee(c *rest.Call, act *world.Act) (rest.Reply, error) {
	in := readPersonnel(onboarding.Employee, c.Body)
	in.Title, in.Department, in.Since = c.Body.Str("position"), c.Body.Str("department"), c.Body.Str("hiredDate")
	in.Roles = readRoles(c.Body)
	keep(c.Body, in.Details, "responsibility", "organizationRole", "permissions", "groupId", "documentId")
	for _, name := range []string{"sharePercentage", "ultimatePercentage"} {
		if !c.Body.Has(name) {
			continue
		}
		share, err := onboarding.ParseShare(c.Body.Get(name))
		if err != nil {
			return rest.Reply{}, shareFault(name, err)
		}
		in.Details[name] = share.Float()
	}
	list, err := customers.AddPersonnel(act, c.Path("organizationId"), []customers.PersonnelRequest{in})
	if err != nil {
		return rest.Reply{}, err
	}
	m := list[0]
	return rest.Reply{Message: "Employee added successfully with role validation", Data: map[string]any{
		"employeeId": m.Record.ID, "organization": viewEmployee(m), "individual": viewEnrolled(m),
	}}, nil
}

// readRoles reads the roles of an employee. ADMIN is the older name of
// ADMIN_USER.
func readRoles(b rest.Body) []string {
	roles := b.Strs("roles")
	if role := b.Str("role"); role != "" && !slices.Contains(roles, role) {
		roles = append([]string{role}, roles...)
	}
	if slices.Contains(roles, access.RoleAdmin) && !slices.Contains(roles, access.RoleAdminUser) {
		roles = append(roles, access.RoleAdminUser)
	}
	return roles
}

// listEmployees lists a page of the employees of an organization, of a
// department or with a role if the query names one.
func listEmployees(c *rest.Call, act *world.Act) (rest.Reply, error) {
	list, err := customers.ListPersonnel(act, c.Path("organizationId"), onboarding.Employee)
	list = slices.DeleteFunc(list, func(m customers.PersonnelDetail) bool {
		department, role := c.Query("department"), c.Query("role")
		holds := func(held string) bool { return strings.EqualFold(held, role) }
		return department != "" && !strings.EqualFold(m.Record.Department, department) || role != "" && !slices.ContainsFunc(m.Record.Roles, holds)
	})
	page, size := c.QueryInt("page", 0), c.QueryInt("size", 20)
	employees := []employeeView{}
	for _, m := range list[min(len(list), page*size):min(len(list), page*size+size)] {
		employees = append(employees, viewEmployee(m))
	}
	return rest.Reply{Extra: succeeded(), Data: map[string]any{
		"employees": employees, "pagination": map[string]any{"total": len(list), "page": page, "size": size},
	}}, err
}

// updateEmployeeRoles replaces the roles of an employee. It refuses with
// EMPLOYEE_NOT_FOUND, and with LAST_ADMIN_USER if nobody would hold ADMIN_USER.
func updateEmployeeRoles(c *rest.Call, act *world.Act) (rest.Reply, error) {
	m, err := customers.ChangePersonnel(act, c.Path("organizationId"), onboarding.Employee, c.Path("employeeId"), func(p *onboarding.Personnel) {
		p.Roles = readRoles(c.Body)
	})
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: new(viewEmployee(m))}, nil
}

// removeEmployee removes an employee. It refuses with EMPLOYEE_NOT_FOUND and
// LAST_ADMIN_USER.
func removeEmployee(c *rest.Call, act *world.Act) (rest.Reply, error) {
	return noContent(customers.RemovePersonnel(act, c.Path("organizationId"), onboarding.Employee, c.Path("employeeId")))
}
