// Package sessions has the verbs by which somebody is somebody: logins, tokens, and
// who holds one.
package sessions

import (
	"crypto/hmac"
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
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
)

// UserKind makes the kind of users.
func UserKind(*world.World) *engine.Kind[access.User, access.UserFacts] {
	return &engine.Kind[access.User, access.UserFacts]{
		Collection: engine.Collection[access.User]{Name: "user", Indexes: []engine.Index[access.User]{
			{Name: "customer", Of: func(u *access.User) []string { return []string{u.CustomerID} }},
		}},
		Table:   access.UserTable(),
		Facts:   func(*engine.Unit, *access.User, machine.Cause) access.UserFacts { return access.UserFacts{} },
		Subject: func(u *access.User) engine.Subject { return engine.Subject{Customer: u.CustomerID} },
	}
}

// SessionKind makes the kind of sessions.
func SessionKind(s *world.World) *engine.Kind[access.Session, access.SessionFacts] {
	return &engine.Kind[access.Session, access.SessionFacts]{
		Collection: engine.Collection[access.Session]{Name: "session", Indexes: []engine.Index[access.Session]{
			// Whom it is ended with: the customer, or the user.
			{Name: "whose", Of: func(e *access.Session) []string { return []string{e.CustomerID, e.UserID} }},
		}},
		Table: access.SessionTable(),
		Facts: func(u *engine.Unit, e *access.Session, _ machine.Cause) access.SessionFacts {
			return access.SessionFacts{Over: e.Over(u.Now())}
		},
		Effect:  world.Effect(s, sessionEffect),
		Subject: func(e *access.Session) engine.Subject { return engine.Subject{Customer: e.CustomerID} },
	}
}

// sessionEffect issues a new token whenever a session is opened or refreshed.
func sessionEffect(act *world.Act, e *access.Session, step machine.Step, _ machine.Cause) error {
	if step.On == access.EndSession {
		return nil
	}
	e.IssuedAt = act.Now()
	e.ExpiresAt = act.Now().Add(access.SessionLife)
	e.TokenID = fake.ID(world.Seed(act), "token", act.Next())
	e.Refresh = fake.ID(world.Seed(act), "refresh", act.Next()) + "-" + e.UserID
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

// LogIn opens a session of a user for a customer of a type: its own user, or for
// an organization one of its personnel, with the roles that the person holds
// there. It refuses with CUSTOMER_NOT_FOUND, USER_NOT_FOUND, CREDENTIALS_INVALID,
// ACCOUNT_LOCKED and CUSTOMER_NOT_ACTIVE; a wrong password counts, which is all
// that a refused login changes.
func LogIn(act *world.Act, t onboarding.CustomerType, customerID, userID string, in Credentials) (Login, error) {
	var login Login
	if err := checkTenantKey(act, in); err != nil {
		return login, err
	}
	customer := act.Customers.Get(act.Unit, customerID)
	if customer == nil || customer.Type != t {
		if t == onboarding.Organization {
			return login, customers.NoOrganization(customerID)
		}
		return login, world.NoCustomer(customerID)
	}
	user := act.Users.Get(act.Unit, userID)
	roles, ok := rolesAt(act, user, customerID)
	if !ok {
		return login, access.NoSuchUser(userID)
	}
	if err := attempt(act, user, in); err != nil {
		return login, act.RefuseAndKeep(err)
	}
	if err := mayLogIn(act, customer, user); err != nil {
		return login, err
	}
	login.User, login.Customer, login.Person = user, customer, personOf(act, user, customer)
	session := &access.Session{Sort: access.Customer, UserID: userID, CustomerID: customerID, Roles: roles}
	return login, openSession(act, session, in.TenantKey, &login)
}

// mayLogIn refuses a login for a customer who is suspended or closed, and one of a
// user whose own record is. Only who knows the password is told.
func mayLogIn(act *world.Act, customer *onboarding.Customer, user *access.User) error {
	if err := customers.InBusiness(act, customer); err != nil {
		return err
	}
	if person := act.Customers.Get(act.Unit, user.CustomerID); person != nil {
		return customers.InBusiness(act, person)
	}
	return nil
}

// rolesAt gives the roles that a user has when acting for a customer, and
// whether the user may at all.
func rolesAt(act *world.Act, user *access.User, customerID string) ([]string, bool) {
	if user == nil {
		return nil, false
	}
	var roles []string
	found := user.CustomerID == customerID
	if found {
		roles = append(roles, user.Roles...)
	}
	for _, p := range places(act, user, customerID) {
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
func places(act *world.Act, user *access.User, organizationID string) []*onboarding.Personnel {
	return slices.DeleteFunc(act.Personnel.By(act.Unit, "user", user.ID), func(p *onboarding.Personnel) bool {
		return p.OrganizationID != organizationID || p.State == onboarding.PersonnelRemoved
	})
}

// personOf is who a user is: the customer, or for an organization the person who
// acts. The default administrator of an organization need not be one.
func personOf(act *world.Act, user *access.User, customer *onboarding.Customer) *onboarding.Customer {
	if user == nil || customer == nil {
		return customer
	}
	for _, p := range places(act, user, customer.ID) {
		return act.Customers.Get(act.Unit, p.CustomerID)
	}
	return customer
}

// LogInAdmin opens a session of a tenant's administrator. An administrator is
// made at the first login, with the password of that login, since there is no
// call that makes one; from then on it refuses with CREDENTIALS_INVALID and
// ACCOUNT_LOCKED.
func LogInAdmin(act *world.Act, organizationID, userID string, in Credentials) (Login, error) {
	var login Login
	if err := checkTenantKey(act, in); err != nil {
		return login, err
	}
	admin := act.Users.Get(act.Unit, adminKey(organizationID, userID))
	if admin == nil {
		admin = &access.User{
			Life: world.NewLife(act, "user"), CustomerID: organizationID, Username: in.Username,
			Roles: []string{access.RoleAdmin, access.RoleAdminUser},
		}
		admin.ID = adminKey(organizationID, userID)
		admin.Secret = world.Digest(act, admin.ID, in.Password)
		if err := act.Users.Create(act.Unit, admin, access.AddUser, world.By(act)); err != nil {
			return login, err
		}
	}
	if err := attempt(act, admin, in); err != nil {
		return login, act.RefuseAndKeep(err)
	}
	login.User = admin
	session := &access.Session{Sort: access.Staff, UserID: userID, CustomerID: organizationID, Roles: admin.Roles}
	return login, openSession(act, session, in.TenantKey, &login)
}

// adminKey keeps administrators, whose ids the caller chooses, apart from the
// users of customers.
func adminKey(organizationID, userID string) string {
	return adminPrefix + organizationID + "." + userID
}

const adminPrefix = "admin."

// IsAdmin reports whether a user is an administrator, whose organization need not be a
// customer.
func IsAdmin(u *access.User) bool { return strings.HasPrefix(u.ID, adminPrefix) }

func attempt(act *world.Act, user *access.User, in Credentials) error {
	right := strings.EqualFold(user.Username, in.Username) && passwordFits(act, user, in.Password)
	act.Users.Save(act.Unit, user)
	return stillLocked(act.Unit, user, user.Attempt(right, act.Now()))
}

// stillLocked adds to the refusal of a locked user the calls that end the lock.
func stillLocked(u *engine.Unit, user *access.User, err error) error {
	var e *refusal.Error
	if !errors.As(err, &e) || e.Code != refusal.AccountLocked {
		return err
	}
	e = e.Suggest("resetLogin", "lets the tenant's staff end the lock")
	if u.Frozen() {
		e = e.Suggest("advanceClock", "the tenant's clock stands still; move it to "+user.LockedUntil.UTC().Format(time.RFC3339Nano)+", when the lock ends")
	}
	return e
}

func openSession(act *world.Act, session *access.Session, tenantKey string, login *Login) error {
	session.Life = world.NewLife(act, "session")
	session.ClientIP, session.UserAgent, session.Platform = act.Caller.ForwardedFor, act.Caller.UserAgent, act.Caller.Platform
	if err := act.Sessions.Create(act.Unit, session, access.OpenSession, world.By(act)); err != nil {
		return err
	}
	// The documented form: a UUID, the user, and how the tenant's key begins.
	session.Refresh += "-" + keyMark(tenantKey)
	login.Session, login.At = session, act.Now()
	forgetSessions(act, session.UserID)
	var err error
	login.Token, err = sessionToken(act, *login)
	return err
}

// maxSessions is how many sessions of a user are kept, those that are over among
// them.
const maxSessions = 100

// forgetSessions removes the oldest sessions of a user that are too many: whoever
// logs in again and again must not fill the store.
func forgetSessions(act *world.Act, userID string) {
	// A login leads to one too many. Of a store that has had no bound, a few go with
	// each.
	const several = 10
	excess := act.Sessions.Count(act.Unit, "whose", userID, maxSessions+several) - maxSessions
	if excess <= 0 {
		return
	}
	for _, session := range act.Sessions.Some(act.Unit, "whose", userID, excess) {
		act.Sessions.Remove(act.Unit, session)
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

// GetSession gives a session of a customer's user.
func GetSession(act *world.Act, customerID, userID, sessionID string) (login Login, err error) {
	return findLogin(act, customerID, userID, sessionID)
}

// RefreshSession gives a session a new token and a new end; the old token does
// not hold any more.
func RefreshSession(act *world.Act, customerID, userID, sessionID, refreshToken string) (login Login, err error) {
	if login, err = findLogin(act, customerID, userID, sessionID); err != nil {
		return login, err
	}
	suffix := ""
	if i := strings.Index(login.Session.Refresh, userID); i >= 0 {
		suffix = login.Session.Refresh[i+len(userID):]
	}
	if refreshToken != "" && refreshToken != login.Session.Refresh {
		return login, refusal.New(refusal.TokenInvalid, "the refresh token is not the session's present one").At("refreshToken")
	}
	if err := act.Sessions.Fire(act.Unit, login.Session, access.RefreshSession, world.By(act)); err != nil {
		return login, err
	}
	if roles, ok := rolesAt(act, login.User, customerID); ok && login.Session.Sort == access.Customer {
		login.Session.Roles = roles
	}
	login.Session.Refresh += suffix
	login.Token, err = sessionToken(act, login)
	return login, err
}

// EndSession logs a session out.
func EndSession(act *world.Act, customerID, userID, sessionID string) error {
	login, err := findLogin(act, customerID, userID, sessionID)
	if err != nil {
		return err
	}
	return act.Sessions.Fire(act.Unit, login.Session, access.EndSession, world.By(act))
}

func findLogin(act *world.Act, customerID, userID, sessionID string) (Login, error) {
	session := act.Sessions.Get(act.Unit, sessionID)
	customer := act.Customers.Get(act.Unit, customerID)
	if session == nil || session.CustomerID != customerID || session.UserID != userID {
		open := "createIndividualSession"
		if customer != nil && customer.Type == onboarding.Organization {
			open = "createOrganizationSession"
		}
		e := refusal.New(refusal.SessionNotFound, "the user has no session %s", sessionID)
		if customer != nil && act.Users.Get(act.Unit, userID) != nil {
			e = e.Suggest(open, "opens one", "customerId", customerID, "organizationId", customerID, "userId", userID)
		}
		return Login{}, e
	}
	user := act.Users.Get(act.Unit, userID)
	return Login{Session: session, User: user, Customer: customer, Person: personOf(act, user, customer), At: act.Now()}, nil
}

// checkTenantKey refuses a login with another key or secret than the tenant's
// settings name, or where they name none the server's. Without either any will
// do. How long it takes tells nothing about how much was right.
func checkTenantKey(act *world.Act, in Credentials) error {
	p, err := world.PolicyOf(act)
	if err != nil {
		return err
	}
	fits := func(want, sent string) bool { return hmac.Equal([]byte(want), []byte(sent)) || want == "" }
	key, secret := fits(p.TenantKey, in.TenantKey), fits(p.TenantSecret, in.TenantSecret)
	if !key || !secret {
		return refusal.New(refusal.TenantKeyInvalid, "the tenant has another tenantKey or tenantSecret")
	}
	return nil
}

// EndSessions ends every open session in which somebody acts for a customer, and
// every one of the customer's own users, whoever they act for.
func EndSessions(act *world.Act, customer *onboarding.Customer, cause machine.Cause) error {
	list := act.Sessions.By(act.Unit, "whose", customer.ID)
	for _, user := range act.Users.By(act.Unit, "customer", customer.ID) {
		list = append(list, act.Sessions.By(act.Unit, "whose", user.ID)...)
	}
	for _, session := range list {
		if session.Sort != access.Customer || session.State != access.SessionOpen {
			continue
		}
		if err := act.Sessions.Fire(act.Unit, session, access.EndSession, machine.Cause{By: cause.By, Reason: cause.Reason}); err != nil {
			return err
		}
	}
	return nil
}
