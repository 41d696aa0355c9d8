package government

import "finhub-sandbox/internal/sandbox/world"

// GoverningScenario gives the name of the scenario that governs a customer.
func GoverningScenario(act *world.Act, customerID string) (name string, err error) {
	customer := act.Customers.Get(act.Unit, customerID)
	if customer == nil {
		return "", world.NoCustomer(customerID)
	}
	return world.Governing(act, customer).Name, nil
}
