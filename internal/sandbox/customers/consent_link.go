package customers

import (
	"net/url"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/sandbox/world"
)

// The channels by which a magic link is sent.
const (
	ByEmail = "EMAIL"
	BySMS   = "SMS"
)

// LinkRequest asks for a magic link with which a customer confirms a consent.
type LinkRequest struct {
	CustomerID, ConsentID string
	// Channel is EMAIL or SMS.
	Channel string
	// RedirectURL is the page to which the link leads; empty leads to the
	// operation that verifies it.
	RedirectURL string
	// Life is how long the link holds.
	Life time.Duration
}

// Link is a magic link as it was sent. Nothing leaves the sandbox, so that the
// caller gets what the customer would have got.
type Link struct {
	Customer *onboarding.Customer
	Consent  *onboarding.Consent
	Channel  string
	// SentTo is the address with most of it hidden.
	SentTo    string
	Token     string
	SentAt    time.Time
	ExpiresAt time.Time
}

// SendConsentLink makes a magic link for a consent that waits for its
// confirmation. Earlier links stay good. It refuses with CUSTOMER_NOT_FOUND,
// CONSENT_NOT_FOUND, and with PHASE_ORDER_BROKEN a consent that waits for none.
func SendConsentLink(act *world.Act, in LinkRequest) (link Link, err error) {
	link = Link{Channel: in.Channel}
	if link.Customer, err = FindCustomer(act, in.CustomerID); err != nil {
		return link, err
	}
	if link.Consent = act.Consents.Get(act.Unit, in.ConsentID); link.Consent == nil || link.Consent.CustomerID != in.CustomerID {
		return link, noConsent(in.ConsentID)
	}
	if err := InBusiness(act, link.Customer); err != nil {
		return link, err
	}
	if link.Consent.State != onboarding.ConsentPending {
		return link, refusal.New(refusal.PhaseOrderBroken, "the consent is %s: there is nothing to confirm", link.Consent.State).
			WithData("state", string(link.Consent.State)).
			Suggest("getConsentStatus", "shows the consent", "consentId", link.Consent.ID)
	}
	link.SentTo = hiddenEmail(link.address())
	if in.Channel == BySMS {
		link.SentTo = hiddenPhone(link.Customer.Phone)
	}
	link.SentAt, link.ExpiresAt = act.Now(), act.Now().Add(in.Life)
	link.Token, err = act.Sign(map[string]any{
		"iss": "bff", "aud": linkAudience, "sub": link.Consent.ID, "consentId": link.Consent.ID, "customerId": in.CustomerID,
		"tenantId": act.Tenant(), "iat": link.SentAt.Unix(), "exp": link.ExpiresAt.Unix(),
	})
	return link, err
}

// address is where an e-mail to the customer goes: an organization may have
// none, and then the signatory's is taken.
func (l Link) address() string {
	if l.Customer.Email == "" {
		return l.Consent.Signatory.Email
	}
	return l.Customer.Email
}

// URL is what the customer opens: the page with the token behind it, or without
// a page the path.
func (l Link) URL(page, path string) string {
	if page == "" {
		return path
	}
	u, err := url.Parse(page)
	if err != nil {
		return path
	}
	query := u.Query()
	query.Set("token", l.Token)
	u.RawQuery = query.Encode()
	return u.String()
}

// hiddenEmail leaves the first letter and the domain, as in the documentation.
func hiddenEmail(address string) string {
	local, domain, ok := strings.Cut(address, "@")
	if !ok || local == "" {
		return ""
	}
	return string([]rune(local)[:1]) + "***@" + domain
}

func hiddenPhone(number string) string {
	const shown = 3
	if len(number) <= shown {
		return ""
	}
	return "***" + number[len(number)-shown:]
}

// linkAudience tells tokens of links from those of sessions.
const linkAudience = "consent-verification"

type linkClaims struct {
	jwt.RegisteredClaims
	TenantID   string `json:"tenantId"`
	ConsentID  string `json:"consentId"`
	CustomerID string `json:"customerId"`
}

// ReadLink reads the token of a magic link, whose end it does not look at. It
// refuses with MAGIC_LINK_INVALID what is none of the tenant's.
func ReadLink(act *world.Act, token string) (linkClaims, error) {
	c, err := world.ReadToken[linkClaims](act.World, token)
	audience, _ := c.GetAudience()
	switch {
	case err != nil:
		return c, refusal.New(refusal.MagicLinkInvalid, "%s", world.TokenFault(err))
	case len(audience) != 1 || audience[0] != linkAudience || c.ExpiresAt == nil:
		return c, refusal.New(refusal.MagicLinkInvalid, "the token is not that of a magic link")
	case c.TenantID != act.Tenant():
		// Another tenant's link is answered as if there were no such link.
		return c, refusal.New(refusal.MagicLinkInvalid, "the tenant has sent no such link")
	}
	return c, nil
}

// ConfirmConsent confirms a consent by the token of a magic link; a second time
// changes nothing. It refuses with MAGIC_LINK_INVALID and MAGIC_LINK_EXPIRED,
// and with PHASE_ORDER_BROKEN a consent that has expired since.
func ConfirmConsent(act *world.Act, token string) (consent *onboarding.Consent, err error) {
	claims, err := ReadLink(act, token)
	if err != nil {
		return nil, err
	}

	if consent = act.Consents.Get(act.Unit, claims.ConsentID); consent == nil {
		return consent, refusal.New(refusal.MagicLinkInvalid, "the consent of the link does not exist any more")
	}
	if !act.Now().Before(claims.ExpiresAt.Time) {
		return consent, refusal.New(refusal.MagicLinkExpired, "the link was good until %s", claims.ExpiresAt.UTC().Format(time.RFC3339)).
			Suggest("sendConsentMagicLink", "sends a new one")
	}
	if consent.State == onboarding.ConsentAccepted {
		return consent, nil
	}
	if err := InBusiness(act, act.Customers.Get(act.Unit, consent.CustomerID)); err != nil {
		return consent, err
	}
	return consent, act.Consents.Fire(act.Unit, consent, onboarding.ConfirmConsent, world.By(act))
}
