package api

import (
	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/sessions"
	"finhub-sandbox/internal/sandbox/world"
)

type userDoneView struct {
	UserID  string `json:"userId"`
	Message string `json:"message"`
}

// resetLogin ends a user's lock-out. It refuses with USER_NOT_FOUND and
// CUSTOMER_NOT_ACTIVE (administration/user-management).
func resetLogin(c *rest.Call, act *world.Act) (rest.Reply, error) {
	id := c.Body.Str("userId")
	user, err := sessions.ResetLogin(act, id)
	return userReply(c, user, userDoneView{id, "Credentials reset successfully"}, err)
}

// updateCredentials gives a user another password. It refuses with USER_NOT_FOUND and
// CUSTOMER_NOT_ACTIVE (administration/user-management).
func updateCredentials(c *rest.Call, act *world.Act) (rest.Reply, error) {
	id := c.Path("userId")
	user, err := sessions.SetPassword(act, id, c.Body.Str("newPassword", "password"))
	return userReply(c, user, userDoneView{id, "Credentials updated successfully"}, err)
}

func userReply(c *rest.Call, user *access.User, done userDoneView, err error) (rest.Reply, error) {
	if err != nil {
		return rest.Reply{}, err
	}
	c.Customer = user.CustomerID
	return rest.Reply{Extra: succeeded(), Data: &done}, nil
}
