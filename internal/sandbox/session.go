package sandbox

import (
	"errors"
	"slices"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/fake"
)

func (s *Sandbox) userKind() *engine.Kind[access.User, access.UserFacts] {
	return &engine.Kind[access.User, access.UserFacts]{
		Collection: engine.Collection[access.User]{Name: "user", Indexes: []engine.Index[access.User]{
			{Name: "customer", Of: func(u *access.User) []string { return []string{u.CustomerID} }},
		}},
		Table:   access.UserTable(),
		Facts:   func(*engine.Unit, *access.User, machine.Cause) access.UserFacts { return access.UserFacts{} },
		Subject: func(u *access.User) engine.Subject { return engine.Subject{Customer: u.CustomerID} },
	}
}

func (s *Sandbox) sessionKind() *engine.Kind[access.Session, access.SessionFacts] {
	return &engine.Kind[access.Session, access.SessionFacts]{
		Collection: engine.Collection[access.Session]{Name: "session", Indexes: []engine.Index[access.Session]{
			// Whom it is ended with: the customer, or the user.
			{Name: "whose", Of: func(e *access.Session) []string { return []string{e.CustomerID, e.UserID} }},
		}},
		Table: access.SessionTable(),
		Facts: func(u *engine.Unit, e *access.Session, _ machine.Cause) access.SessionFacts {
			return access.SessionFacts{Over: e.Over(u.Now())}
		},
		Effect:  s.sessionEffect,
		Subject: func(e *access.Session) engine.Subject { return engine.Subject{Customer: e.CustomerID} },
	}
}

// sessionEffect issues a new token whenever a session is opened or refreshed.
func (s *Sandbox) sessionEffect(u *engine.Unit, e *access.Session, step machine.Step, _ machine.Cause) error {
	if step.On == access.EndSession {
		return nil
	}
	e.IssuedAt = u.Now()
	e.ExpiresAt = u.Now().Add(access.SessionLife)
	e.TokenID = fake.ID(s.seed(u), "token", u.Next())
	e.Refresh = fake.ID(s.seed(u), "refresh", u.Next()) + "-" + e.UserID
	return nil
}

// Credentials are what a login sends.
type Credentials struct{ Username, Password, TenantKey, TenantSecret string }

// Login is an open session with its token and whose it is.
type Login struct {
	Session *access.Session
	User    *access.User
	// Customer is nil for an administrator. Person is the customer itself, or for
	// an organization the one of its people who has logged in.
	Customer *onboarding.Customer
	Person   *onboarding.Customer
	Token    string
	// At is the tenant's time of the reply.
	At time.Time
}

// Login opens a session of a user for a customer of a type: its own user, or for
// an organization one of its personnel, with the roles that the person holds
// there. It refuses with CUSTOMER_NOT_FOUND, USER_NOT_FOUND, CREDENTIALS_INVALID,
// ACCOUNT_LOCKED and CUSTOMER_NOT_ACTIVE; a wrong password counts, which is all
// that a refused login changes.
func (s *Sandbox) Login(c access.Caller, t onboarding.CustomerType, customerID, userID string, in Credentials) (Login, error) {
	var login Login
	var refused error
	err := s.do(c, func(u *engine.Unit) error {
		if err := s.checkTenantKey(u, in); err != nil {
			return err
		}
		customer := s.customers.Get(u, customerID)
		if customer == nil || customer.Type != t {
			if t == onboarding.Organization {
				return noOrganization(customerID)
			}
			return noCustomer(customerID)
		}
		user := s.users.Get(u, userID)
		roles, ok := s.rolesAt(u, user, customerID)
		if !ok {
			return access.NoSuchUser(userID)
		}
		if refused = s.attempt(u, user, in); refused != nil {
			return nil
		}
		if err := s.mayLogIn(u, customer, user); err != nil {
			return err
		}
		login.User, login.Customer, login.Person = user, customer, s.personOf(u, user, customer)
		session := &access.Session{Sort: access.Customer, UserID: userID, CustomerID: customerID, Roles: roles}
		return s.openSession(u, c, session, in.TenantKey, &login)
	})
	return login, errors.Join(err, refused)
}

// mayLogIn refuses a login for a customer who is suspended or closed, and one of a
// user whose own record is. Only who knows the password is told.
func (s *Sandbox) mayLogIn(u *engine.Unit, customer *onboarding.Customer, user *access.User) error {
	if err := s.inBusiness(u, customer); err != nil {
		return err
	}
	if person := s.customers.Get(u, user.CustomerID); person != nil {
		return s.inBusiness(u, person)
	}
	return nil
}

// rolesAt gives the roles that a user has when acting for a customer, and
// whether the user may at all.
func (s *Sandbox) rolesAt(u *engine.Unit, user *access.User, customerID string) ([]string, bool) {
	if user == nil {
		return nil, false
	}
	var roles []string
	found := user.CustomerID == customerID
	if found {
		roles = append(roles, user.Roles...)
	}
	for _, p := range s.places(u, user, customerID) {
		found = true
		for _, role := range p.Roles {
			if !slices.Contains(roles, role) {
				roles = append(roles, role)
			}
		}
	}
	if found && len(roles) == 0 {
		roles = []string{access.RoleUser}
	}
	return roles, found
}

// places are the positions that a user has in an organization.
func (s *Sandbox) places(u *engine.Unit, user *access.User, organizationID string) []*onboarding.Personnel {
	return slices.DeleteFunc(s.personnel.By(u, "user", user.ID), func(p *onboarding.Personnel) bool {
		return p.OrganizationID != organizationID || p.State == onboarding.PersonnelRemoved
	})
}

// personOf is who a user is: the customer, or for an organization the person who
// acts. The default administrator of an organization need not be one.
func (s *Sandbox) personOf(u *engine.Unit, user *access.User, customer *onboarding.Customer) *onboarding.Customer {
	if user == nil || customer == nil {
		return customer
	}
	for _, p := range s.places(u, user, customer.ID) {
		return s.customers.Get(u, p.CustomerID)
	}
	return customer
}

// LoginAdmin opens a session of a tenant's administrator. An administrator is
// made at the first login, with the password of that login, since there is no
// call that makes one; from then on it refuses with CREDENTIALS_INVALID and
// ACCOUNT_LOCKED.
func (s *Sandbox) LoginAdmin(c access.Caller, organizationID, userID string, in Credentials) (Login, error) {
	var login Login
	var refused error
	err := s.do(c, func(u *engine.Unit) error {
		if err := s.checkTenantKey(u, in); err != nil {
			return err
		}
		admin := s.users.Get(u, adminKey(organizationID, userID))
		if admin == nil {
			admin = &access.User{
				Life: s.newLife(u, "user"), CustomerID: organizationID, Username: in.Username,
				Roles: []string{access.RoleAdmin, access.RoleAdminUser},
			}
			admin.ID = adminKey(organizationID, userID)
			admin.Secret = s.digest(admin.ID, in.Password)
			if err := s.users.Create(u, admin, access.AddUser, by(c)); err != nil {
				return err
			}
		}
		if refused = s.attempt(u, admin, in); refused != nil {
			return nil
		}
		login.User = admin
		session := &access.Session{Sort: access.Staff, UserID: userID, CustomerID: organizationID, Roles: admin.Roles}
		return s.openSession(u, c, session, in.TenantKey, &login)
	})
	return login, errors.Join(err, refused)
}

// adminKey keeps administrators, whose ids the caller chooses, apart from the
// users of customers.
func adminKey(organizationID, userID string) string { return "admin." + organizationID + "." + userID }

func (s *Sandbox) attempt(u *engine.Unit, user *access.User, in Credentials) error {
	right := strings.EqualFold(user.Username, in.Username) && s.passwordFits(user, in.Password)
	s.users.Save(u, user)
	return stillLocked(u, user, user.Attempt(right, u.Now()))
}

// stillLocked adds to the refusal of a locked user the call that ends the lock
// where the clock stands still.
func stillLocked(u *engine.Unit, user *access.User, err error) error {
	var e *refusal.Error
	if u.Frozen() && errors.As(err, &e) && e.Code == refusal.AccountLocked {
		return e.Try("advanceClock", "the tenant's clock stands still; move it to "+user.LockedUntil.UTC().Format(time.RFC3339Nano)+", when the lock ends")
	}
	return err
}

func (s *Sandbox) openSession(u *engine.Unit, c access.Caller, session *access.Session, tenantKey string, login *Login) error {
	session.Life = s.newLife(u, "session")
	session.ClientIP, session.UserAgent, session.Platform = c.ForwardedFor, c.UserAgent, c.Platform
	if err := s.sessions.Create(u, session, access.OpenSession, by(c)); err != nil {
		return err
	}
	// The documented form: a UUID, the user, and how the tenant's key begins.
	session.Refresh += "-" + keyMark(tenantKey)
	login.Session, login.At = session, u.Now()
	s.forgetSessions(u, session.UserID)
	var err error
	login.Token, err = s.sessionToken(u.Tenant(), *login)
	return err
}

// maxSessions is how many sessions of a user are kept, those that are over among
// them.
const maxSessions = 100

// forgetSessions removes the oldest sessions of a user that are too many: whoever
// logs in again and again must not fill the store.
func (s *Sandbox) forgetSessions(u *engine.Unit, userID string) {
	// A login leads to one too many. Of a store that has had no bound, a few go with
	// each.
	const several = 10
	excess := s.sessions.Count(u, "whose", userID, maxSessions+several) - maxSessions
	if excess <= 0 {
		return
	}
	for _, session := range s.sessions.Some(u, "whose", userID, excess) {
		s.sessions.Remove(u, session)
	}
}

// keyMark is how a tenant's key begins, as far as a refresh token can have it.
func keyMark(tenantKey string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, tenantKey[:min(len(tenantKey), 8)])
}

// Session gives a session of a customer's user.
func (s *Sandbox) Session(c access.Caller, customerID, userID, sessionID string) (Login, error) {
	var login Login
	err := s.read(c, func(u *engine.Unit) (err error) {
		login, err = s.login(u, customerID, userID, sessionID)
		return err
	})
	return login, err
}

// RefreshSession gives a session a new token and a new end; the old token does
// not hold any more.
func (s *Sandbox) RefreshSession(c access.Caller, customerID, userID, sessionID, refreshToken string) (Login, error) {
	var login Login
	err := s.do(c, func(u *engine.Unit) (err error) {
		if login, err = s.login(u, customerID, userID, sessionID); err != nil {
			return err
		}
		suffix := ""
		if i := strings.Index(login.Session.Refresh, userID); i >= 0 {
			suffix = login.Session.Refresh[i+len(userID):]
		}
		if refreshToken != "" && refreshToken != login.Session.Refresh {
			return refusal.New(refusal.TokenInvalid, "the refresh token is not the session's present one").At("refreshToken")
		}
		if err := s.sessions.Fire(u, login.Session, access.RefreshSession, by(c)); err != nil {
			return err
		}
		if roles, ok := s.rolesAt(u, login.User, customerID); ok && login.Session.Sort == access.Customer {
			login.Session.Roles = roles
		}
		login.Session.Refresh += suffix
		login.Token, err = s.sessionToken(u.Tenant(), login)
		return err
	})
	return login, err
}

// EndSession logs a session out.
func (s *Sandbox) EndSession(c access.Caller, customerID, userID, sessionID string) error {
	return s.do(c, func(u *engine.Unit) error {
		login, err := s.login(u, customerID, userID, sessionID)
		if err != nil {
			return err
		}
		return s.sessions.Fire(u, login.Session, access.EndSession, by(c))
	})
}

func (s *Sandbox) login(u *engine.Unit, customerID, userID, sessionID string) (Login, error) {
	session := s.sessions.Get(u, sessionID)
	customer := s.customers.Get(u, customerID)
	if session == nil || session.CustomerID != customerID || session.UserID != userID {
		open := "createIndividualSession"
		if customer != nil && customer.Type == onboarding.Organization {
			open = "createOrganizationSession"
		}
		e := refusal.New(refusal.SessionNotFound, "the user has no session %s", sessionID)
		if customer != nil && s.users.Get(u, userID) != nil {
			e = e.Try(open, "opens one", "customerId", customerID, "organizationId", customerID, "userId", userID)
		}
		return Login{}, e
	}
	user := s.users.Get(u, userID)
	return Login{Session: session, User: user, Customer: customer, Person: s.personOf(u, user, customer), At: u.Now()}, nil
}
