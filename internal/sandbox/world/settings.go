package world

import (
	"cmp"
	"context"

	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/setting"
)

// settingsName is the value under which a tenant's settings are kept.
const settingsName = "settings"

// Policy is the settings by which a tenant works.
type Policy struct{ setting.Settings }

// PolicyOf takes each setting from the first who has set it: the tenant, its active
// scenario, the server. What none of them has set is built in.
func PolicyOf(act *Act) (*Policy, error) {
	p := new(Policy)
	_, err := act.Value(settingsName, &p.Settings)
	active, _ := ActiveScenario(act, ReadTenantScenarios(act.Unit))
	p.Complete(&active.Settings, &act.Config.Settings, act.builtIn)
	return p, err
}

// Limits are those of a category.
func (p *Policy) Limits(category string) payments.Limits {
	return payments.LimitsOf(category).Replaced(p.PerTransaction, p.Daily, p.Monthly)
}

// LimitsFor are those that hold for an operation of a customer of a category.
func (p *Policy) LimitsFor(o payments.Operation, category string) payments.Limits {
	if o.Outgoing() {
		return p.Limits(category)
	}
	return payments.TopupLimits()
}

// Signing is how webhooks are signed.
func (p *Policy) Signing() delivery.Signing {
	return delivery.Signing{Standard: p.Signature == setting.Standard, Header: p.SignatureHeader, Value: p.SignatureValue, Content: p.SignedContent}
}

// DelayScale is the part of a delay that a tenant waits on a running clock.
func DelayScale(act *Act) float64 {
	active, _ := ActiveScenario(act, ReadTenantScenarios(act.Unit))
	// A tenant cannot set it (see setting.Settings).
	return *cmp.Or(active.Settings.DelayScale, act.Config.Settings.DelayScale, act.builtIn.DelayScale)
}

// CategoryLimits are the limits of a category in a tenant.
func CategoryLimits(act *Act, category string) (payments.Limits, error) {
	p, err := PolicyOf(act)
	if err != nil {
		return payments.Limits{}, err
	}
	return p.Limits(category), nil
}

// GetSettings gives what a tenant has set itself.
func GetSettings(act *Act) (own setting.Settings, err error) {
	_, err = act.Value(settingsName, &own)
	return own, err
}

// ChangeSettings changes some of what a tenant has set itself and gives it all.
func ChangeSettings(act *Act, change func(*setting.Settings)) (own setting.Settings, err error) {
	if _, err := act.Value(settingsName, &own); err != nil {
		return own, err
	}
	change(&own)
	return own, act.SetValue(settingsName, own)
}

// Reset empties a tenant: everything that has happened in it is gone, and the
// clock with it. What was chosen for the tenant stays, its settings and its
// scenarios, so that a suite which resets after each test runs every test under
// the same; everything takes those away too.
func (s *World) Reset(ctx context.Context, tenant string, everything bool) (removed int, err error) {
	var keep []string
	if !everything {
		keep = []string{settingsName, tenantScenariosValue}
	}
	s.Mistypes.forget(tenant)
	return s.engine.Reset(ctx, tenant, keep...)
}

// Relaxed reports whether a tenant's header policy is the relaxed one.
func Relaxed(act *Act) bool {
	p, err := PolicyOf(act)
	act.Note(err)
	return p.Headers == setting.Relaxed
}

// KeylessLogins reports whether a tenant's logins may leave out its key and secret.
func KeylessLogins(act *Act) bool {
	p, err := PolicyOf(act)
	return err == nil && p.LoginKeys == setting.Optional
}
