package main

import (
	"context"
	"fmt"

	"clients/product"
)

// individual plays the life of a person, from the registration to a payment.
func (p *player) individual() error {
	customer, token, err := p.registered()
	if err != nil {
		return err
	}
	if err := p.verified(customer.Id, token); err != nil {
		return err
	}
	if err := p.consented(customer.Id, token); err != nil {
		return err
	}
	active, err := p.product.ActivateIndividualWithResponse(context.Background(), customer.Id, &product.ActivateIndividualParams{},
		union((*product.ActivationBody).FromActivationByCode, product.ActivationByCode{Code: "ACTIVATION_CODE"}), as(token))
	if err := p.check("activate", 200, active, err); err != nil {
		return err
	}
	wallet := customer.Wallet.WalletId
	if err := p.fund(wallet, "500.00"); err != nil {
		return err
	}
	iban := "LT263500098765432109"
	payee, err := p.product.CreateBeneficiaryWithResponse(context.Background(), wallet, &product.CreateBeneficiaryParams{},
		union((*product.BeneficiaryBody).FromBeneficiaryIndividual, product.BeneficiaryIndividual{
			PartyType: product.BeneficiaryIndividualPartyTypeINDIVIDUALCUSTOMER, FirstName: "Jonas", LastName: "Petraitis",
			Iban: iban, Currency: "EUR", Country: "LT", NetworkName: product.PaymentNetworkSEPA,
		}), as(token))
	if err := p.check("register a payee", 200, payee, err); err != nil {
		return err
	}
	return p.pay(payment{wallet, token, iban, "Jonas Petraitis", payee.JSON200.Data.AssetId, "39850"})
}

func (p *player) registered() (product.RegisteredCustomer, string, error) {
	const email = "anna.petrauskaite@example.com"
	r, err := p.product.RegisterIndividualWithResponse(context.Background(), &product.RegisterIndividualParams{}, union((*product.RegistrationBody).FromRegistrationNested, product.RegistrationNested{
		FirstName: "Anna", LastName: "Petrauskaitė", Email: email, Phone: "+37062767557",
		Password: password, MatchingPassword: password,
		IndividualCustomer: product.NestedCustomer{CustomerName: ptr("Anna Petrauskaitė")},
	}), as("sandbox-admin"))
	if err := p.check("register a person", 200, r, err); err != nil {
		return product.RegisteredCustomer{}, "", err
	}
	customer := r.JSON200.Data
	login, err := p.product.CreateIndividualSessionWithResponse(context.Background(), customer.Id, customer.User.Id,
		&product.CreateIndividualSessionParams{}, credentials(email))
	if err := p.check("log the person in", 200, login, err); err != nil {
		return product.RegisteredCustomer{}, "", err
	}
	return customer, login.JSON200.Data.Token, nil
}

func credentials(user string) product.CustomerLoginBody {
	return union((*product.CustomerLoginBody).FromCustomerLoginWithTenantKey, product.CustomerLoginWithTenantKey{
		Username: user, Password: password, TenantKey: "typed-key", TenantSecret: "typed-secret",
	})
}

func (p *player) verified(customer product.Identifier, token string) error {
	v, err := p.product.CreateVerificationWithResponse(context.Background(), &product.CreateVerificationParams{}, union((*product.VerificationBody).FromNewVerification, product.NewVerification{
		CustomerId: customer, Type: product.VerificationTypeIDENTITYVERIFICATION, RequestedLevel: product.VerificationLevelTENANTVERIFIED,
	}), as(token))
	if err := p.check("open a verification", 200, v, err); err != nil {
		return err
	}
	id := v.JSON200.Data.VerificationId
	upload, err := p.product.UploadVerificationDocumentWithResponse(context.Background(), id, &product.UploadVerificationDocumentParams{},
		union((*product.DocumentBody).FromDocumentUpload, product.DocumentUpload{
			DocumentType: product.DocumentTypeNamePASSPORT, FileName: "passport.pdf", FileContent: pdf,
		}), as(token))
	if err := p.check("hand the passport in", 200, upload, err); err != nil {
		return err
	}
	return p.approve(id)
}

// approve decides about a verification as the tenant's staff.
func (p *player) approve(verification product.Identifier) error {
	r, err := p.product.ApproveVerificationWithResponse(context.Background(), verification, &product.ApproveVerificationParams{},
		union((*product.VerificationDecisionBody).FromVerificationDecision, product.VerificationDecision{
			VerificationId: verification, Status: product.DecisionStatusAPPROVED,
		}), as("sandbox-compliance"))
	return p.check("approve the verification", 200, r, err)
}

func (p *player) consented(customer product.Identifier, token string) error {
	for _, kind := range []string{"terms", "privacy", "data-processing"} {
		r, err := p.product.AcceptIndividualConsentWithResponse(context.Background(), customer, kind, &product.AcceptIndividualConsentParams{},
			union((*product.ConsentBody).FromConsentAcceptance, product.ConsentAcceptance{Accepted: true, Version: ptr("1.0")}), as(token))
		if err := p.check("accept "+kind, 200, r, err); err != nil {
			return err
		}
		if status := r.JSON200.Data.Status; status != product.ConsentStatusACCEPTED {
			return fmt.Errorf("accept %s: the consent is %s", kind, status)
		}
	}
	return nil
}
