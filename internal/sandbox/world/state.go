package world

import (
	"context"
	"io"
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

// ImportState makes a text that ExportState wrote the state of a tenant, in place of
// all that it is. It refuses, with all its faults, what no tenant can be; then nothing
// has changed.
func (s *World) ImportState(ctx context.Context, tenant string, text []byte) (*engine.State, error) {
	state, err := s.engine.ReadState(tenant, text)
	if err != nil {
		return nil, err
	}
	return state, s.engine.Replace(ctx, tenant, state, nil)
}
