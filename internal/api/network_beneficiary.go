package api

import (
	"errors"
	"fmt"
	"strings"

	"finhub-sandbox/internal/domain/bank"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/world"
)

// createNestedBeneficiary registers a payee whom the body describes by its network, on the
// account that it names (financial-operations/beneficiaries).
func createNestedBeneficiary(c *rest.Call, act *world.Act) (rest.Reply, error) {
	account, err := accounts.PayingAccount(act, "walletId", c.Body.Str("walletId", "accountId"))
	if err != nil {
		return rest.Reply{}, err
	}
	b, err := registerNetworkPayee(c.Body, act, account)
	return beneficiaryReply(b, err, payeeCreated)
}

// registerNetworkPayee registers a payee who is described by its network. What is refused
// stands where the body has it.
func registerNetworkPayee(b rest.Body, act *world.Act, account string, faults ...refusal.Fault) (*payments.Beneficiary, error) {
	d, iban := readNetworkPayee(b)
	d.Faults = append(d.Faults, faults...)
	payee, err := accounts.RegisterBeneficiary(act, account, d)
	var e *refusal.Error
	if errors.As(err, &e) && e.Code == refusal.DuplicateBeneficiary {
		e.Field = iban
	}
	return payee, err
}

// readNetworkPayee reads a payee by its network and the addresses there, and gives the place
// of the IBAN. The currency is the one of every account, the country the IBAN's.
func readNetworkPayee(b rest.Body) (d accounts.Description, iban string) {
	name := strings.TrimSpace(b.Str("name"))
	d = accounts.Description{
		Texts: map[string]string{
			"partyType": payments.IndividualParty, "name": name, "currency": payments.Currency, "networkName": b.Str("network.networkId"),
		},
		Details: map[string]any{},
	}
	if b.Str("type") == "BUSINESS" {
		d.Texts["partyType"], d.Texts["companyName"] = payments.BusinessParty, name
	} else {
		last := strings.LastIndexByte(name, ' ') + 1
		d.Texts["firstName"], d.Texts["lastName"] = strings.TrimSpace(name[:last]), name[last:]
	}
	found := map[string]bool{}
	for i, address := range b.Objects("networkAddresses") {
		at, kind, text := fmt.Sprintf("networkAddresses.%d.address", i), address.Str("type"), address.Str("address")
		check := bank.CheckBIC
		if kind == "IBAN" {
			check, iban = bank.CheckIBAN, at
			d.Texts["iban"], d.Texts["country"] = text, bank.CountryOf(bank.NormalIBAN(text))
		} else {
			d.Texts["bic"] = text
		}
		if err := check(text); err != nil {
			d.Faults = append(d.Faults, fault(at, err.Error()))
		}
		if found[kind] {
			d.Faults = append(d.Faults, fault(fmt.Sprintf("networkAddresses.%d.type", i), "is a second "+kind+": one is taken"))
		}
		found[kind] = true
	}
	if iban == "" {
		d.Faults = append(d.Faults, fault("networkAddresses", "has no IBAN"))
	}
	keep(b, d.Details, "description", "metadata", "networkAddresses")
	if network := b.Object("network"); network.Has("name") || network.Has("description") {
		d.Details["networkDetails"] = map[string]any(network)
	}
	return d, iban
}
