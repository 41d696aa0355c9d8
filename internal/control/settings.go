package control

import (
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox"
)

type settingsView struct {
	Tenant           string `json:"tenant"`
	Headers          string `json:"headers"`
	Personnel        string `json:"personnel"`
	OrderLifeSeconds int64  `json:"orderLifeSeconds"`
	TenantKey        string `json:"tenantKey"`
	// TenantSecretSet stands for the secret, which is never shown.
	TenantSecretSet bool   `json:"tenantSecretSet"`
	LoginKeys       string `json:"loginKeys"`
}

// getSettings shows what the tenant has otherwise than the server; empty members
// are the server's way.
func (a *API) getSettings(c *rest.Call) (rest.Reply, error) {
	s, err := a.sandbox.Settings(c.Tenant)
	return rest.Reply{Data: viewSettings(c.Tenant, s)}, err
}

// updateSettings changes the settings that the body names; an empty value goes
// back to the server's way.
func (a *API) updateSettings(c *rest.Call) (rest.Reply, error) {
	s, err := a.sandbox.ChangeSettings(c.Tenant, func(s *sandbox.Settings) {
		for name, member := range map[string]*string{
			"headers": &s.Headers, "personnel": &s.Personnel, "tenantKey": &s.TenantKey, "tenantSecret": &s.TenantSecret,
			"loginKeys": &s.LoginKeys,
		} {
			if c.Body.Has(name) {
				*member = c.Body.Str(name)
			}
		}
		if c.Body.Has("orderLifeSeconds") {
			s.OrderLifeSeconds = c.Body.Int("orderLifeSeconds")
		}
	})
	return rest.Reply{Data: viewSettings(c.Tenant, s)}, err
}

func viewSettings(tenant string, s sandbox.Settings) settingsView {
	return settingsView{tenant, s.Headers, s.Personnel, s.OrderLifeSeconds, s.TenantKey, s.TenantSecret != "", s.LoginKeys}
}
