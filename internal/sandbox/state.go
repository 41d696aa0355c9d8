package sandbox

import (
	"slices"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/sessions"
	"finhub-sandbox/internal/sandbox/world"
)

// stateConfig is what the areas know of exported states.
func stateConfig(w *world.World) engine.StateConfig {
	return engine.StateConfig{
		Value: func(name string) any {
			if value := world.StateValue(name); value != nil {
				return value
			}
			return accounts.StateValue(name)
		},
		Natural: w.NaturalValues,
		Secrets: Secrets(),
		Check: func(s *engine.State) []refusal.Fault {
			return append(checkReferences(s), accounts.CheckState(s)...)
		},
	}
}

// Secrets are the places of a state that have secrets, or what is made of them.
func Secrets() []string {
	return []string{
		"/values/seed/seed",
		"/values/settings/tenantSecret",
		"/entities/delivery/*/attempts/*/headers",
		"/entities/inbox/*/headers",
		"/entities/payment_consent/*/answer",
		"/entities/session/*/refresh",
		"/entities/session/*/tokenId",
		"/entities/subscription/*/former",
		"/entities/subscription/*/secret",
		"/entities/user/*/secret",
	}
}

// reference is a member that names another entity by its id.
type reference struct{ member, collection, id string }

// references are those of each collection that must lead somewhere. What may outlive
// what it names, such as a delivery its subscription, is not among them.
var references = map[string]func(any) []reference{
	"customer": refer(func(c *onboarding.Customer) []reference {
		return []reference{{"userId", "user", c.UserID}, {"walletId", "wallet", c.WalletID}, {"masterWalletId", "wallet", c.MasterWalletID}, {"memberOf", "customer", c.MemberOf}}
	}),
	"user": refer(func(u *access.User) []reference {
		if sessions.IsAdmin(u) {
			return nil // The caller chooses its organization.
		}
		return owned(u.CustomerID)
	}),
	"session": refer(func(s *access.Session) []reference {
		if s.Sort != access.Customer {
			return nil
		}
		return append(owned(s.CustomerID), reference{"userId", "user", s.UserID})
	}),
	"verification": refer(func(v *onboarding.Verification) []reference { return owned(v.CustomerID) }),
	"consent":      refer(func(c *onboarding.Consent) []reference { return owned(c.CustomerID) }),
	"document": refer(func(d *onboarding.Document) []reference {
		return append(owned(d.CustomerID), reference{"verificationId", "verification", d.VerificationID})
	}),
	"personnel": refer(func(p *onboarding.Personnel) []reference {
		return append(owned(p.CustomerID), reference{"organizationId", "customer", p.OrganizationID}, reference{"userId", "user", p.UserID})
	}),
	"standing": refer(func(s *world.Standing) []reference { return []reference{{"id", "verification", s.ID}} }),
	"wallet":   refer(func(w *payments.Wallet) []reference { return owned(w.CustomerID) }),
	"beneficiary": refer(func(b *payments.Beneficiary) []reference {
		return append(owned(b.CustomerID), reference{"walletId", "wallet", b.WalletID})
	}),
	"payment_consent": refer(func(p *payments.PaymentConsent) []reference {
		return append(owned(p.CustomerID), reference{"walletId", "wallet", p.WalletID})
	}),
	"order": refer(func(o *payments.Order) []reference {
		return append(owned(o.CustomerID), reference{"walletId", "wallet", o.WalletID}, reference{"consentId", "payment_consent", o.ConsentID},
			reference{"targetWalletId", "wallet", o.TargetWalletID}, reference{"transactionId", "transaction", o.TransactionID})
	}),
	"transaction": refer(func(t *payments.Transaction) []reference {
		return append(owned(t.CustomerID), reference{"walletId", "wallet", t.WalletID}, reference{"orderId", "order", t.OrderID})
	}),
	"spending":     refer(func(s *payments.Spending) []reference { return owned(s.CustomerID) }),
	"subscription": refer(func(s *delivery.Subscription) []reference { return owned(s.CustomerID) }),
	"outgoing":     refer(func(o *world.Outgoing) []reference { return []reference{{"id", "delivery", o.ID}} }),
}

func refer[T any](list func(*T) []reference) func(any) []reference {
	return func(record any) []reference { return list(record.(*T)) }
}

// owned is the reference of what belongs to a customer.
func owned(customer string) []reference {
	return []reference{{"customerId", "customer", customer}}
}

// checkReferences tells which entities name others that are not there.
func checkReferences(s *engine.State) (faults []refusal.Fault) {
	there := map[string]map[string]bool{}
	for collection, list := range references {
		for _, record := range s.Records(collection) {
			for _, r := range list(record.Value) {
				if r.id == "" {
					continue
				}
				if there[r.collection] == nil {
					there[r.collection] = idsOf(s, r.collection)
				}
				if !there[r.collection][r.id] {
					faults = append(faults, engine.StateFault(record.Pointer+"/"+r.member, "is %s, and there is no %s of this id", r.id, r.collection))
				}
			}
		}
	}
	return faults
}

func idsOf(s *engine.State, collection string) map[string]bool {
	records := s.Records(collection)
	ids := make(map[string]bool, len(records))
	for record := range slices.Values(records) {
		ids[record.ID] = true
	}
	return ids
}
