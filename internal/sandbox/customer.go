package sandbox

import (
	"cmp"
	"errors"
	"maps"
	"strconv"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/fake"
)

func (s *Sandbox) customerKind() *engine.Kind[onboarding.Customer, onboarding.CustomerFacts] {
	return &engine.Kind[onboarding.Customer, onboarding.CustomerFacts]{
		Collection: engine.Collection[onboarding.Customer]{Name: "customer", Indexes: []engine.Index[onboarding.Customer]{
			{Name: "email", Of: func(c *onboarding.Customer) []string { return []string{strings.ToLower(c.Email)} }},
			{Name: "registration", Of: func(c *onboarding.Customer) []string { return []string{registrationKey(c)} }},
		}},
		Table:  onboarding.CustomerTable(),
		Facts:  s.customerFacts,
		Effect: s.customerEffect,
		Nouns:  []string{organizationNoun},
		Subject: func(c *onboarding.Customer) engine.Subject {
			subject := engine.Subject{Customer: c.ID, Data: map[string]string{"customerId": c.ID, "email": c.Email, "walletId": c.WalletID}}
			if c.Type == onboarding.Organization {
				subject.Noun, subject.Data["organizationId"] = organizationNoun, c.ID
			}
			return subject
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

func (s *Sandbox) customerFacts(u *engine.Unit, c *onboarding.Customer, cause machine.Cause) onboarding.CustomerFacts {
	facts := onboarding.CustomerFacts{CustomerID: c.ID, Type: c.Type, State: c.State, Activation: awaited(u, c.Lives(), onboarding.ActivationPoint)}
	facts.MissingConsents, facts.Unconfirmed = s.consentGaps(u, c.ID)
	if v := s.latestVerification(u, c.ID); v != nil {
		facts.Verification = s.outlook(u, v)
	}
	if c.Type == onboarding.Organization {
		facts.Organization = s.organizationFacts(u, c, cause)
	}
	return facts
}

// customerEffect passes on what a step of a customer means for its users and
// wallets.
func (s *Sandbox) customerEffect(u *engine.Unit, c *onboarding.Customer, step machine.Step, cause machine.Cause) error {
	switch step.On {
	case onboarding.CustomerVerified:
		return s.readyIfComplete(u, c)
	case onboarding.Activate:
		c.ActivatedBy, c.ActivationFailure = cause.By, ""
	case onboarding.ActivationFailed:
		c.ActivationFailure = cmp.Or(cause.Reason, onboarding.DefaultActivationFailure)
	case onboarding.ActivationFinished:
		c.ActivatedAt = u.Now()
		for _, user := range s.users.By(u, "customer", c.ID) {
			s.users.Then(u, user, access.ActivateUser, cause)
		}
		if err := s.activateWallets(u, c); err != nil {
			return err
		}
		return s.creditOpening(u, s.wallets.Get(u, c.WalletID))
	case onboarding.Suspend:
		u.After(func() error { return s.endSessions(u, c, cause) })
	case onboarding.CloseCustomer:
		u.After(func() error { return s.endSessions(u, c, cause) })
		s.endVerifications(u, c, cause)
	}
	return nil
}

// readyIfComplete makes the wallets wait for the activation when everything
// else is there.
func (s *Sandbox) readyIfComplete(u *engine.Unit, c *onboarding.Customer) error {
	if facts := s.customerFacts(u, c, machine.Cause{}); facts.Verification.State == onboarding.VerificationApproved && len(facts.MissingConsents) == 0 {
		return s.walletsReady(u, c)
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
func (s *Sandbox) Register(c access.Caller, in Registration) (Registered, error) {
	var out Registered
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
		return out, withHierarchy(err, c.Tenant)
	}
	err = s.do(c, func(u *engine.Unit) error {
		governing, err := s.chosenScenario(u, in.Scenario, in.Email)
		if err != nil {
			return err
		}
		customer := &onboarding.Customer{
			Scenario: governing.Name,
			Life:     s.newLife(u, "customer"), Type: kind, Email: in.Email, Phone: in.Phone, Person: in.Person,
			Company: in.Company, Name: in.Name, Category: category.Code, Features: features(in.Choices, in.Declared),
		}
		if err := s.unique(u, c, customer); err != nil {
			return err
		}
		if kind == onboarding.Individual {
			s.completePerson(u, &customer.Person)
		}
		out = Registered{Customer: customer, Category: category}
		return s.addCustomer(u, c, in, &out)
	})
	return out, err
}

// unique refuses a customer whose e-mail or registration number another one of
// the tenant has. Staff are told whose it is: after a lost reply nothing else finds
// the customer.
func (s *Sandbox) unique(u *engine.Unit, c access.Caller, customer *onboarding.Customer) error {
	if key := registrationKey(customer); key != "" {
		if other := s.customers.First(u, "registration", key); other != nil {
			e := refusal.New(refusal.DuplicateOrganization, "an organization of the tenant is registered under the number %s", customer.Company.RegistrationNumber)
			e.Field = "registrationNumber"
			return s.known(u, c, e, other)
		}
	}
	if customer.Email != "" {
		if other := s.customers.First(u, "email", strings.ToLower(customer.Email)); other != nil {
			e := refusal.New(refusal.DuplicateEmail, "a customer of the tenant is registered with %s", customer.Email)
			e.Field = "email"
			return s.known(u, c, e, other)
		}
	}
	return nil
}

// known adds to a refusal, for staff alone, which customer is known already.
func (s *Sandbox) known(u *engine.Unit, c access.Caller, e *refusal.Error, other *onboarding.Customer) error {
	if c.Sort != access.Staff {
		return e
	}
	e = e.With("customerId", other.ID).With("userId", other.UserID)
	switch owner := s.customers.Get(u, cmp.Or(other.MemberOf, other.ID)); {
	case other.Type == onboarding.Organization:
		return e.With("organizationId", other.ID).Try("getOrganization", "shows it", "organizationId", other.ID)
	case other.MemberOf != "":
		return e.Try("createOrganizationSession", "logs the customer in who has it", "organizationId", owner.ID, "userId", other.UserID)
	}
	return e.Try("createIndividualSession", "logs the customer in who has it", "customerId", other.ID, "userId", other.UserID)
}

// CheckPast refuses a date of birth, of incorporation or of issue that does not lie
// in the past of the tenant's clock.
func (s *Sandbox) CheckPast(tenant, date string) error {
	if date < strconv.Itoa(engine.FirstYear) {
		// No clock needs to be asked, which most births are spared so.
		return nil
	}
	var now time.Time
	err := s.engine.Read(tenant, func(u *engine.Unit) error {
		now = u.Now()
		return nil
	})
	if err != nil {
		return err
	}
	return onboarding.CheckPast(date, now)
}

// addCustomer stores a new customer with its first user and its wallets.
func (s *Sandbox) addCustomer(u *engine.Unit, c access.Caller, in Registration, out *Registered) error {
	customer := out.Customer
	wallet, err := s.openWallets(u, customer)
	if err != nil {
		return err
	}
	out.Wallet = wallet
	if in.Password == "" {
		out.Password = s.temporaryPassword(u)
		in.Password = out.Password
	}
	name := in.Email
	if name == "" {
		name = "admin." + customer.ID
	}
	if out.User, err = s.addUser(u, c, customer, name, in.Password, in.Roles); err != nil {
		return err
	}
	return s.customers.Create(u, customer, onboarding.Register, by(c))
}

// addUser makes a user who can log in for a customer.
func (s *Sandbox) addUser(u *engine.Unit, c access.Caller, customer *onboarding.Customer, name, password string, roles []string) (*access.User, error) {
	user := &access.User{Life: s.newLife(u, "user"), CustomerID: customer.ID, Username: name, Roles: roles}
	user.Secret = s.digest(user.ID, password)
	customer.UserID = user.ID
	return user, s.users.Create(u, user, access.AddUser, by(c))
}

// temporaryPassword makes a password that holds the documented rule.
func (s *Sandbox) temporaryPassword(u *engine.Unit) string {
	return "Tmp-" + fake.Digits(s.seed(u), "password", u.Next(), 8) + "-a"
}

// completePerson gives the person and what belongs to it ids.
func (s *Sandbox) completePerson(u *engine.Unit, p *onboarding.Person) {
	p.ID = fake.ID(s.seed(u), "person", u.Next())
	for i := range p.Addresses {
		p.Addresses[i].ID = fake.ID(s.seed(u), "address", u.Next())
	}
	for i := range p.Contacts {
		p.Contacts[i].ID = fake.ID(s.seed(u), "contact", u.Next())
	}
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

// customer finds a customer on whose behalf the caller may act.
func (s *Sandbox) customer(u *engine.Unit, c access.Caller, id string) (*onboarding.Customer, error) {
	customer := s.customers.Get(u, id)
	if customer == nil || !c.MayActFor(id) {
		return nil, noCustomer(id)
	}
	return customer, nil
}

// individual finds a customer who is a person: an organization has operations of
// its own, which ask for more.
func (s *Sandbox) individual(u *engine.Unit, c access.Caller, id string) (*onboarding.Customer, error) {
	customer, err := s.customer(u, c, id)
	if err == nil && customer.Type != onboarding.Individual {
		return nil, noCustomer(id)
	}
	return customer, err
}

func noCustomer(id string) error {
	return refusal.New(refusal.CustomerNotFound, "the tenant has no customer %s", id).
		Try("registerIndividual", "registers one")
}

func (s *Sandbox) do(c access.Caller, fn func(*engine.Unit) error) error {
	return s.engine.Do(c.Tenant, fn)
}

// show is read for what clients poll: it counts looks (engine.Show).
func (s *Sandbox) show(c access.Caller, fn func(*engine.Unit) error) error {
	return s.engine.Show(c.Tenant, fn)
}

func (s *Sandbox) read(c access.Caller, fn func(*engine.Unit) error) error {
	return s.engine.Read(c.Tenant, fn)
}
