package onboarding

import (
	"context"
	"net/http"
	"strings"
)

// Payee is whom a customer pays.
type Payee struct {
	Name, IBAN string
	Company    bool
}

// Pay pays a payee. confirm is given the customer's link to the payment, and gives the
// code that stands behind it. It returns the status of the transfer.
func (c *Client) Pay(ctx context.Context, from Customer, to Payee, amount int, confirm func(token string) (string, error)) (string, error) {
	path := "/fintrans/" + from.WalletID
	var beneficiary struct{ AssetID string }
	if err := c.post(ctx, path+"/beneficiaries", to.body(), &beneficiary); err != nil {
		return "", err
	}
	var consent struct{ ConsentID, MagicLinkToken string }
	if err := c.post(ctx, path+"/payment-consents/types/transfer", object{
		"paymentType": "TRANSFER", "title": "Payment to " + to.Name,
		// As narrow as the payment: whoever gets hold of the consent can do no more with it.
		"parameters": object{
			"validity": object{"startDate": "2020-01-01", "endDate": "2199-12-31", "maxUsageCount": 1},
			"limits":   object{"maxAmountPerTransaction": object{"amount": float64(amount) / 100, "currency": "EUR"}},
		},
	}, &consent); err != nil {
		return "", err
	}
	var order struct{ PreparedOrderID string }
	if err := c.post(ctx, path+"/types/transfer/prepare", object{
		"sourceAccount": object{"walletId": from.WalletID}, "target": object{"iban": to.IBAN, "name": to.Name},
		"beneficiaryId": beneficiary.AssetID, "amount": cents(amount), "consent": object{"consentReference": consent.ConsentID},
	}, &order); err != nil {
		return "", err
	}
	code, err := confirm(consent.MagicLinkToken)
	if err != nil {
		return "", err
	}
	var executed struct{ Status string }
	err = c.post(ctx, path+"/types/transfer/execute", object{
		"preparedOrderId": order.PreparedOrderID, "authenticationCode": code,
		"consentConfirmation": object{"consentId": consent.ConsentID, "confirmed": true},
	}, &executed)
	return executed.Status, err
}

func (p Payee) body() object {
	body := object{"iban": p.IBAN, "country": p.IBAN[:2], "currency": "EUR", "networkName": "SEPA"}
	if p.Company {
		body["partyType"], body["companyName"] = "BUSINESS_CUSTOMER", p.Name
		return body
	}
	body["partyType"] = "INDIVIDUAL_CUSTOMER"
	body["firstName"], body["lastName"], _ = strings.Cut(p.Name, " ")
	return body
}

// Balance is what a customer can spend, in cents.
func (c *Client) Balance(ctx context.Context, customer Customer) (int, error) {
	var balance struct {
		AvailableBalance int `json:",string"`
	}
	err := c.call(ctx, http.MethodGet, "/fintrans/"+customer.WalletID+"/balance", nil, &balance)
	return balance.AvailableBalance, err
}
