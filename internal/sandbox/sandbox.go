// Package sandbox owns the product's verbs: each opens one unit of work,
// gathers facts that cross aggregates, and fires triggers. Rules that concern
// one aggregate alone are in internal/domain; what happens over HTTP is not its
// business.
package sandbox

import (
	"fmt"
	"time"

	"finhub-sandbox/internal/domain/access"
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
	// Wall is the real time.
	Wall func() time.Time
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
	// Operations are those of the product's document with the refusals that each
	// can give, for scenarios to refuse with. Nil takes what scenarios say on
	// trust.
	Operations map[string][]string
}

// World is the product's state: the kinds of things that there are in it, and what
// they stand on.
type World struct {
	config     Config
	builtIn    *setting.Settings
	engine     *engine.Engine
	key        []byte
	repertoire repertoire
	mistyped   seenMistyped

	customers     *engine.Kind[onboarding.Customer, onboarding.CustomerFacts]
	verifications *engine.Kind[onboarding.Verification, onboarding.VerificationFacts]
	consents      *engine.Kind[onboarding.Consent, onboarding.ConsentFacts]
	personnel     *engine.Kind[onboarding.Personnel, onboarding.PersonnelFacts]
	users         *engine.Kind[access.User, access.UserFacts]
	sessions      *engine.Kind[access.Session, access.SessionFacts]
	documents     *engine.Kind[onboarding.Document, onboarding.DocumentFacts]
	standing      engine.Collection[standing]

	wallets         *engine.Kind[payments.Wallet, payments.WalletFacts]
	beneficiaries   *engine.Kind[payments.Beneficiary, payments.BeneficiaryFacts]
	paymentConsents *engine.Kind[payments.PaymentConsent, payments.PaymentConsentFacts]
	orders          *engine.Kind[payments.Order, payments.OrderFacts]
	transactions    engine.Collection[payments.Transaction]
}

// New opens the sandbox on its store. A table with a mistake is an error.
func New(c Config) (*World, error) {
	s := &World{config: c, builtIn: setting.BuiltIn()}
	var err error
	if s.key, err = c.tokenKey(); err != nil {
		return nil, fmt.Errorf("open sandbox: %w", err)
	}
	s.customers = s.customerKind()
	s.verifications = s.verificationKind()
	s.consents = s.consentKind()
	s.personnel = s.personnelKind()
	s.users = s.userKind()
	s.sessions = s.sessionKind()
	s.documents = s.documentKind()
	s.standing = standingCollection()
	s.wallets = s.walletKind()
	s.beneficiaries = s.beneficiaryKind()
	s.paymentConsents = s.paymentConsentKind()
	s.orders = s.orderKind()
	s.transactions = transactionCollection()
	s.engine, err = engine.New(
		engine.Config{Store: c.Store, Collections: []engine.Indexed{&s.standing}, Wall: c.Wall, Scale: func(u *engine.Unit) float64 { return delayScale(s.actOf(u)) },
			Choose: func(u *engine.Unit, _ string, aggregate any, p machine.Pending) (machine.Decision, error) {
				return choose(s.actOf(u), aggregate, p)
			}},
		s.customers, s.personnel, s.users, s.sessions, s.verifications, s.documents, s.consents,
		s.wallets, s.beneficiaries, s.paymentConsents, s.orders,
	)
	if err != nil {
		return nil, fmt.Errorf("open sandbox: %w", err)
	}
	if err := s.openRepertoire(s.engine.Machines()); err != nil {
		return nil, fmt.Errorf("open sandbox: %w", err)
	}
	return s, nil
}

// Engine gives the engine to those who drive the clock.
func (s *World) Engine() *engine.Engine { return s.engine }

// seed is what a tenant's invented data is made from.
func seed(act *Act) string { return act.config.Seed + "/" + act.Tenant() }

// newLife gives a new aggregate of a kind its id and its place in the order.
func newLife(act *Act, kind string) machine.Life {
	n := act.Next()
	return machine.Life{ID: fake.ID(seed(act), kind, n), Seq: n}
}
