package world

import (
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
)

// StatusChange is a status into which an operator brings a customer or a wallet,
// and why. The reason is one of those that the tables list, or empty.
type StatusChange struct {
	Status machine.State
	Reason string
}

// SetStatus fires the trigger that leads to a status, with a reason that its
// table knows.
func SetStatus[T, F any](k *engine.Kind[T, F], u *engine.Unit, e *T, triggers map[machine.State]machine.Trigger, in StatusChange, cause machine.Cause) error {
	reasons := machine.Reasons(k.Table, triggers[in.Status])
	if in.Reason != "" && !slices.Contains(reasons, in.Reason) {
		message := "has no place here: " + string(in.Status) + " has no reasons"
		if len(reasons) > 0 {
			message = "must be one of " + strings.Join(reasons, ", ") + ", the reasons of " + string(in.Status)
		}
		return refusal.Invalid([]refusal.Fault{{Field: "reason", Pointer: "/reason", Message: message}})
	}
	cause.Reason = in.Reason
	return k.Fire(u, e, triggers[in.Status], cause)
}
