package scenario

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/setting"
)

// Catalog is what scenarios can speak about: the choice points of the tables,
// and the operations with the codes of their refusals.
type Catalog struct {
	points map[string]machine.Answer
	// tables are the tables in which the choice points stand, and known the facts that
	// can be asked about where a table decides; nil is all of them.
	tables map[string]string
	known  map[string][]string
	// deadlines are choice points that no rule may answer: their end was
	// announced to the caller.
	deadlines []string
	// operations is nil if they are not known; rules about them are then taken as
	// they stand.
	operations map[string][]string
	// states are those of each table, by its name.
	states map[string][]string
	// checks are those of the values of facts.
	checks map[string]Check
}

// Check tells why a fact never has a value: it says how the fact's values are.
type Check func(value string) error

// With gives the catalog with checks of values that facts can have, by the facts'
// names; those of the items of lists have the lists' names before them.
func (c Catalog) With(checks map[string]Check) Catalog {
	c.checks = checks
	return c
}

// Seeing gives the catalog with what can be asked about, by the tables that decide.
// A choice point about which nothing can be asked is an error: a rule on it would
// pass every check and act on nothing.
func (c Catalog) Seeing(known map[string][]Topic) (Catalog, error) {
	c.known = map[string][]string{}
	var faults []error
	for _, point := range c.Points() {
		table := c.tables[point]
		if len(known[table]) == 0 {
			faults = append(faults, fmt.Errorf("scenario: nothing can be asked where %s is decided: no facts are registered for the kind %s", point, table))
		}
	}
	for table, topics := range known {
		for _, topic := range append(slices.Clone(topics), AboutClock) {
			if fact := topic.fact(); !slices.Contains(c.known[table], fact) {
				c.known[table] = append(c.known[table], fact)
			}
		}
	}
	return c, errors.Join(faults...)
}

// Known are the facts that a condition can ask about on a choice point; nil is
// all of them, as on an operation.
func (c Catalog) Known(on string) []string { return c.known[c.tables[on]] }

// NewCatalog gathers the choice points of tables, and the operations with the
// refusal codes that each can give. Without operations (nil) those that rules
// name are not checked: that is for callers who have no document.
func NewCatalog(tables []machine.Description, operations map[string][]string) Catalog {
	c := Catalog{points: map[string]machine.Answer{}, tables: map[string]string{}, operations: operations, states: map[string][]string{}}
	for _, d := range tables {
		for _, state := range d.States {
			c.states[d.Name] = append(c.states[d.Name], string(state))
		}
		for _, t := range d.Transitions {
			for _, choice := range t.Choices {
				if !choice.Deadline {
					c.points[choice.Point], c.tables[choice.Point] = choice, d.Name
				} else if !slices.Contains(c.deadlines, choice.Point) {
					c.deadlines = append(c.deadlines, choice.Point)
				}
			}
		}
	}
	return c
}

// Points lists the choice points in alphabetical order.
func (c Catalog) Points() []string { return slices.Sorted(maps.Keys(c.points)) }

// Operations lists the operations in alphabetical order.
func (c Catalog) Operations() []string { return slices.Sorted(maps.Keys(c.operations)) }

// isOperation reports whether a word names an operation. Choice points have a dot
// in their names, operations have none.
func (c Catalog) isOperation(word string) bool {
	if c.operations == nil {
		return word != "" && !strings.Contains(word, ".")
	}
	_, ok := c.operations[word]
	return ok
}

// closed gives the values of a fact whose values are a closed list; nil is any.
// The items of lists have the names of their lists before them.
func (c Catalog) closed(fact string) []string {
	if table, ok := strings.CutSuffix(fact, ".state"); ok {
		return c.states[tableOf(table)]
	}
	switch fact {
	case "customer.type":
		return []string{"INDIVIDUAL", "ORGANIZATION"}
	case "customer.risk":
		return []string{"LOW", "MEDIUM", "HIGH"}
	case "customer.position", "customer.people.position":
		return []string{"DIRECTOR", "SHAREHOLDER", "EMPLOYEE", "BENEFICIAL_OWNER"}
	case "customer.people.kind":
		return []string{"INDIVIDUAL", "CORPORATE"}
	case "verification.type":
		return []string{
			"IDENTITY_VERIFICATION", "DOCUMENT_VERIFICATION", "ENHANCED_DUE_DILIGENCE", "SANCTIONS_CHECK", "CUSTOMER_DUE_DILIGENCE",
			"BUSINESS_VERIFICATION",
		}
	case "verification.level":
		return []string{"TENANT_VERIFIED", "POWER_TENANT_VERIFIED", "FINHUB_VERIFIED"}
	case "document.type", "verification.documents.type":
		return documentTypes()
	case "consent.type":
		return []string{"TERMS_AND_CONDITIONS", "PRIVACY_POLICY", "DATA_PROCESSING"}
	case "wallet.purpose":
		return []string{"product", "master"}
	case "beneficiary.partyType":
		return []string{"INDIVIDUAL_CUSTOMER", "BUSINESS_CUSTOMER"}
	case "beneficiary.screening":
		return []string{"PENDING", "VERIFIED", "FLAGGED"}
	case "order.network":
		return setting.ByNetwork{}.Networks()
	case "order.type":
		return []string{"TRANSFER", "TOPUP", "WITHDRAWAL"}
	case "request.method":
		return []string{"GET", "POST", "PUT", "PATCH", "DELETE"}
	case "request.caller":
		return []string{"public", "customer", "staff"}
	case "request.operation":
		return c.Operations()
	case "clock.weekday":
		return []string{"MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"}
	}
	return nil
}

// documentTypes are those of the document, without their second names.
func documentTypes() []string {
	return strings.Fields("PASSPORT NATIONAL_ID GOVERNMENT_ID ID_CARD DRIVERS_LICENSE PROOF_OF_ADDRESS SOURCE_OF_FUNDS PEP_DECLARATION " +
		"BENEFICIAL_OWNERSHIP BANK_STATEMENT INCOME_PROOF CERTIFICATE_OF_INCORPORATION ARTICLES_OF_ASSOCIATION SHAREHOLDER_REGISTER DIRECTOR_ID " +
		"DIRECTOR_IDS PROOF_OF_REGISTERED_ADDRESS BENEFICIAL_OWNER_DECLARATION BENEFICIAL_OWNERS_DECLARATION FINANCIAL_STATEMENTS BUSINESS_LICENSE " +
		"BUSINESS_LICENCE PARTNERSHIP_AGREEMENT PARTNER_ID PARTNER_IDS OWNER_ID BANK_REFERENCE_LETTER TAX_CLEARANCE_CERTIFICATE SELFIE")
}

// tableOf is the name of the table behind a fact.
func tableOf(fact string) string {
	switch fact {
	case "paymentConsent":
		return "payment_consent"
	case "verification.documents":
		return "document"
	}
	return fact
}

// networks are the ways of money that have fees of their own.
