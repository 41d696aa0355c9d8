package sessions

import (
	"crypto/hmac"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/sandbox/world"
)

func passwordFits(act *world.Act, u *access.User, password string) bool {
	return hmac.Equal([]byte(u.Secret), []byte(world.Digest(act, u.ID, password)))
}

// claims are the documented ones of a session's token.
type claims struct {
	jwt.RegisteredClaims
	TenantID   string   `json:"tenantId"`
	CustomerID string   `json:"customerId"`
	UserID     string   `json:"userId"`
	UserType   string   `json:"userType"`
	Roles      []string `json:"roles"`
	SessionID  string   `json:"sessionId"`
}

// sessionToken makes the token of a login's session.
func sessionToken(act *world.Act, login Login) (string, error) {
	session := login.Session
	userType := "CONSUMER"
	if session.Sort == access.Staff {
		userType = "ADMIN"
	}
	claims := map[string]any{
		"iss": "bff", "aud": "bff-clients", "sub": session.UserID, "jti": session.TokenID,
		"iat": session.IssuedAt.Unix(), "exp": session.IssuedAt.Add(access.TokenLife).Unix(),
		"tenantId": act.Tenant(), "customerId": session.CustomerID, "userId": session.UserID,
		"userType": userType, "roles": session.Roles, "sessionId": session.ID, "email": login.email(),
	}
	if login.Customer == nil || login.Customer.Type == onboarding.Organization {
		claims["orgId"] = session.CustomerID
	}
	return act.Sign(claims)
}

// email is that of the person who has logged in; who has none is known by the name
// of the user.
func (l Login) email() string {
	if l.Person != nil && l.Person.Email != "" {
		return l.Person.Email
	}
	return l.User.Username
}

// The fixed tokens, for tests. They never expire and act in any tenant.
const (
	TokenAdmin       = "sandbox-admin"
	TokenPowerTenant = "sandbox-power-tenant"
	TokenCompliance  = "sandbox-compliance"
)

// FixedTokens lists the fixed tokens with what they stand for.
func FixedTokens() [][2]string {
	return [][2]string{
		{TokenAdmin, "administrator of the tenant"},
		{TokenPowerTenant, "power tenant, decides about high-risk customers"},
		{TokenCompliance, "compliance officer of the tenant"},
	}
}

// The roles of the fixed tokens.
var (
	adminRoles       = []string{access.RoleAdmin, access.RoleAdminUser}
	powerTenantRoles = []string{access.RoleAdmin, access.RoleAdminUser, access.RoleCompliance}
	complianceRoles  = []string{access.RoleCompliance}
)

func fixedCaller(token string) (access.Caller, bool) {
	c := access.Caller{Sort: access.Staff, UserID: token}
	switch token {
	case TokenAdmin:
		c.Roles = adminRoles
	case TokenPowerTenant:
		c.Roles, c.PowerTenant = powerTenantRoles, true
	case TokenCompliance:
		c.Roles = complianceRoles
	default:
		return c, false
	}
	return c, true
}

// Identify finds out who holds a bearer token in a tenant; without a token the
// caller is the public. It refuses with TENANT_ACCESS_DENIED a tenant that may
// not be used or that is not the token's, with TOKEN_INVALID and TOKEN_EXPIRED
// a token that does not hold, and with SESSION_ENDED one whose session is over.
// Where lapsed is set an expired token of an open session will do: that is what
// refreshing is for.
func Identify(act *world.Act, token string, lapsed bool) (access.Caller, error) {
	tenant := act.Tenant()
	if err := act.Admit(tenant); err != nil {
		return access.Caller{}, err
	}
	if token == "" {
		return access.Caller{Sort: access.Public, Tenant: tenant}, nil
	}
	if c, ok := fixedCaller(token); ok && !act.Config.NoFixedTokens {
		c.Tenant = tenant
		return c, nil
	}
	return identifySession(act, token, lapsed)
}

func identifySession(act *world.Act, token string, lapsed bool) (caller access.Caller, err error) {
	c, err := world.ReadToken[claims](act.World, token) // Its times are checked below, on the tenant's clock.
	if err != nil {
		return access.Caller{}, refusal.New(refusal.TokenInvalid, "%s", world.TokenFault(err))
	}
	if c.TenantID != act.Tenant() {
		return access.Caller{}, refusal.New(refusal.TenantAccessDenied, "the token is of another tenant than %s", act.Tenant())
	}

	session := act.Sessions.Get(act.Unit, c.SessionID)
	if session == nil || session.State != access.SessionOpen || session.Over(act.Now()) {
		return caller, refusal.New(refusal.SessionEnded, "the session of the token is over").WithData("sessionId", c.SessionID)
	}
	if !lapsed && (c.ExpiresAt == nil || !act.Now().Before(c.ExpiresAt.Time)) {
		return caller, refusal.New(refusal.TokenExpired, "the token expired at %s", expiry(c)).
			Suggest("refreshIndividualSession", "renews it", "customerId", c.CustomerID, "userId", c.UserID, "sessionId", c.SessionID)
	}
	if session.TokenID != c.ID {
		return caller, refusal.New(refusal.TokenInvalid, "the session has been refreshed since: use its newer token")
	}
	roles := session.Roles
	if session.Sort == access.Customer {
		// Roles are looked up anew: somebody may have lost them, or the place
		// in the organization altogether, since the login.
		var ok bool
		if roles, ok = rolesAt(act, act.Users.Get(act.Unit, session.UserID), session.CustomerID); !ok {
			return caller, refusal.New(refusal.SessionEnded, "the user does not belong to %s any more", session.CustomerID).WithData("sessionId", c.SessionID)
		}
	}
	caller = access.Caller{
		Sort: session.Sort, Tenant: act.Tenant(), UserID: session.UserID, CustomerID: session.CustomerID,
		SessionID: session.ID, Roles: roles,
	}
	return caller, nil
}

func expiry(c claims) string {
	if c.ExpiresAt == nil {
		return "no time"
	}
	return c.ExpiresAt.UTC().Format(time.RFC3339)
}
