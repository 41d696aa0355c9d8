package app_test

import (
	"testing"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/sandbox/world"
)

// tenantScenario gives the scenario that governs a tenant, and where it comes from.
func tenantScenario(t *testing.T, s *localSandbox, tenant string) (name, source string) {
	t.Helper()
	name, err := world.Show(t.Context(), s.app.World(), access.Caller{Tenant: tenant}, func(act *world.Act) (name string, _ error) {
		name, source = world.TenantScenario(act)
		return name, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return name, source
}
