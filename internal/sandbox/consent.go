package sandbox

import (
	"time"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
)

func (s *Sandbox) consentKind() *engine.Kind[onboarding.Consent, onboarding.ConsentFacts] {
	return &engine.Kind[onboarding.Consent, onboarding.ConsentFacts]{
		Collection: engine.Collection[onboarding.Consent]{Name: "consent", Indexes: []engine.Index[onboarding.Consent]{
			{Name: "customer", Of: func(e *onboarding.Consent) []string { return []string{e.CustomerID} }},
		}},
		Table: onboarding.ConsentTable(),
		Facts: func(u *engine.Unit, e *onboarding.Consent, _ machine.Cause) onboarding.ConsentFacts {
			return onboarding.ConsentFacts{ExpiresAt: u.Now().Add(onboarding.ConsentLife), Awaiting: e.Awaiting}
		},
		Effect: s.consentEffect,
		Subject: func(e *onboarding.Consent) engine.Subject {
			return engine.Subject{Customer: e.CustomerID, Data: map[string]string{
				"customerId": e.CustomerID, "consentId": e.ID, "consentType": string(e.Type),
			}}
		},
	}
}

func (s *Sandbox) consentEffect(u *engine.Unit, e *onboarding.Consent, step machine.Step, cause machine.Cause) error {
	switch {
	case step.On == onboarding.AcceptConsent && step.To == onboarding.ConsentPending && !e.Awaiting:
		caller, _ := cause.Input.(access.Caller)
		e.AcceptedAt, e.ExpiresAt = time.Time{}, time.Time{}
		e.AcceptedBy, e.IPAddress, e.UserAgent = caller.UserID, caller.ForwardedFor, caller.UserAgent
		e.Method = acceptanceMethod(caller.Platform)
	case step.On == onboarding.AwaitConsent:
		e.Awaiting = true
	case step.On == onboarding.ConfirmConsent && step.Moved():
		e.Awaiting = false
		e.AcceptedAt, e.ExpiresAt = u.Now(), u.Now().Add(onboarding.ConsentLife)
		u.After(func() error { return s.readyIfComplete(u, s.customers.Get(u, e.CustomerID)) })
	}
	return nil
}

// acceptanceMethod tells by the client's platform how a consent was accepted.
func acceptanceMethod(platform string) string {
	switch platform {
	case "web":
		return "WEB_UI"
	case "mobile", "ios", "android":
		return "MOBILE_APP"
	}
	return "API"
}

// Acceptance is how a consent is accepted. Only organizations name a signatory.
type Acceptance struct {
	Version   string
	Signatory onboarding.Signatory
	// SignedAt is when the request says that it was accepted, in its own form.
	SignedAt string
}

// AcceptConsent accepts one of the three consents for a customer. It is ACCEPTED
// then, or PENDING where the scenario asks for a confirmation. Accepting what is
// accepted, or waits for its confirmation, changes nothing and answers the same.
func (s *Sandbox) AcceptConsent(c access.Caller, kind onboarding.CustomerType, customerID string, t onboarding.ConsentType, in Acceptance) (*onboarding.Consent, error) {
	var consent *onboarding.Consent
	err := s.do(c, func(u *engine.Unit) error {
		customer, err := s.customerOf(u, c, kind, customerID)
		if err != nil {
			return err
		}
		if err := s.inBusiness(u, customer); err != nil {
			return err
		}
		if consent = s.consentOf(u, customer.ID, t); consent == nil {
			consent = &onboarding.Consent{Life: s.newLife(u, "consent"), CustomerID: customer.ID, Type: t}
			consent.ID = "consent-cust-" + consent.ID
			if err := s.consents.Create(u, consent, onboarding.RequestConsent, by(c)); err != nil {
				return err
			}
		}
		if consent.State != onboarding.ConsentAccepted && !consent.Awaiting {
			consent.Version, consent.Signatory, consent.SignedAt = in.Version, in.Signatory, in.SignedAt
			if in.SignedAt == "" {
				consent.SignedAt = u.Now().Format("2006-01-02T15:04:05.000Z")
			}
		}
		return s.consents.Fire(u, consent, onboarding.AcceptConsent, by(c))
	})
	return consent, err
}

// Consent gives a consent by its id.
func (s *Sandbox) Consent(c access.Caller, id string) (*onboarding.Consent, error) {
	var consent *onboarding.Consent
	err := s.show(c, func(u *engine.Unit) error {
		if consent = s.consents.Get(u, id); consent == nil || !c.MayActFor(consent.CustomerID) {
			return noConsent(id)
		}
		return s.consents.Look(u, consent)
	})
	return consent, err
}

func noConsent(id string) error {
	return refusal.New(refusal.ConsentNotFound, "the tenant has no consent %s", id)
}

func (s *Sandbox) consentOf(u *engine.Unit, customerID string, t onboarding.ConsentType) *onboarding.Consent {
	for _, consent := range s.consents.By(u, "customer", customerID) {
		if consent.Type == t {
			return consent
		}
	}
	return nil
}

// missingConsents lists the types that the customer has not accepted.
func (s *Sandbox) missingConsents(u *engine.Unit, customerID string) []onboarding.ConsentType {
	missing, _ := s.consentGaps(u, customerID)
	return missing
}

// consentGaps lists the types that the customer has not accepted, and the consents
// among them whose acceptance waits for its confirmation.
func (s *Sandbox) consentGaps(u *engine.Unit, customerID string) (missing []onboarding.ConsentType, unconfirmed map[onboarding.ConsentType]string) {
	known := map[onboarding.ConsentType]*onboarding.Consent{}
	for _, consent := range s.consents.By(u, "customer", customerID) {
		known[consent.Type] = consent
	}
	for _, t := range onboarding.ConsentTypes() {
		consent := known[t]
		if consent != nil && consent.State == onboarding.ConsentAccepted {
			continue
		}
		missing = append(missing, t)
		if consent != nil && consent.Awaiting {
			if unconfirmed == nil {
				unconfirmed = map[onboarding.ConsentType]string{}
			}
			unconfirmed[t] = consent.ID
		}
	}
	return missing, unconfirmed
}
