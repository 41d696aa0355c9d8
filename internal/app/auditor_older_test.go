package app_test

import (
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"strconv"
)

// askedOf is the amount that a request asks for, in cents.
func askedOf(h httpCall) (int64, error) {
	value := valueAt(h.body, "amount.value")
	if major, isNumber := value.(float64); isNumber && h.operation.ID == "prepareTransfer" {
		return int64(math.Round(major * 100)), nil
	}
	return strconv.ParseInt(fmt.Sprint(value), 10, 64)
}

// payer is the wallet that a request names: in its path, or by an address; or nil.
func (t *auditedTenant) payer(h httpCall) *auditedWallet {
	address := textAt(h.body, "sourceAssetAddress")
	if address == "" {
		return t.wallets[h.path["accountId"]]
	}
	for _, w := range t.wallets {
		if w.iban == address {
			return w
		}
	}
	return t.wallets[address]
}

// paidAtOnce takes an order to the books that was prepared and executed by one request, as
// the order itself says.
func (a *auditor) paidAtOnce(t *auditedTenant, h httpCall, data any) error {
	id, account := textAt(data, "orderId"), h.path["accountId"]
	if id == "" {
		id, account = textAt(data, "transferId"), textAt(data, "sourceWalletId")
	}
	reply, err := a.client.do(httpCall{
		operation: a.client.operation("getOrder"), tenant: t.name, token: adminToken, path: map[string]string{"accountId": account, "orderId": id},
	})
	if err != nil {
		return err
	}
	order, isOrder := valueAt(reply.value, "data").(map[string]any)
	if reply.status != http.StatusOK || !isOrder {
		return fmt.Errorf("the order %s of a transfer in one call cannot be read: %s", id, reply)
	}
	ready, done := maps.Clone(order), maps.Clone(order)
	ready["status"] = "READY"
	if err := a.prepared(t, h, ready); err != nil {
		return err
	}
	if balances := valueAt(data, "balances"); balances != nil {
		done["balances"] = balances
	}
	return a.executed(t, h, done)
}

// transferPayee takes a payee to the books that is shown by its network, as the list of
// payees has it.
func (a *auditor) transferPayee(t *auditedTenant, data any) error {
	id, iban, account := textAt(data, "beneficiaryId"), textAt(data, "assetAddress"), t.customers[textAt(data, "customerId")].product
	for _, other := range t.payees {
		if other.wallet == account && other.iban == iban && other.state != "INACTIVE" {
			return fmt.Errorf("%s was registered on %s a second time", iban, account)
		}
	}
	h := httpCall{
		operation: a.client.operation("listBeneficiaries"), tenant: t.name, token: adminToken, path: map[string]string{"accountId": account},
		query: url.Values{"limit": {"200"}},
	}
	reply, err := a.client.do(h)
	if err != nil {
		return err
	}
	if err := a.observe(h, reply); err != nil {
		return err
	}
	if b := t.payees[id]; b == nil || b.iban != iban || b.wallet != account {
		return fmt.Errorf("payee %s of %s was registered on %s, whose list has %+v", id, iban, account, b)
	}
	return nil
}

// transferWallets compares what the assets of a customer's wallets show with the books.
func (a *auditor) transferWallets(t *auditedTenant, data any) error {
	for _, shown := range listAt(data, "wallets") {
		id := textAt(shown, "walletId")
		w, asset := t.wallets[id], valueAt(shown, "assets.0")
		if w == nil {
			continue // The master wallet, before anybody has listed it.
		}
		total, free, held := cents(textAt(asset, "currentBalance")), cents(textAt(asset, "availableBalance")), cents(textAt(asset, "onHoldBalance"))
		if total != w.balance || held != w.reserved || free != w.balance-w.reserved {
			return fmt.Errorf("the asset of wallet %s shows %d, of which %d held; the books say %d and %d", id, total, held, w.balance, w.reserved)
		}
		if err := a.see(t, "wallet", id, textAt(shown, "walletStatus")); err != nil {
			return err
		}
	}
	return nil
}
