package app

import (
	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/sandbox"
)

func (a *App) identify(tenant, token string, lapsed bool) (access.Caller, error) {
	return sandbox.Show(a.world, access.Caller{Tenant: tenant}, func(act *sandbox.Act) (access.Caller, error) {
		return sandbox.Identify(act, token, lapsed)
	})
}

func (a *App) checkPast(tenant, date string) error {
	_, err := sandbox.Show(a.world, access.Caller{Tenant: tenant}, func(act *sandbox.Act) (struct{}, error) {
		return struct{}{}, sandbox.CheckPast(act, date)
	})
	return err
}

func (a *App) holds(tenant string, asked func(*sandbox.Act) bool) bool {
	is, err := sandbox.Show(a.world, access.Caller{Tenant: tenant}, func(act *sandbox.Act) (bool, error) { return asked(act), nil })
	return is && err == nil
}
