package access_test

import (
	"errors"
	"testing"
	"time"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/refusal"
)

func TestFiveFailuresLockForThirtyMinutes(t *testing.T) {
	start := time.Date(2026, 1, 13, 11, 0, 0, 0, time.UTC)
	code := func(err error) refusal.Code {
		var e *refusal.Error
		if errors.As(err, &e) {
			return e.Code
		}
		return ""
	}
	steps := []struct {
		name  string
		after time.Duration
		right bool
		want  refusal.Code
		count int
	}{
		{"first failure", 0, false, refusal.CredentialsInvalid, 1},
		{"a success forgets it", time.Minute, true, "", 0},
		{"failure 1", 2 * time.Minute, false, refusal.CredentialsInvalid, 1},
		{"failure 2", 2 * time.Minute, false, refusal.CredentialsInvalid, 2},
		{"failure 3", 2 * time.Minute, false, refusal.CredentialsInvalid, 3},
		{"failure 4", 2 * time.Minute, false, refusal.CredentialsInvalid, 4},
		{"failure 5 locks", 2 * time.Minute, false, refusal.AccountLocked, 5},
		{"the right password is refused", 3 * time.Minute, true, refusal.AccountLocked, 5},
		{"until the last moment", 32*time.Minute - 1, true, refusal.AccountLocked, 5},
		{"then counting begins anew", 32 * time.Minute, false, refusal.CredentialsInvalid, 1},
		{"and the right password is right", 32 * time.Minute, true, "", 0},
	}
	user := &access.User{}
	for _, step := range steps {
		err := user.Attempt(step.right, start.Add(step.after))
		if got := code(err); got != step.want || user.Failures != step.count {
			t.Fatalf("%s: got %q with %d failures, want %q with %d", step.name, got, user.Failures, step.want, step.count)
		}
	}
}

func TestWhoMayActForWhom(t *testing.T) {
	for name, tt := range map[string]struct {
		caller access.Caller
		want   bool
	}{
		"a customer for itself":    {access.Caller{Sort: access.Customer, CustomerID: "c"}, true},
		"a customer for another":   {access.Caller{Sort: access.Customer, CustomerID: "d"}, false},
		"staff for anybody":        {access.Caller{Sort: access.Staff}, true},
		"the public for nobody":    {access.Caller{Sort: access.Public, CustomerID: "c"}, false},
		"no caller at all neither": {access.Caller{}, false},
	} {
		if got := tt.caller.MayActFor("c"); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
