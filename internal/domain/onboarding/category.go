package onboarding

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"finhub-sandbox/internal/domain/refusal"
)

// Risk is how risky a category is.
type Risk string

// The risks of categories.
const (
	LowRisk    Risk = "LOW"
	MediumRisk Risk = "MEDIUM"
	HighRisk   Risk = "HIGH"
)

// Category is a choice of a tenant's hierarchy. A code and a database id both
// name it.
type Category struct {
	Code        string
	DatabaseID  string
	Name        string
	Description string
	For         CustomerType
	Risk        Risk
	// Features are the codes of the features whose values may be chosen.
	Features []string
}

// Approver tells who decides a verification of the category.
func (c Category) Approver() string {
	if c.Risk == HighRisk {
		return "POWER_TENANT"
	}
	return "TENANT"
}

// Feature is something that a category can be parametrized with.
type Feature struct {
	Code        string
	DatabaseID  string
	Name        string
	Description string
	// Mandatory keys must have a value when the feature is chosen.
	Mandatory []string
	// Allowed are the values of those keys that have a closed list.
	Allowed map[string][]string
	// Multiple keys may have several values, separated by commas.
	Multiple []string
	// Greatest is the largest value of those keys that are whole numbers from 0 on.
	Greatest map[string]int
}

// Keys are those that the feature takes. A feature without any takes every key:
// which it has is not documented.
func (f Feature) Keys() []string {
	list := slices.Concat(f.Mandatory, slices.Collect(maps.Keys(f.Allowed)), slices.Collect(maps.Keys(f.Greatest)))
	slices.Sort(list)
	return slices.Compact(list)
}

// riskFeatures are the features of the categories by risk.
var riskFeatures = []string{"ENHANCED_AML_MONITORING", "TRANSACTION_LIMITS", "INTERNATIONAL_PAYMENTS"}

// Categories lists those that every tenant has.
func Categories() []Category { return slices.Clone(categories) }

var categories = []Category{
	{"INDIVIDUAL_STANDARD", "fs-cat-b2c-low-001", "Individual Standard", "Private customers without particular risk", Individual, LowRisk, nil},
	{"B2B_SMALL_BUSINESS", "fs-cat-b2b-small-001", "Small Business", "Small companies", Organization, MediumRisk, nil},
	{"HIGH_RISK_INDIVIDUAL", "individual-high-risk-3c51", "High Risk Individual", "Politically exposed, from a high-risk country, or of high volume", Individual, HighRisk, riskFeatures},
	{"STANDARD_INDIVIDUAL", "individual-standard-8d20", "Standard Individual", "Ordinary private customers", Individual, MediumRisk, riskFeatures},
	{"LOW_RISK_INDIVIDUAL", "individual-low-risk-5be4", "Low Risk Individual", "Private customers whose risk is known to be low", Individual, LowRisk, riskFeatures},
	{"HIGH_RISK_BUSINESS", "business-high-risk-1e07", "High Risk Business", "Companies of a risky sector, owner or country", Organization, HighRisk, riskFeatures},
	{"MEDIUM_RISK_BUSINESS", "business-medium-risk-7f9a", "Medium Risk Business", "Ordinary companies", Organization, MediumRisk, riskFeatures},
	{"LOW_RISK_BUSINESS", "business-low-risk-a4d3", "Low Risk Business", "Companies whose risk is known to be low", Organization, LowRisk, riskFeatures},
}

// Features are those that the categories refer to.
func Features() []Feature {
	bools := []string{"true", "false"}
	return []Feature{
		{
			Code: "ENHANCED_AML_MONITORING", DatabaseID: "feature-aml-0001", Name: "Enhanced AML Monitoring",
			Description: "How closely the customer is watched",
			Mandatory:   []string{"riskLevel", "riskScore", "pep", "sanctionsCheck", "monitoring", "edd"},
			Allowed: map[string][]string{
				"riskLevel": {"LOW", "MEDIUM", "HIGH", "CRITICAL"}, "pep": bools, "edd": bools,
				"pepCategory":           {"DOMESTIC_PEP", "FOREIGN_PEP", "RCA", "HIO"},
				"sanctionsCheck":        {"STANDARD", "ENHANCED", "REAL_TIME"},
				"monitoring":            {"WEEKLY", "DAILY", "REAL_TIME"},
				"transactionMonitoring": {"BATCH_DAILY", "REAL_TIME"},
			},
			Multiple: []string{"pepCategory"},
			Greatest: map[string]int{"riskScore": 100},
		},
		{Code: "TRANSACTION_LIMITS", DatabaseID: "feature-limits-0001", Name: "Transaction Limits", Description: "Limits of payments"},
		{Code: "INTERNATIONAL_PAYMENTS", DatabaseID: "feature-international-0001", Name: "International Payments", Description: "Payments beyond SEPA"},
	}
}

// DefaultCategory is the category of a registration that names none.
func DefaultCategory(t CustomerType) Category {
	i := slices.IndexFunc(categories, func(c Category) bool { return c.For == t })
	return categories[i]
}

// FindCategory looks a category up by its code, its database id or its name.
func FindCategory(name string) (Category, bool) {
	i := slices.IndexFunc(categories, func(c Category) bool { return c.Code == name || c.DatabaseID == name || c.Name == name })
	if i < 0 {
		return Category{}, false
	}
	return categories[i], true
}

// Choice is a feature with the values that a registration chose for it.
type Choice struct {
	Feature string
	Values  map[string]string
}

// CheckCategory refuses a category that is unknown or of the other kind of
// customer, and feature values that it does not allow. All faults are told.
func CheckCategory(name string, t CustomerType, choices []Choice) (Category, error) {
	category, ok := FindCategory(name)
	if !ok {
		return Category{}, invalidCategory(nil, map[string]string{"customerCategory": name + " is no category of the tenant"},
			fmt.Sprintf("Category '%s' does not exist", name))
	}
	if category.For != t {
		return Category{}, invalidCategory(nil, map[string]string{"customerCategory": fmt.Sprintf("%s is for a customer of type %s", name, category.For)},
			fmt.Sprintf("Category '%s' cannot be used for a customer of type %s", name, t))
	}
	var missing []string
	invalid := map[string]string{}
	details := ""
	note := func(text string) {
		if details == "" {
			details = text
		}
	}
	for _, choice := range choices {
		feature, ok := findFeature(choice.Feature)
		if !ok {
			invalid[choice.Feature] = choice.Feature + " is no feature of the tenant"
			note(fmt.Sprintf("Feature '%s' does not exist", choice.Feature))
			continue
		}
		for _, key := range feature.Mandatory {
			if choice.Values[key] == "" {
				missing = append(missing, key)
				note(fmt.Sprintf("Feature '%s' requires mandatory key '%s'", feature.Code, key))
			}
		}
		feature.checkValues(choice.Values, invalid, note)
	}
	if len(missing) == 0 && len(invalid) == 0 {
		return category, nil
	}
	return Category{}, invalidCategory(missing, invalid, details)
}

// CheckRepeated refuses further names of a category that mean another one.
func CheckRepeated(category Category, names []string) error {
	for _, name := range names {
		if other, ok := FindCategory(name); !ok || other.Code != category.Code {
			return invalidCategory(nil, map[string]string{"customerCategory": fmt.Sprintf("%s is not the category %s, which the request names too", name, category.Code)},
				fmt.Sprintf("Category '%s' and category '%s' are not the same", category.Code, name))
		}
	}
	return nil
}

// CheckDeclared refuses values that a registration gives by their keys alone and
// that the features which know the keys do not allow, and features that it names
// and that do not exist.
func CheckDeclared(values map[string]string, features []string) error {
	if len(values) == 0 && len(features) == 0 {
		return nil // Most registrations declare nothing, and making the features costs more than all else here.
	}
	invalid := map[string]string{}
	details := ""
	for _, feature := range Features() {
		feature.checkValues(values, invalid, func(text string) { details = text })
	}
	for _, name := range features {
		if _, ok := findFeature(name); !ok {
			invalid[name] = name + " is no feature of the tenant"
			details = fmt.Sprintf("Feature '%s' does not exist", name)
		}
	}
	if len(invalid) == 0 {
		return nil
	}
	return invalidCategory(nil, invalid, details)
}

func findFeature(code string) (Feature, bool) {
	i := slices.IndexFunc(Features(), func(f Feature) bool { return f.Code == code || f.DatabaseID == code })
	if i < 0 {
		return Feature{}, false
	}
	return Features()[i], true
}

// checkValues notes every key that the feature does not take, and every value
// that it does not allow. The first fault is the one that is told in words.
func (f Feature) checkValues(values, invalid map[string]string, note func(string)) {
	known := f.Keys()
	for _, key := range slices.Sorted(maps.Keys(values)) {
		value := values[key]
		if len(known) > 0 && !slices.Contains(known, key) {
			invalid[key] = fmt.Sprintf("%s is not in the feature's keys: [%s]", key, strings.Join(known, ", "))
			note(fmt.Sprintf("Feature '%s' has no key '%s'", f.Code, key))
			continue
		}
		parts := []string{value}
		if slices.Contains(f.Multiple, key) {
			parts = strings.Split(value, ",")
		}
		for _, part := range parts {
			if fault := f.checkValue(key, strings.TrimSpace(part)); fault != "" {
				invalid[key] = fault
				note(fmt.Sprintf("Feature '%s' does not allow the value '%s' of key '%s'", f.Code, part, key))
			}
		}
	}
}

// checkValue says what is wrong with one value of a key, if anything is.
func (f Feature) checkValue(key, value string) string {
	if value == "" {
		return ""
	}
	if allowed := f.Allowed[key]; allowed != nil && !slices.Contains(allowed, value) {
		return fmt.Sprintf("%s is not in allowed values: [%s]", value, strings.Join(allowed, ", "))
	}
	if greatest, bounded := f.Greatest[key]; bounded {
		if n, err := strconv.Atoi(value); err != nil || n > greatest || strings.Trim(value, "0123456789") != "" {
			return fmt.Sprintf("%s is not in allowed values: [0-%d]", value, greatest)
		}
	}
	return ""
}

// invalidCategory has the documented body: data.error is its own sentence here.
func invalidCategory(missing []string, invalid map[string]string, details string) error {
	return refusal.New(refusal.CategorizationInvalid, "%s", details).
		WithData("error", "Invalid categorization").
		WithData("missingKeys", append([]string{}, missing...)).
		WithData("invalidValues", invalid).
		Suggest("getCategorizationHierarchy", "lists the categories and the values that their features allow")
}
