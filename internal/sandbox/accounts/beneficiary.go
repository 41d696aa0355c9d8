package accounts

import (
	"maps"

	"finhub-sandbox/internal/domain/bank"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/fake"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/scenario"
)

// BeneficiaryKind makes the kind of registered payees.
func BeneficiaryKind(s *world.World) *engine.Kind[payments.Beneficiary, payments.BeneficiaryFacts] {
	return world.See(s, &engine.Kind[payments.Beneficiary, payments.BeneficiaryFacts]{
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
	}, seenBeneficiary())
}

func seenBeneficiary() world.Seen[payments.Beneficiary] {
	return world.Seen[payments.Beneficiary]{
		Owner: func(b *payments.Beneficiary) string { return b.CustomerID },
		Tells: []world.Telling[payments.Beneficiary]{
			{About: scenario.AboutBeneficiary, Tell: func(_ *world.Act, b *payments.Beneficiary, f *scenario.Facts) { f.Beneficiary = BeneficiaryFacts(b) }},
		},
		Links: []world.Link[payments.Beneficiary]{{Kind: "wallet", ID: func(b *payments.Beneficiary) string { return b.WalletID }}},
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
	// Faults are what is wrong with them where the request has them.
	Faults []refusal.Fault
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
func RegisterBeneficiary(act *world.Act, accountID string, in Description) (b *payments.Beneficiary, err error) {
	a, err := findAccount(act, accountID)
	if err != nil {
		return b, err
	}
	b = &payments.Beneficiary{
		Life: world.NewLife(act, "beneficiary"), WalletID: a.Wallet.ID, CustomerID: a.Customer.ID,
		PartyType: in.Texts["partyType"], IBAN: bank.NormalIBAN(in.Texts["iban"]), Currency: in.Texts["currency"],
	}
	b.AssetID = fake.ID(world.Seed(act), "beneficiary_asset", b.Seq)
	in.apply(b)
	input := beneficiaryInput{facts: payments.BeneficiaryFacts{
		Account: a.facts(), Currency: a.Wallet.Currency, Asked: b.Currency, Faults: in.Faults,
	}}
	if len(in.Faults) == 0 {
		input.facts.Faults = b.Contradictions(in.texts())
	}
	if other := payeeByIBAN(act, a.Wallet.ID, b.IBAN); other != nil && other.State != payments.BeneficiaryInactive {
		input.facts.Duplicate = other.ID
	}
	return b, act.Beneficiaries.Create(act.Unit, b, payments.RegisterBeneficiary, machine.Cause{By: act.Caller.UserID, Input: input})
}

// findPayee finds a beneficiary of an account by its id or its asset id, or nil.
func findPayee(act *world.Act, walletID, name string) *payments.Beneficiary {
	b := FindAnyPayee(act, name)
	if b == nil || b.WalletID != walletID {
		return nil
	}
	return b
}

// FindAnyPayee finds a payee by its id or its asset's, whosever it is, or nil.
func FindAnyPayee(act *world.Act, name string) *payments.Beneficiary {
	if name == "" {
		return nil
	}
	if b := act.Beneficiaries.Get(act.Unit, name); b != nil {
		return b
	}
	return act.Beneficiaries.First(act.Unit, "asset", name)
}

// payeeByIBAN finds the beneficiary of an account with an IBAN: the one that is
// registered now, or else the one that was removed last, or nil.
func payeeByIBAN(act *world.Act, walletID, iban string) *payments.Beneficiary {
	var found *payments.Beneficiary
	for _, b := range act.Beneficiaries.By(act.Unit, "iban", payeeKey(walletID, bank.NormalIBAN(iban))) {
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

// ListBeneficiaries lists the payees of an account in the order of registration.
func ListBeneficiaries(act *world.Act, accountID string, f PayeeFilter) (Page[*payments.Beneficiary], error) {
	page := Page[*payments.Beneficiary]{Items: []*payments.Beneficiary{}, Limit: f.Limit, Offset: f.Offset}
	a, err := findReadableAccount(act, accountID)
	if err != nil {
		return page, err
	}
	page.Items, page.Total = page.Items[:0], 0
	for _, b := range act.Beneficiaries.By(act.Unit, "wallet", a.Wallet.ID) {
		// All are looked at, or a list of those that are ACTIVE would never
		// have one.
		if err := act.Beneficiaries.CountRead(act.Unit, b); err != nil {
			return page, err
		}
		if !f.fits(b) {
			continue
		}
		if page.Total++; page.Total > f.Offset && len(page.Items) < f.Limit {
			page.Items = append(page.Items, b)
		}
	}
	return page, nil
}

// UpdateBeneficiary changes how a payee is described. It refuses with
// BENEFICIARY_NOT_FOUND, BENEFICIARY_NOT_ACTIVE once it is removed, and with
// REQUEST_INVALID what would change who is paid.
func UpdateBeneficiary(act *world.Act, id string, in Description) (b *payments.Beneficiary, err error) {
	if b = FindAnyPayee(act, id); b == nil || !act.Caller.MayActFor(b.CustomerID) {
		return b, refusal.New(refusal.BeneficiaryNotFound, "the tenant has no beneficiary with this id or assetId")
	}
	a, err := FindAnyAccount(act, b.WalletID)
	if err != nil {
		return b, err
	}
	amended := *b
	amended.Describe(in.Texts)
	faults := append(b.Restricted(in.Texts), amended.Contradictions(in.texts())...)
	input := beneficiaryInput{payments.BeneficiaryFacts{Account: a.facts(), Faults: faults}, in}
	return b, b.Explain(act.Beneficiaries.Fire(act.Unit, b, payments.AmendBeneficiary, machine.Cause{By: act.Caller.UserID, Input: input}))
}

// RemoveBeneficiary makes a payee INACTIVE for good. Besides what an account
// refuses, it refuses with BENEFICIARY_NOT_FOUND, and with
// BENEFICIARY_NOT_ACTIVE the second time.
func RemoveBeneficiary(act *world.Act, accountID, id string) (b *payments.Beneficiary, err error) {
	a, err := findAccount(act, accountID)
	if err != nil {
		return b, err
	}
	if b = findPayee(act, a.Wallet.ID, id); b == nil {
		return b, refusal.New(refusal.BeneficiaryNotFound, "the account has no beneficiary with this id or assetId").
			Suggest("listBeneficiaries", "shows the payees of the account", "accountId", a.Wallet.ID)
	}
	input := beneficiaryInput{facts: payments.BeneficiaryFacts{Account: a.facts()}}
	return b, b.Explain(act.Beneficiaries.Fire(act.Unit, b, payments.RemoveBeneficiary, machine.Cause{By: act.Caller.UserID, Input: input}))
}
