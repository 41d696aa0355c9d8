package world

import (
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
)

// Hooks are what a step in the life of a customer means in areas that the
// customer's own does not know. Whoever puts the areas together sets all of them.
type Hooks struct {
	// Registered opens what a new customer owns, and gives the product wallet.
	Registered func(*Act, *onboarding.Customer) (*payments.Wallet, error)
	// Ready is called when nothing is missing but the activation, and again whenever
	// that becomes true anew.
	Ready func(*Act, *onboarding.Customer) error
	// Activated is called when the activation has succeeded.
	Activated func(*Act, *onboarding.Customer) error
	// Stopped is called after a customer has been suspended or closed.
	Stopped func(*Act, *onboarding.Customer, machine.Cause) error
}
