package access

import (
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
)

// The states of a user.
const (
	UserPendingActivation machine.State = "PENDING_ACTIVATION"
	UserActive            machine.State = "ACTIVE"
)

// What can be asked of a user.
const (
	AddUser      machine.Trigger = "add"
	ActivateUser machine.Trigger = "activate"
)

// User is somebody who can log in for a customer. A user may log in before the
// customer is active.
type User struct {
	machine.Life
	CustomerID string   `json:"customerId"`
	Username   string   `json:"username"`
	Roles      []string `json:"roles"`
	// Secret is a keyed digest of the password, never the password itself.
	Secret string `json:"secret"`
	// Failures counts the failed logins in a row.
	Failures    int       `json:"failures,omitempty"`
	LockedUntil time.Time `json:"lockedUntil,omitzero"`
	LastLogin   time.Time `json:"lastLogin,omitzero"`
}

// UserFacts are empty: a user's table asks about nothing else.
type UserFacts struct{}

// UserTable is the life of a user.
func UserTable() *machine.Table[UserFacts] {
	return &machine.Table[UserFacts]{
		Name:      "user",
		Otherwise: refusal.PhaseOrderBroken,
		Rows: []machine.Row[UserFacts]{
			{From: in{machine.None}, On: on{AddUser}, To: UserPendingActivation},
			{From: in{UserPendingActivation, UserActive}, On: on{ActivateUser}, To: UserActive},
		},
	}
}

// The documented lock-out.
const (
	MaxFailures  = 5
	LockDuration = 30 * time.Minute
)

// Attempt counts a login with a right or a wrong password at an instant, and
// refuses it if the password is wrong or the user is locked. The count must be
// kept although the login is refused.
func (u *User) Attempt(right bool, now time.Time) error {
	if now.Before(u.LockedUntil) {
		return u.locked()
	}
	if !u.LockedUntil.IsZero() {
		// The lock has run out, and with it the failures that led to it.
		u.Unlock()
	}
	if right {
		u.Failures, u.LastLogin = 0, now
		return nil
	}
	u.Failures++
	if u.Failures >= MaxFailures {
		u.LockedUntil = now.Add(LockDuration)
		return u.locked()
	}
	return loginRefusal(refusal.CredentialsInvalid, "Invalid username or password", u.Failures).
		WithData("lockoutTime", nil)
}

// Unlock ends a lock, and forgets the failures that led to it or might have.
func (u *User) Unlock() { u.Failures, u.LockedUntil = 0, time.Time{} }

func (u *User) locked() error {
	return loginRefusal(refusal.AccountLocked, "Account locked due to multiple failed login attempts", u.Failures).
		WithData("lockoutTime", machine.Instant(u.LockedUntil)).
		WithData("lockoutDuration", "30 minutes")
}

// loginRefusal has the members that the documentation gives failed logins.
func loginRefusal(code refusal.Code, message string, attempts int) *refusal.Error {
	return refusal.New(code, "%s", message).
		WithData("success", false).WithData("errorType", "AUTHENTICATION").WithData("message", message).
		WithData("attempts", attempts).WithData("maxAttempts", MaxFailures)
}

// NoSuchUser refuses a login of a user who does not exist.
func NoSuchUser(id string) error {
	return refusal.New(refusal.UserNotFound, "the customer has no user %s", id).
		WithData("success", false).WithData("errorType", "NOT_FOUND").WithData("message", "User not found")
}
