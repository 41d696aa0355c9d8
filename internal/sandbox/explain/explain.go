// Package explain tells what stands in the way of an operation of the product: the
// needs of the tables, asked for a customer without doing anything. It must not know
// any need by itself: which table an operation asks is all that it has.
package explain

import (
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/government"
	"finhub-sandbox/internal/sandbox/world"
)

// Asked is an operation about which somebody asks.
type Asked struct {
	// Operation is its operationId, and Reads reports whether it changes nothing.
	Operation string
	Reads     bool
	// OnAccount reports whether its path names an account.
	OnAccount bool
	// Names are what the parameters of its path, or whoever asks, name.
	Names []government.Named
}

// Explanation is what stands in the way of an operation.
type Explanation struct {
	// Customer is the one whom the operation concerns; nil without one.
	Customer *onboarding.Customer
	Needs    []machine.Standing
	// Refused is what the operation would answer now because of its needs; nil if
	// none is in the way.
	Refused error
	// Params are values of path parameters by which calls about the customer can be
	// made.
	Params map[string]string
}

// Explain tells how what an operation needs stands. Whom the names concern must be
// known to the tenant: else it refuses with CUSTOMER_NOT_FOUND.
func Explain(act *world.Act, in Asked) (out Explanation, err error) {
	out.Params = map[string]string{"tenantId": act.Tenant(), "ownerTenantId": act.Tenant(), "operationType": "transfer", "consentType": "terms"}
	for _, n := range in.Names {
		out.Params[n.Parameter] = n.Value
	}
	id := government.OwnerOf(act, in.Names)
	if id == "" {
		return out, nil
	}
	if out.Customer, err = customers.FindCustomer(act, id); err != nil {
		return out, err
	}
	for name, value := range map[string]string{
		"customerId": id, "organizationId": id, "userId": out.Customer.UserID, "accountId": out.Customer.WalletID, "walletId": out.Customer.WalletID,
	} {
		if out.Params[name] == "" {
			out.Params[name] = value
		}
	}
	if stand := standOf(in); stand != nil {
		out.Needs, out.Refused = stand(act, out.Customer, in.thing())
	}
	return out, nil
}

// thing is the id of the one thing of several that an operation is about.
func (in Asked) thing() string {
	for _, n := range in.Names {
		switch n.Parameter {
		case "orderId", "preparedOrderId", "verificationId":
			return n.Value
		}
	}
	return ""
}

// standOf finds the table that an operation asks; nil is none.
func standOf(in Asked) accounts.Stand {
	switch in.Operation {
	case "activateIndividual", "activateOrganization", "checkIndividualActivation", "checkOrganizationActivation":
		return customers.ActivationStands
	case "approveVerification", "approveIndividualActivation":
		return customers.DecisionStands
	case "createBeneficiary", "createNestedBeneficiary", "createTransferBeneficiary":
		return accounts.BeneficiaryStands
	case "createPaymentConsent", "createPaymentConsentEarlier":
		return accounts.PaymentConsentStands
	case "prepareOperation", "createTransfer", "prepareTransfer", "executeWalletTransfer":
		return accounts.PreparationStands
	case "executeOperation":
		return accounts.ExecutionStands
	case "getTransferOperations":
		return accounts.StandOf(true)
	case "getCustomerWallets", "getTransferWallets", "getWalletStatus", "updateOrganizationEntity":
		return nil // They answer in every state.
	}
	switch {
	case in.OnAccount:
		return accounts.StandOf(in.Reads)
	case in.Reads:
		return nil
	}
	return customers.BusinessStands
}
