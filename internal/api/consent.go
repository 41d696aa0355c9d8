package api

import (
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
)

type consentView struct {
	ID          string                 `json:"id"`
	ConsentID   string                 `json:"consentId"`
	CustomerID  string                 `json:"customerId"`
	TenantID    string                 `json:"tenantId"`
	ConsentType onboarding.ConsentType `json:"consentType"`
	Type        onboarding.ConsentType `json:"type"`
	IsRequired  bool                   `json:"isRequired"`
	IsGranted   bool                   `json:"isGranted"`
	Version     string                 `json:"version"`
	Status      machine.State          `json:"status"`
	GrantedAt   string                 `json:"grantedAt,omitzero"`
	AcceptedAt  string                 `json:"acceptedAt,omitzero"`
	ExpiresAt   string                 `json:"expiresAt,omitzero"`
	// SignedAt is when the request says that it was accepted.
	SignedAt         string `json:"acceptanceTimestamp,omitzero"`
	IPAddress        string `json:"ipAddress"`
	UserAgent        string `json:"userAgent"`
	AcceptanceMethod string `json:"acceptanceMethod"`
	DocumentURL      string `json:"documentUrl"`
	Language         string `json:"language"`
}

// acceptIndividualConsent accepts one of the three consents; accepting it again
// answers the same. It refuses with CUSTOMER_NOT_FOUND and CONSENT_VERSION_OUTDATED
// (verification-compliance/consents-individual).
func acceptIndividualConsent(c *rest.Call, act *world.Act) (rest.Reply, error) {
	t, _ := onboarding.ParseConsentType(c.Path("consentType"))
	consent, err := customers.AcceptConsent(act, onboarding.Individual, c.Path("customerId"), t, readAcceptance(c))
	return consentReply(c, act, consent, err)
}

// getConsentStatus shows a consent. It refuses with CONSENT_NOT_FOUND.
func getConsentStatus(c *rest.Call, act *world.Act) (rest.Reply, error) {
	consent, err := customers.GetConsent(act, c.Path("consentId"))
	return consentReply(c, act, consent, err)
}

func consentReply(c *rest.Call, act *world.Act, e *onboarding.Consent, err error) (rest.Reply, error) {
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Extra: succeeded(), Data: new(viewConsent(c.Tenant, e, customers.TextOf(act, e)))}, nil
}

func viewConsent(tenant string, e *onboarding.Consent, text onboarding.ConsentText) consentView {
	return consentView{
		ID: e.ID, ConsentID: e.ID, CustomerID: e.CustomerID, TenantID: tenant, ConsentType: e.Type, Type: e.Type,
		IsRequired: true, IsGranted: e.State == onboarding.ConsentAccepted, Version: e.Version, Status: e.State,
		GrantedAt: instantOrNone(e.AcceptedAt), AcceptedAt: instantOrNone(e.AcceptedAt), ExpiresAt: instantOrNone(e.ExpiresAt),
		SignedAt:  e.SignedAt,
		IPAddress: e.IPAddress, UserAgent: e.UserAgent, AcceptanceMethod: e.Method,
		DocumentURL: "https://finhub.com/" + e.Type.Segment() + "/v" + e.Version, Language: text.Locale,
	}
}
