package api

import (
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/world"
)

// prepareOperation makes an order from any of the families of bodies
// (financial-operations/prepare-financial-operation).
func prepareOperation(c *rest.Call, act *world.Act) (rest.Reply, error) {
	w, err := way(c)
	if err != nil {
		return rest.Reply{}, err
	}
	state, err := accounts.Prepare(act, readPreparation(c, w))
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: new(viewPrepared(c, state))}, nil
}

// createTransfer prepares a transfer and executes it at once
// (financial-operations/transfers/create-transfer).
func createTransfer(c *rest.Call, act *world.Act) (rest.Reply, error) {
	executed, err := accounts.Pay(act, readPreparation(c, transferWay()))
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: new(viewExecuted(c, executed))}, nil
}

// prepareTransfer makes an order from the body of the older path
// (financial-operations/transfers).
func prepareTransfer(c *rest.Call, act *world.Act) (rest.Reply, error) {
	state, err := accounts.Prepare(act, readEarlierTransfer(c))
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: new(viewPrepared(c, state))}, nil
}

// transferWay is that of paths that are for transfers alone.
func transferWay() payments.Way {
	return payments.Way{Operation: payments.Transfer, Word: string(payments.Transfer)}
}

func readEarlierTransfer(c *rest.Call) accounts.Preparation {
	b := c.Body
	in := accounts.Preparation{
		AccountID: c.Path("accountId"), Payees: named(b, accounts.ByID, "beneficiaryId"),
		Amount:    payments.AskedAmount{Field: "amount", Member: "value", Value: b.Get("amount.value"), Major: true, Currency: b.Str("amount.currency")},
		Reference: b.Str("reference"), Description: b.Str("description"), Details: map[string]any{}, Kind: "transferType",
	}
	if id := b.Str("orderId"); id != "" {
		in.Details["metadata"] = map[string]any{"orderId": id}
	}
	in.Way, in.Faults = readKind(b, in.Kind, transferWay())
	return in
}

// executeOperation executes a prepared order
// (financial-operations/execute-prepared-operation).
func executeOperation(c *rest.Call, act *world.Act) (rest.Reply, error) {
	w, err := way(c)
	if err != nil {
		return rest.Reply{}, err
	}
	b := c.Body
	in := accounts.Execution{
		AccountID: c.Path("accountId"), OrderID: b.Str("preparedOrderId"), Way: w,
		Confirmation: payments.Confirmation{
			Codes:      texts(b, "authenticationCode", "confirmationCode", "otp"),
			ConsentIDs: texts(b, "consentConfirmation.consentId", "consentId"),
			Sent:       b.Has("consentConfirmation"), Confirmed: b.Bool("consentConfirmation.confirmed"),
		},
		Documents: b.Strs("supportingDocuments"), Details: map[string]any{},
	}
	keep(b, in.Details, "consentConfirmation", "executionMetadata", "clientReference")
	executed, err := accounts.Execute(act, in)
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: new(viewExecuted(c, executed))}, nil
}

// getOrder shows an order (reference/financial-operations).
func getOrder(c *rest.Call, act *world.Act) (rest.Reply, error) {
	state, err := accounts.GetOrder(act, c.Path("accountId"), c.Path("orderId"))
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: new(viewOrder(c, state))}, nil
}

// readPreparation reads the families of bodies, which call the payee's account
// by four names.
func readPreparation(c *rest.Call, w payments.Way) accounts.Preparation {
	b := c.Body
	in := accounts.Preparation{
		AccountID: c.Path("accountId"), Way: w,
		Amount:   askedAmount(b, "amount"),
		Currency: b.Str("currency"), ConsentID: b.Str("consent.consentReference"),
		Reference: b.Str("reference"), Description: b.Str("description"),
		Documents: b.Strs("supportingDocuments"), Details: map[string]any{},
	}
	in.Way, in.Faults = readKind(b, "type", w)
	if w.Operation.NeedsPayee() {
		readPayee(b, &in)
	} else {
		readTopup(b, &in)
	}
	keep(b, in.Details, "merchantDetails", "customerDetails", "assetId", "assetSubUnitId", "metadata",
		"sourceAccount", "target", "targetAccount", "destinationAccount", "beneficiary", "beneficiaryName", "companyName")
	return in
}

// readPayee reads whom money goes to, and that it comes from the account.
func readPayee(b rest.Body, in *accounts.Preparation) {
	in.Own = slices.Concat(named(b, accounts.ByID, "sourceAccount.walletId"), named(b, accounts.ByIBAN, "sourceAccount.iban"))
	in.Payees = slices.Concat(
		named(b, accounts.ByID, "beneficiaryId", "target.beneficiaryRef", "targetAccount.beneficiaryRef", "destinationAccount.beneficiaryRef"),
		named(b, accounts.ByIBAN, "target.iban", "targetAccount.iban", "destinationAccount.iban", "beneficiary.iban", "beneficiaryIban"),
		named(b, accounts.ByWallet, "target.walletId", "targetAccount.walletId", "destinationAccount.walletId"),
	)
	in.PayeeNames = named(b, accounts.ByText, "target.name", "targetAccount.beneficiaryName", "targetAccount.name", "destinationAccount.name",
		"beneficiary.name", "beneficiaryName")
	if len(in.PayeeNames) == 0 {
		// A company may be called otherwise than whoever is to be paid there.
		in.PayeeNames = named(b, accounts.ByText, "companyName")
	}
	for _, bic := range named(b, accounts.ByText, "targetAccount.bic", "target.bic", "beneficiary.bic") {
		in.PayeeBIC = bic
	}
}

// readTopup reads where money comes from, and that it goes to the account.
func readTopup(b rest.Body, in *accounts.Preparation) {
	in.Own = slices.Concat(
		named(b, accounts.ByID, "target.accountId", "target.walletId", "targetAccount.walletId", "destinationAccount.walletId"),
		named(b, accounts.ByIBAN, "target.iban", "targetAccount.iban", "destinationAccount.iban"),
	)
	in.Source = accounts.Party{Name: b.Str("sourceAccount.accountHolder", "sourceAccount.name"), IBAN: b.Str("sourceAccount.iban")}
}

// readKind reads the body's own word for the order, which has to agree with the
// path.
func readKind(b rest.Body, field string, w payments.Way) (payments.Way, []refusal.Fault) {
	word := b.Str(field)
	if word == "" {
		return w, nil
	}
	kind, known := payments.ParseOrderKind(word)
	if !known {
		return w, []refusal.Fault{fault(field, "must be one of "+strings.Join(payments.OrderKinds(), ", ")+", and is "+word)}
	}
	both, agree := w.And(kind)
	if !agree {
		return w, []refusal.Fault{fault(field, "is "+word+", and the path says "+w.Word)}
	}
	return both, nil
}

// named reads the names that are there, each with its place.
func named(b rest.Body, by accounts.NameKind, fields ...string) []accounts.Naming {
	var list []accounts.Naming
	for _, field := range fields {
		if value := b.Str(field); value != "" {
			list = append(list, accounts.Naming{Field: field, Value: value, By: by})
		}
	}
	return list
}

// texts gives all of the texts that are there.
func texts(b rest.Body, fields ...string) []string {
	var list []string
	for _, n := range named(b, accounts.ByText, fields...) {
		list = append(list, n.Value)
	}
	return list
}

// askedAmount reads an AmountDto.
func askedAmount(b rest.Body, field string) payments.AskedAmount {
	return payments.AskedAmount{
		Field: field, Member: "value", Value: b.Get(field + ".value"), Scale: readScale(b, field+".scale"), Currency: b.Str(field + ".currency"),
	}
}
