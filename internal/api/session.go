package api

import (
	"cmp"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/sessions"
	"finhub-sandbox/internal/sandbox/world"
)

// sessionView is a session with whose it is, the superset of what the
// generations of the documentation answer to a login.
type sessionView struct {
	SessionID  string          `json:"sessionId"`
	UserID     string          `json:"userId"`
	CustomerID string          `json:"customerId"`
	TenantID   string          `json:"tenantId"`
	Roles      []string        `json:"roles"`
	ExpiresAt  string          `json:"expiresAt"`
	ExpiresIn  int             `json:"expiresIn"`
	User       sessionUser     `json:"user"`
	Metadata   sessionMetadata `json:"sessionMetadata"`
}

type sessionUser struct {
	ID             string        `json:"id"`
	CustomerID     string        `json:"customerId"`
	CustomerStatus machine.State `json:"customerStatus,omitzero"`
	Email          string        `json:"email"`
	FullName       string        `json:"fullName,omitzero"`
	FirstName      string        `json:"firstName,omitzero"`
	LastName       string        `json:"lastName,omitzero"`
	OrganizationID string        `json:"organizationId,omitzero"`
	Role           string        `json:"role"`
	PhoneNumber    string        `json:"phoneNumber,omitzero"`
	Phones         []phoneView   `json:"phones,omitzero"`
	Gender         string        `json:"gender,omitzero"`
	IsActive       bool          `json:"isActive"`
	LastLogin      string        `json:"lastLogin,omitzero"`
	CreatedAt      string        `json:"createdAt,omitzero"`
	UpdatedAt      string        `json:"updatedAt,omitzero"`
	TenantID       string        `json:"tenantId"`
}

// phoneView is a phone number as the generated schema has it: its type is that of
// the contact, and its encoding is E.164 where the number is in that form.
type phoneView struct {
	PhoneType string `json:"phoneType"`
	Encoding  string `json:"encoding,omitzero"`
	Number    string `json:"number"`
}

type sessionMetadata struct {
	ClientIP       string `json:"clientIp"`
	ClientPlatform string `json:"clientPlatform"`
	UserAgent      string `json:"userAgent"`
	CreatedAt      string `json:"createdAt"`
}

type loginView struct {
	sessionView
	Token        string `json:"token"`
	AccessToken  string `json:"accessToken"`
	TokenType    string `json:"tokenType"`
	RefreshToken string `json:"refreshToken"`
	Success      bool   `json:"success"`
	Message      string `json:"message"`
	ErrorType    string `json:"errorType"`
}

type openSessionView struct {
	sessionView
	Active    bool   `json:"active"`
	CreatedAt string `json:"createdAt"`
}

// createAdminSession logs a member of the tenant's staff in. It refuses with
// CREDENTIALS_INVALID and ACCOUNT_LOCKED (administration/session-management).
func createAdminSession(c *rest.Call, act *world.Act) (rest.Reply, error) {
	login, err := sessions.LogInAdmin(act, c.Path("organizationId"), c.Path("userId"), credentials(c))
	reply, err := loginReply(c, login, err)
	if view, is := reply.Data.(*loginView); is {
		view.User.Role = cmp.Or(c.Body.Str("role"), view.User.Role)
	}
	return reply, err
}

// createIndividualSession logs a customer's user in. It refuses with
// CUSTOMER_NOT_FOUND, USER_NOT_FOUND, CREDENTIALS_INVALID and ACCOUNT_LOCKED
// (customer-apis/individual/sessions).
func createIndividualSession(c *rest.Call, act *world.Act) (rest.Reply, error) {
	login, err := sessions.LogIn(act, onboarding.Individual, c.Path("customerId"), c.Path("userId"), credentials(c))
	return loginReply(c, login, err)
}

// getIndividualSession shows a session without its tokens.
func getIndividualSession(c *rest.Call, act *world.Act) (rest.Reply, error) {
	login, err := sessions.GetSession(act, c.Path("customerId"), c.Path("userId"), c.Path("sessionId"))
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: &openSessionView{
		sessionView: viewSession(c.Tenant, login),
		Active:      login.Session.State == access.SessionOpen && !login.Session.Over(login.At),
		CreatedAt:   machine.Instant(login.Session.Created),
	}}, nil
}

// refreshIndividualSession renews a session's token.
func refreshIndividualSession(c *rest.Call, act *world.Act) (rest.Reply, error) {
	login, err := sessions.RefreshSession(act, c.Path("customerId"), c.Path("userId"), c.Path("sessionId"), c.Body.Str("refreshToken"))
	return loginReply(c, login, err)
}

// deleteIndividualSession logs out.
func deleteIndividualSession(c *rest.Call, act *world.Act) (rest.Reply, error) {
	err := sessions.EndSession(act, c.Path("customerId"), c.Path("userId"), c.Path("sessionId"))
	return rest.Reply{Data: map[string]any{"sessionId": c.Path("sessionId"), "success": true, "loggedOut": true}}, err
}

func credentials(c *rest.Call) sessions.Credentials {
	return sessions.Credentials{
		Username: c.Body.Str("username"), Password: c.Body.Str("password"),
		TenantKey: c.Body.Str("tenantKey"), TenantSecret: c.Body.Str("tenantSecret"),
	}
}

func loginReply(c *rest.Call, login sessions.Login, err error) (rest.Reply, error) {
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: &loginView{
		sessionView: viewSession(c.Tenant, login),
		Token:       login.Token, AccessToken: login.Token, TokenType: "Bearer", RefreshToken: login.Session.Refresh,
		Success: true, Message: "Session created successfully", ErrorType: "NONE",
	}}, nil
}

func viewSession(tenant string, login sessions.Login) sessionView {
	s := login.Session
	v := sessionView{
		SessionID: s.ID, UserID: s.UserID, CustomerID: s.CustomerID, TenantID: tenant, Roles: s.Roles,
		ExpiresAt: machine.Instant(s.ExpiresAt), ExpiresIn: max(0, int(s.IssuedAt.Add(access.TokenLife).Sub(login.At)/time.Second)),
		User:     sessionUser{ID: s.UserID, CustomerID: s.CustomerID, TenantID: tenant, Role: s.Roles[0], IsActive: true},
		Metadata: sessionMetadata{ClientIP: s.ClientIP, ClientPlatform: s.Platform, UserAgent: s.UserAgent, CreatedAt: machine.Instant(s.Created)},
	}
	if s.Sort == access.Staff {
		v.User.OrganizationID = s.CustomerID
	}
	if u := login.User; u != nil {
		v.User.Email, v.User.LastLogin = u.Username, instantOrNone(u.LastLogin)
		v.User.CreatedAt, v.User.UpdatedAt = machine.Instant(u.Created), machine.Instant(u.Since)
		v.User.IsActive = s.Sort == access.Staff || u.State == access.UserActive
	}
	if customer := login.Customer; customer != nil {
		v.User.CustomerStatus = customer.State
		if customer.Type == onboarding.Organization {
			v.User.OrganizationID = customer.ID
		}
	}
	if who := login.Person; who != nil {
		v.User.PhoneNumber, v.User.FullName, v.User.Gender = who.Phone, who.Name, who.Person.Gender
		v.User.Phones = viewPhones(who.Phone)
		v.User.FirstName, v.User.LastName = who.Person.FirstName, who.Person.LastName
	}
	return v
}

func viewPhones(number string) []phoneView {
	if number == "" {
		return nil
	}
	phone := phoneView{PhoneType: "PHONE", Number: number}
	if digits, ok := strings.CutPrefix(number, "+"); ok && strings.Trim(digits, "0123456789") == "" {
		phone.Encoding = "E164"
	}
	return []phoneView{phone}
}
