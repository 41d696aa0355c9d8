package government

import (
	"slices"

	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
)

// Named is something that a request names: by which parameter, or member of its
// body, and with which value.
type Named struct{ Parameter, Value string }

// References are all of them, in the order in which they say whom a request
// concerns. A parameter that names things of two kinds stands twice.
func References() []world.Reference {
	return []world.Reference{
		{Parameters: []string{"customerId", "organizationId"}, Kind: world.CustomerName},
		{Parameters: []string{"accountId", "walletId"}, Kind: "wallet"},
		{Parameters: []string{"sourceAssetAddress"}, Kind: "wallet", Find: findWalletAt},
		{Parameters: []string{"verificationId"}, Kind: "verification"},
		{Parameters: []string{"consentId"}, Kind: "consent"},
		{Parameters: []string{"consentId"}, Kind: "payment_consent"},
		{Parameters: []string{"beneficiaryId"}, Kind: "beneficiary", Find: findPayeeOrAsset},
		{Parameters: []string{"shareholderId"}, Kind: "personnel"},
		{Parameters: []string{"token"}, Kind: world.CustomerName, Find: findLinked},
		{Parameters: []string{"orderId", "preparedOrderId"}, Kind: "order"},
	}
}

// Parameters lists the parameters that name something that scenarios look at.
func Parameters() (list []string) {
	for _, ref := range References() {
		for _, name := range ref.Parameters {
			if !slices.Contains(list, name) {
				list = append(list, name)
			}
		}
	}
	return list
}

// findWalletAt finds a wallet by its id or its IBAN.
func findWalletAt(act *world.Act, value string) any {
	if w := accounts.WalletAt(act, value); w != nil {
		return w
	}
	return nil
}

// findPayeeOrAsset finds a beneficiary by its id or its asset's.
func findPayeeOrAsset(act *world.Act, value string) any {
	if b := accounts.FindAnyPayee(act, value); b != nil {
		return b
	}
	return nil
}

// findLinked finds the customer for whom a magic link was made.
func findLinked(act *world.Act, value string) any {
	claims, err := customers.ReadLink(act, value)
	if err != nil {
		return nil
	}
	return act.Sights[world.CustomerName].Find(act, claims.CustomerID)
}

// named finds what a request names by a reference; nil is nothing.
func (in Asked) named(act *world.Act, ref world.Reference) any {
	for _, n := range in.Names {
		if n.Value == "" || !slices.Contains(ref.Parameters, n.Parameter) {
			continue
		}
		find := ref.Find
		if find == nil {
			find = act.Sights[ref.Kind].Find
		}
		if e := find(act, n.Value); e != nil {
			return e
		}
	}
	return nil
}

// value is what a request gives for the first of some parameters.
func (in Asked) value(parameters ...string) string {
	for _, n := range in.Names {
		if n.Value != "" && slices.Contains(parameters, n.Parameter) {
			return n.Value
		}
	}
	return ""
}

// customerAsked is the id of the customer to whom the first thing belongs that
// a request names.
func customerAsked(act *world.Act, in Asked) string {
	for _, ref := range act.References {
		if e := in.named(act, ref); e != nil {
			return act.Sights[ref.Kind].OwnerOf(e)
		}
	}
	return ""
}

// OwnerOf is the id of the customer to whom the first thing belongs that is named;
// empty if nothing is that the tenant has.
func OwnerOf(act *world.Act, names []Named) string { return customerAsked(act, Asked{Names: names}) }
