// Package sandbox puts the areas of the product together: it registers their kinds
// with the world, hooks what a step of one area means in another, and opens the
// engine. Rules that concern one aggregate alone are in internal/domain; what
// happens over HTTP is nobody's business here.
package sandbox

import (
	"context"
	"fmt"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/government"
	"finhub-sandbox/internal/sandbox/sessions"
	"finhub-sandbox/internal/sandbox/webhooks"
	"finhub-sandbox/internal/sandbox/world"
)

// New opens the sandbox on its store. A table with a mistake is an error.
func New(c world.Config) (*world.World, error) {
	s, err := assemble(c)
	if err == nil {
		err = open(s)
	}
	if err != nil {
		return nil, fmt.Errorf("open sandbox: %w", err)
	}
	return s, nil
}

// assemble makes the world with its kinds, which can do nothing yet.
func assemble(c world.Config) (*world.World, error) {
	s, err := world.New(c)
	if err != nil {
		return nil, err
	}
	s.References = government.References()
	s.Hooks = world.Hooks{Registered: accounts.OpenWallets, Ready: accounts.WalletsReady, Activated: accounts.ActivateWallets, Stopped: sessions.EndSessions}
	s.Customers = customers.CustomerKind(s)
	s.Verifications = customers.VerificationKind(s)
	s.Consents = customers.ConsentKind(s)
	s.ConsentTemplates = customers.ConsentTemplateCollection()
	s.Personnel = customers.PersonnelKind(s)
	s.Users = sessions.UserKind(s)
	s.Sessions = sessions.SessionKind(s)
	s.Documents = customers.DocumentKind(s)
	s.Standing = customers.StandingCollection()
	s.Wallets = accounts.WalletKind(s)
	s.Beneficiaries = accounts.BeneficiaryKind(s)
	s.PaymentConsents = accounts.PaymentConsentKind(s)
	s.Orders = accounts.OrderKind(s)
	s.Transactions = accounts.TransactionCollection()
	s.Subscriptions = webhooks.SubscriptionKind(s)
	s.Deliveries = webhooks.DeliveryKind(s)
	s.Outgoing = webhooks.OutgoingCollection()
	s.Inbox = webhooks.InboxCollection()
	return s, nil
}

// open begins a world with what the store holds.
func open(s *world.World) error {
	c := s.Config
	e, err := engine.New(
		engine.Config{
			Store: c.Store, Collections: append(accounts.Records(), &s.Transactions, &s.Standing, &s.ConsentTemplates, &s.Outgoing, &s.Inbox), Wall: c.Wall, WallOf: c.WallOf, CheckShared: c.CheckShared, Passed: c.Passed,
			Scale: func(u *engine.Unit) float64 { return world.DelayScale(s.ActOf(u)) },
			Fired: c.Fired,
			Told:  func(u *engine.Unit, e engine.Event) { webhooks.Told(s.ActOf(u), e) },
			Depart: func(ctx context.Context, tenant string) (func(context.Context) ([]engine.Event, error), func()) {
				return s.Outside.Depart(ctx, tenant)
			},
			State: stateConfig(s),
			Choose: func(u *engine.Unit, kind string, aggregate any, p machine.Pending) (machine.Decision, error) {
				return government.Choose(s.ActOf(u), kind, aggregate, p)
			},
		},
		s.Customers, s.Personnel, s.Users, s.Sessions, s.Verifications, s.Documents, s.Consents,
		s.Wallets, s.Beneficiaries, s.PaymentConsents, s.Orders, s.Subscriptions, s.Deliveries,
	)
	if err != nil {
		return err
	}
	return s.Begin(e)
}
