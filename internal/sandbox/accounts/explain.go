package accounts

import (
	"cmp"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/sandbox/world"
)

// Stand tells how what some operation of a customer needs stands, and with what it
// would be refused; nil if it would not be. Operations on one thing of several are
// asked about by its id.
type Stand func(act *world.Act, customer *onboarding.Customer, id string) ([]machine.Standing, error)

// StandOf gives how every call on the account of a customer stands: one that reads,
// or one that changes something.
func StandOf(reads bool) Stand {
	return onAccount(func(_ *world.Act, a Account) ([]machine.Standing, error) { return a.facts().Standing(reads), nil })
}

// onAccount asks about the customer's product wallet, and answers about an account
// that does not answer yet only that.
func onAccount(stand func(*world.Act, Account) ([]machine.Standing, error)) Stand {
	return func(act *world.Act, customer *onboarding.Customer, _ string) ([]machine.Standing, error) {
		a, err := FindAnyAccount(act, customer.WalletID)
		if err != nil {
			return nil, err
		}
		if err := a.facts().Activated(); err != nil {
			return a.facts().Standing(true), err
		}
		return stand(act, a)
	}
}

// BeneficiaryStands tells how the registration of a payee stands.
func BeneficiaryStands(act *world.Act, customer *onboarding.Customer, id string) ([]machine.Standing, error) {
	return onAccount(func(act *world.Act, a Account) ([]machine.Standing, error) {
		input := beneficiaryInput{facts: payments.BeneficiaryFacts{Account: a.facts(), Currency: a.Wallet.Currency, Asked: a.Wallet.Currency}}
		return act.Beneficiaries.Needs(act.Unit, &payments.Beneficiary{WalletID: a.Wallet.ID}, payments.RegisterBeneficiary, machine.Cause{Input: input})
	})(act, customer, id)
}

// PaymentConsentStands tells how the creation of a payment consent stands.
func PaymentConsentStands(act *world.Act, customer *onboarding.Customer, id string) ([]machine.Standing, error) {
	return onAccount(func(act *world.Act, a Account) ([]machine.Standing, error) {
		p := &payments.PaymentConsent{WalletID: a.Wallet.ID, CustomerID: customer.ID}
		return act.PaymentConsents.Needs(act.Unit, p, payments.CreatePaymentConsent, machine.Cause{Input: payments.PaymentConsentFacts{Account: a.facts()}})
	})(act, customer, id)
}

// PreparationStands tells how the smallest transfer to the newest payee of a customer
// stands.
func PreparationStands(act *world.Act, customer *onboarding.Customer, id string) ([]machine.Standing, error) {
	return onAccount(func(act *world.Act, a Account) ([]machine.Standing, error) {
		set, err := world.PolicyOf(act)
		if err != nil {
			return nil, err
		}
		o := &payments.Order{WalletID: a.Wallet.ID, CustomerID: customer.ID, Operation: payments.Transfer, ValidUntil: act.Now().Add(set.OrderLife.Duration())}
		in := Preparation{AccountID: a.Wallet.ID, Way: payments.Way{Operation: payments.Transfer, Word: payments.Transfer.Segment()}}
		in.Payees = []Naming{{Field: "beneficiaryId", Value: "of a payee", By: ByID}}
		for _, b := range act.Beneficiaries.Newest(act.Unit, "wallet", a.Wallet.ID, 1) {
			in.Payees[0].Value = b.ID
		}
		facts := PrepareFacts(act, a, o, in, set)
		o.Amount = facts.Limits.Least
		if o.Amount.Minor == 0 {
			o.Amount = a.Wallet.Money(1)
		}
		facts.Request = nil
		return act.Orders.Needs(act.Unit, o, payments.PrepareOrder, machine.Cause{Input: facts})
	})(act, customer, id)
}

// ExecutionStands tells how the execution of an order stands, for a caller who
// confirms it rightly; of none how its preparation does.
func ExecutionStands(act *world.Act, customer *onboarding.Customer, id string) ([]machine.Standing, error) {
	return onAccount(func(act *world.Act, a Account) ([]machine.Standing, error) {
		o := act.Orders.Get(act.Unit, id)
		if o == nil || o.WalletID != a.Wallet.ID {
			list, err := PreparationStands(act, customer, id)
			return list, cmp.Or(err, noOrder(a, id, "the account has no order with this id"))
		}
		facts := payments.OrderFacts{
			Account: a.facts(), Now: act.Now(), Consent: act.PaymentConsents.Get(act.Unit, o.ConsentID), Business: a.organization(),
			Beneficiary: act.Beneficiaries.Get(act.Unit, o.BeneficiaryID), Documents: o.Documents,
		}
		if facts.Consent != nil {
			facts.Confirmation = facts.Consent.Confirmed()
		}
		list, err := act.Orders.Needs(act.Unit, o, payments.ExecuteOrder, machine.Cause{Input: facts})
		return list, o.Explain(err)
	})(act, customer, id)
}
