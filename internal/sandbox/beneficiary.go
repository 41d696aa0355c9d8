package sandbox

import (
	"maps"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/bank"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/fake"
)

func (s *Sandbox) beneficiaryKind() *engine.Kind[payments.Beneficiary, payments.BeneficiaryFacts] {
	return &engine.Kind[payments.Beneficiary, payments.BeneficiaryFacts]{
		Collection: engine.Collection[payments.Beneficiary]{Name: "beneficiary", Indexes: []engine.Index[payments.Beneficiary]{
			{Name: "wallet", Of: func(b *payments.Beneficiary) []string { return []string{b.WalletID} }},
			{Name: "asset", Of: func(b *payments.Beneficiary) []string { return []string{b.AssetID} }},
			{Name: "iban", Of: func(b *payments.Beneficiary) []string { return []string{payeeKey(b.WalletID, b.IBAN)} }},
		}},
		Table: payments.BeneficiaryTable(),
		Facts: func(_ *engine.Unit, _ *payments.Beneficiary, cause machine.Cause) payments.BeneficiaryFacts {
			input, _ := cause.Input.(beneficiaryInput)
			return input.facts
		},
		Effect: beneficiaryEffect,
		Subject: func(b *payments.Beneficiary) engine.Subject {
			return engine.Subject{Customer: b.CustomerID, Data: map[string]string{
				"customerId": b.CustomerID, "walletId": b.WalletID, "accountId": b.WalletID, "beneficiaryId": b.ID, "assetId": b.AssetID,
			}}
		},
	}
}

// payeeKey is what a payee of an account is found by.
func payeeKey(walletID, iban string) string { return walletID + " " + iban }

// beneficiaryInput is what a verb tells the guards and the effect.
type beneficiaryInput struct {
	facts  payments.BeneficiaryFacts
	change Description
}

func beneficiaryEffect(_ *engine.Unit, b *payments.Beneficiary, step machine.Step, cause machine.Cause) error {
	switch step.On {
	case payments.RegisterBeneficiary:
		b.Screening = payments.ScreeningPending
	case payments.VerifyBeneficiary:
		b.Screening = payments.ScreeningVerified
	case payments.FlagBeneficiary:
		b.Screening = payments.ScreeningFlagged
	case payments.AmendBeneficiary:
		if input, ok := cause.Input.(beneficiaryInput); ok {
			input.change.apply(b)
		}
	}
	return nil
}

// Description is how a request describes a payee: texts by their names on the
// wire, and what is only kept.
type Description struct {
	Texts   map[string]string
	Details map[string]any
}

// texts are all texts of the request, also those that are only kept.
func (d Description) texts() map[string]string {
	all := map[string]string{}
	maps.Copy(all, d.Texts)
	for name, value := range d.Details {
		if text, ok := value.(string); ok {
			all[name] = text
		}
	}
	return all
}

func (d Description) apply(b *payments.Beneficiary) {
	b.Describe(d.Texts)
	if b.Details == nil {
		b.Details = map[string]any{}
	}
	maps.Copy(b.Details, d.Details)
}

// RegisterBeneficiary registers a payee on an account. Besides what an account
// refuses, it refuses with CURRENCY_MISMATCH and DUPLICATE_BENEFICIARY.
func (s *Sandbox) RegisterBeneficiary(c access.Caller, accountID string, in Description) (*payments.Beneficiary, error) {
	var b *payments.Beneficiary
	err := s.do(c, func(u *engine.Unit) error {
		a, err := s.account(u, c, accountID)
		if err != nil {
			return err
		}
		b = &payments.Beneficiary{
			Life: s.newLife(u, "beneficiary"), WalletID: a.wallet.ID, CustomerID: a.customer.ID,
			PartyType: in.Texts["partyType"], IBAN: bank.NormalIBAN(in.Texts["iban"]), Currency: in.Texts["currency"],
		}
		b.AssetID = fake.ID(s.seed(u), "beneficiary_asset", b.Seq)
		in.apply(b)
		input := beneficiaryInput{facts: payments.BeneficiaryFacts{
			Account: a.facts(), Currency: a.wallet.Currency, Asked: b.Currency, Faults: b.Contradictions(in.texts()),
		}}
		if other := s.payeeByIBAN(u, a.wallet.ID, b.IBAN); other != nil && other.State != payments.BeneficiaryInactive {
			input.facts.Duplicate = other.ID
		}
		return s.beneficiaries.Create(u, b, payments.RegisterBeneficiary, machine.Cause{By: c.UserID, Input: input})
	})
	return b, err
}

// payee finds a beneficiary of an account by its id or its asset id, or nil.
func (s *Sandbox) payee(u *engine.Unit, walletID, name string) *payments.Beneficiary {
	b := s.anyPayee(u, name)
	if b == nil || b.WalletID != walletID {
		return nil
	}
	return b
}

func (s *Sandbox) anyPayee(u *engine.Unit, name string) *payments.Beneficiary {
	if name == "" {
		return nil
	}
	if b := s.beneficiaries.Get(u, name); b != nil {
		return b
	}
	return s.beneficiaries.First(u, "asset", name)
}

// payeeByIBAN finds the beneficiary of an account with an IBAN: the one that is
// registered now, or else the one that was removed last, or nil.
func (s *Sandbox) payeeByIBAN(u *engine.Unit, walletID, iban string) *payments.Beneficiary {
	var found *payments.Beneficiary
	for _, b := range s.beneficiaries.By(u, "iban", payeeKey(walletID, bank.NormalIBAN(iban))) {
		if found = b; b.State != payments.BeneficiaryInactive {
			return b
		}
	}
	return found
}

// PayeeFilter narrows a list of beneficiaries; empty members do not.
type PayeeFilter struct {
	Status                       machine.State
	PartyType, Currency, Network string
	Limit, Offset                int
}

func (f PayeeFilter) fits(b *payments.Beneficiary) bool {
	return (f.Status == "" || f.Status == b.State) &&
		(f.PartyType == "" || f.PartyType == b.PartyType) &&
		(f.Currency == "" || f.Currency == b.Currency) &&
		(f.Network == "" || f.Network == b.Network)
}

// Beneficiaries lists the payees of an account in the order of registration.
func (s *Sandbox) Beneficiaries(c access.Caller, accountID string, f PayeeFilter) (Page[*payments.Beneficiary], error) {
	page := Page[*payments.Beneficiary]{Items: []*payments.Beneficiary{}, Limit: f.Limit, Offset: f.Offset}
	err := s.show(c, func(u *engine.Unit) error {
		a, err := s.readableAccount(u, c, accountID)
		if err != nil {
			return err
		}
		page.Items, page.Total = page.Items[:0], 0
		for _, b := range s.beneficiaries.By(u, "wallet", a.wallet.ID) {
			// All are looked at, or a list of those that are ACTIVE would never
			// have one.
			if err := s.beneficiaries.Look(u, b); err != nil {
				return err
			}
			if !f.fits(b) {
				continue
			}
			if page.Total++; page.Total > f.Offset && len(page.Items) < f.Limit {
				page.Items = append(page.Items, b)
			}
		}
		return nil
	})
	return page, err
}

// AmendBeneficiary changes how a payee is described. It refuses with
// BENEFICIARY_NOT_FOUND, BENEFICIARY_NOT_ACTIVE once it is removed, and with
// REQUEST_INVALID what would change who is paid.
func (s *Sandbox) AmendBeneficiary(c access.Caller, id string, in Description) (*payments.Beneficiary, error) {
	var b *payments.Beneficiary
	err := s.do(c, func(u *engine.Unit) error {
		if b = s.anyPayee(u, id); b == nil || !c.MayActFor(b.CustomerID) {
			return refusal.New(refusal.BeneficiaryNotFound, "the tenant has no beneficiary with this id or assetId")
		}
		a, err := s.anyAccount(u, b.WalletID)
		if err != nil {
			return err
		}
		amended := *b
		amended.Describe(in.Texts)
		faults := append(b.Restricted(in.Texts), amended.Contradictions(in.texts())...)
		input := beneficiaryInput{payments.BeneficiaryFacts{Account: a.facts(), Faults: faults}, in}
		return b.Explain(s.beneficiaries.Fire(u, b, payments.AmendBeneficiary, machine.Cause{By: c.UserID, Input: input}))
	})
	return b, err
}

// RemoveBeneficiary makes a payee INACTIVE for good. Besides what an account
// refuses, it refuses with BENEFICIARY_NOT_FOUND, and with
// BENEFICIARY_NOT_ACTIVE the second time.
func (s *Sandbox) RemoveBeneficiary(c access.Caller, accountID, id string) (*payments.Beneficiary, error) {
	var b *payments.Beneficiary
	err := s.do(c, func(u *engine.Unit) error {
		a, err := s.account(u, c, accountID)
		if err != nil {
			return err
		}
		if b = s.payee(u, a.wallet.ID, id); b == nil {
			return refusal.New(refusal.BeneficiaryNotFound, "the account has no beneficiary with this id or assetId").
				Try("listBeneficiaries", "shows the payees of the account", "accountId", a.wallet.ID)
		}
		input := beneficiaryInput{facts: payments.BeneficiaryFacts{Account: a.facts()}}
		return b.Explain(s.beneficiaries.Fire(u, b, payments.RemoveBeneficiary, machine.Cause{By: c.UserID, Input: input}))
	})
	return b, err
}
