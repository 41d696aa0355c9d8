package api

import (
	"maps"
	"strings"

	"finhub-sandbox/internal/domain/bank"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/world"
)

type beneficiaryView struct {
	ID              string        `json:"id"`
	BeneficiaryID   string        `json:"beneficiaryId"`
	AssetID         string        `json:"assetId"`
	AccountID       string        `json:"accountId"`
	WalletID        string        `json:"walletId"`
	Name            string        `json:"name"`
	BeneficiaryName string        `json:"beneficiaryName"`
	PartyType       string        `json:"partyType"`
	Type            string        `json:"type"`
	FirstName       string        `json:"firstName"`
	LastName        string        `json:"lastName"`
	CompanyName     string        `json:"companyName"`
	ShortName       string        `json:"shortName"`
	IBAN            string        `json:"iban"`
	BIC             string        `json:"bic"`
	BICSwiftCode    string        `json:"bicSwiftCode"`
	BICType         string        `json:"bicType"`
	Currency        string        `json:"currency"`
	Country         string        `json:"country"`
	Email           string        `json:"email"`
	PhoneNumber     string        `json:"phoneNumber"`
	NetworkName     string        `json:"networkName"`
	Network         string        `json:"network"`
	PaymentMethod   string        `json:"paymentMethod"`
	BankName        string        `json:"bankName"`
	BankCountry     string        `json:"bankCountry"`
	PurposeCode     string        `json:"purposeCode"`
	PEPCheck        string        `json:"pepCheckResult"`
	SanctionsCheck  string        `json:"sanctionsCheckResult"`
	Status          machine.State `json:"status"`
	CreatedAt       string        `json:"createdAt"`
	LastUsed        *string       `json:"lastUsed"`
	LastUsedAt      *string       `json:"lastUsedAt"`
	Message         string        `json:"message"`
	// Further are the members of the request that are only kept.
	Further map[string]any `json:",embed"`
}

// success is the message of whatever has none of its own.
const success = "Success"

// payeeCreated is the message of the pages about payees.
const payeeCreated = "Beneficiary created successfully"

func viewBeneficiary(b *payments.Beneficiary, message string) beneficiaryView {
	if message == "" {
		message = success
	}
	sanctions := b.Screening
	if sanctions == payments.ScreeningVerified {
		sanctions = "CLEAR"
	}
	used := orNull(instantOrNone(b.LastUsed))
	return beneficiaryView{
		ID: b.ID, BeneficiaryID: b.ID, AssetID: b.AssetID, AccountID: b.WalletID, WalletID: b.WalletID,
		Name: b.Name, BeneficiaryName: b.Name, PartyType: b.PartyType, Type: b.PartyType,
		FirstName: b.FirstName, LastName: b.LastName, CompanyName: b.CompanyName, ShortName: b.ShortName,
		IBAN: b.IBAN, BIC: b.BIC, BICSwiftCode: b.BIC, BICType: "external", Currency: b.Currency, Country: b.Country,
		Email: b.Email, PhoneNumber: b.Phone, NetworkName: b.Network, Network: b.Network,
		PaymentMethod: b.Network, BankName: b.BankName, BankCountry: bank.CountryOf(b.IBAN),
		PurposeCode: b.PurposeCode, PEPCheck: b.Screening, SanctionsCheck: sanctions, Status: b.State,
		CreatedAt: machine.Instant(b.Created), LastUsed: used, LastUsedAt: used, Message: message,
		Further: further(b),
	}
}

// further leaves out type, which replies have for the party type.
func further(b *payments.Beneficiary) map[string]any {
	details := maps.Clone(b.Details)
	delete(details, "type")
	return details
}

// createBeneficiary registers a payee (financial-operations/create-beneficiary).
func createBeneficiary(c *rest.Call, act *world.Act) (rest.Reply, error) {
	b, err := accounts.RegisterBeneficiary(act, c.Path("accountId"), readDescription(c.Body))
	return beneficiaryReply(b, err, payeeCreated)
}

// updateBeneficiary changes how a payee is described
// (financial-operations/beneficiaries).
func updateBeneficiary(c *rest.Call, act *world.Act) (rest.Reply, error) {
	b, err := accounts.UpdateBeneficiary(act, c.Path("beneficiaryId"), readDescription(c.Body))
	return beneficiaryReply(b, err, "")
}

// deleteBeneficiary removes a payee from an account
// (financial-operations/beneficiaries).
func deleteBeneficiary(c *rest.Call, act *world.Act) (rest.Reply, error) {
	b, err := accounts.RemoveBeneficiary(act, c.Path("accountId"), c.Path("beneficiaryId"))
	return beneficiaryReply(b, err, "")
}

func beneficiaryReply(b *payments.Beneficiary, err error, message string) (rest.Reply, error) {
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: new(viewBeneficiary(b, message))}, nil
}

// listBeneficiaries lists the payees of an account
// (financial-operations/beneficiaries).
func listBeneficiaries(c *rest.Call, act *world.Act) (rest.Reply, error) {
	return payeesReply(act, c.Path("accountId"), accounts.PayeeFilter{
		Status: machine.State(strings.ToUpper(c.Query("status"))), PartyType: c.Query("partyType"),
		Currency: c.Query("currency"), Network: c.Query("network"),
		Limit: c.QueryInt("limit", pageSize), Offset: c.QueryInt("offset", 0),
	})
}

// listWalletBeneficiaries lists the same, of a wallet (financial-operations/wallet).
func listWalletBeneficiaries(c *rest.Call, act *world.Act) (rest.Reply, error) {
	b := c.Body
	return payeesReply(act, c.Path("walletId"), accounts.PayeeFilter{
		Status: machine.State(strings.ToUpper(b.Str("status"))), PartyType: b.Str("partyType"),
		Currency: b.Str("currency"), Network: b.Str("network"), Limit: pageLimit(b), Offset: int(b.Int("offset")),
	})
}

func payeesReply(act *world.Act, accountID string, f accounts.PayeeFilter) (rest.Reply, error) {
	page, err := accounts.ListBeneficiaries(act, accountID, f)
	if err != nil {
		return rest.Reply{}, err
	}
	views := []beneficiaryView{}
	for _, b := range page.Items {
		views = append(views, viewBeneficiary(b, ""))
	}
	return rest.Reply{
		Message: "Beneficiaries retrieved successfully", Data: views,
		Extra: &extra{Success: true, Pagination: &paginationView{page.Total, page.Limit, page.Offset}},
	}, nil
}

// readDescription takes every text over under its own name, and keeps what else
// the documentation knows.
func readDescription(b rest.Body) accounts.Description {
	d := accounts.Description{Texts: map[string]string{}, Details: map[string]any{}}
	for _, name := range []string{
		"partyType", "iban", "currency", "firstName", "lastName", "companyName", "shortName", "name", "country",
		"networkName", "bic", "bicSwiftCode", "bankName", "email", "phoneNumber", "purposeCode",
	} {
		if text, ok := b.Get(name).(string); ok {
			d.Texts[name] = text
		}
	}
	keep(b, d.Details, "bankAddress", "bankCode", "accountNumber", "addressLine1", "addressLine2", "city", "stateProvince",
		"postalCode", "customerId", "organizationId", "targetCustomerId", "type", "allowedOperations", "registrationNumber",
		"taxId", "correspondentBankBic", "correspondentBankName", "businessRelationship", "additionalData")
	return d
}

// keep takes over members that are not interpreted.
func keep(b rest.Body, details map[string]any, names ...string) {
	for _, name := range names {
		if value := b.Get(name); value != nil {
			details[name] = value
		}
	}
}
