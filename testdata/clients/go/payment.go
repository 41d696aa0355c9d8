package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"clients/product"
)

// payment is what a transfer of 100.00 euro needs.
type payment struct {
	wallet, token, iban, payee, asset string
	// left is what must be left on the account, in cents.
	left product.MinorUnits
}

// pay allows payments, prepares one and executes it, and looks at what is left.
func (p *player) pay(t payment) error {
	allowed, err := p.product.CreatePaymentConsentWithResponse(context.Background(), t.wallet, "transfer", &product.CreatePaymentConsentParams{},
		union((*product.PaymentConsentBody).FromPaymentConsentParameters, product.PaymentConsentParameters{
			PaymentType: "TRANSFER", Title: "Rent", Parameters: product.ConsentTerms{
				Validity: product.ConsentValidity{StartDate: "2020-01-01", EndDate: "2199-12-31"},
				Limits:   product.ConsentLimits{MaxAmountPerTransaction: &product.MajorAmount{Amount: 1000, Currency: ptr(product.Currency("EUR"))}},
			},
		}), as(t.token))
	if err := p.check("allow payments", 201, allowed, err); err != nil {
		return err
	}
	consent := allowed.JSON201.Data
	prepared, err := p.product.PrepareOperationWithResponse(context.Background(), t.wallet, "transfer", &product.PrepareOperationParams{},
		union((*product.PrepareBody).FromPrepareTarget, product.PrepareTarget{
			SourceAccount: &product.OwnAccount{WalletId: &t.wallet},
			Target:        product.PayeeAccount{Iban: &t.iban, Name: &t.payee}, BeneficiaryId: &t.asset,
			Amount:  product.PayableAmount{Value: union((*product.PayableValue).FromPayableDigits, "10000"), Scale: ptr(2), Currency: ptr(product.Currency("EUR"))},
			Consent: &product.NamedConsent{ConsentReference: &consent.ConsentId},
		}), as(t.token))
	if err := p.check("prepare a transfer", 200, prepared, err); err != nil {
		return err
	}
	code, err := answer(consent.MagicLinkToken)
	if err != nil {
		return err
	}
	executed, err := p.product.ExecuteOperationWithResponse(context.Background(), t.wallet, "transfer", &product.ExecuteOperationParams{},
		union((*product.ExecuteBody).FromExecuteConfirmed, product.ExecuteConfirmed{
			PreparedOrderId: prepared.JSON200.Data.PreparedOrderId, AuthenticationCode: code,
			ConsentConfirmation: product.ConsentConfirmation{ConsentId: &consent.ConsentId, Confirmed: true},
		}), as(t.token))
	if err := p.check("execute the transfer", 200, executed, err); err != nil {
		return err
	}
	return p.settled(t, prepared.JSON200.Data, executed.JSON200.Data)
}

// settled reads what the replies say about money, all of it with concrete types.
func (p *player) settled(t payment, prepared product.PreparedOrder, executed product.ExecutedOrder) error {
	if executed.Status != product.OrderStatusCOMPLETED || prepared.TotalAmount.Value != "10150" {
		return fmt.Errorf("the transfer is %s and costs %s", executed.Status, prepared.TotalAmount.Value)
	}
	left, err := p.product.GetAccountBalanceWithResponse(context.Background(), t.wallet, &product.GetAccountBalanceParams{}, as(t.token))
	if err := p.check("read the balance", 200, left, err); err != nil {
		return err
	}
	if balance := left.JSON200.Data.AvailableBalance; balance != t.left {
		return fmt.Errorf("%s cents are left instead of %s", balance, t.left)
	}
	return nil
}

// answer reads the code that confirms payments out of the token of a payment
// consent, as the page does to which the customer's link leads.
func answer(token string) (string, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", fmt.Errorf("the magic link's token has %d parts", len(parts))
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", err
	}
	var claims struct{ Answer string }
	err = json.Unmarshal(text, &claims)
	return claims.Answer, err
}
