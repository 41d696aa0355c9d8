package world

import (
	"context"
	"io"
	"slices"
	"strings"

	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/setting"
)

// StateValue gives something into which a tenant's value of a name can be read, as far
// as the world keeps it; nil for others.
func StateValue(name string) any {
	switch {
	case name == settingsName:
		return new(setting.Settings)
	case name == tenantScenariosValue:
		return new(tenantScenarios)
	case name == seedValue:
		return new(Origin)
	case strings.HasPrefix(name, ownText("")):
		return new(string)
	}
	return nil
}

// NaturalValues are those that a tenant has as long as none are written.
func (s *World) NaturalValues(tenant string) map[string]any {
	return map[string]any{seedValue: s.naturalOrigin(tenant)}
}

// ExportState writes a tenant's state.
func (s *World) ExportState(ctx context.Context, tenant string, to io.Writer) error {
	return s.engine.Export(ctx, tenant, to)
}

// StateTenant is the tenant whose seed a state goes on from.
func StateTenant(state *engine.State) string {
	if from, ok := state.Value(seedValue).(*Origin); ok {
		return from.Tenant
	}
	return ""
}

// ImportState makes a text that ExportState wrote the state of a tenant, in place of
// all that it is. It refuses, with all its faults, what no tenant can be; then nothing
// has changed.
func (s *World) ImportState(ctx context.Context, tenant string, text []byte) (*engine.State, error) {
	state, err := s.engine.ReadState(tenant, text)
	if err != nil {
		return nil, err
	}
	err = s.engine.Replace(ctx, tenant, state, nil)
	s.Outside.Ready(tenant)
	return state, err
}

// BeginState is ImportState for a tenant that has nothing yet. It reports whether it had
// not.
func (s *World) BeginState(ctx context.Context, tenant string, text []byte) (taken bool, err error) {
	tenants, err := s.engine.Tenants(ctx)
	if err != nil || slices.Contains(tenants, tenant) {
		return false, err
	}
	_, err = s.ImportState(ctx, tenant, text)
	return err == nil, err
}

// Restore makes a snapshot the tenant's state again.
func (s *World) Restore(ctx context.Context, tenant, name string) (engine.Snapshot, error) {
	snapshot, err := s.engine.Restore(ctx, tenant, name)
	s.Outside.Ready(tenant)
	return snapshot, err
}

// Fork makes a snapshot the state of another tenant, which goes on from it by itself,
// and in which then may add to what happens.
func (s *World) Fork(ctx context.Context, tenant, name, into string, then func(*Act) error) (engine.Snapshot, error) {
	if err := s.Admit(into); err != nil {
		return engine.Snapshot{}, err
	}
	return s.engine.Fork(ctx, tenant, name, into, func(u *engine.Unit) error {
		act := s.ActOf(u)
		from := s.naturalOrigin(tenant)
		own, err := act.Value(seedValue, &from)
		if err == nil && !own {
			err, act.from = act.SetValue(seedValue, from), from
		}
		if err != nil {
			return err
		}
		return then(act)
	})
}
