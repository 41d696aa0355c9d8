package sandbox

import (
	"context"
	"crypto/hmac"

	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/setting"
)

// settingsName is the value under which a tenant's settings are kept.
const settingsName = "settings"

// policy is the settings by which a tenant works.
type policy struct{ setting.Settings }

// policy takes each setting from the first who has set it: the tenant, its active
// scenario, the server. What none of them has set is built in.
func (s *Sandbox) policy(u *engine.Unit) (*policy, error) {
	p := new(policy)
	_, err := u.Value(settingsName, &p.Settings)
	active, _ := s.activeScenario(u, readTenantScenarios(u))
	p.Complete(&active.Settings, &s.config.Settings, s.builtIn)
	return p, err
}

// limits are those of a category.
func (p *policy) limits(category string) payments.Limits {
	return payments.LimitsOf(category).Replaced(p.PerTransaction, p.Daily, p.Monthly)
}

// limitsFor are those that hold for an operation of a customer of a category.
func (p *policy) limitsFor(o payments.Operation, category string) payments.Limits {
	if o.Outgoing() {
		return p.limits(category)
	}
	return payments.TopupLimits()
}

// delayScale is the part of a delay that a tenant waits on a running clock.
func (s *Sandbox) delayScale(u *engine.Unit) float64 {
	p, err := s.policy(u)
	u.Note(err)
	return *p.DelayScale
}

// CategoryLimits are the limits of a category in a tenant.
func (s *Sandbox) CategoryLimits(tenant, category string) (payments.Limits, error) {
	p, err := s.policyOf(tenant)
	if err != nil {
		return payments.Limits{}, err
	}
	return p.limits(category), nil
}

// Settings gives what a tenant has set itself.
func (s *Sandbox) Settings(tenant string) (setting.Settings, error) {
	var own setting.Settings
	err := s.engine.Read(tenant, func(u *engine.Unit) error {
		_, err := u.Value(settingsName, &own)
		return err
	})
	return own, err
}

// ChangeSettings changes some of what a tenant has set itself and gives it all.
func (s *Sandbox) ChangeSettings(tenant string, change func(*setting.Settings)) (setting.Settings, error) {
	var own setting.Settings
	err := s.engine.Do(tenant, func(u *engine.Unit) error {
		own = setting.Settings{}
		if _, err := u.Value(settingsName, &own); err != nil {
			return err
		}
		change(&own)
		return u.SetValue(settingsName, own)
	})
	return own, err
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

// policyOf is the policy of a tenant outside of a unit of work.
func (s *Sandbox) policyOf(tenant string) (p *policy, err error) {
	err = s.engine.Read(tenant, func(u *engine.Unit) (err error) {
		p, err = s.policy(u)
		return err
	})
	return p, err
}

// Relaxed reports whether a tenant's header policy is the relaxed one. Where its
// settings cannot be read it is the server's.
func (s *Sandbox) Relaxed(tenant string) bool {
	p, err := s.policyOf(tenant)
	if err != nil {
		return s.config.Settings.Headers == setting.Relaxed
	}
	return p.Headers == setting.Relaxed
}

// KeylessLogins reports whether a tenant's logins may leave out its key and secret.
func (s *Sandbox) KeylessLogins(tenant string) bool {
	p, err := s.policyOf(tenant)
	return err == nil && p.LoginKeys == setting.Optional
}

// checkTenantKey refuses a login with another key or secret than the tenant's
// settings name, or where they name none the server's. Without either any will
// do. How long it takes tells nothing about how much was right.
func (s *Sandbox) checkTenantKey(u *engine.Unit, in Credentials) error {
	p, err := s.policy(u)
	if err != nil {
		return err
	}
	fits := func(want, sent string) bool { return hmac.Equal([]byte(want), []byte(sent)) || want == "" }
	key, secret := fits(p.TenantKey, in.TenantKey), fits(p.TenantSecret, in.TenantSecret)
	if !key || !secret {
		return refusal.New(refusal.TenantKeyInvalid, "the tenant has another tenantKey or tenantSecret")
	}
	return nil
}
