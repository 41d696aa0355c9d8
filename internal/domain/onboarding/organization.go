package onboarding

import (
	"cmp"
	"maps"
	"math/big"
	"slices"
	"strings"
	"unicode"
)

// Company is what a customer of type ORGANIZATION is, as registered.
type Company struct {
	LegalName          string `json:"legalName"`
	TradingName        string `json:"tradingName,omitempty"`
	RegistrationNumber string `json:"registrationNumber"`
	TaxID              string `json:"taxId,omitempty"`
	VATNumber          string `json:"vatNumber,omitempty"`
	IncorporationDate  string `json:"incorporationDate,omitempty"`
	LegalForm          string `json:"legalForm,omitempty"`
	BusinessType       string `json:"businessType,omitempty"`
	Industry           string `json:"industry,omitempty"`
	Sector             string `json:"sector,omitempty"`
	Description        string `json:"description,omitempty"`
	Website            string `json:"website,omitempty"`
	Email              string `json:"email,omitempty"`
	Phone              string `json:"phone,omitempty"`
	Employees          string `json:"employees,omitempty"`
	// Country and Size are those of a change: no registration tells them.
	Country string `json:"country,omitempty"`
	Size    string `json:"size,omitempty"`
	// AnnualRevenue is in major units of euro, as sent.
	AnnualRevenue   string           `json:"annualRevenue,omitempty"`
	Addresses       []Address        `json:"addresses,omitempty"`
	Contacts        []Contact        `json:"contacts,omitempty"`
	Representatives []Representative `json:"representatives,omitempty"`
}

// RegistrationKey is what makes a company the same: its registration number, without
// regard to capitals and to what separates its letters and digits.
func (c *Company) RegistrationKey() string {
	key := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, c.RegistrationNumber)
	if key == "" {
		return c.RegistrationNumber
	}
	return key
}

// Amendment is what changes about an organization; what is empty stays as it is.
type Amendment struct {
	Name, VATNumber, Country, IncorporationDate, LegalForm, Industry, Sector, Size, Website string
	// RegistrationNumber never changes: it is what is compared with.
	RegistrationNumber string
}

// Amend changes an organization.
func (c *Customer) Amend(in Amendment) {
	company := *c.Company
	c.Name = cmp.Or(in.Name, c.Name)
	company.LegalName, company.VATNumber = cmp.Or(in.Name, company.LegalName), cmp.Or(in.VATNumber, company.VATNumber)
	company.Country, company.Size = cmp.Or(in.Country, company.Country), cmp.Or(in.Size, company.Size)
	company.IncorporationDate = cmp.Or(in.IncorporationDate, company.IncorporationDate)
	company.LegalForm, company.Website = cmp.Or(in.LegalForm, company.LegalForm), cmp.Or(in.Website, company.Website)
	company.Industry, company.Sector = cmp.Or(in.Industry, company.Industry), cmp.Or(in.Sector, company.Sector)
	c.Company = &company
}

// Representative is somebody whom a registration names; only the record is
// kept, personnel are added by calls of their own.
type Representative struct {
	FirstName    string `json:"firstName,omitempty"`
	LastName     string `json:"lastName,omitempty"`
	Position     string `json:"position,omitempty"`
	Email        string `json:"email,omitempty"`
	Phone        string `json:"phone,omitempty"`
	DateOfBirth  string `json:"dateOfBirth,omitempty"`
	Nationality  string `json:"nationality,omitempty"`
	PrimaryOwner bool   `json:"isPrimaryOwner,omitempty"`
	// Share is a number that counts for nothing.
	Share any `json:"ownershipShare,omitempty"`
}

// BusinessClientToTenant is the one documented type of an organization towards
// the tenant; the rule about the first employee names it.
const BusinessClientToTenant = "BUSINESS_TYPE_CLIENT_TO_TENANT"

// riskySectors are those whose verification only a power tenant may decide.
func riskySectors() []string {
	return []string{"MONEY_SERVICE", "CRYPTO", "GAMBLING", "GAMING", "BETTING", "CASINO"}
}

// regulatedSectors need a business licence.
func regulatedSectors() []string {
	return append(riskySectors(), "FINANCIAL_SERVICE", "FINTECH", "PAYMENT", "BANKING", "INSURANCE", "INVESTMENT", "PHARMACEUTICAL")
}

// riskyCountries are jurisdictions under increased monitoring or a call for
// action, by ISO code and name; the documentation names none, so these are ours.
func riskyCountries() []string {
	return []string{"IR", "IRAN", "KP", "NORTH KOREA", "MM", "MYANMAR", "AF", "AFGHANISTAN", "SY", "SYRIA", "YE", "YEMEN"}
}

// RiskyCountry reports whether a country, by its code or its name, is listed.
func RiskyCountry(country string) bool {
	return slices.Contains(riskyCountries(), strings.ToUpper(country))
}

// sectorIn reports whether one of the company's sectors speaks of one of the
// words.
func (c *Company) sectorIn(words []string) bool {
	for _, sector := range []string{c.Industry, c.Sector, c.BusinessType} {
		sector = strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToUpper(sector))
		if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(sector, w) }) {
			return true
		}
	}
	return false
}

// revenueNeedsStatements is the revenue above which financial statements are
// required, in major units.
const revenueNeedsStatements = 1_000_000

func (c *Company) largeRevenue() bool {
	revenue, ok := new(big.Rat).SetString(c.AnnualRevenue)
	return ok && len(c.AnnualRevenue) < 30 && revenue.Cmp(big.NewRat(revenueNeedsStatements, 1)) > 0
}

// RiskReason is why a customer is of high risk: a code and what it is about.
type RiskReason struct {
	Code    string `json:"code"`
	Subject string `json:"subject"`
}

// The codes of reasons for a high risk.
const (
	RiskyCategory   = "HIGH_RISK_CATEGORY"
	RiskySector     = "HIGH_RISK_SECTOR"
	HighRiskCountry = "HIGH_RISK_COUNTRY"
	ExposedDirector = "POLITICALLY_EXPOSED_DIRECTOR"
	ExposedOwner    = "POLITICALLY_EXPOSED_OWNER"
	RiskyFeature    = "HIGH_RISK_FEATURE"
	ExposedCustomer = "POLITICALLY_EXPOSED_CUSTOMER"
	HighLevel       = "REQUESTED_LEVEL"
)

func (r RiskReason) String() string { return r.Code + " " + r.Subject }

// CategoryRisk is the reason that lies in a category, if there is one.
func CategoryRisk(category Category) []RiskReason {
	if category.Risk != HighRisk {
		return nil
	}
	return []RiskReason{{RiskyCategory, category.Code}}
}

// featureRisk are the reasons that lie in the values that were chosen for the
// features of a category, by their keys.
func featureRisk(features map[string]string) []RiskReason {
	var reasons []RiskReason
	for _, name := range slices.Sorted(maps.Keys(features)) {
		value := features[name]
		switch key := name[strings.LastIndexByte(name, '.')+1:]; {
		case key == "riskLevel" && (value == "HIGH" || value == "CRITICAL"):
			reasons = append(reasons, RiskReason{RiskyFeature, key + " " + value})
		case key == "pep" && value == "true":
			reasons = append(reasons, RiskReason{ExposedCustomer, key + " " + value})
		}
	}
	return reasons
}

// Risks completes the reasons why a customer is of high risk by those that lie in
// the features, and where there is no other in the level that was asked for, if it
// is one that the tenant itself cannot give.
func Risks(c *Customer, asked string, reasons []RiskReason) []RiskReason {
	reasons = append(reasons, featureRisk(c.Features)...)
	if len(reasons) == 0 && (asked == PowerTenantVerified || asked == FinHubVerified) {
		return []RiskReason{{HighLevel, asked}}
	}
	return reasons
}

// OrganizationRisk tells why an organization is of high risk, if it is: its
// category, its sector, its country, or the people behind it.
func OrganizationRisk(category Category, c *Company, people []RiskReason) []RiskReason {
	reasons := CategoryRisk(category)
	if c.sectorIn(riskySectors()) {
		reasons = append(reasons, RiskReason{RiskySector, strings.Join(nonEmpty(c.Industry, c.Sector), ", ")})
	}
	if RiskyCountry(c.Country) {
		reasons = append(reasons, RiskReason{HighRiskCountry, c.Country})
	}
	for _, a := range c.Addresses {
		if RiskyCountry(a.Country) {
			reasons = append(reasons, RiskReason{HighRiskCountry, a.Country})
		}
	}
	return append(reasons, people...)
}

// Regulated reports whether the company's sector needs a licence.
func (c *Company) Regulated() bool { return c.sectorIn(regulatedSectors()) }

// Form is what the legal form comes to.
func (c *Company) Form() string {
	form := strings.ToUpper(c.LegalForm)
	switch {
	case strings.Contains(form, "PARTNERSHIP"):
		return "PARTNERSHIP"
	case strings.Contains(form, "SOLE"):
		return "SOLE_TRADER"
	}
	return "COMPANY"
}

func nonEmpty(texts ...string) []string {
	return slices.DeleteFunc(texts, func(t string) bool { return t == "" })
}

func anyOf(name string, others ...string) Requirement {
	return Requirement{Type: name, AnyOf: append([]string{name}, others...)}
}

// OrganizationRequirements are the documents that the verification of a company
// (KYB) needs: by its legal form, its revenue and its sector. Generations of the
// documentation spell some of them differently; each spelling will do.
func OrganizationRequirements(c *Company) []Requirement {
	var needs []Requirement
	switch c.Form() {
	case "PARTNERSHIP":
		needs = []Requirement{only("PARTNERSHIP_AGREEMENT"), anyOf("PARTNER_ID", "PARTNER_IDS", "DIRECTOR_ID"), only("BANK_STATEMENT")}
	case "SOLE_TRADER":
		needs = []Requirement{anyOf("BUSINESS_LICENSE", "BUSINESS_LICENCE"), anyOf("OWNER_ID", "DIRECTOR_ID", "PASSPORT", "GOVERNMENT_ID"),
			anyOf("PROOF_OF_ADDRESS", "PROOF_OF_REGISTERED_ADDRESS")}
	default:
		needs = []Requirement{
			only("CERTIFICATE_OF_INCORPORATION"), only("ARTICLES_OF_ASSOCIATION"), only("SHAREHOLDER_REGISTER"),
			anyOf("DIRECTOR_ID", "DIRECTOR_IDS"), anyOf("PROOF_OF_ADDRESS", "PROOF_OF_REGISTERED_ADDRESS"), only("BANK_STATEMENT"),
		}
	}
	needs = append(needs, anyOf("BENEFICIAL_OWNERSHIP", "BENEFICIAL_OWNER_DECLARATION", "BENEFICIAL_OWNERS_DECLARATION"))
	for i := range needs {
		needs[i].Reason = "ORGANIZATION_TYPE"
	}
	if c.largeRevenue() {
		needs = append(needs, Requirement{Type: "FINANCIAL_STATEMENTS", AnyOf: []string{"FINANCIAL_STATEMENTS"}, Reason: "ANNUAL_REVENUE"})
	}
	if c.Regulated() && !slices.ContainsFunc(needs, func(r Requirement) bool { return r.Type == "BUSINESS_LICENSE" }) {
		licence := anyOf("BUSINESS_LICENSE", "BUSINESS_LICENCE")
		licence.Reason = "REGULATED_SECTOR"
		needs = append(needs, licence)
	}
	return needs
}
