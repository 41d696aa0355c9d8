package app

import "finhub-sandbox/internal/sandbox/sessions"

// Environment returns the variables by which a program finds the sandbox that
// listens there: the base of the product's paths, what the verbs of the command line
// read, and tokens as far as there are fixed ones.
func (c Config) Environment(l Listeners, tenant string) map[string]string {
	variables := map[string]string{
		"FINHUB_BASE_URL":      "http://" + l.Product[0].Addr().String() + "/api/v2.1",
		"SANDBOX_CONTROL_ADDR": l.controlAddr().String(),
		"SANDBOX_TENANT":       tenant,
	}
	if !c.NoFixedTokens {
		variables["FINHUB_TOKEN"] = sessions.TokenAdmin
		variables["FINHUB_POWER_TENANT_TOKEN"] = sessions.TokenPowerTenant
		variables["FINHUB_COMPLIANCE_TOKEN"] = sessions.TokenCompliance
	}
	if c.ControlToken != "" {
		variables["SANDBOX_CONTROL_TOKEN"] = c.ControlToken
	}
	return variables
}
