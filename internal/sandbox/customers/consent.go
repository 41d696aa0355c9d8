package customers

import (
	"cmp"
	"time"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/scenario"
)

// ConsentKind makes the kind of the consents of the onboarding.
func ConsentKind(s *world.World) *engine.Kind[onboarding.Consent, onboarding.ConsentFacts] {
	return world.See(s, &engine.Kind[onboarding.Consent, onboarding.ConsentFacts]{
		Collection: engine.Collection[onboarding.Consent]{Name: "consent", Indexes: []engine.Index[onboarding.Consent]{
			{Name: "customer", Of: func(e *onboarding.Consent) []string { return []string{e.CustomerID} }},
		}},
		Table: onboarding.ConsentTable(),
		Facts: func(u *engine.Unit, e *onboarding.Consent, _ machine.Cause) onboarding.ConsentFacts {
			return onboarding.ConsentFacts{ExpiresAt: u.Now().Add(onboarding.ConsentLife), Awaiting: e.Awaiting}
		},
		Effect: world.Effect(s, consentEffect),
		Subject: func(e *onboarding.Consent) engine.Subject {
			return engine.Subject{Customer: e.CustomerID, Data: map[string]string{
				"customerId": e.CustomerID, "consentId": e.ID, "consentType": string(e.Type),
			}}
		},
	}, seenConsent())
}

func seenConsent() world.Seen[onboarding.Consent] {
	return world.Seen[onboarding.Consent]{
		Owner: func(e *onboarding.Consent) string { return e.CustomerID },
		Tells: []world.Telling[onboarding.Consent]{
			{About: scenario.AboutConsent, Tell: func(_ *world.Act, e *onboarding.Consent, f *scenario.Facts) { f.Consent = consentFacts(e) }},
		},
	}
}

func consentEffect(act *world.Act, e *onboarding.Consent, step machine.Step, cause machine.Cause) error {
	switch {
	case (step.On == onboarding.AcceptConsent || step.On == onboarding.RenewConsent) && step.To == onboarding.ConsentPending && !e.Awaiting:
		caller, _ := cause.Input.(access.Caller)
		e.AcceptedAt, e.ExpiresAt = time.Time{}, time.Time{}
		e.AcceptedBy, e.IPAddress, e.UserAgent = caller.UserID, caller.ForwardedFor, caller.UserAgent
		e.Method = acceptanceMethod(caller.Platform)
	case step.On == onboarding.AwaitConsent:
		e.Awaiting = true
	case step.On == onboarding.ConfirmConsent && step.Moved():
		e.Awaiting = false
		e.AcceptedAt, e.ExpiresAt = act.Now(), act.Now().Add(onboarding.ConsentLife)
		act.After(func() error { return readyIfComplete(act, act.Customers.Get(act.Unit, e.CustomerID)) })
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
	// Version is that of the text; empty is the one in force.
	Version   string
	Signatory onboarding.Signatory
	// SignedAt is when the request says that it was accepted, in its own form.
	SignedAt string
}

// AcceptConsent accepts one of the three consents for a customer. It is ACCEPTED
// then, or PENDING where the scenario asks for a confirmation. Accepting a version that
// is accepted, or waits for its confirmation, changes nothing and answers the same;
// any other must be the one in force, or it is refused with CONSENT_VERSION_OUTDATED.
func AcceptConsent(act *world.Act, kind onboarding.CustomerType, customerID string, t onboarding.ConsentType, in Acceptance) (consent *onboarding.Consent, err error) {
	customer, err := findCustomerOfType(act, kind, customerID)
	if err != nil {
		return consent, err
	}
	if err := InBusiness(act, customer); err != nil {
		return consent, err
	}
	consent = consentOf(act, customer.ID, t)
	version, held, err := versionAccepted(act, consent, t, in.Version)
	if err != nil {
		return consent, err
	}
	if consent == nil {
		consent = &onboarding.Consent{Life: world.NewLife(act, "consent"), CustomerID: customer.ID, Type: t}
		consent.ID = "consent-cust-" + consent.ID
		if err := act.Consents.Create(act.Unit, consent, onboarding.RequestConsent, world.By(act)); err != nil {
			return consent, err
		}
	}
	trigger := onboarding.AcceptConsent
	if !held {
		if consent.State == onboarding.ConsentAccepted {
			trigger = onboarding.RenewConsent
		}
		consent.Version, consent.Signatory, consent.SignedAt = version, in.Signatory, in.SignedAt
		if in.SignedAt == "" {
			consent.SignedAt = machine.Instant(act.Now())
		}
	}
	return consent, act.Consents.Fire(act.Unit, consent, trigger, world.By(act))
}

// versionAccepted tells which version an acceptance is of, and whether the consent is held
// for that one already.
func versionAccepted(act *world.Act, consent *onboarding.Consent, t onboarding.ConsentType, asked string) (version string, held bool, err error) {
	current := VersionInForce(act, t)
	version = cmp.Or(asked, current)
	held = consent != nil && consent.Version == version && (consent.State == onboarding.ConsentAccepted || consent.Awaiting)
	if held || version == current {
		return version, held, nil
	}
	return version, held, refusal.New(refusal.ConsentVersionOutdated, "the version %s of the %s is not the one in force, which is %s", version, t.Words(), current).
		At("version").WithData("currentVersion", current)
}

// GetConsent gives a consent by its id.
func GetConsent(act *world.Act, id string) (consent *onboarding.Consent, err error) {
	if consent = act.Consents.Get(act.Unit, id); consent == nil || !act.Caller.MayActFor(consent.CustomerID) {
		return consent, noConsent(id)
	}
	return consent, act.Consents.CountRead(act.Unit, consent)
}

// GetConsentOf gives a consent of a customer by its id.
func GetConsentOf(act *world.Act, customerID, id string) (*onboarding.Consent, error) {
	consent := act.Consents.Get(act.Unit, id)
	if consent == nil || consent.CustomerID != customerID {
		return nil, noConsent(id)
	}
	return GetConsent(act, id)
}

// AcceptConsentByID accepts a consent of a person that an earlier acceptance has recorded; with
// a customer named, one of that customer. It refuses with CONSENT_NOT_FOUND and as
// AcceptConsent does.
func AcceptConsentByID(act *world.Act, customerID, id string, in Acceptance) (*onboarding.Consent, error) {
	consent := act.Consents.Get(act.Unit, id)
	if consent == nil || customerID != "" && consent.CustomerID != customerID || !act.Caller.MayActFor(consent.CustomerID) {
		return nil, noConsent(id)
	}
	if act.Customers.Get(act.Unit, consent.CustomerID).Type != onboarding.Individual {
		return nil, noConsent(id)
	}
	return AcceptConsent(act, onboarding.Individual, consent.CustomerID, consent.Type, in)
}

func noConsent(id string) error {
	return refusal.New(refusal.ConsentNotFound, "the tenant has no consent %s", id)
}

func consentOf(act *world.Act, customerID string, t onboarding.ConsentType) *onboarding.Consent {
	for _, consent := range act.Consents.By(act.Unit, "customer", customerID) {
		if consent.Type == t {
			return consent
		}
	}
	return nil
}

// missingConsents lists the types that the customer has not accepted.
func missingConsents(act *world.Act, customerID string) []onboarding.ConsentType {
	missing, _ := consentGaps(act, customerID)
	return missing
}

// consentGaps lists the types that the customer has not accepted, and the consents
// among them whose acceptance waits for its confirmation.
func consentGaps(act *world.Act, customerID string) (missing []onboarding.ConsentType, unconfirmed map[onboarding.ConsentType]string) {
	known := map[onboarding.ConsentType]*onboarding.Consent{}
	for _, consent := range act.Consents.By(act.Unit, "customer", customerID) {
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
