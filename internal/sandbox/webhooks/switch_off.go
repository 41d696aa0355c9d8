package webhooks

import (
	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/sandbox/world"
)

// SwitchAllOff ends every subscription of the tenant until somebody updates it, and
// cancels what is still to be sent: who receives has not asked for two of everything. It
// says how many subscriptions there are.
func SwitchAllOff(act *world.Act) (subscriptions int, err error) {
	for _, scope := range act.Subscriptions.Values(act.Unit, "scope") {
		for _, s := range act.Subscriptions.By(act.Unit, "scope", scope) {
			subscriptions++
			if err := act.Subscriptions.Fire(act.Unit, s, delivery.SwitchOff, machine.Cause{}); err != nil {
				return subscriptions, err
			}
			if err := cancelOpen(act, s.ID, machine.Cause{}); err != nil {
				return subscriptions, err
			}
		}
	}
	return subscriptions, nil
}
