package accounts

import (
	"cmp"

	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/scenario"
)

// counterpartyFacts are what an order says of its other side, where that is no
// registered payee.
func counterpartyFacts(o *payments.Order) scenario.Beneficiary {
	iban := o.CounterpartyIBAN()
	return scenario.Beneficiary{
		Name: o.Counterparty, IBAN: iban, Country: ibanCountry(iban), Currency: o.Amount.Currency, Network: string(o.Network),
	}
}

// BeneficiaryFacts are what conditions see of a payee.
func BeneficiaryFacts(e *payments.Beneficiary) scenario.Beneficiary {
	return scenario.Beneficiary{
		Name: e.Name, PartyType: e.PartyType, IBAN: e.IBAN, BIC: e.BIC, Country: cmp.Or(e.Country, ibanCountry(e.IBAN)), Bank: e.BankName,
		Currency: e.Currency, Network: e.Network, State: string(e.State), Screening: e.Screening, Registered: e.ID != "",
	}
}

// ibanCountry is the country of an IBAN; what is none has none.
func ibanCountry(iban string) string {
	if len(iban) < 15 || iban[2] < '0' || iban[2] > '9' {
		return ""
	}
	return iban[:2]
}

func paymentConsentFacts(p *payments.PaymentConsent) scenario.PaymentConsent {
	if p == nil {
		return scenario.PaymentConsent{}
	}
	return scenario.PaymentConsent{
		Type: string(p.Operation), Kind: string(p.Kind), Title: p.Title, State: string(p.State), Used: p.Used, Approval: p.RequiresApproval(),
	}
}

func orderFacts(e *payments.Order) scenario.Order {
	return scenario.Order{
		Type: string(e.Operation), Amount: e.Amount.Minor, Fee: e.Fee.Minor, Currency: e.Amount.Currency, Network: string(e.Network),
		Reference: e.Reference, Description: e.Description, Purpose: e.PurposeCode, Source: e.Source, Target: e.Target,
		Counterparty: e.Counterparty, State: string(e.State), Documents: len(e.Documents),
	}
}
