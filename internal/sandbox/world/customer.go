package world

import "finhub-sandbox/internal/domain/refusal"

// CustomerName is the name of the kind to which all others belong.
const CustomerName = "customer"

// NoCustomer is the refusal of a customer who is none of the tenant's.
func NoCustomer(id string) error {
	return refusal.New(refusal.CustomerNotFound, "the tenant has no customer %s", id).
		Suggest("registerIndividual", "registers one")
}
