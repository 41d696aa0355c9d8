package api

import (
	"strings"
	"time"

	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox"
)

type consentLinkView struct {
	CustomerID string `json:"customerId"`
	ConsentID  string `json:"consentId"`
	Channel    string `json:"channel"`
	SentTo     string `json:"sentTo"`
	SentAt     string `json:"sentAt"`
	ExpiresAt  string `json:"expiresAt"`
	// MagicLink and MagicLinkToken are what the customer would get: the sandbox
	// sends nothing.
	MagicLink      string `json:"magicLink"`
	MagicLinkToken string `json:"magicLinkToken"`
}

// resendConsentVerification sends the magic link of a consent again, by e-mail
// or by SMS. It refuses with CUSTOMER_NOT_FOUND, CONSENT_NOT_FOUND and
// PHASE_ORDER_BROKEN (verification-compliance/consent-verification).
func (a *API) resendConsentVerification(c *rest.Call) (rest.Reply, error) {
	return a.sendLink(c, sandbox.LinkRequest{Channel: c.Body.Str("channel"), Life: onboarding.LinkLife})
}

// sendConsentMagicLink sends a magic link that leads to a page of the client. It
// refuses as resendConsentVerification does
// (verification-compliance/consent-verification).
func (a *API) sendConsentMagicLink(c *rest.Call) (rest.Reply, error) {
	in := sandbox.LinkRequest{RedirectURL: c.Body.Str("redirectUrl"), Life: onboarding.LinkLife}
	if c.Body.Has("expiresInMinutes") {
		in.Life = time.Duration(c.Body.Int("expiresInMinutes")) * time.Minute
	}
	return a.sendLink(c, in)
}

func (a *API) sendLink(c *rest.Call, in sandbox.LinkRequest) (rest.Reply, error) {
	in.CustomerID, in.ConsentID = c.Body.Str("customerId"), c.Body.Str("consentId")
	if in.Channel == "" {
		in.Channel = sandbox.ByEmail
	}
	link, err := a.sandbox.SendConsentLink(c.Caller, in)
	if err != nil {
		return rest.Reply{}, err
	}
	_, verify, _ := strings.Cut(c.Reference(refusal.Call{Operation: "verifyConsent", Params: map[string]string{"token": link.Token}}), " ")
	return rest.Reply{Extra: succeeded(), Data: consentLinkView{
		CustomerID: in.CustomerID, ConsentID: in.ConsentID, Channel: link.Channel, SentTo: link.SentTo,
		SentAt: instant(link.SentAt), ExpiresAt: instant(link.ExpiresAt), MagicLink: link.URL(in.RedirectURL, verify), MagicLinkToken: link.Token,
	}}, nil
}

// verifyConsent confirms a consent by the token of a magic link; a second time
// it answers the same. It refuses with MAGIC_LINK_INVALID, MAGIC_LINK_EXPIRED and
// PHASE_ORDER_BROKEN (verification-compliance/consent-verification).
func (a *API) verifyConsent(c *rest.Call) (rest.Reply, error) {
	consent, err := a.sandbox.ConfirmConsent(c.Caller, c.Path("token"))
	return consentReply(c, consent, err)
}
