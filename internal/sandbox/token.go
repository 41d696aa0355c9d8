package sandbox

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/store"
)

// secretName is the key in the store under which the secret is kept from which
// the tokens' key is made.
const secretName = "secret/tokens"

// derivedKey makes a key from a seed or a secret.
func derivedKey(from string) []byte {
	sum := sha256.Sum256([]byte("finhub-sandbox token key/" + from))
	return sum[:]
}

// tokenKey makes the key that signs the tokens: of a seed that somebody chose, so
// that it gives the same tokens everywhere, and else of a secret that nobody
// else has. That is kept in the store, so that a token is still good after a
// restart.
func (c Config) tokenKey() ([]byte, error) {
	if c.Secret == nil {
		return derivedKey(c.Seed), nil
	}
	var secret string
	err := c.Store.Update(context.Background(), store.Shared, func(tx store.Tx) error {
		var ok bool
		if secret, ok = tx.Get([]byte(secretName)); !ok {
			secret = c.Secret()
			tx.Set([]byte(secretName), secret)
		}
		return nil
	})
	return derivedKey(secret), err
}

// sign makes an HS256 token of the claims.
func (s *World) sign(claims map[string]any) (string, error) {
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims(claims)).SignedString(s.key)
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	return token, nil
}

// digest is what is kept of a password. It is keyed and bound to its user, so
// that equal passwords look different, but deliberately not slow: these are
// test accounts, and a slow digest would be most of the cost of a registration.
// Its key comes from the seed even where that of the tokens does not, so that the
// same requests leave the same state.
func (s *World) digest(userID, password string) string {
	mac := hmac.New(sha256.New, derivedKey(s.config.Seed))
	mac.Write([]byte(userID + "\x00" + password))
	return hex.EncodeToString(mac.Sum(nil))
}

func (s *World) passwordFits(u *access.User, password string) bool {
	return hmac.Equal([]byte(u.Secret), []byte(s.digest(u.ID, password)))
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
func (s *World) sessionToken(tenant string, login Login) (string, error) {
	session := login.Session
	userType := "CONSUMER"
	if session.Sort == access.Staff {
		userType = "ADMIN"
	}
	claims := map[string]any{
		"iss": "bff", "aud": "bff-clients", "sub": session.UserID, "jti": session.TokenID,
		"iat": session.IssuedAt.Unix(), "exp": session.IssuedAt.Add(access.TokenLife).Unix(),
		"tenantId": tenant, "customerId": session.CustomerID, "userId": session.UserID,
		"userType": userType, "roles": session.Roles, "sessionId": session.ID, "email": login.email(),
	}
	if login.Customer == nil || login.Customer.Type == onboarding.Organization {
		claims["orgId"] = session.CustomerID
	}
	return s.sign(claims)
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

func fixedCaller(token string) (access.Caller, bool) {
	c := access.Caller{Sort: access.Staff, UserID: token}
	switch token {
	case TokenAdmin:
		c.Roles = []string{access.RoleAdmin, access.RoleAdminUser}
	case TokenPowerTenant:
		c.Roles, c.PowerTenant = []string{access.RoleAdmin, access.RoleAdminUser, access.RoleCompliance}, true
	case TokenCompliance:
		c.Roles = []string{access.RoleCompliance}
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
func Identify(act *Act, token string, lapsed bool) (access.Caller, error) {
	tenant := act.Tenant()
	if err := act.Admit(tenant); err != nil {
		return access.Caller{}, err
	}
	if token == "" {
		return access.Caller{Sort: access.Public, Tenant: tenant}, nil
	}
	if c, ok := fixedCaller(token); ok && !act.config.NoFixedTokens {
		c.Tenant = tenant
		return c, nil
	}
	return identifySession(act, token, lapsed)
}

// Admit refuses with TENANT_ACCESS_DENIED a tenant that may not be used.
func (s *World) Admit(tenant string) error {
	if len(s.config.Tenants) > 0 && !slices.Contains(s.config.Tenants, tenant) {
		return refusal.New(refusal.TenantAccessDenied, "this sandbox was started for other tenants than %s (--tenants)", tenant)
	}
	return nil
}

func identifySession(act *Act, token string, lapsed bool) (caller access.Caller, err error) {
	var c claims
	// Times are checked below, on the tenant's clock.
	_, err = jwt.NewParser(jwt.WithValidMethods([]string{"HS256"}), jwt.WithoutClaimsValidation()).
		ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return act.key, nil })
	if err != nil {
		return access.Caller{}, refusal.New(refusal.TokenInvalid, "%s", tokenFault(err))
	}
	if c.TenantID != act.Tenant() {
		return access.Caller{}, refusal.New(refusal.TenantAccessDenied, "the token is of another tenant than %s", act.Tenant())
	}

	session := act.sessions.Get(act.Unit, c.SessionID)
	if session == nil || session.State != access.SessionOpen || session.Over(act.Now()) {
		return caller, refusal.New(refusal.SessionEnded, "the session of the token is over").With("sessionId", c.SessionID)
	}
	if !lapsed && (c.ExpiresAt == nil || !act.Now().Before(c.ExpiresAt.Time)) {
		return caller, refusal.New(refusal.TokenExpired, "the token expired at %s", expiry(c)).
			Try("refreshIndividualSession", "renews it", "customerId", c.CustomerID, "userId", c.UserID, "sessionId", c.SessionID)
	}
	if session.TokenID != c.ID {
		return caller, refusal.New(refusal.TokenInvalid, "the session has been refreshed since: use its newer token")
	}
	roles := session.Roles
	if session.Sort == access.Customer {
		// Roles are looked up anew: somebody may have lost them, or the place
		// in the organization altogether, since the login.
		var ok bool
		if roles, ok = rolesAt(act, act.users.Get(act.Unit, session.UserID), session.CustomerID); !ok {
			return caller, refusal.New(refusal.SessionEnded, "the user does not belong to %s any more", session.CustomerID).With("sessionId", c.SessionID)
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

func tokenFault(err error) string {
	switch {
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return "the token is not signed by this sandbox; without --seed or --data each start has a key of its own"
	case errors.Is(err, jwt.ErrTokenMalformed):
		return "the token is neither a JWT nor one of the fixed tokens"
	}
	return "the token cannot be used"
}
