package onboarding

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
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
	// AnnualRevenue is in major units of euro, as sent.
	AnnualRevenue   string           `json:"annualRevenue,omitempty"`
	Addresses       []Address        `json:"addresses,omitempty"`
	Contacts        []Contact        `json:"contacts,omitempty"`
	Representatives []Representative `json:"representatives,omitempty"`
}

// Representative is somebody whom a registration names; only the record is
// kept, personnel are added by calls of their own.
type Representative struct {
	FirstName   string `json:"firstName,omitempty"`
	LastName    string `json:"lastName,omitempty"`
	Position    string `json:"position,omitempty"`
	Email       string `json:"email,omitempty"`
	Phone       string `json:"phone,omitempty"`
	DateOfBirth string `json:"dateOfBirth,omitempty"`
	Nationality string `json:"nationality,omitempty"`
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
	return append(riskySectors(), "FINTECH", "PAYMENT", "BANKING", "INSURANCE", "INVESTMENT", "PHARMACEUTICAL")
}

// riskyCountries are jurisdictions under increased monitoring or a call for
// action, by ISO code and name; the documentation names none, so these are ours.
func riskyCountries() []string {
	return []string{"IR", "IRAN", "KP", "NORTH KOREA", "MM", "MYANMAR", "AF", "AFGHANISTAN", "SY", "SYRIA", "YE", "YEMEN"}
}

// sectorIn tells whether one of the company's sectors speaks of one of the
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

// RiskReasons tells why an organization is of high risk, if it is: its
// category, its sector, its country, or politically exposed people behind it.
func RiskReasons(category Category, c *Company, exposed []string) []string {
	var reasons []string
	if category.Risk == HighRisk {
		reasons = append(reasons, "category "+category.Code)
	}
	if c.sectorIn(riskySectors()) {
		reasons = append(reasons, "sector "+strings.Join(nonEmpty(c.Industry, c.Sector), ", "))
	}
	for _, a := range c.Addresses {
		if slices.Contains(riskyCountries(), strings.ToUpper(a.Country)) {
			reasons = append(reasons, "country "+a.Country)
		}
	}
	for _, name := range exposed {
		reasons = append(reasons, fmt.Sprintf("%s is politically exposed", name))
	}
	return reasons
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
	form := strings.ToUpper(c.LegalForm)
	switch {
	case strings.Contains(form, "PARTNERSHIP"):
		needs = []Requirement{only("PARTNERSHIP_AGREEMENT"), anyOf("PARTNER_ID", "PARTNER_IDS", "DIRECTOR_ID"), only("BANK_STATEMENT")}
	case strings.Contains(form, "SOLE"):
		needs = []Requirement{anyOf("BUSINESS_LICENSE", "BUSINESS_LICENCE"), anyOf("OWNER_ID", "DIRECTOR_ID", "PASSPORT", "GOVERNMENT_ID"),
			anyOf("PROOF_OF_ADDRESS", "PROOF_OF_REGISTERED_ADDRESS")}
	default:
		needs = []Requirement{
			only("CERTIFICATE_OF_INCORPORATION"), only("ARTICLES_OF_ASSOCIATION"), only("SHAREHOLDER_REGISTER"),
			anyOf("DIRECTOR_ID", "DIRECTOR_IDS"), anyOf("PROOF_OF_ADDRESS", "PROOF_OF_REGISTERED_ADDRESS"), only("BANK_STATEMENT"),
		}
	}
	needs = append(needs, anyOf("BENEFICIAL_OWNERSHIP", "BENEFICIAL_OWNER_DECLARATION", "BENEFICIAL_OWNERS_DECLARATION"))
	if c.largeRevenue() {
		needs = append(needs, only("FINANCIAL_STATEMENTS"))
	}
	if c.sectorIn(regulatedSectors()) && !slices.ContainsFunc(needs, func(r Requirement) bool { return r.Type == "BUSINESS_LICENSE" }) {
		needs = append(needs, anyOf("BUSINESS_LICENSE", "BUSINESS_LICENCE"))
	}
	return needs
}
