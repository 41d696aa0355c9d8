package api

import (
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/sessions"
	"finhub-sandbox/internal/sandbox/world"
)

// logInAdministrator is createAdminSession for an administrator who is named by the user
// name alone (administration/session-management).
func logInAdministrator(c *rest.Call, act *world.Act) (rest.Reply, error) {
	in := credentials(c)
	login, err := sessions.LogInAdmin(act, act.Tenant(), in.Username, in)
	return namedLogin(c, login, err)
}

// logInByEmail opens a session of whoever has an e-mail. It refuses as
// createIndividualSession does (login-resource/create-login-session).
func logInByEmail(c *rest.Call, act *world.Act) (rest.Reply, error) {
	in := credentials(c)
	in.Username = c.Body.Str("email")
	login, err := sessions.LogInByEmail(act, in)
	return namedLogin(c, login, err)
}

// namedLogin tells whom the request concerned, which its path does not.
func namedLogin(c *rest.Call, login sessions.Login, err error) (rest.Reply, error) {
	if err == nil {
		c.Customer = login.Session.CustomerID
	}
	return loginReply(c, login, err)
}
