package api

import (
	"cmp"
	"strconv"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
)

// changedOrganizationView is an organization as the older reference shows it.
type changedOrganizationView struct {
	ID                 string                   `json:"id"`
	TenantID           string                   `json:"tenantId"`
	Name               string                   `json:"name"`
	RegistrationNumber string                   `json:"registrationNumber"`
	VATNumber          string                   `json:"vatNumber"`
	Country            string                   `json:"countryOfIncorporation"`
	IncorporationDate  string                   `json:"dateOfIncorporation"`
	Status             machine.State            `json:"status"`
	Type               string                   `json:"type"`
	Industry           string                   `json:"industry"`
	SubIndustry        string                   `json:"subIndustry"`
	Size               string                   `json:"size"`
	Website            string                   `json:"website"`
	Addresses          []changedAddressView     `json:"addresses"`
	Documents          []changedDocumentView    `json:"documents"`
	Shareholders       []changedShareholderView `json:"shareholders"`
}

type changedAddressView struct {
	ID          string `json:"id"`
	Line1       string `json:"addressLine1"`
	Line2       string `json:"addressLine2"`
	City        string `json:"city"`
	State       string `json:"state"`
	PostalCode  string `json:"postalCode"`
	Country     string `json:"country"`
	Purpose     string `json:"purpose"`
	IsPrimary   bool   `json:"isPrimary"`
	AddressType string `json:"addressType"`
	Primary     bool   `json:"primary"`
}

type changedDocumentView struct {
	ID         string        `json:"id"`
	Type       string        `json:"documentType"`
	Number     string        `json:"documentNumber"`
	Country    string        `json:"issuingCountry"`
	IssueDate  string        `json:"issueDate"`
	ExpiryDate string        `json:"expiryDate"`
	Purpose    string        `json:"purpose"`
	Status     machine.State `json:"status"`
	FileURL    string        `json:"fileUrl"`
	FileName   string        `json:"fileName"`
	FileType   string        `json:"fileType"`
	FileSize   string        `json:"fileSize"`
	UploadedAt string        `json:"uploadedAt"`
}

type changedShareholderView struct {
	ID             string        `json:"id"`
	Name           string        `json:"name"`
	Type           string        `json:"type"`
	Role           string        `json:"role"`
	Ownership      float64       `json:"ownershipPercentage"`
	CustomerID     string        `json:"customerId"`
	OrganizationID string        `json:"organizationId"`
	Status         machine.State `json:"status"`
}

// updateOrganization changes what an organization is. It refuses with
// CUSTOMER_NOT_FOUND, CUSTOMER_NOT_ACTIVE and, for another registration number,
// REQUEST_INVALID (customerV0201/update-organization-by-id).
func updateOrganization(c *rest.Call, act *world.Act) (rest.Reply, error) {
	b := c.Body
	d, err := customers.UpdateOrganization(act, c.Path("organizationId"), onboarding.Amendment{
		Name: b.Str("name"), RegistrationNumber: b.Str("registrationNumber"), VATNumber: b.Str("vatNumber"),
		Country: b.Str("countryOfIncorporation"), IncorporationDate: dateOnly(b.Str("dateOfIncorporation")), LegalForm: b.Str("type"),
		Industry: b.Str("industry"), Sector: b.Str("subIndustry"), Size: b.Str("size"), Website: b.Str("website"),
	})
	return changedOrganization(c, d, err)
}

// updateOrganizationEntity suspends, resumes or closes an organization. It refuses with
// CUSTOMER_NOT_FOUND and PHASE_ORDER_BROKEN (customerV0201/update-organization-entity).
func updateOrganizationEntity(c *rest.Call, act *world.Act) (rest.Reply, error) {
	d, err := customers.SetOrganizationStatus(act, c.Path("organizationId"), world.StatusChange{
		Status: machine.State(c.Body.Str("entityStatus")), Reason: c.Body.Str("entityDetails"),
	})
	return changedOrganization(c, d, err)
}

func changedOrganization(c *rest.Call, d customers.OrganizationDetail, err error) (rest.Reply, error) {
	if err != nil {
		return rest.Reply{}, err
	}
	o := d.Customer.Company
	v := changedOrganizationView{
		ID: d.Customer.ID, TenantID: c.Tenant, Name: o.LegalName, RegistrationNumber: o.RegistrationNumber, VATNumber: o.VATNumber,
		Country: o.Country, IncorporationDate: o.IncorporationDate, Status: d.Customer.State, Type: o.LegalForm, Industry: o.Industry,
		SubIndustry: o.Sector, Size: cmp.Or(o.Size, o.Employees), Website: o.Website,
		Addresses: []changedAddressView{}, Documents: []changedDocumentView{}, Shareholders: []changedShareholderView{},
	}
	for _, a := range o.Addresses {
		v.Addresses = append(v.Addresses, changedAddressView{
			ID: a.ID, Line1: a.Street, City: a.City, State: a.State, PostalCode: a.PostalCode, Country: a.Country,
			Purpose: a.Type, IsPrimary: a.IsPrimary, AddressType: a.Type, Primary: a.IsPrimary,
		})
	}
	for _, p := range d.Documents {
		v.Documents = append(v.Documents, changedDocumentView{
			ID: p.ID, Type: p.Type, Number: p.Number, Country: p.Country, ExpiryDate: p.Expiry, Purpose: p.Category, Status: p.State,
			FileURL:  c.Link("getOrganizationDocument", "organizationId", d.Customer.ID, "documentId", p.ID),
			FileName: p.FileName, FileType: p.MimeType, FileSize: strconv.Itoa(p.Size), UploadedAt: machine.Instant(p.UploadedAt),
		})
	}
	for _, m := range d.Personnel {
		if p := m.Record; p.Position == onboarding.Shareholder {
			v.Shareholders = append(v.Shareholders, changedShareholderView{
				ID: p.ID, Name: p.Owner.Name, Type: p.Owner.Kind, Role: string(p.Position), Ownership: p.Owner.Share.Float(),
				CustomerID: p.CustomerID, OrganizationID: p.OrganizationID, Status: p.State,
			})
		}
	}
	return rest.Reply{Extra: succeeded(), Data: &v}, nil
}
