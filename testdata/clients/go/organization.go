package main

import (
	"context"

	"clients/product"
)

// organization plays the life of a company, from the registration to a payment.
func (p *player) organization() error {
	company, token, err := p.founded()
	if err != nil {
		return err
	}
	if err := p.staffed(company, token); err != nil {
		return err
	}
	if err := p.examined(company, token); err != nil {
		return err
	}
	active, err := p.product.ActivateOrganizationWithResponse(context.Background(), company.OrganizationId, &product.ActivateOrganizationParams{XUserID: company.UserId, XUserRoles: "ADMIN_USER"}, union((*product.OrganizationActivationBody).FromOrganizationActivationWithInfo, product.OrganizationActivationWithInfo{
		ActivationReason: "All checks passed", AdditionalInfo: &product.ActivationInfo{UserId: &company.UserId},
	}), as(token))
	if err := p.check("activate the company", 200, active, err); err != nil {
		return err
	}
	wallet := company.Wallet.WalletId
	if err := p.fund(wallet, "5000.00"); err != nil {
		return err
	}
	iban, supplier := "DE89370400440532013000", "Nordwind Handels GmbH"
	payee, err := p.product.CreateBeneficiaryWithResponse(context.Background(), wallet, &product.CreateBeneficiaryParams{},
		union((*product.BeneficiaryBody).FromBeneficiaryBusiness, product.BeneficiaryBusiness{
			PartyType: product.BeneficiaryBusinessPartyTypeBUSINESSCUSTOMER, CompanyName: supplier,
			Iban: iban, Currency: "EUR", Country: "DE", NetworkName: product.PaymentNetworkSEPA,
		}), as(token))
	if err := p.check("register a supplier", 200, payee, err); err != nil {
		return err
	}
	return p.pay(payment{wallet, token, iban, supplier, payee.JSON200.Data.AssetId, "489850"})
}

func (p *player) founded() (product.RegisteredOrganization, string, error) {
	const email = "admin@medis.example"
	r, err := p.product.RegisterOrganizationWithResponse(context.Background(), &product.RegisterOrganizationParams{}, union((*product.OrganizationRegistrationBody).FromOrganizationRegistrationNested, product.OrganizationRegistrationNested{
		Email: email, Password: password, MatchingPassword: password,
		OrganizationCustomer: product.OrganizationCustomerInput{
			CustomerName: "UAB Medis",
			Organization: product.OrganizationInput{
				LegalName: "UAB Medis", RegistrationNumber: "304999001", TaxId: "LT100012345611",
				LegalForm: ptr("LIMITED_LIABILITY_COMPANY"), AnnualRevenue: ptr(union((*product.AnnualRevenue).FromRevenueNumber, 900000)),
			},
		},
	}), as("sandbox-admin"))
	if err := p.check("register a company", 200, r, err); err != nil {
		return product.RegisteredOrganization{}, "", err
	}
	company := r.JSON200.Data
	login, err := p.product.CreateOrganizationSessionWithResponse(context.Background(), company.OrganizationId, company.UserId,
		&product.CreateOrganizationSessionParams{}, credentials(email))
	if err := p.check("log the company in", 200, login, err); err != nil {
		return product.RegisteredOrganization{}, "", err
	}
	return company, login.JSON200.Data.Token, nil
}

// staffed gives the company an employee, a director and the owners, of whom one is
// a company that belongs to a company.
func (p *player) staffed(company product.RegisteredOrganization, token string) error {
	employee, err := p.product.AddEmployeeWithResponse(context.Background(), company.OrganizationId, &product.AddEmployeeParams{},
		union((*product.EmployeeBody).FromEmployeeWithPerson, product.EmployeeWithPerson{
			Person:   product.PersonnelPerson{FirstName: "Tomas", LastName: "Jankauskas", Email: "tomas.jankauskas@medis.example"},
			Position: "COMPLIANCE_OFFICER", Roles: []product.OrganizationRole{product.OrganizationRoleADMINUSER},
		}), as(token))
	if err := p.check("add an employee", 200, employee, err); err != nil {
		return err
	}
	director, err := p.product.AddDirectorWithResponse(context.Background(), company.OrganizationId, &product.AddDirectorParams{},
		union((*product.DirectorBody).FromDirectorWithPerson, product.DirectorWithPerson{
			Person: product.PersonnelPerson{FirstName: "Rasa", LastName: "Kazlauskienė", Email: "rasa.kazlauskiene@medis.example"},
			Role:   product.DirectorRoleMANAGINGDIRECTOR,
		}), as(token))
	if err := p.check("add a director", 200, director, err); err != nil {
		return err
	}
	if err := p.approve(director.JSON200.Data.Verification.VerificationId); err != nil {
		return err
	}
	owners, err := p.product.AddShareholdersWithResponse(context.Background(), company.OrganizationId, &product.AddShareholdersParams{},
		union((*product.ShareholdersBody).FromShareholderList, owners()), as(token))
	return p.check("add the shareholders", 200, owners, err)
}

func owners() product.ShareholderList {
	person := product.IndividualShareholder{
		Type: product.IndividualShareholderTypeINDIVIDUAL, FirstName: "Rasa", LastName: "Kazlauskienė",
		Email: ptr(product.EmailAddress("rasa.kazlauskiene@medis.example")), SharePercentage: share(80),
	}
	inner := product.CompanyAtLevel2{
		Type: product.CompanyAtLevel2TypeCORPORATE, CompanyName: "SIA Mezs", SharePercentage: share(100),
		Owners: ptr([]product.OwnerAtLevel3{union((*product.OwnerAtLevel3).FromIndividualShareholder, product.IndividualShareholder{
			Type: product.IndividualShareholderTypeINDIVIDUAL, FirstName: "Ilze", LastName: "Ozola", SharePercentage: share(100),
		})}),
	}
	outer := product.CorporateShareholder{
		Type: product.CorporateShareholderTypeCORPORATE, CompanyName: "UAB Girios Holding", SharePercentage: share(20),
		Owners: ptr([]product.OwnerAtLevel2{union((*product.OwnerAtLevel2).FromCompanyAtLevel2, inner)}),
	}
	return product.ShareholderList{
		union((*product.ShareholderEntry).FromIndividualShareholder, person),
		union((*product.ShareholderEntry).FromCorporateShareholder, outer),
	}
}

func share(percent product.OwnershipNumber) *product.OwnershipShare {
	return ptr(union((*product.OwnershipShare).FromOwnershipNumber, percent))
}

// examined hands the documents in, lets the company be verified and gives the
// consents.
func (p *player) examined(company product.RegisteredOrganization, token string) error {
	required, err := p.product.GetVerificationRequirementsWithResponse(context.Background(), company.OrganizationId,
		&product.GetVerificationRequirementsParams{}, as(token))
	if err := p.check("ask for the documents", 200, required, err); err != nil {
		return err
	}
	for _, kind := range required.JSON200.Data.MissingDocuments {
		r, err := p.product.UploadOrganizationDocumentWithResponse(context.Background(), company.OrganizationId, &product.UploadOrganizationDocumentParams{},
			union((*product.OrganizationDocumentBody).FromOrganizationDocumentUpload, product.OrganizationDocumentUpload{
				DocumentType: product.OrganizationDocumentType(kind), FileName: "paper.pdf", FileContent: pdf,
			}), as(token))
		if err := p.check("hand in "+kind, 200, r, err); err != nil {
			return err
		}
	}
	v, err := p.product.VerifyOrganizationWithResponse(context.Background(), company.OrganizationId, &product.VerifyOrganizationParams{XUserID: company.UserId, XUserRoles: "ADMIN_USER"}, union((*product.BusinessVerificationBody).FromNewBusinessVerification, product.NewBusinessVerification{
		CustomerId: company.OrganizationId, Type: "BUSINESS_VERIFICATION", RequestedLevel: product.VerificationLevelTENANTVERIFIED,
	}), as(token))
	if err := p.check("verify the company", 200, v, err); err != nil {
		return err
	}
	if err := p.approve(v.JSON200.Data.VerificationId); err != nil {
		return err
	}
	for _, kind := range []string{"terms", "privacy", "data-processing"} {
		r, err := p.product.AcceptOrganizationConsentWithResponse(context.Background(), company.OrganizationId, kind, &product.AcceptOrganizationConsentParams{},
			union((*product.OrganizationConsentBody).FromOrganizationConsentOfVersion, product.OrganizationConsentOfVersion{Accepted: true, Version: "1.0"}), as(token))
		if err := p.check("accept "+kind, 200, r, err); err != nil {
			return err
		}
	}
	return nil
}
