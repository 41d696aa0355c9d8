package app_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// alike are the path parameters that members of bodies repeat under the name of
// another.
func alike() map[string][]string {
	return map[string][]string{
		"organizationId": {"customerId"}, "customerId": {"organizationId"},
		"accountId": {"walletId"}, "walletId": {"accountId"},
		"operationType": {"paymentType", "type"}, "consentType": {"type"},
	}
}

// otherwise are members with the name of a path parameter that do not repeat
// it, and what they are, by operation and member.
func otherwise() map[string]string {
	return map[string]string{
		"prepareOperation sourceAccount.walletId":      "sandbox.ownWallets compares it, for the operations whose own account it is",
		"prepareOperation target.accountId":            "sandbox.ownWallets compares it, for the operations whose own account it is",
		"prepareOperation target.walletId":             "the payee's wallet; of a topup sandbox.ownWallets compares it",
		"prepareOperation targetAccount.walletId":      "the payee's wallet; of a topup sandbox.ownWallets compares it",
		"prepareOperation destinationAccount.walletId": "the payee's wallet",
		"prepareOperation type":                        "the network of the payment or its operation: the domain reads it",
		"createTransfer sourceAccount.walletId":        "sandbox.ownWallets compares it, for the operations whose own account it is",
		"createTransfer target.walletId":               "the payee's wallet",
		"createTransfer targetAccount.walletId":        "the payee's wallet",
		"createTransfer destinationAccount.walletId":   "the payee's wallet",
		"createPaymentConsent type":                    "the kind of the payment consent, not its operation",
		"createPaymentConsent paymentType":             "the domain compares it",
		"createPaymentConsent metadata.paymentType":    "the domain compares it",
	}
}

// TestBodiesRepeatThePath walks every body of the document. A member with the
// name of a parameter of the path must say that it repeats it (x-repeats-path),
// or be listed as something else. The tenant is exempt: header and token decide.
func TestBodiesRepeatThePath(t *testing.T) {
	excused, used := otherwise(), map[string]bool{}
	for _, d := range memberDocuments(t) {
		for _, o := range d.operations {
			names := map[string][]string{}
			for _, p := range o.pathParams {
				if p != "tenantId" && p != "ownerTenantId" {
					names[p] = append(alike()[p], p)
				}
			}
			for _, m := range o.members {
				at := strings.ReplaceAll(m.at, ".[]", "")
				name := at[strings.LastIndexByte(at, '.')+1:]
				means := slices.ContainsFunc(slices.Collect(maps.Values(names)), func(list []string) bool { return slices.Contains(list, name) })
				// A nested type, of an address or a contact, is no operation.
				if !means || name == "type" && strings.Contains(at, ".") || repeatsPath(m.schema, names) {
					continue
				}
				key := o.id + " " + at
				used[key] = true
				if excused[key] == "" {
					t.Errorf("%s: member %s of %s has the name of a path parameter: give it x-repeats-path, or say what it is", o.id, m.at, m.family)
				}
			}
		}
	}
	for key := range excused {
		if !used[key] {
			t.Errorf("%s is listed, and is no such member", key)
		}
	}
}

func repeatsPath(schema map[string]any, params map[string][]string) bool {
	switch names := schema["x-repeats-path"].(type) {
	case string:
		return params[names] != nil
	case []any:
		return slices.ContainsFunc(names, func(name any) bool { return params[name.(string)] != nil })
	}
	return false
}
