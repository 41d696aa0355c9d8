package api

import (
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
)

// organizationConsentView is a consent with the members that the older pages
// have for organizations.
type organizationConsentView struct {
	consentView
	OrganizationID            string   `json:"organizationId"`
	AcceptedBy                any      `json:"acceptedBy"`
	AcceptedDate              string   `json:"acceptedDate"`
	Active                    bool     `json:"active"`
	Expired                   bool     `json:"expired"`
	Title                     string   `json:"consentTitle"`
	Description               string   `json:"consentDescription"`
	ConsentedDate             string   `json:"consentedDate,omitzero"`
	Period                    string   `json:"consentPeriod"`
	FeatureRelations          []any    `json:"consentToFeatureRelations"`
	AllowedOperationTypes     []string `json:"allowedOperationTypes"`
	Parametrizations          []any    `json:"parametrizations"`
	EmailRequired             bool     `json:"emailVerificationRequired"`
	SMSRequired               bool     `json:"smsVerificationRequired"`
	AuthenticatorRequired     bool     `json:"authenticatorVerificationRequired"`
	PushNotificationIsEnabled bool     `json:"pushNotificationEnabled"`
}

// acceptOrganizationConsent accepts one of the three consents for an
// organization, in any of the three documented forms; accepting it again answers
// the same. It refuses with CUSTOMER_NOT_FOUND, CONSENT_VERSION_OUTDATED and PHASE_ORDER_BROKEN
// (verification-compliance/consents-organization).
func acceptOrganizationConsent(c *rest.Call, act *world.Act) (rest.Reply, error) {
	t, _ := onboarding.ParseConsentType(c.Path("consentType"))
	consent, err := customers.AcceptConsent(act, onboarding.Organization, c.Path("organizationId"), t, readAcceptance(c))
	if err != nil {
		return rest.Reply{}, err
	}
	text := customers.TextOf(act, consent)
	return rest.Reply{Data: &organizationConsentView{
		consentView: viewConsent(c.Tenant, consent, text), OrganizationID: consent.CustomerID, AcceptedBy: acceptedBy(consent), AcceptedDate: consent.SignedAt,
		Expired: consent.State == onboarding.ConsentExpired, Title: text.Title, Description: "Consent of the organization: " + t.Words(),
		ConsentedDate: instantOrNone(consent.AcceptedAt), Period: "365", EmailRequired: consent.Awaiting,
	}}, nil
}

// readAcceptance reads who accepts a consent, which version, and since when.
func readAcceptance(c *rest.Call) customers.Acceptance {
	in := customers.Acceptance{Version: c.Body.Str("version"), SignedAt: c.Body.Str("acceptedDate", "acceptanceTimestamp", "acceptedAt")}
	if by := c.Body.Object("acceptedBy"); len(by) > 0 {
		in.Signatory = onboarding.Signatory{Name: by.Str("name"), Position: by.Str("position"), Email: by.Str("email"), Authority: by.Str("authority")}
	} else {
		in.Signatory.Name = c.Body.Str("acceptedBy")
	}
	return in
}

func acceptedBy(e *onboarding.Consent) any {
	if s := e.Signatory; s.Position != "" || s.Email != "" || s.Authority != "" {
		return e.Signatory
	}
	if e.Signatory.Name != "" {
		return e.Signatory.Name
	}
	return e.AcceptedBy
}
