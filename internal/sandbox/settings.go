package sandbox

import (
	"cmp"
	"context"
	"crypto/hmac"
	"time"

	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/scenario"
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
	// LoginKeys says whether a login must have a key and a secret at all: required
	// or optional.
	LoginKeys string `json:"loginKeys,omitempty"`
}

// The policies.
const (
	HeadersRelaxed    = "relaxed"
	PersonnelRequired = "required"
	LoginKeysOptional = "optional"
)

// settingsName is the value under which a tenant's settings are kept.
const settingsName = "settings"

// settings are those that were set for the tenant itself.
func settings(u *engine.Unit) (Settings, error) {
	var s Settings
	_, err := u.Value(settingsName, &s)
	return s, err
}

// rules are the settings by which a tenant works: its own, and where it has none
// those of its active scenario.
type rules struct {
	Settings
	// Scenario are the scenario's settings that a tenant cannot set otherwise.
	Scenario scenario.Settings
}

func (s *Sandbox) rules(u *engine.Unit) (rules, error) {
	set, err := settings(u)
	active, _ := s.activeScenario(u, readTenantScenarios(u))
	r := rules{set, active.Settings}
	r.Headers = cmp.Or(r.Headers, r.Scenario.Headers)
	r.Personnel = cmp.Or(r.Personnel, r.Scenario.Personnel)
	return r, err
}

// orderLife is how long an order that is prepared now can be executed.
func (r rules) orderLife() time.Duration {
	return cmp.Or(time.Duration(r.OrderLifeSeconds)*time.Second, r.Scenario.OrderLife, payments.OrderLife)
}

// limits are those of a category.
func (r rules) limits(category string) payments.Limits {
	return payments.LimitsOf(category).Replaced(r.Scenario.PerTransaction, r.Scenario.Daily, r.Scenario.Monthly)
}

// limitsFor are those that hold for an operation of a customer of a category.
func (r rules) limitsFor(o payments.Operation, category string) payments.Limits {
	if o.Outgoing() {
		return r.limits(category)
	}
	return payments.TopupLimits()
}

// fees are what sending costs.
func (r rules) fees() payments.Fees { return r.Scenario.Fees }

// delayScale is the part of a delay that a tenant waits on a running clock.
func (s *Sandbox) delayScale(u *engine.Unit) float64 {
	active, _ := s.activeScenario(u, readTenantScenarios(u))
	if scale := active.Settings.DelayScale; scale != nil {
		return *scale
	}
	return s.config.DelayScale
}

// CategoryLimits are the limits of a category in a tenant.
func (s *Sandbox) CategoryLimits(tenant, category string) (limits payments.Limits, err error) {
	err = s.engine.Read(tenant, func(u *engine.Unit) error {
		r, err := s.rules(u)
		limits = r.limits(category)
		return err
	})
	return limits, err
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

// Reset empties a tenant: everything that has happened in it is gone, and the
// clock with it. What was chosen for the tenant stays, its settings and its
// scenarios, so that a suite which resets after each test runs every test under
// the same; everything takes those away too.
func (s *Sandbox) Reset(ctx context.Context, tenant string, everything bool) (removed int, err error) {
	var keep []string
	if !everything {
		keep = []string{settingsName, tenantScenariosValue}
	}
	s.mistyped.forget(tenant)
	return s.engine.Reset(ctx, tenant, keep...)
}

// Relaxed tells whether a tenant's header policy is the relaxed one; a tenant
// that has set none has its scenario's, and at last the server's.
func (s *Sandbox) Relaxed(tenant string, server bool) bool {
	var set rules
	err := s.engine.Read(tenant, func(u *engine.Unit) (err error) {
		set, err = s.rules(u)
		return err
	})
	if err != nil || set.Headers == "" {
		return server
	}
	return set.Headers == HeadersRelaxed
}

// KeylessLogins tells whether a tenant's logins may leave out its key and secret.
func (s *Sandbox) KeylessLogins(tenant string) bool {
	set, err := s.Settings(tenant)
	return err == nil && set.LoginKeys == LoginKeysOptional
}

// checkTenantKey refuses a login with another key or secret than the tenant's
// settings name, or where they name none the server's. Without either any will
// do. How long it takes tells nothing about how much was right.
func (s *Sandbox) checkTenantKey(u *engine.Unit, in Credentials) error {
	set, err := settings(u)
	if err != nil {
		return err
	}
	fits := func(want, sent string) bool { return hmac.Equal([]byte(want), []byte(sent)) || want == "" }
	key := fits(cmp.Or(set.TenantKey, s.config.TenantKey), in.TenantKey)
	secret := fits(cmp.Or(set.TenantSecret, s.config.TenantSecret), in.TenantSecret)
	if !key || !secret {
		return refusal.New(refusal.TenantKeyInvalid, "the tenant has another tenantKey or tenantSecret")
	}
	return nil
}
