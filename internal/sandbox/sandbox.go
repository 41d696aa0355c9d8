// Package sandbox owns the product's verbs: each opens one unit of work,
// gathers facts that cross aggregates, and fires triggers. Rules that concern
// one aggregate alone are in internal/domain; what happens over HTTP is not its
// business.
package sandbox

import (
	"fmt"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/engine"
)

// New opens the sandbox on its store. A table with a mistake is an error.
func New(c Config) (*World, error) {
	s, err := assemble(c)
	if err == nil {
		err = s.open()
	}
	if err != nil {
		return nil, fmt.Errorf("open sandbox: %w", err)
	}
	return s, nil
}

// assemble makes the world with its kinds, which can do nothing yet.
func assemble(c Config) (*World, error) {
	s, err := newWorld(c)
	if err != nil {
		return nil, err
	}
	s.references = references()
	s.hooks = hooks{registered: openWallets, ready: walletsReady, activated: activateWallets, stopped: endSessions}
	s.customers = customerKind(s)
	s.verifications = verificationKind(s)
	s.consents = consentKind(s)
	s.personnel = personnelKind(s)
	s.users = userKind(s)
	s.sessions = sessionKind(s)
	s.documents = documentKind(s)
	s.standing = standingCollection()
	s.wallets = walletKind(s)
	s.beneficiaries = beneficiaryKind(s)
	s.paymentConsents = paymentConsentKind(s)
	s.orders = orderKind(s)
	s.transactions = transactionCollection()
	return s, nil
}

// open begins with what the store holds.
func (s *World) open() error {
	c := s.config
	e, err := engine.New(
		engine.Config{Store: c.Store, Collections: []engine.Indexed{&s.standing}, Wall: c.Wall, Scale: func(u *engine.Unit) float64 { return delayScale(s.actOf(u)) },
			Choose: func(u *engine.Unit, kind string, aggregate any, p machine.Pending) (machine.Decision, error) {
				return choose(s.actOf(u), kind, aggregate, p)
			}},
		s.customers, s.personnel, s.users, s.sessions, s.verifications, s.documents, s.consents,
		s.wallets, s.beneficiaries, s.paymentConsents, s.orders,
	)
	if err != nil {
		return err
	}
	return s.begin(e)
}
