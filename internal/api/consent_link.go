package api

import (
	"strings"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
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
func resendConsentVerification(c *rest.Call, act *world.Act) (rest.Reply, error) {
	return sendLink(c, act, customers.LinkRequest{Channel: c.Body.Str("channel"), Life: onboarding.LinkLife})
}

// sendConsentMagicLink sends a magic link that leads to a page of the client. It
// refuses as resendConsentVerification does
// (verification-compliance/consent-verification).
func sendConsentMagicLink(c *rest.Call, act *world.Act) (rest.Reply, error) {
	in := customers.LinkRequest{RedirectURL: c.Body.Str("redirectUrl"), Life: onboarding.LinkLife}
	if c.Body.Has("expiresInMinutes") {
		in.Life = time.Duration(c.Body.Int("expiresInMinutes")) * time.Minute
	}
	return sendLink(c, act, in)
}

func sendLink(c *rest.Call, act *world.Act, in customers.LinkRequest) (rest.Reply, error) {
	in.CustomerID, in.ConsentID = c.Body.Str("customerId"), c.Body.Str("consentId")
	if in.Channel == "" {
		in.Channel = customers.ByEmail
	}
	link, err := customers.SendConsentLink(act, in)
	if err != nil {
		return rest.Reply{}, err
	}
	_, verify, _ := strings.Cut(c.Reference(refusal.Call{Operation: "verifyConsent", Params: map[string]string{"token": link.Token}}), " ")
	return rest.Reply{Extra: succeeded(), Data: &consentLinkView{
		CustomerID: in.CustomerID, ConsentID: in.ConsentID, Channel: link.Channel, SentTo: link.SentTo,
		SentAt: machine.Instant(link.SentAt), ExpiresAt: machine.Instant(link.ExpiresAt), MagicLink: link.URL(in.RedirectURL, verify), MagicLinkToken: link.Token,
	}}, nil
}

// verifyConsent confirms a consent by the token of a magic link; a second time
// it answers the same. It refuses with MAGIC_LINK_INVALID, MAGIC_LINK_EXPIRED and
// PHASE_ORDER_BROKEN (verification-compliance/consent-verification).
func verifyConsent(c *rest.Call, act *world.Act) (rest.Reply, error) {
	consent, err := customers.ConfirmConsent(act, c.Path("token"))
	return consentReply(c, act, consent, err)
}
