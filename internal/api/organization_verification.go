package api

import (
	"cmp"
	"slices"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
)

type businessVerificationView struct {
	verificationView
	OrganizationID     string        `json:"organizationId"`
	OrganizationStatus machine.State `json:"organizationStatus"`
	// Data are what else was told of the company, as it was sent.
	Data map[string]any `json:"verificationData,omitempty"`
}

// verifyOrganization opens the verification of an organization (KYB). It refuses
// with PERMISSION_DENIED, CUSTOMER_NOT_FOUND and VERIFICATION_EXISTS
// (customer-apis/organization/verify). The document has it under two paths; both
// are this one.
func verifyOrganization(c *rest.Call, act *world.Act) (rest.Reply, error) {
	id := c.Path("organizationId")
	for _, field := range []string{"customerId", "organizationId"} {
		if sent := c.Body.Str(field); sent != "" && sent != id {
			return rest.Reply{}, refusal.Invalid([]refusal.Fault{fault(field, "must be the organization of the path")})
		}
	}
	level, depth := c.Body.Str("requestedLevel"), ""
	switch asked := c.Body.Str("verificationLevel"); asked {
	case "BASIC", "STANDARD", "ENHANCED":
		depth = asked
	default:
		level = cmp.Or(level, asked)
	}
	detail, err := customers.VerifyOrganization(act, id, customers.VerificationRequest{
		Level: level, Depth: depth, Notes: c.Body.Str("notes", "reason", "additionalData.verificationReason"),
		Why: c.Body.Str("reason", "additionalData.verificationReason", "additionalData.description"), By: c.Body.Str("requestedByUserId"),
		Kind: c.Body.Str("verificationType"), Data: c.Body.Object("verificationData"),
		Priority: c.Body.Str("priority", "additionalData.priority"),
		Complete: completeCompany(c.Body.Object("verificationData")),
	})
	if err != nil {
		return rest.Reply{}, err
	}
	reply := rest.Reply{Data: &businessVerificationView{viewVerification(c, detail), id, detail.CustomerState, detail.Verification.Data}}
	if c.Body.Has("verificationData") {
		reply.Message = "Verification initiated successfully"
	}
	return reply, nil
}

// completeCompany takes over what the data of a verification say about a company;
// what they leave out stays.
func completeCompany(data rest.Body) func(*onboarding.Company) {
	return func(o *onboarding.Company) {
		for member, sent := range map[*string]string{
			&o.BusinessType: data.Str("businessType"), &o.Description: data.Str("businessDescription"),
			&o.AnnualRevenue: number(data.Get("annualRevenue")), &o.Employees: number(data.Get("employeeCount")),
		} {
			if sent != "" {
				*member = sent
			}
		}
	}
}

type requirementsView struct {
	OrganizationID     string          `json:"organizationId"`
	OrganizationType   string          `json:"organizationType"`
	LegalForm          string          `json:"legalForm,omitzero"`
	AnnualRevenue      string          `json:"annualRevenue,omitzero"`
	VerificationLevel  string          `json:"verificationLevel"`
	VerificationStatus machine.State   `json:"verificationStatus"`
	VerificationID     string          `json:"verificationId,omitzero"`
	Approver           string          `json:"approver"`
	RiskLevel          onboarding.Risk `json:"riskLevel"`
	IsHighRisk         bool            `json:"isHighRisk"`
	RiskReasons        []string        `json:"riskReasons"`
	RegulatedSector    bool            `json:"regulatedSector"`
	RequiredDocuments  []string        `json:"requiredDocuments"`
	waitingView
	Documents []requirementView `json:"documents"`
}

type requirementView struct {
	DocumentType string   `json:"documentType"`
	Alternatives []string `json:"alternatives"`
	Reason       string   `json:"reason"`
	Formats      []string `json:"formats"`
	MaxFileSize  int      `json:"maxFileSize"`
	Status       string   `json:"status"`
	DocumentID   string   `json:"documentId,omitzero"`
}

// getVerificationRequirements lists the documents that the verification of an
// organization needs, and who decides it
// (customer-apis/organization/verification).
func getVerificationRequirements(c *rest.Call, act *world.Act) (rest.Reply, error) {
	d, err := customers.GetOrganization(act, c.Path("organizationId"))
	if err != nil {
		return rest.Reply{}, err
	}
	company := d.Customer.Company
	v := requirementsView{
		OrganizationID: d.Customer.ID, OrganizationType: company.Form(), LegalForm: company.LegalForm, AnnualRevenue: company.AnnualRevenue,
		VerificationLevel: onboarding.TenantVerified, VerificationStatus: notStarted, Approver: "TENANT", RiskLevel: d.Category.Risk,
		IsHighRisk: len(d.RiskReasons) > 0, RegulatedSector: company.Regulated(),
		waitingView: waitingView{MissingDocuments: []string{}, UploadURL: c.Link("uploadOrganizationDocument", "organizationId", d.Customer.ID)},
	}
	if v.IsHighRisk {
		v.VerificationLevel, v.Approver, v.RiskLevel = onboarding.PowerTenantVerified, "POWER_TENANT", onboarding.HighRisk
	}
	if d.Verification != nil {
		v.VerificationStatus, v.VerificationID = d.Verification.State, d.Verification.ID
	}
	for _, r := range d.RiskReasons {
		if !slices.Contains(v.RiskReasons, r.Code) {
			v.RiskReasons = append(v.RiskReasons, r.Code)
		}
	}
	for _, need := range d.Needs {
		r := viewRequirement(d, need)
		v.RequiredDocuments = append(v.RequiredDocuments, need.Type)
		v.Documents = append(v.Documents, r)
		if r.Status == "MISSING" {
			v.MissingDocuments = append(v.MissingDocuments, need.Type)
		}
	}
	if len(v.MissingDocuments) == 0 {
		v.UploadURL = ""
	}
	return rest.Reply{Extra: succeeded(), Data: &v}, nil
}

func viewRequirement(d customers.OrganizationDetail, need onboarding.Requirement) requirementView {
	formats, size := onboarding.Formats(need.Type)
	r := requirementView{
		DocumentType: need.Type, Alternatives: need.AnyOf[1:], Reason: need.Reason, Formats: formats, MaxFileSize: size, Status: "MISSING",
	}
	for _, document := range d.Documents {
		if need.SatisfiedBy([]string{document.Type}) {
			r.Status, r.DocumentID = "UPLOADED", document.ID
		}
	}
	if r.Status == "UPLOADED" && d.Verification != nil && d.Verification.State == onboarding.VerificationApproved {
		r.Status = "VERIFIED"
	}
	return r
}

type personStatusView struct {
	ID                 string        `json:"id"`
	Kind               string        `json:"kind"`
	Name               string        `json:"name"`
	Email              string        `json:"email"`
	CustomerID         string        `json:"customerId,omitzero"`
	Effective          *float64      `json:"effectiveOwnership,omitempty"`
	VerificationID     string        `json:"verificationId,omitzero"`
	VerificationStatus machine.State `json:"verificationStatus"`
	Verified           bool          `json:"verified"`
	Approver           string        `json:"approver"`
	IsPEP              bool          `json:"isPEP"`
	Reason             string        `json:"reason,omitzero"`
	MissingDocuments   []string      `json:"missingDocuments,omitempty"`
	UploadURL          string        `json:"uploadUrl,omitzero"`
}

// getPersonnelStatus lists the people of an organization with their
// verifications: directors, beneficial owners, and employees, who need none
// (customer-apis/organization/verification).
func getPersonnelStatus(c *rest.Call, act *world.Act) (rest.Reply, error) {
	id := c.Path("organizationId")
	members, err := customers.ListPersonnel(act, id, "")
	if err != nil {
		return rest.Reply{}, err
	}
	ownership, err := customers.GetOwnership(act, id)
	if err != nil {
		return rest.Reply{}, err
	}
	people := []personStatusView{}
	for _, m := range members {
		p := m.Record
		switch p.Position {
		case onboarding.Director:
			people = append(people, personStatus(c, p.ID, "DIRECTOR", p.Person.FullName(), p.Email, p.CustomerID, p.PEP, m.Verification))
		case onboarding.Employee:
			people = append(people, personStatus(c, p.ID, "EMPLOYEE", p.Person.FullName(), p.Email, p.CustomerID, p.PEP, nil))
		}
	}
	for _, b := range ownership.UBOs {
		v := personStatus(c, b.Through[0], "BENEFICIAL_OWNER", b.Name, b.Email, b.Verification.CustomerID, b.PEP, b.Verification)
		share := b.Share.Float()
		v.Effective = &share
		people = append(people, v)
	}
	summary := map[string]int{"total": len(people), "verified": 0, "pending": 0, "rejected": 0}
	all := true
	for _, p := range people {
		all = all && p.Verified
		switch p.VerificationStatus {
		case onboarding.VerificationApproved:
			summary["verified"]++
		case onboarding.VerificationPending, onboarding.VerificationInProgress:
			summary["pending"]++
		case onboarding.VerificationRejected, onboarding.VerificationExpired:
			summary["rejected"]++
		}
	}
	return rest.Reply{Extra: succeeded(), Data: map[string]any{"organizationId": id, "allVerified": all, "summary": summary, "personnel": people}}, nil
}

func personStatus(c *rest.Call, id, kind, name, email, customer string, pep bool, v *onboarding.Verification) personStatusView {
	view := personStatusView{
		ID: id, Kind: kind, Name: name, Email: email, CustomerID: customer, IsPEP: pep, VerificationStatus: notRequired, Verified: true, Approver: "TENANT",
	}
	if v != nil {
		view.VerificationID, view.VerificationStatus, view.Reason = v.ID, v.State, v.Reason
		view.Verified = v.State == onboarding.VerificationApproved
		if v.Open() {
			waiting := viewWaiting(c, v)
			view.MissingDocuments, view.UploadURL = waiting.MissingDocuments, waiting.UploadURL
		}
		if v.HighRisk {
			view.Approver = "POWER_TENANT"
		}
	}
	return view
}
