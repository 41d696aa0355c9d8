// Package customers has the verbs of the way to an account: registration,
// verification with its documents, consents, the people of organizations, and
// activation. It must not know what a customer does afterwards (world.Hooks).
package customers

import (
	"cmp"
	"errors"
	"maps"
	"strconv"
	"strings"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/fake"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/scenario"
)

// CustomerKind makes the kind of customers: persons, organizations and their people.
func CustomerKind(s *world.World) *engine.Kind[onboarding.Customer, onboarding.CustomerFacts] {
	return world.See(s, &engine.Kind[onboarding.Customer, onboarding.CustomerFacts]{
		Collection: engine.Collection[onboarding.Customer]{Name: world.CustomerName, Indexes: []engine.Index[onboarding.Customer]{
			{Name: "email", Of: func(c *onboarding.Customer) []string { return []string{strings.ToLower(c.Email)} }},
			{Name: "registration", Of: func(c *onboarding.Customer) []string { return []string{registrationKey(c)} }},
		}},
		Table:  onboarding.CustomerTable(),
		Facts:  world.Facts(s, gatherCustomerFacts),
		Effect: world.Effect(s, customerEffect),
		Nouns:  []string{organizationNoun},
		Subject: func(c *onboarding.Customer) engine.Subject {
			subject := engine.Subject{Customer: c.ID, Data: map[string]string{"customerId": c.ID, "email": c.Email, "walletId": c.WalletID}}
			if c.Type == onboarding.Organization {
				subject.Noun, subject.Data["organizationId"] = organizationNoun, c.ID
			}
			return subject
		},
	}, seenCustomer())
}

// seenCustomer also has what everything else that belongs to the customer tells.
func seenCustomer() world.Seen[onboarding.Customer] {
	return world.Seen[onboarding.Customer]{
		// A customer that is just being made is found as well: it has been added.
		Owner: func(c *onboarding.Customer) string { return c.ID },
		Tells: []world.Telling[onboarding.Customer]{
			{About: scenario.AboutCustomer, Tell: toldCustomer},
			{About: scenario.AboutFeatures, Tell: func(_ *world.Act, c *onboarding.Customer, f *scenario.Facts) { f.Customer.Features = FeatureFacts(c) }},
			{About: scenario.AboutPeople, Tell: func(act *world.Act, c *onboarding.Customer, f *scenario.Facts) {
				f.Customer.People = peopleAround(act, c)
			}},
			{About: scenario.AboutVerification, Tell: func(act *world.Act, c *onboarding.Customer, f *scenario.Facts) {
				toldVerification(f, LatestVerification(act, c.ID))
			}},
			{About: scenario.AboutPapers, Tell: func(act *world.Act, c *onboarding.Customer, f *scenario.Facts) {
				f.Verification.Documents = paperFacts(act, LatestVerification(act, c.ID))
			}},
			{About: scenario.AboutWallet, Tell: func(act *world.Act, c *onboarding.Customer, f *scenario.Facts) {
				f.Wallet = WalletFacts(act.Wallets.Get(act.Unit, c.WalletID))
			}},
		},
	}
}

// organizationNoun begins the events of organizations.
const organizationNoun = "organization"

// registrationKey is what makes an organization the same: its registration
// number. Persons have none.
func registrationKey(c *onboarding.Customer) string {
	if c.Company == nil {
		return ""
	}
	return c.Company.RegistrationKey()
}

func gatherCustomerFacts(act *world.Act, c *onboarding.Customer, cause machine.Cause) onboarding.CustomerFacts {
	facts := onboarding.CustomerFacts{CustomerID: c.ID, Type: c.Type, State: c.State, Activation: Awaited(act.Unit, c.Lives(), onboarding.ActivationPoint)}
	facts.MissingConsents, facts.Unconfirmed = consentGaps(act, c.ID)
	if v := LatestVerification(act, c.ID); v != nil {
		facts.Verification = outlook(act, v)
	}
	if c.Type == onboarding.Organization {
		facts.Organization = organizationFacts(act, c, cause)
	}
	return facts
}

// customerEffect passes on what a step of a customer means for its users and
// wallets.
func customerEffect(act *world.Act, c *onboarding.Customer, step machine.Step, cause machine.Cause) error {
	switch step.On {
	case onboarding.CustomerVerified:
		return readyIfComplete(act, c)
	case onboarding.Activate:
		c.ActivatedBy, c.ActivationFailure = cause.By, ""
	case onboarding.ActivationFailed:
		c.ActivationFailure = cmp.Or(cause.Reason, onboarding.DefaultActivationFailure)
	case onboarding.ActivationFinished:
		c.ActivatedAt = act.Now()
		for _, user := range act.Users.By(act.Unit, "customer", c.ID) {
			act.Users.Then(act.Unit, user, access.ActivateUser, cause)
		}
		return act.Hooks.Activated(act, c)
	case onboarding.Suspend:
		act.After(func() error { return act.Hooks.Stopped(act, c, cause) })
	case onboarding.CloseCustomer:
		act.After(func() error { return act.Hooks.Stopped(act, c, cause) })
		endVerifications(act, c, cause)
	}
	return nil
}

// readyIfComplete makes the wallets wait for the activation when everything
// else is there.
func readyIfComplete(act *world.Act, c *onboarding.Customer) error {
	if facts := gatherCustomerFacts(act, c, machine.Cause{}); facts.Verification.State == onboarding.VerificationApproved && len(facts.MissingConsents) == 0 {
		return act.Hooks.Ready(act, c)
	}
	return nil
}

// Registration is what somebody registers with, whatever family of body it
// came in.
type Registration struct {
	Email, Phone, Password string
	Person                 onboarding.Person
	// Company makes the customer an organization.
	Company  *onboarding.Company
	Name     string
	Roles    []string
	Category string
	// SameCategory are the further names of the category in the request.
	SameCategory []string
	Choices      []onboarding.Choice
	// Features are those that the request names without giving values.
	Features []string
	// Declared are values that the request gives by their keys alone, without naming
	// the feature.
	Declared map[string]string
	// Scenario is the name of the scenario that the request asks for.
	Scenario string
}

// Registered is a new customer with its user and wallet.
type Registered struct {
	Customer *onboarding.Customer
	User     *access.User
	Wallet   *payments.Wallet
	Category onboarding.Category
	// Password is the generated one of a registration without; empty otherwise.
	Password string
}

// Register makes a customer, its user and its inactive wallets, and fixes which
// scenario governs them. It refuses with CATEGORIZATION_INVALID, DUPLICATE_EMAIL,
// DUPLICATE_ORGANIZATION and SCENARIO_UNKNOWN.
func Register(act *world.Act, in Registration) (out Registered, err error) {
	kind := onboarding.Individual
	if in.Company != nil {
		kind = onboarding.Organization
	}
	if in.Category == "" {
		in.Category = onboarding.DefaultCategory(kind).Code
	}
	category, err := onboarding.CheckCategory(in.Category, kind, in.Choices)
	if err == nil {
		err = onboarding.CheckRepeated(category, in.SameCategory)
	}
	if err == nil {
		err = onboarding.CheckDeclared(in.Declared, in.Features)
	}
	if err != nil {
		return out, withHierarchy(err, act.Tenant())
	}

	governing, err := world.ChosenScenario(act, in.Scenario, in.Email)
	if err != nil {
		return out, err
	}
	customer := &onboarding.Customer{
		Scenario: governing.Name,
		Life:     world.NewLife(act, "customer"), Type: kind, Email: in.Email, Phone: in.Phone, Person: in.Person,
		Company: in.Company, Name: in.Name, Category: category.Code, Features: features(in.Choices, in.Declared),
	}
	if err := unique(act, customer); err != nil {
		return out, err
	}
	if kind == onboarding.Individual {
		completePerson(act, customer)
	}
	out = Registered{Customer: customer, Category: category}
	return out, addCustomer(act, in, &out)
}

// unique refuses a customer whose e-mail or registration number another one of
// the tenant has. Staff are told whose it is: after a lost reply nothing else finds
// the customer.
func unique(act *world.Act, customer *onboarding.Customer) error {
	if key := registrationKey(customer); key != "" {
		if other := act.Customers.First(act.Unit, "registration", key); other != nil {
			e := refusal.New(refusal.DuplicateOrganization, "an organization of the tenant is registered under the number %s", customer.Company.RegistrationNumber)
			e.Field = "registrationNumber"
			return known(act, e, other)
		}
	}
	if customer.Email != "" {
		if other := act.Customers.First(act.Unit, "email", strings.ToLower(customer.Email)); other != nil {
			e := refusal.New(refusal.DuplicateEmail, "a customer of the tenant is registered with %s", customer.Email)
			e.Field = "email"
			return known(act, e, other)
		}
	}
	return nil
}

// known adds to a refusal, for staff alone, which customer is known already.
func known(act *world.Act, e *refusal.Error, other *onboarding.Customer) error {
	if act.Caller.Sort != access.Staff {
		return e
	}
	e = e.WithData("customerId", other.ID).WithData("userId", other.UserID)
	switch owner := act.Customers.Get(act.Unit, cmp.Or(other.MemberOf, other.ID)); {
	case other.Type == onboarding.Organization:
		return e.WithData("organizationId", other.ID).Suggest("getOrganization", "shows it", "organizationId", other.ID)
	case other.MemberOf != "":
		return e.Suggest("createOrganizationSession", "logs the customer in who has it", "organizationId", owner.ID, "userId", other.UserID)
	}
	return e.Suggest("createIndividualSession", "logs the customer in who has it", "customerId", other.ID, "userId", other.UserID)
}

// CheckPast refuses a date of birth, of incorporation or of issue that does not lie
// in the past of the tenant's clock.
func CheckPast(act *world.Act, date string) error {
	if date < strconv.Itoa(engine.FirstYear) {
		// No clock needs to be asked, which most births are spared so.
		return nil
	}
	return onboarding.CheckPast(date, act.Now())
}

// addCustomer stores a new customer with its first user and its wallets.
func addCustomer(act *world.Act, in Registration, out *Registered) error {
	customer := out.Customer
	wallet, err := act.Hooks.Registered(act, customer)
	if err != nil {
		return err
	}
	out.Wallet = wallet
	if in.Password == "" {
		out.Password = temporaryPassword(act)
		in.Password = out.Password
	}
	name := in.Email
	if name == "" {
		name = "admin." + customer.ID
	}
	if out.User, err = addUser(act, customer, name, in.Password, in.Roles); err != nil {
		return err
	}
	return act.Customers.Create(act.Unit, customer, onboarding.Register, world.By(act))
}

// addUser makes a user who can log in for a customer.
func addUser(act *world.Act, customer *onboarding.Customer, name, password string, roles []string) (*access.User, error) {
	user := &access.User{Life: world.NewLife(act, "user"), CustomerID: customer.ID, Username: name, Roles: roles}
	user.Secret = world.Digest(act, user.ID, password)
	customer.UserID = user.ID
	return user, act.Users.Create(act.Unit, user, access.AddUser, world.By(act))
}

// temporaryPassword makes a password that holds the documented rule.
func temporaryPassword(act *world.Act) string {
	return "Tmp-" + fake.Digits(world.Seed(act), "password", act.Next(), 8) + "-a"
}

// completePerson gives the person and what belongs to it ids.
func completePerson(act *world.Act, customer *onboarding.Customer) {
	p := &customer.Person
	namePerson(act, customer)
	for i := range p.Addresses {
		p.Addresses[i].ID = fake.ID(world.Seed(act), "address", act.Next())
	}
	for i := range p.Contacts {
		p.Contacts[i].ID = fake.ID(world.Seed(act), "contact", act.Next())
	}
}

// namePerson gives the person that a customer is the id by which GetPerson finds it. The
// number that it takes is not in the id: it keeps the ids that follow what they have
// always been.
func namePerson(act *world.Act, customer *onboarding.Customer) {
	act.Next()
	customer.Person.ID = fake.Twin(customer.ID)
}

func features(choices []onboarding.Choice, declared map[string]string) map[string]string {
	values := maps.Clone(declared)
	if values == nil {
		values = map[string]string{}
	}
	for _, choice := range choices {
		for key, value := range choice.Values {
			values[choice.Feature+"."+key] = value
		}
	}
	return values
}

func withHierarchy(err error, tenant string) error {
	var e *refusal.Error
	if errors.As(err, &e) {
		for i := range e.Next {
			e.Next[i].Params["tenantId"] = tenant
		}
	}
	return err
}

// FindCustomer finds a customer on whose behalf the caller may act.
func FindCustomer(act *world.Act, id string) (*onboarding.Customer, error) {
	customer := act.Customers.Get(act.Unit, id)
	if customer == nil || !act.Caller.MayActFor(id) {
		return nil, world.NoCustomer(id)
	}
	return customer, nil
}

// findIndividual finds a customer who is a person: an organization has operations of
// its own, which ask for more.
func findIndividual(act *world.Act, id string) (*onboarding.Customer, error) {
	customer, err := FindCustomer(act, id)
	if err == nil && customer.Type != onboarding.Individual {
		return nil, world.NoCustomer(id)
	}
	return customer, err
}
