package control

import (
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
)

// setCustomerStatus suspends, resumes or closes a customer. It refuses with
// CUSTOMER_NOT_FOUND and PHASE_ORDER_BROKEN.
func setCustomerStatus(c *rest.Call, act *world.Act) (rest.Reply, error) {
	customer, err := customers.SetCustomerStatus(act, c.Path("customerId"), readStatus(c.Body))
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: standing("customerId", customer.Life, c.Body.Str("reason"))}, nil
}

// setWalletStatus suspends, resumes or blocks a wallet. It refuses with
// WALLET_NOT_FOUND and WALLET_NOT_ACTIVE.
func setWalletStatus(c *rest.Call, act *world.Act) (rest.Reply, error) {
	wallet, err := accounts.SetWalletStatus(act, c.Path("walletId"), readStatus(c.Body))
	if err != nil {
		return rest.Reply{}, err
	}
	c.Customer = wallet.CustomerID
	return rest.Reply{Data: standing("walletId", wallet.Life, wallet.Reason)}, nil
}

func readStatus(b rest.Body) world.StatusChange {
	return world.StatusChange{Status: machine.State(b.Str("status")), Reason: b.Str("reason")}
}

func standing(id string, life machine.Life, reason string) map[string]any {
	data := map[string]any{id: life.ID, "status": life.State, "since": life.Since.UTC().Format(time.RFC3339Nano)}
	if reason != "" {
		data["reason"] = reason
	}
	return data
}
