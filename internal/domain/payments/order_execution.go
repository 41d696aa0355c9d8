package payments

import (
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
)

// executeNeeds hold the execution to the account, to the payee, who may have been
// removed since the order was prepared, to the payment consent as it is now, to the
// confirmation, and to the documents that the order needs.
func executeNeeds() []machine.Need[OrderFacts] {
	type need = machine.Need[OrderFacts]
	return slices.Concat(
		machine.Of(OrderFacts.account, usableNeeds()),
		[]need{{Name: "payee.active", Code: refusal.BeneficiaryNotActive, Unmet: OrderFacts.payeeInactive}},
		machine.Of(OrderFacts.consentNow, consentNeeds()),
		[]need{
			{Name: "code.right", Code: refusal.AuthenticationCodeInvalid, Unmet: OrderFacts.wrongCode, Helpless: sentOtherwise},
			{Name: "execution.confirmed", Code: refusal.ConsentConfirmationWrong, Unmet: OrderFacts.unconfirmed, Helpless: sentOtherwise},
			{Name: "consent.confirmed", Code: refusal.ConsentConfirmationWrong, Unmet: OrderFacts.confirmsAnother, Helpless: sentOtherwise},
			{Name: "documents.known", Code: refusal.DocumentNotFound, Unmet: OrderFacts.documentsUnknown},
			{Name: "documents.given", Code: refusal.SupportingDocumentsRequired, Unmet: OrderFacts.unproven},
		},
	)
}

func (f OrderFacts) payeeInactive() *refusal.Error {
	if f.Beneficiary == nil {
		return nil
	}
	return asRefusal(f.Beneficiary.Payable(f.Account.Frozen))
}

// wrongCode refuses an order without the code of its payment consent.
func (f OrderFacts) wrongCode() *refusal.Error {
	codes := f.Confirmation.Codes
	switch {
	case f.Consent == nil:
		return nil
	case len(codes) == 0:
		return refusal.New(refusal.AuthenticationCodeInvalid, "the order needs the code of its payment consent, and the request has none").At("authenticationCode")
	case slices.ContainsFunc(codes, func(code string) bool { return code != f.Consent.Answer }):
		return refusal.New(refusal.AuthenticationCodeInvalid, "the code does not belong to the payment consent of this order").At("authenticationCode")
	}
	return nil
}

func (f OrderFacts) unconfirmed() *refusal.Error {
	if !f.Confirmation.Sent || f.Confirmation.Confirmed {
		return nil
	}
	return refusal.New(refusal.ConsentConfirmationWrong, "the request does not say that it confirms the order").At("consentConfirmation.confirmed")
}

// confirmsAnother refuses a request that names another payment consent than the
// order's, or none where there is one.
func (f OrderFacts) confirmsAnother() *refusal.Error {
	wrong := func(details string) *refusal.Error {
		return refusal.New(refusal.ConsentConfirmationWrong, "%s", details).At("consentConfirmation.consentId")
	}
	ids := f.Confirmation.ConsentIDs
	if f.Consent == nil {
		if len(ids) == 0 {
			return nil
		}
		return wrong("the order was prepared without a payment consent, and the request confirms " + ids[0])
	}
	id := f.Consent.ID
	if slices.ContainsFunc(ids, func(named string) bool { return !strings.EqualFold(named, id) }) {
		return wrong("the order was prepared under payment consent "+id).WithData("consentId", id)
	}
	if len(ids) == 0 {
		return wrong("the request does not name the payment consent that it confirms").WithData("consentId", id)
	}
	return nil
}
