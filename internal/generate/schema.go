package main

import (
	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/scenario"
)

// scenarioSchema makes the schema by which editors complete and check scenario
// files, of the tables that have choices and of the product's bundled document.
// That these are the choices of the running sandbox is what a test of
// internal/app looks at.
func scenarioSchema(product []byte) ([]byte, error) {
	document, err := contract.Load(product, nil)
	if err != nil {
		return nil, err
	}
	operations := map[string][]string{}
	for _, o := range document.Operations {
		operations[o.ID] = o.Refusals
	}
	return scenario.Schema(scenario.NewCatalog([]machine.Description{
		onboarding.CustomerTable().Describe(), onboarding.VerificationTable().Describe(), onboarding.DocumentTable().Describe(),
		onboarding.ConsentTable().Describe(), payments.BeneficiaryTable().Describe(), payments.PaymentConsentTable().Describe(),
		payments.OrderTable().Describe(), payments.WalletTable().Describe(),
	}, operations))
}
