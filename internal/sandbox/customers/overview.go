package customers

import (
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/sandbox/world"
)

// Overview is a customer as an operator sees it, with what its phase rests on.
type Overview struct {
	Customer *onboarding.Customer
	User     *access.User
	// Wallet is the product wallet; nil for the people of organizations.
	Wallet *payments.Wallet
	// Verification is the one that decides about the customer; nil without one.
	Verification *onboarding.Verification
}

// OverviewOf gives the overview of a customer.
func OverviewOf(act *world.Act, c *onboarding.Customer) Overview {
	return Overview{c, act.Users.Get(act.Unit, c.UserID), act.Wallets.Get(act.Unit, c.WalletID), LatestVerification(act, c.ID)}
}

// Search says which customers are looked for; what is empty does not restrict.
type Search struct {
	Type onboarding.CustomerType
	// State is one of the customer's, or of the verification that decides about it.
	State              machine.State
	Category, Scenario string
	// Text stands somewhere in an id, a name, an e-mail, a phone number or a
	// registration number, without regard to capitals.
	Text string
	// MemberOf looks for the people of this organization; without it they are left
	// out.
	MemberOf string
	// After is the id behind which the search goes on.
	After string
	// Limit is how many are found at most.
	Limit int
}

// maxLooked bounds how many customers one search looks at: the others of the tenant
// wait for it.
const maxLooked = 10_000

// SearchCustomers finds customers, in the order of their ids. Where there may be more,
// next is the id behind which to go on. Nobody is shown them, and nothing is counted.
func SearchCustomers(act *world.Act, s Search) (list []Overview, next string) {
	const atOnce = 256 // Each that is looked at has to be read.
	looked := 0
	for next = s.After; ; {
		slice := act.Customers.After(act.Unit, next, atOnce)
		for _, c := range slice {
			if looked == maxLooked || len(list) == s.Limit {
				return list, next
			}
			looked, next = looked+1, c.ID
			if s.fits(act, c) {
				list = append(list, OverviewOf(act, c))
			}
		}
		if len(slice) < atOnce {
			return list, ""
		}
	}
}

func (s Search) fits(act *world.Act, c *onboarding.Customer) bool {
	same := func(asked, is string) bool { return asked == "" || asked == is }
	if c.MemberOf != s.MemberOf || !same(string(s.Type), string(c.Type)) || !same(s.Category, c.Category) || !same(s.Scenario, world.RootOf(act, c).Scenario) || !s.fitsText(c) {
		return false
	}
	if s.State == "" || s.State == c.State {
		return true
	}
	if !slices.Contains(onboarding.VerificationTable().States(), s.State) {
		return false
	}
	v := LatestVerification(act, c.ID)
	return v != nil && v.State == s.State
}

func (s Search) fitsText(c *onboarding.Customer) bool {
	if s.Text == "" {
		return true
	}
	texts := []string{c.ID, c.Name, c.Email, c.Phone}
	if c.Company != nil {
		texts = append(texts, c.Company.RegistrationNumber)
	}
	wanted := strings.ToLower(s.Text)
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(strings.ToLower(text), wanted) })
}

// Dossier is a customer with everything on its way to an account.
type Dossier struct {
	Overview
	Verifications []*onboarding.Verification
	Documents     []*onboarding.Document
	Consents      []*onboarding.Consent
	// Personnel are the people of an organization.
	Personnel []*onboarding.Personnel
	// Pending are the decisions that are still to come.
	Pending []PendingDecision
}

// PendingDecision is a decision that comes by itself, and about what.
type PendingDecision struct {
	Entity, ID string
	machine.Armed
}

// DossierOf gives everything about a customer. It refuses with CUSTOMER_NOT_FOUND, and
// counts no look.
func DossierOf(act *world.Act, id string) (d Dossier, err error) {
	customer, err := FindCustomer(act, id)
	if err != nil {
		return d, err
	}
	d = Dossier{
		Overview: OverviewOf(act, customer), Verifications: act.Verifications.By(act.Unit, "customer", customer.ID),
		Documents: act.Documents.By(act.Unit, "customer", customer.ID), Consents: act.Consents.By(act.Unit, "customer", customer.ID),
		Personnel: activePersonnel(act, customer.ID),
	}
	d.await("customer", customer.Lives())
	if d.Wallet != nil {
		d.await("wallet", d.Wallet.Lives())
	}
	for _, v := range d.Verifications {
		d.await("verification", v.Lives())
	}
	for _, document := range d.Documents {
		d.await("document", document.Lives())
	}
	for _, c := range d.Consents {
		d.await("consent", c.Lives())
	}
	return d, nil
}

func (d *Dossier) await(entity string, life *machine.Life) {
	for _, armed := range life.Armed {
		d.Pending = append(d.Pending, PendingDecision{entity, life.ID, armed})
	}
}
