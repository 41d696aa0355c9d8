package api

import (
	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox"
)

// prepareOperation makes an order from any of the families of bodies
// (financial-operations/prepare-financial-operation).
func (a *API) prepareOperation(c *rest.Call) (rest.Reply, error) {
	o, err := operation(c)
	if err != nil {
		return rest.Reply{}, err
	}
	state, err := a.sandbox.Prepare(c.Caller, readPreparation(c, o))
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: viewPrepared(c, state)}, nil
}

// executeOperation executes a prepared order
// (financial-operations/execute-prepared-operation).
func (a *API) executeOperation(c *rest.Call) (rest.Reply, error) {
	o, err := operation(c)
	if err != nil {
		return rest.Reply{}, err
	}
	b := c.Body
	in := sandbox.Execution{
		AccountID: c.Path("accountId"), OrderID: b.Str("preparedOrderId"), Operation: o,
		Confirmation: payments.Confirmation{
			Code: b.Str("authenticationCode", "confirmationCode", "otp"),
			Sent: b.Has("consentConfirmation"), Confirmed: b.Bool("consentConfirmation.confirmed"),
		},
	}
	in.Documents = b.Strs("supportingDocuments")
	for _, name := range []string{"consentConfirmation.consentId", "consentId"} {
		if id := b.Str(name); id != "" {
			in.Confirmation.ConsentIDs = append(in.Confirmation.ConsentIDs, id)
		}
	}
	executed, err := a.sandbox.Execute(c.Caller, in)
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: viewExecuted(c, executed)}, nil
}

// getOrder shows an order (reference/financial-operations).
func (a *API) getOrder(c *rest.Call) (rest.Reply, error) {
	state, err := a.sandbox.Order(c.Caller, c.Path("accountId"), c.Path("orderId"))
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: viewOrder(c, state)}, nil
}

// readPreparation reads the families of bodies, which call the payee's account
// by three names.
func readPreparation(c *rest.Call, o payments.Operation) sandbox.Preparation {
	b := c.Body
	in := sandbox.Preparation{
		AccountID: c.Path("accountId"), Operation: o, Kind: b.Str("type"),
		Source: sandbox.Party{Name: b.Str("sourceAccount.accountHolder", "sourceAccount.name"), IBAN: b.Str("sourceAccount.iban")},
		Payee: sandbox.Party{
			Name: b.Str("target.name", "targetAccount.beneficiaryName", "destinationAccount.name", "beneficiaryName", "companyName"),
			IBAN: b.Str("target.iban", "targetAccount.iban", "destinationAccount.iban", "beneficiaryIban"),
		},
		PayeeIDs:  []string{b.Str("beneficiaryId"), b.Str("target.beneficiaryRef", "destinationAccount.beneficiaryRef")},
		Amount:    money.Scaled{Value: b.Get("amount.value"), Scale: readScale(b, "amount.scale"), Currency: b.Str("amount.currency")},
		Currency:  b.Str("currency"),
		ConsentID: b.Str("consent.consentReference"),
		Reference: b.Str("reference"), Description: b.Str("description"),
		Documents: b.Strs("supportingDocuments"), Details: map[string]any{},
	}
	own := []string{"sourceAccount.walletId"}
	if o == payments.Topup {
		own = []string{"target.accountId", "target.walletId", "targetAccount.walletId"}
	}
	in.OwnWallets = map[string]string{}
	for _, field := range own {
		in.OwnWallets[field] = b.Str(field)
	}
	keep(b, in.Details, "merchantDetails", "customerDetails", "assetId", "assetSubUnitId", "metadata")
	return in
}
