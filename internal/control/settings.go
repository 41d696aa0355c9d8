package control

import (
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/setting"
)

// getSettings shows what the tenant has otherwise than the server; empty members
// are the server's way.
func getSettings(c *rest.Call, act *world.Act) (rest.Reply, error) {
	s, err := world.GetSettings(act)
	return rest.Reply{Data: viewSettings(c.Tenant, s)}, err
}

// updateSettings changes the settings that the body names; an empty value goes
// back to the server's way.
func updateSettings(c *rest.Call, act *world.Act) (rest.Reply, error) {
	s, err := world.ChangeSettings(act, func(s *setting.Settings) {
		s.Take(func(member string) any { return c.Body.Get(member) })
	})
	return rest.Reply{Data: viewSettings(c.Tenant, s)}, err
}

func viewSettings(tenant string, s setting.Settings) map[string]any {
	view := s.Tell()
	view["tenant"] = tenant
	return view
}
