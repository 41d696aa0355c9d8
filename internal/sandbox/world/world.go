package world

import (
	"time"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/fake"
	"finhub-sandbox/internal/setting"
	"finhub-sandbox/internal/store"
)

// Config is what a sandbox stands on.
type Config struct {
	Store store.Store
	// Wall is the real time, and WallOf that by which a tenant goes; nil is Wall for all.
	Wall   func() time.Time
	WallOf func(tenant string) time.Time
	// Seed makes ids, people and account numbers; tenants add their own id.
	Seed string
	// Secret makes the secret from which the tokens' key comes, once for a store.
	// Nil takes the Seed for it: whoever knows that can then sign tokens.
	Secret func() string
	// Settings are for the tenants who have none of their own; what is not set is
	// built in.
	Settings setting.Settings
	// Tenants restricts the tenants that may be used; empty allows any.
	Tenants []string
	// NoFixedTokens switches the fixed tokens off.
	NoFixedTokens bool
	// DefaultScenario governs the customers for whom neither they nor their tenant
	// chose one; empty, or a name that is not loaded, is happy-path.
	DefaultScenario string
	// WebhookHosts are those to which webhooks may be sent; empty is any.
	WebhookHosts Hosts
	// Operations are those of the product's document with the refusals that each
	// can give, for scenarios to refuse with. Nil takes what scenarios say on
	// trust.
	Operations map[string][]string
	// CheckShared, Passed and Fired are the engine's.
	Fired       func(tenant string, t engine.Timer, events []engine.Event)
	CheckShared bool
	Passed      func(tenant string, numbers []uint16)
}

// World is the product's state: the kinds of things that there are in it, and what
// they stand on.
type World struct {
	Config  Config
	builtIn *setting.Settings
	engine  *engine.Engine
	// key signs tokens, and passwordKey makes the digests of passwords.
	key, passwordKey []byte
	tokens           readTokens
	repertoire       repertoire
	Mistypes         seenMistyped
	Hooks            Hooks
	Sights           sights
	// References are how parameters of requests name things.
	References []Reference

	Customers     *engine.Kind[onboarding.Customer, onboarding.CustomerFacts]
	Verifications *engine.Kind[onboarding.Verification, onboarding.VerificationFacts]
	Consents      *engine.Kind[onboarding.Consent, onboarding.ConsentFacts]
	// ConsentTemplates are the texts that a tenant has of its own.
	ConsentTemplates engine.Collection[onboarding.ConsentTemplate]
	Personnel        *engine.Kind[onboarding.Personnel, onboarding.PersonnelFacts]
	Users            *engine.Kind[access.User, access.UserFacts]
	Sessions         *engine.Kind[access.Session, access.SessionFacts]
	Documents        *engine.Kind[onboarding.Document, onboarding.DocumentFacts]
	Standing         engine.Collection[Standing]

	Wallets         *engine.Kind[payments.Wallet, payments.WalletFacts]
	Beneficiaries   *engine.Kind[payments.Beneficiary, payments.BeneficiaryFacts]
	PaymentConsents *engine.Kind[payments.PaymentConsent, payments.PaymentConsentFacts]
	Orders          *engine.Kind[payments.Order, payments.OrderFacts]
	Transactions    engine.Collection[payments.Transaction]

	Subscriptions *engine.Kind[delivery.Subscription, struct{}]
	Deliveries    *engine.Kind[delivery.Delivery, delivery.Facts]
	Outgoing      engine.Collection[Outgoing]
	Inbox         engine.Collection[Received]
	// Outside is who sends deliveries; one that sends none until it is set.
	Outside Outside
}

// New makes a world in which nothing can be yet: areas register their kinds
// with it, and then it begins.
func New(c Config) (*World, error) {
	key, err := c.tokenKey()
	return &World{Config: c, builtIn: setting.BuiltIn(), key: key, passwordKey: derivedKey(c.Seed), Sights: sights{}, Outside: Nobody{}}, err
}

// Begin lets the world run on an engine that has its kinds.
func (s *World) Begin(e *engine.Engine) error {
	s.engine = e
	return s.openRepertoire(e.Machines())
}

// Engine gives the engine to those who drive the clock.
func (s *World) Engine() *engine.Engine { return s.engine }

// NewLife gives a new aggregate of a kind its id and its place in the order.
func NewLife(act *Act, kind string) machine.Life {
	n := act.Next()
	return machine.Life{ID: fake.ID(Seed(act), kind, n), Seq: n}
}
