package sandbox

import "slices"

// Named is something that a request names: by which parameter, or member of its
// body, and with which value.
type Named struct{ Parameter, Value string }

// reference is how a parameter names an aggregate of a kind.
type reference struct {
	parameters []string
	kind       string
	// find finds it by the parameter's value; nil is by its id.
	find func(act *Act, value string) any
}

// references are all of them, in the order in which they say whom a request
// concerns. A parameter that names things of two kinds stands twice.
func references() []reference {
	return []reference{
		{parameters: []string{"customerId", "organizationId"}, kind: customerName},
		{parameters: []string{"accountId", "walletId"}, kind: "wallet"},
		{parameters: []string{"verificationId"}, kind: "verification"},
		{parameters: []string{"consentId"}, kind: "consent"},
		{parameters: []string{"consentId"}, kind: "payment_consent"},
		{parameters: []string{"beneficiaryId"}, kind: "beneficiary", find: findPayeeOrAsset},
		{parameters: []string{"shareholderId"}, kind: "personnel"},
		{parameters: []string{"token"}, kind: customerName, find: findLinked},
		{parameters: []string{"orderId", "preparedOrderId"}, kind: "order"},
	}
}

// Parameters lists the parameters that name something that scenarios look at.
func Parameters() (list []string) {
	for _, ref := range references() {
		for _, name := range ref.parameters {
			if !slices.Contains(list, name) {
				list = append(list, name)
			}
		}
	}
	return list
}

// findPayeeOrAsset finds a beneficiary by its id or its asset's.
func findPayeeOrAsset(act *Act, value string) any {
	if b := findAnyPayee(act, value); b != nil {
		return b
	}
	return nil
}

// findLinked finds the customer for whom a magic link was made.
func findLinked(act *Act, value string) any {
	claims, err := readLink(act, value)
	if err != nil {
		return nil
	}
	return act.sights[customerName].find(act, claims.CustomerID)
}

// named finds what a request names by a reference; nil is nothing.
func (in Asked) named(act *Act, ref reference) any {
	for _, n := range in.Names {
		if n.Value == "" || !slices.Contains(ref.parameters, n.Parameter) {
			continue
		}
		find := ref.find
		if find == nil {
			find = act.sights[ref.kind].find
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
func customerAsked(act *Act, in Asked) string {
	for _, ref := range act.references {
		if e := in.named(act, ref); e != nil {
			return act.sights[ref.kind].ownerOf(e)
		}
	}
	return ""
}
