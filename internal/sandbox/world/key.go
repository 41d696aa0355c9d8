package world

import (
	"context"
	"crypto/sha256"
	"slices"

	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/store"
)

// secretName is the key in the store under which the secret is kept from which
// the tokens' key is made.
const secretName = "secret/tokens"

// derivedKey makes a key from a seed or a secret.
func derivedKey(from string) []byte {
	sum := sha256.Sum256([]byte("finhub-sandbox token key/" + from))
	return sum[:]
}

// tokenKey makes the key that signs the tokens: of a seed that somebody chose, so
// that it gives the same tokens everywhere, and else of a secret that nobody
// else has. That is kept in the store, so that a token is still good after a
// restart.
func (c Config) tokenKey() ([]byte, error) {
	if c.Secret == nil {
		return derivedKey(c.Seed), nil
	}
	var secret string
	err := c.Store.Update(context.Background(), store.Shared, func(tx store.Tx) error {
		var ok bool
		if secret, ok = tx.Get([]byte(secretName)); !ok {
			secret = c.Secret()
			tx.Set([]byte(secretName), secret)
		}
		return nil
	})
	return derivedKey(secret), err
}

// Admit refuses with TENANT_ACCESS_DENIED a tenant that may not be used.
func (s *World) Admit(tenant string) error {
	if len(s.Config.Tenants) > 0 && !slices.Contains(s.Config.Tenants, tenant) {
		return refusal.New(refusal.TenantAccessDenied, "this sandbox was started for other tenants than %s (--tenants)", tenant)
	}
	return nil
}
