package sandbox

import (
	"crypto/hmac"
	"time"

	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
)

// Settings are what a tenant can have otherwise than the server. Empty members
// leave the server's way.
type Settings struct {
	// Headers is the header policy: strict or relaxed.
	Headers string `json:"headers,omitempty"`
	// Personnel says what missing personnel means at an organization's
	// activation: advisory warns, required refuses.
	Personnel string `json:"personnel,omitempty"`
	// OrderLifeSeconds is how long a prepared order can be executed.
	OrderLifeSeconds int64 `json:"orderLifeSeconds,omitempty"`
	// TenantKey and TenantSecret must be sent at login if they are set.
	TenantKey    string `json:"tenantKey,omitempty"`
	TenantSecret string `json:"tenantSecret,omitempty"`
}

// The policies.
const (
	HeadersRelaxed    = "relaxed"
	PersonnelRequired = "required"
)

// settingsName is the value under which a tenant's settings are kept.
const settingsName = "settings"

func settings(u *engine.Unit) (Settings, error) {
	var s Settings
	_, err := u.Value(settingsName, &s)
	return s, err
}

// Settings gives a tenant's settings.
func (s *Sandbox) Settings(tenant string) (Settings, error) {
	var out Settings
	err := s.engine.Read(tenant, func(u *engine.Unit) (err error) {
		out, err = settings(u)
		return err
	})
	return out, err
}

// ChangeSettings changes some of a tenant's settings and gives them all.
func (s *Sandbox) ChangeSettings(tenant string, change func(*Settings)) (Settings, error) {
	var out Settings
	err := s.engine.Do(tenant, func(u *engine.Unit) (err error) {
		if out, err = settings(u); err != nil {
			return err
		}
		change(&out)
		return u.SetValue(settingsName, out)
	})
	return out, err
}

// Relaxed tells whether a tenant's header policy is the relaxed one; a tenant
// that has set none has the server's.
func (s *Sandbox) Relaxed(tenant string, server bool) bool {
	set, err := s.Settings(tenant)
	if err != nil || set.Headers == "" {
		return server
	}
	return set.Headers == HeadersRelaxed
}

// orderLife is how long an order that is prepared now can be executed.
func orderLife(u *engine.Unit) (time.Duration, error) {
	set, err := settings(u)
	if set.OrderLifeSeconds > 0 {
		return time.Duration(set.OrderLifeSeconds) * time.Second, err
	}
	return payments.OrderLife, err
}

// checkTenantKey refuses a login with another key or secret than the tenant's
// settings name. Without such settings any will do.
func checkTenantKey(u *engine.Unit, in Credentials) error {
	set, err := settings(u)
	if err != nil {
		return err
	}
	fits := func(set, sent string) bool { return set == "" || hmac.Equal([]byte(set), []byte(sent)) }
	if !fits(set.TenantKey, in.TenantKey) || !fits(set.TenantSecret, in.TenantSecret) {
		return refusal.New(refusal.TenantKeyInvalid, "the tenant's settings name another tenantKey or tenantSecret")
	}
	return nil
}
