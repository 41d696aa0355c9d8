package payments

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/bank"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
)

// The states of a beneficiary.
const (
	BeneficiaryPending  machine.State = "PENDING"
	BeneficiaryActive   machine.State = "ACTIVE"
	BeneficiaryInactive machine.State = "INACTIVE"
)

// What can be asked of a beneficiary.
const (
	RegisterBeneficiary machine.Trigger = "register"
	VerifyBeneficiary   machine.Trigger = "verify"
	FlagBeneficiary     machine.Trigger = "flag"
	AmendBeneficiary    machine.Trigger = "amend"
	RemoveBeneficiary   machine.Trigger = "remove"
)

// The results of the screening.
const (
	ScreeningPending  = "PENDING"
	ScreeningVerified = "VERIFIED"
	ScreeningFlagged  = "FLAGGED"
)

// The kinds of payees.
const (
	IndividualParty = "INDIVIDUAL_CUSTOMER"
	BusinessParty   = "BUSINESS_CUSTOMER"
)

// Beneficiary is a payee registered on an account.
type Beneficiary struct {
	machine.Life
	WalletID   string `json:"walletId"`
	CustomerID string `json:"customerId"`
	// AssetID is the name under which the newest clients pay the beneficiary.
	AssetID     string `json:"assetId"`
	PartyType   string `json:"partyType"`
	FirstName   string `json:"firstName,omitempty"`
	LastName    string `json:"lastName,omitempty"`
	CompanyName string `json:"companyName,omitempty"`
	ShortName   string `json:"shortName,omitempty"`
	// Name is the full name, as sent or joined from the others.
	Name        string `json:"name"`
	IBAN        string `json:"iban"`
	BIC         string `json:"bic,omitempty"`
	Currency    string `json:"currency"`
	Country     string `json:"country"`
	Network     string `json:"network"`
	BankName    string `json:"bankName,omitempty"`
	Email       string `json:"email,omitempty"`
	Phone       string `json:"phone,omitempty"`
	PurposeCode string `json:"purposeCode,omitempty"`
	// Details are further members of the request, kept as they came.
	Details   map[string]any `json:"details,omitempty"`
	Screening string         `json:"screening"`
	LastUsed  time.Time      `json:"lastUsed,omitzero"`
}

// BeneficiaryFacts are what the beneficiary's table needs to know.
type BeneficiaryFacts struct {
	Account Account
	// Currency is the account's.
	Currency string
	// Asked is the currency of the registration.
	Asked string
	// Duplicate is a beneficiary of the account that has the IBAN already.
	Duplicate string
	// Faults are what is wrong with the values of a registration or an amendment.
	Faults []refusal.Fault
}

// BeneficiaryTable is the life of a beneficiary. A flagged one waits in PENDING
// for a decision that the sandbox does not make, and can only be removed.
func BeneficiaryTable() *machine.Table[BeneficiaryFacts] {
	screening := []machine.Choice[BeneficiaryFacts]{{
		Point: screeningPoint, Default: ScreeningVerified,
		Options: []machine.Option{
			{Name: ScreeningVerified, Trigger: VerifyBeneficiary},
			{Name: ScreeningFlagged, Trigger: FlagBeneficiary, Reasons: []string{"SANCTIONS_HIT", "PEP_MATCH", "NAME_MISMATCH", "COUNTRY_NOT_SUPPORTED"}},
		},
	}}
	return &machine.Table[BeneficiaryFacts]{
		Name:      "beneficiary",
		Otherwise: refusal.BeneficiaryNotActive,
		Rows: []machine.Row[BeneficiaryFacts]{
			{From: in{machine.None}, On: on{RegisterBeneficiary}, To: BeneficiaryPending, Needs: registerNeeds(), Emit: "beneficiary.created", Arms: screening},
			{From: in{BeneficiaryPending}, On: on{VerifyBeneficiary}, To: BeneficiaryActive},
			{From: in{BeneficiaryPending}, On: on{FlagBeneficiary}, To: machine.Same},
			{From: in{BeneficiaryPending, BeneficiaryActive}, On: on{AmendBeneficiary}, To: machine.Same, Needs: amendNeeds()},
			{From: in{BeneficiaryPending, BeneficiaryActive}, On: on{RemoveBeneficiary}, To: BeneficiaryInactive, Needs: amendNeeds()},
		},
	}
}

// amendNeeds are what a change of a beneficiary needs.
func amendNeeds() []machine.Need[BeneficiaryFacts] {
	return append(machine.Of(BeneficiaryFacts.account, usableNeeds()), machine.Need[BeneficiaryFacts]{
		Name: "request.valid", Code: refusal.RequestInvalid, Unmet: BeneficiaryFacts.faulty, Helpless: sentOtherwise,
	})
}

// registerNeeds are what the registration of one needs.
func registerNeeds() []machine.Need[BeneficiaryFacts] {
	type need = machine.Need[BeneficiaryFacts]
	return append(machine.Of(BeneficiaryFacts.account, usableNeeds()),
		need{Name: "currency.matching", Code: refusal.CurrencyMismatch, Unmet: BeneficiaryFacts.otherCurrency, Helpless: sentOtherwise},
		need{Name: "request.valid", Code: refusal.RequestInvalid, Unmet: BeneficiaryFacts.faulty, Helpless: sentOtherwise},
		need{Name: "iban.unregistered", Code: refusal.DuplicateBeneficiary, Unmet: BeneficiaryFacts.registered},
	)
}

func (f BeneficiaryFacts) account() Account { return f.Account }

func (f BeneficiaryFacts) faulty() *refusal.Error { return asRefusal(refusal.Invalid(f.Faults)) }

func (f BeneficiaryFacts) otherCurrency() *refusal.Error {
	if f.Asked == f.Currency {
		return nil
	}
	return WrongCurrency("currency", f.Currency, f.Asked)
}

func (f BeneficiaryFacts) registered() *refusal.Error {
	if f.Duplicate == "" {
		return nil
	}
	return refusal.New(refusal.DuplicateBeneficiary, "beneficiary %s has this IBAN", f.Duplicate).At("iban").
		WithData("beneficiaryId", f.Duplicate).
		Suggest("listBeneficiaries", "shows the beneficiary that has the IBAN", "accountId", f.Account.WalletID).
		Suggest("deleteBeneficiary", "removes it, after which the IBAN can be registered again", "accountId", f.Account.WalletID, "beneficiaryId", f.Duplicate)
}

// Payable refuses to pay a beneficiary that is not ACTIVE, and says when its
// screening is decided on a clock that stands still or runs.
func (b *Beneficiary) Payable(frozen bool) error {
	if b.State == BeneficiaryActive {
		return nil
	}
	e := refusal.New(refusal.BeneficiaryNotActive, "the beneficiary is %s and its screening says %s", b.State, b.Screening)
	for _, a := range b.Armed {
		if a.Point == screeningPoint {
			wait := refusal.Wait{Due: a.Due, Reads: a.Reads, Frozen: frozen}
			e.Details += "; the screening is decided " + wait.When()
			e = e.SuggestWaiting(wait, "listBeneficiaries", "accountId", b.WalletID)
		}
	}
	return b.Explain(e)
}

// screeningPoint is the choice of what the screening of a payee says.
const screeningPoint = "beneficiary.screening"

// Explain adds to a refusal which beneficiary it is about, and what may help.
func (b *Beneficiary) Explain(err error) error {
	return explain(err, func(e *refusal.Error) {
		if e.Code == refusal.BeneficiaryNotActive {
			e.WithData("beneficiaryId", b.ID).WithData("beneficiaryStatus", string(b.State)).
				Suggest("createBeneficiary", "registers another payee", "accountId", b.WalletID).
				Suggest("listBeneficiaries", "shows which payees are ACTIVE", "accountId", b.WalletID)
		}
	})
}

// Restricted tells the members of an amendment that would change who is paid,
// and the names that must not be emptied.
func (b *Beneficiary) Restricted(texts map[string]string) []refusal.Fault {
	var faults []refusal.Fault
	fault := func(field, message string) {
		faults = append(faults, refusal.Fault{Field: field, Pointer: "/" + field, Message: message})
	}
	for _, fixed := range []struct{ field, is string }{{"iban", b.IBAN}, {"currency", b.Currency}, {"partyType", b.PartyType}} {
		sent, ok := texts[fixed.field]
		if fixed.field == "iban" {
			sent = bank.NormalIBAN(sent)
		}
		if ok && sent != fixed.is {
			fault(fixed.field, "cannot be changed; remove the beneficiary and register another one")
		}
	}
	for _, name := range b.names() {
		if sent, ok := texts[name]; ok && strings.TrimSpace(sent) == "" {
			fault(name, "cannot be emptied")
		}
	}
	return faults
}

func (b *Beneficiary) names() []string {
	if b.PartyType == BusinessParty {
		return []string{"companyName"}
	}
	return []string{"firstName", "lastName"}
}

// Contradictions tells what of a payee's description cannot be so at once, or
// cannot be at all: the IBAN says in which country the account is, and the two
// names of a BIC mean the same. It is asked about the payee as registered and as
// amended.
func (b *Beneficiary) Contradictions(texts map[string]string) []refusal.Fault {
	var faults []refusal.Fault
	fault := func(field, message string) {
		faults = append(faults, refusal.Fault{Field: field, Pointer: "/" + field, Message: message})
	}
	if home := bank.CountryOf(b.IBAN); !bank.Within(b.Country, home) {
		fault("country", "is "+b.Country+", and the IBAN is of "+home)
	}
	if bic, older := texts["bic"], texts["bicSwiftCode"]; bic != "" && older != "" && !bank.SameBIC(bic, older) {
		fault("bicSwiftCode", "is "+older+", and bic is "+bic+": they mean the same")
	}
	if bic := texts["correspondentBankBic"]; bic != "" {
		if err := bank.CheckBIC(bic); err != nil {
			fault("correspondentBankBic", err.Error())
		}
	}
	kinds := []string{"INTERNAL", "EXTERNAL", IndividualParty, BusinessParty}
	switch kind := texts["type"]; {
	case kind == "":
	case !slices.Contains(kinds, kind):
		fault("type", "must be one of "+strings.Join(kinds, ", ")+", and is "+kind)
	case slices.Contains(kinds[2:], kind) && kind != b.PartyType:
		fault("type", "is "+kind+", and partyType is "+b.PartyType)
	}
	return faults
}

// Describe takes over the descriptive members of a request by their names on
// the wire; others are left alone. A name that nobody has sent follows those
// from which it is joined.
func (b *Beneficiary) Describe(texts map[string]string) {
	joined := b.Name == b.joinedName()
	for name, to := range map[string]*string{
		"firstName": &b.FirstName, "lastName": &b.LastName, "companyName": &b.CompanyName, "shortName": &b.ShortName,
		"country": &b.Country, "networkName": &b.Network, "bankName": &b.BankName,
		"email": &b.Email, "phoneNumber": &b.Phone, "purposeCode": &b.PurposeCode,
	} {
		if text, ok := texts[name]; ok {
			*to = text
		}
	}
	bic, sent := texts["bic"]
	older, sentOlder := texts["bicSwiftCode"]
	if sent || sentOlder {
		b.BIC = bank.NormalBIC(cmp.Or(bic, older))
	}
	if name := texts["name"]; name != "" {
		b.Name = name
	} else if joined {
		b.Name = b.joinedName()
	}
}

func (b *Beneficiary) joinedName() string {
	if b.PartyType == BusinessParty {
		return b.CompanyName
	}
	return strings.TrimSpace(b.FirstName + " " + b.LastName)
}
