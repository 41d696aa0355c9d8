package sessions

import (
	"strings"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
)

// LogInByEmail opens a session of the customer who has an e-mail; one of the people of an
// organization acts for that. It refuses as LogIn does.
func LogInByEmail(act *world.Act, in Credentials) (Login, error) {
	person := act.Customers.First(act.Unit, "email", strings.ToLower(in.Username))
	if person == nil {
		if err := checkTenantKey(act, in); err != nil {
			return Login{}, err
		}
		return Login{}, access.NoSuchUser(in.Username)
	}
	customer := world.RootOf(act, person)
	return LogIn(act, customer.Type, customer.ID, person.UserID, in)
}

// ResetLogin ends the lock-out of a user, and forgets failed logins. It refuses with
// USER_NOT_FOUND and CUSTOMER_NOT_ACTIVE.
func ResetLogin(act *world.Act, id string) (*access.User, error) {
	user, err := findUser(act, id)
	if err == nil {
		user.Unlock()
		act.Users.Save(act.Unit, user)
	}
	return user, err
}

// SetPassword gives a user another password. It refuses with USER_NOT_FOUND and
// CUSTOMER_NOT_ACTIVE.
func SetPassword(act *world.Act, id, password string) (*access.User, error) {
	user, err := findUser(act, id)
	if err == nil {
		user.Secret = world.Digest(act, user.ID, password)
		act.Users.Save(act.Unit, user)
	}
	return user, err
}

// findUser finds a user of a customer, or an administrator of the caller's organization or of
// the tenant's own.
func findUser(act *world.Act, id string) (*access.User, error) {
	for _, key := range []string{id, adminKey(act.Caller.CustomerID, id), adminKey(act.Tenant(), id)} {
		user := act.Users.Get(act.Unit, key)
		if user == nil {
			continue
		}
		var customer *onboarding.Customer
		if !IsAdmin(user) {
			customer = act.Customers.Get(act.Unit, user.CustomerID)
		}
		if customer == nil {
			return user, nil
		}
		return user, customers.InBusiness(act, customer)
	}
	return nil, access.NoSuchUser(id)
}
