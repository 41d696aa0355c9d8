package onboarding

import (
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
)

// ConsentType is one of the three consents that activation needs.
type ConsentType string

// The consents, in the order in which they are asked for.
const (
	Terms          ConsentType = "TERMS_AND_CONDITIONS"
	Privacy        ConsentType = "PRIVACY_POLICY"
	DataProcessing ConsentType = "DATA_PROCESSING"
)

// ConsentTypes lists them in their order.
func ConsentTypes() []ConsentType { return []ConsentType{Terms, Privacy, DataProcessing} }

// ParseConsentType reads the path segment of a consent.
func ParseConsentType(segment string) (ConsentType, bool) {
	for _, t := range ConsentTypes() {
		if t.Segment() == segment {
			return t, true
		}
	}
	return "", false
}

// Segment is how the consent stands in paths.
func (t ConsentType) Segment() string {
	switch t {
	case Terms:
		return "terms"
	case Privacy:
		return "privacy"
	}
	return "data-processing"
}

// Words is how messages call the consent.
func (t ConsentType) Words() string {
	switch t {
	case Terms:
		return "terms and conditions"
	case Privacy:
		return "privacy policy"
	}
	return "data processing"
}

// The states of a consent.
const (
	ConsentPending  machine.State = "PENDING"
	ConsentAccepted machine.State = "ACCEPTED"
	ConsentExpired  machine.State = "EXPIRED"
)

// What can be asked of a consent.
const (
	RequestConsent machine.Trigger = "request"
	AcceptConsent  machine.Trigger = "accept"
	// RenewConsent accepts another version than the one that is accepted.
	RenewConsent  machine.Trigger = "renew"
	ExpireConsent machine.Trigger = "expire"
	// AwaitConsent and ConfirmConsent are what an acceptance comes to: it waits
	// for the customer to follow a magic link, or it counts.
	AwaitConsent   machine.Trigger = "await_confirmation"
	ConfirmConsent machine.Trigger = "confirm"
	KeepConsent    machine.Trigger = "keep"
)

// Consent is one customer's consent of one type.
type Consent struct {
	machine.Life
	CustomerID string      `json:"customerId"`
	Type       ConsentType `json:"type"`
	Version    string      `json:"version"`
	// Awaiting tells that the acceptance waits for its confirmation.
	Awaiting   bool      `json:"awaiting,omitzero"`
	AcceptedAt time.Time `json:"acceptedAt,omitzero"`
	ExpiresAt  time.Time `json:"expiresAt,omitzero"`
	// Signatory is who accepted it for an organization, and SignedAt when, as the
	// request says.
	Signatory Signatory `json:"signatory,omitzero"`
	SignedAt  string    `json:"signedAt,omitempty"`
	// Who accepted it, and from where.
	AcceptedBy string `json:"acceptedBy,omitempty"`
	IPAddress  string `json:"ipAddress,omitempty"`
	UserAgent  string `json:"userAgent,omitempty"`
	Method     string `json:"method,omitempty"`
}

// Signatory is the officer of an organization who accepts a consent.
type Signatory struct {
	Name      string `json:"name"`
	Position  string `json:"position,omitempty"`
	Email     string `json:"email,omitempty"`
	Authority string `json:"authority,omitempty"`
}

// ConsentLife is how long an acceptance holds.
const ConsentLife = 365 * 24 * time.Hour

// How long a magic link holds that says nothing else, and at most.
const (
	LinkLife    = time.Hour
	MaxLinkLife = 24 * time.Hour
)

// ConsentFacts are what the consent's table needs to know.
type ConsentFacts struct {
	ExpiresAt time.Time
	// Awaiting tells that an acceptance waits for its confirmation already.
	Awaiting bool
}

// The options of an acceptance and of what becomes of it.
const (
	ConsentCounts            = "ACCEPTED"
	ConsentNeedsConfirmation = "NEEDS_CONFIRMATION"
	ConsentNeverLapses       = "NEVER"
	ConsentLapses            = "EXPIRED"
)

// ConsentTable is the life of a consent. An acceptance counts in the same commit
// unless the scenario lets it wait for a magic link. Accepting again what is
// accepted, or what waits for its confirmation, changes nothing, so that a client
// may repeat a call whose reply it lost; the same holds for a link.
func ConsentTable() *machine.Table[ConsentFacts] {
	confirmation := []machine.Choice[ConsentFacts]{{
		Point: "consent.confirmation", Default: ConsentCounts,
		Options: []machine.Option{
			{Name: ConsentCounts, Trigger: ConfirmConsent},
			{Name: ConsentNeedsConfirmation, Trigger: AwaitConsent},
		},
		If: func(f ConsentFacts) bool { return !f.Awaiting },
	}}
	expiry := []machine.Choice[ConsentFacts]{{
		Point: "consent.expiry", Default: "EXPIRED",
		Options: []machine.Option{{Name: "EXPIRED", Trigger: ExpireConsent}},
		Until:   func(f ConsentFacts) time.Time { return f.ExpiresAt },
	}, {
		// The year that was announced is a deadline; this is a consent that ends
		// before, such as one whose text has been replaced.
		Point: "consent.lapse", Default: ConsentNeverLapses,
		Options: []machine.Option{
			{Name: ConsentNeverLapses, Trigger: KeepConsent},
			{Name: ConsentLapses, Trigger: ExpireConsent},
		},
	}}
	return &machine.Table[ConsentFacts]{
		Name:      "consent",
		Otherwise: refusal.PhaseOrderBroken,
		Rows: []machine.Row[ConsentFacts]{
			{From: in{machine.None}, On: on{RequestConsent}, To: ConsentPending},
			{From: in{ConsentPending, ConsentExpired}, On: on{AcceptConsent}, To: ConsentPending, Arms: confirmation},
			{From: in{ConsentAccepted}, On: on{RenewConsent}, To: ConsentPending, Arms: confirmation},
			{From: in{ConsentPending}, On: on{AwaitConsent}, To: machine.Same},
			{From: in{ConsentPending}, On: on{ConfirmConsent}, To: ConsentAccepted, Emit: "consent.accepted", Arms: expiry},
			{From: in{ConsentAccepted}, On: on{AcceptConsent, ConfirmConsent, KeepConsent}, To: machine.Same},
			{From: in{ConsentAccepted}, On: on{ExpireConsent}, To: ConsentExpired, Emit: "consent.expired"},
		},
	}
}
