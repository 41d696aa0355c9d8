package api

import (
	"strconv"
	"strings"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/headers"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/sessions"
	"finhub-sandbox/internal/sandbox/world"
)

// organizationView begins with the members of registrationView. They stand twice
// on purpose: the documentation shapes the two replies apart, and a member that
// one of them gains must not appear in the other.
type organizationView struct {
	ID                 string            `json:"id"`
	OrganizationID     string            `json:"organizationId"`
	CustomerID         string            `json:"customerId"`
	UserID             string            `json:"userId"`
	TenantID           string            `json:"tenantId"`
	Organization       bool              `json:"organization"`
	Individual         bool              `json:"individual"`
	Email              string            `json:"email"`
	CustomerType       string            `json:"customerType"`
	CustomerStatus     machine.State     `json:"customerStatus"`
	Status             machine.State     `json:"status"`
	CustomerName       string            `json:"customerName"`
	Details            companyView       `json:"organizationDetails"`
	User               userView          `json:"user"`
	Categorization     assignedView      `json:"categorization"`
	RiskLevel          onboarding.Risk   `json:"riskLevel"`
	VerificationStatus machine.State     `json:"verificationStatus"`
	VerificationID     string            `json:"verificationId,omitzero"`
	Wallet             ibanWalletView    `json:"wallet"`
	AdminEmployees     []employeeView    `json:"adminEmployees"`
	Directors          []directorView    `json:"directors"`
	Shareholders       []shareholderView `json:"shareholders"`
	Employees          []employeeView    `json:"employees"`
	CreatedAt          string            `json:"createdAt"`
	ActivatedAt        string            `json:"activatedAt,omitzero"`
}

type registeredOrganizationView struct {
	organizationView
	TemporaryPassword string   `json:"temporaryPassword,omitzero"`
	Warnings          []string `json:"warnings"`
}

type ibanWalletView struct {
	walletStubView
	IBAN string `json:"iban,omitzero"`
}

type companyView struct {
	LegalName          string                      `json:"legalName"`
	TradingName        string                      `json:"tradingName,omitzero"`
	RegistrationNumber string                      `json:"registrationNumber,omitzero"`
	TaxID              string                      `json:"taxId,omitzero"`
	VATNumber          string                      `json:"vatNumber,omitzero"`
	IncorporationDate  string                      `json:"incorporationDate,omitzero"`
	LegalForm          string                      `json:"legalForm,omitzero"`
	Industry           string                      `json:"industry,omitzero"`
	Sector             string                      `json:"sector,omitzero"`
	BusinessType       string                      `json:"businessType"`
	Description        string                      `json:"businessDescription,omitzero"`
	Employees          int64                       `json:"numberOfEmployees,omitzero"`
	AnnualRevenue      string                      `json:"annualRevenue,omitzero"`
	Website            string                      `json:"website,omitzero"`
	Email              string                      `json:"email,omitzero"`
	Phone              string                      `json:"phone,omitzero"`
	Addresses          []companyAddress            `json:"addresses"`
	Contacts           []onboarding.Contact        `json:"contacts"`
	Representatives    []onboarding.Representative `json:"representatives"`
}

type companyAddress struct {
	Type       string `json:"type,omitzero"`
	Street     string `json:"street,omitzero"`
	City       string `json:"city,omitzero"`
	State      string `json:"state,omitzero"`
	PostalCode string `json:"postalCode,omitzero"`
	Country    string `json:"country,omitzero"`
	IsPrimary  bool   `json:"isPrimary"`
}

// registerOrganization makes an organization with its default administrator from
// any of the three families of bodies. Personnel in the body is ignored, and the
// reply says so. It refuses with CATEGORIZATION_INVALID, DUPLICATE_EMAIL,
// DUPLICATE_ORGANIZATION and SCENARIO_UNKNOWN (customer-apis/organization/registration).
func registerOrganization(c *rest.Call, act *world.Act) (rest.Reply, error) {
	out, err := customers.Register(act, readOrganization(c))
	if err != nil {
		return rest.Reply{}, err
	}
	c.Customer = out.Customer.ID
	detail, err := customers.GetOrganization(act, out.Customer.ID)
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{
		Message: "Organization registered successfully. Default admin will be created automatically. Use separate endpoints to add employees, directors, and shareholders.",
		Data:    &registeredOrganizationView{viewOrganization(c.Tenant, detail), out.Password, ignoredPersonnel(c.Body, out.Customer.ID)},
	}, nil
}

// getOrganization shows an organization with its people. It refuses with
// CUSTOMER_NOT_FOUND (integration/flows/organization-customer/registration).
func getOrganization(c *rest.Call, act *world.Act) (rest.Reply, error) {
	detail, err := customers.GetOrganization(act, c.Path("organizationId"))
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: new(viewOrganization(c.Tenant, detail))}, nil
}

func viewOrganization(tenant string, d customers.OrganizationDetail) organizationView {
	o := d.Customer
	v := organizationView{
		ID: o.ID, OrganizationID: o.ID, CustomerID: o.ID, UserID: o.UserID, TenantID: tenant, Organization: true, Email: o.Email,
		CustomerType: "CT_ORGANIZATION", CustomerStatus: o.State, Status: o.State, CustomerName: o.Name, Details: viewCompany(o.Company),
		User:           viewUser(tenant, d.Admin, o.Email),
		Categorization: viewCategory(d.Category, o.Features), RiskLevel: d.Category.Risk, VerificationStatus: notStarted,
		Wallet:    ibanWalletView{walletStubView{d.Wallet.ID, d.Wallet.State}, d.Wallet.IBAN},
		CreatedAt: machine.Instant(o.Created), ActivatedAt: instantOrNone(o.ActivatedAt),
	}
	if len(d.RiskReasons) > 0 {
		v.RiskLevel = onboarding.HighRisk
	}
	if d.Verification != nil {
		v.VerificationStatus, v.VerificationID = d.Verification.State, d.Verification.ID
	}
	for _, m := range d.Personnel {
		switch m.Record.Position {
		case onboarding.Director:
			v.Directors = append(v.Directors, viewDirector(m))
		case onboarding.Shareholder:
			v.Shareholders = append(v.Shareholders, viewShareholder(m))
		case onboarding.Employee:
			employee := viewEmployee(m)
			v.Employees = append(v.Employees, employee)
			if m.Record.Admin() {
				v.AdminEmployees = append(v.AdminEmployees, employee)
			}
		}
	}
	return v
}

func viewCompany(c *onboarding.Company) companyView {
	employees, _ := strconv.ParseInt(c.Employees, 10, 64)
	v := companyView{
		LegalName: c.LegalName, TradingName: c.TradingName, RegistrationNumber: c.RegistrationNumber, TaxID: c.TaxID, VATNumber: c.VATNumber,
		IncorporationDate: c.IncorporationDate, LegalForm: c.LegalForm, Industry: c.Industry, Sector: c.Sector, BusinessType: c.BusinessType,
		Description: c.Description, Employees: employees, AnnualRevenue: c.AnnualRevenue, Website: c.Website, Email: c.Email, Phone: c.Phone,
		Contacts: c.Contacts, Representatives: c.Representatives,
	}
	if v.BusinessType == "" {
		v.BusinessType = onboarding.BusinessClientToTenant
	}
	for _, a := range c.Addresses {
		v.Addresses = append(v.Addresses, companyAddress{a.Type, a.Street, a.City, a.State, a.PostalCode, a.Country, a.IsPrimary})
	}
	return v
}

// company gives the names of a member of the legal data, at the top (the flat
// families) and where the nested family has it.
func company(names ...string) []string {
	var all []string
	for _, name := range names {
		all = append(all, "organizationCustomer.organization."+name, name)
	}
	return all
}

func organizationEmail(b rest.Body) string {
	return b.Str("email", "contactEmail", "organizationCustomer.user.email")
}

func readOrganization(c *rest.Call) customers.Registration {
	b := c.Body
	in := customers.Registration{
		Email:    organizationEmail(b),
		Scenario: c.Header.Get(headers.Scenario),
		Phone:    b.Str(company("phone", "contactPhone")...),
		Password: b.Str("password"),
		Roles:    []string{access.RoleAdmin, access.RoleAdminUser},
		Choices:  readChoices(b.Object("organizationCustomer.categorization")),
		Declared: readDeclared(b.Object("organizationCustomer.categorization"), b.Object("CATEGORIZATION")),
		Company: &onboarding.Company{
			LegalName: b.Str(company("legalName")...), TradingName: b.Str(company("tradingName")...),
			RegistrationNumber: b.Str(company("registrationNumber")...), TaxID: b.Str(company("taxId")...), VATNumber: b.Str(company("vatNumber")...),
			IncorporationDate: b.Str(company("incorporationDate")...), LegalForm: b.Str(company("legalForm")...),
			BusinessType: b.Str(company("businessType")...), Industry: b.Str(company("industry")...), Sector: b.Str(company("sector")...),
			Description: b.Str(company("businessDescription", "description")...), Website: b.Str(company("website")...),
			Email: b.Str("organizationCustomer.organization.email", "contactEmail"), Phone: b.Str(company("phone", "contactPhone")...),
			Employees: number(b.Get(company("numberOfEmployees")...)), AnnualRevenue: number(b.Get(company("annualRevenue")...)),
			Addresses: readCompanyAddresses(b), Contacts: []onboarding.Contact{}, Representatives: readRepresentatives(b),
		},
	}
	in.Category, in.SameCategory = readCategory(b, "organizationCustomer.categorization")
	for _, o := range b.Objects("organizationCustomer.organization.contacts") {
		in.Company.Contacts = append(in.Company.Contacts, readContact(o))
	}
	for _, role := range b.Strs("roleIds", "organizationCustomer.user.roles") {
		if role != access.RoleAdmin && role != access.RoleAdminUser {
			in.Roles = append(in.Roles, role)
		}
	}
	if in.Name = b.Str("organizationCustomer.customerName"); in.Name == "" {
		in.Name = in.Company.LegalName
	}
	return in
}

// number reads a value that may be a number or a text with one.
func number(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

func readCompanyAddresses(b rest.Body) []onboarding.Address {
	list := []onboarding.Address{}
	objects := b.Objects("organizationCustomer.organization.addresses")
	for _, name := range []string{"registeredAddress", "tradingAddress"} {
		if o := b.Object(name); len(o) > 0 {
			objects = append(objects, o)
		}
	}
	for _, o := range objects {
		parts := strings.Fields(strings.Join([]string{o.Str("street"), o.Str("streetNumber"), o.Str("building"), o.Str("floor")}, " "))
		list = append(list, onboarding.Address{
			Type: o.Str("type", "addressType"), Street: strings.Join(parts, " "), City: o.Str("city"), State: o.Str("state"),
			PostalCode: o.Str("postalCode"), Country: o.Str("country"), IsPrimary: o.Bool("isPrimary"),
		})
	}
	return list
}

func readRepresentatives(b rest.Body) []onboarding.Representative {
	list := []onboarding.Representative{}
	for _, o := range b.Objects("organizationCustomer.organization.representatives", "organizationCustomer.representatives", "representatives") {
		list = append(list, onboarding.Representative{
			FirstName: o.Str("firstName"), LastName: o.Str("lastName"), Position: o.Str("position"), Email: o.Str("email"),
			Phone: o.Str("phone"), DateOfBirth: o.Str("dateOfBirth"), Nationality: o.Str("nationality"),
			PrimaryOwner: o.Bool("isPrimaryOwner"), Share: asNumber(o.Get("ownershipShare")),
		})
	}
	return list
}

// asNumber is a share as replies have it, whichever way it was sent.
func asNumber(share any) any {
	text, isText := share.(string)
	if s, err := onboarding.ParseShare(text); isText && err == nil {
		return s.Float()
	}
	return share
}

// ignoredPersonnel says what of a registration was ignored, and where it belongs.
func ignoredPersonnel(b rest.Body, id string) []string {
	warnings := []string{}
	for _, p := range [][2]string{{"employees", "employee"}, {"directors", "director"}, {"shareholders", "shareholders"}} {
		if len(b.Objects(p[0], "organizationCustomer."+p[0], "organizationCustomer.organization."+p[0])) > 0 {
			warnings = append(warnings, p[0]+" in the body are ignored: add them with POST /api/v2.1/customer/organization/"+id+"/"+p[1])
		}
	}
	return warnings
}

// createOrganizationSession logs the default administrator or one of the
// personnel of an organization in. It refuses as createIndividualSession does
// (b2b-customer--organization/create-organization-user-session).
func createOrganizationSession(c *rest.Call, act *world.Act) (rest.Reply, error) {
	login, err := sessions.LogIn(act, onboarding.Organization, c.Path("organizationId"), c.Path("userId"), credentials(c))
	return loginReply(c, login, err)
}
