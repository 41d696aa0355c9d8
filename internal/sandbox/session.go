package sandbox

import (
	"errors"
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
		Collection: engine.Collection[access.Session]{Name: "session"},
		Table:      access.SessionTable(),
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

// Credentials are what a login sends. The tenant's key and secret are accepted
// as given.
type Credentials struct{ Username, Password, TenantKey, TenantSecret string }

// Login is an open session with its token and whose it is.
type Login struct {
	Session *access.Session
	User    *access.User
	// Customer is nil for an administrator.
	Customer *onboarding.Customer
	Token    string
	// At is the tenant's time of the reply.
	At time.Time
}

// Login opens a session of a user for a customer of a type: its own user, or for
// an organization one of its personnel, with the roles that the person holds
// there. It refuses with CUSTOMER_NOT_FOUND, USER_NOT_FOUND, CREDENTIALS_INVALID
// and ACCOUNT_LOCKED; a refused login counts, which is all that it changes.
func (s *Sandbox) Login(c access.Caller, t onboarding.CustomerType, customerID, userID string, in Credentials) (Login, error) {
	var login Login
	var refused error
	err := s.do(c, func(u *engine.Unit) error {
		if err := checkTenantKey(u, in); err != nil {
			return err
		}
		customer := s.customers.Get(u, customerID)
		if customer == nil || customer.Type != t {
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
		login.User, login.Customer = user, customer
		session := &access.Session{Sort: access.Customer, UserID: userID, CustomerID: customerID, Roles: roles}
		return s.openSession(u, c, session, in.TenantKey, &login)
	})
	return login, errors.Join(err, refused)
}

// rolesAt gives the roles that a user has when acting for a customer, and
// whether the user may at all.
func (s *Sandbox) rolesAt(u *engine.Unit, user *access.User, customerID string) ([]string, bool) {
	if user == nil {
		return nil, false
	}
	if user.CustomerID == customerID {
		return user.Roles, true
	}
	var roles []string
	found := false
	for _, p := range s.personnel.By(u, "user", user.ID) {
		if p.OrganizationID == customerID && p.State != onboarding.PersonnelRemoved {
			found = true
			roles = append(roles, p.Roles...)
		}
	}
	if found && len(roles) == 0 {
		roles = []string{access.RoleUser}
	}
	return roles, found
}

// LoginAdmin opens a session of a tenant's administrator. An administrator is
// made at the first login, with the password of that login, since there is no
// call that makes one; from then on it refuses with CREDENTIALS_INVALID and
// ACCOUNT_LOCKED.
func (s *Sandbox) LoginAdmin(c access.Caller, organizationID, userID string, in Credentials) (Login, error) {
	var login Login
	var refused error
	err := s.do(c, func(u *engine.Unit) error {
		if err := checkTenantKey(u, in); err != nil {
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
	return user.Attempt(right, u.Now())
}

func (s *Sandbox) openSession(u *engine.Unit, c access.Caller, session *access.Session, tenantKey string, login *Login) error {
	session.Life = s.newLife(u, "session")
	session.ClientIP, session.UserAgent, session.Platform = c.ForwardedFor, c.UserAgent, c.Platform
	if err := s.sessions.Create(u, session, access.OpenSession, by(c)); err != nil {
		return err
	}
	// The documented form: a UUID, the user, and how the tenant's key begins.
	session.Refresh += "-" + tenantKey[:min(len(tenantKey), 8)]
	token, err := s.sessionToken(u.Tenant(), session)
	login.Session, login.Token, login.At = session, token, u.Now()
	return err
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
			return refusal.New(refusal.TokenInvalid, "the refresh token is not the session's present one")
		}
		if err := s.sessions.Fire(u, login.Session, access.RefreshSession, by(c)); err != nil {
			return err
		}
		login.Session.Refresh += suffix
		login.Token, err = s.sessionToken(u.Tenant(), login.Session)
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
	if session == nil || session.CustomerID != customerID || session.UserID != userID {
		return Login{}, refusal.New(refusal.SessionNotFound, "the user has no session %s", sessionID).
			Try("createIndividualSession", "opens one", "customerId", customerID, "userId", userID)
	}
	return Login{Session: session, User: s.users.Get(u, userID), Customer: s.customers.Get(u, customerID), At: u.Now()}, nil
}
