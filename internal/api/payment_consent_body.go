package api

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/accounts"
)

// readConsent reads the four families. Two have their terms in one object, in
// major units; one has a single maximum; and one has limits at the top, in
// minor units. said is what names the operation.
func readPaymentConsent(b rest.Body, o payments.Operation, said string) (accounts.PaymentConsentRequest, error) {
	in := accounts.PaymentConsentRequest{
		Operation: o, PaymentType: b.Str("metadata.paymentType", "paymentType"),
		Title: b.Str("metadata.title", "title"), Description: b.Str("metadata.description", "description"),
		Details: map[string]any{},
	}
	keep(b, in.Details, "documentId", "entityId", "entityType", "documentType", "verificationType", "verificationData")
	if question := b.Str("metadata.questions.question"); question != "" {
		in.Details["question"] = question
	}
	readApproval(b, &in)
	at := ""
	switch {
	case b.Has("metadata.parameters"):
		at = "metadata.parameters"
	case b.Has("parameters.validity"):
		at = "parameters"
	}
	if at != "" {
		readTerms(b, at, &in)
	} else {
		readFlat(b, &in)
	}
	readPaymentConsentWords(b, &in, said)
	if in.Until.IsZero() && len(in.Faults) == 0 {
		return in, errors.New("api: a payment consent without an end has passed the document")
	}
	return in, nil
}

// readPaymentConsentWords holds the words of a payment consent to their lists, and what
// it repeats of the operation to what said says.
func readPaymentConsentWords(b rest.Body, in *accounts.PaymentConsentRequest, said string) {
	if in.Operation == payments.Exchange {
		in.Faults = append(in.Faults, refusal.Fault{
			Field:   "path.operationType",
			Message: "EXCHANGE is not possible: every wallet holds EUR alone, so that nothing can be exchanged",
		})
	}
	for _, field := range []string{"paymentType", "metadata.paymentType", "type", "consentType"} {
		word := b.Str(field)
		if word == "" {
			continue
		}
		kind, isKind := payments.ParsePaymentConsentKind(word)
		o, isOperation := payments.ParsePaymentConsentOperation(word)
		switch {
		case isOperation && o == in.Operation:
		case isKind && kind != payments.PlainPaymentConsent && in.Operation.ForTransfers():
		case isKind && kind == payments.PlainPaymentConsent && field == "consentType" && in.Operation.ForTransfers():
		case isKind || isOperation:
			in.Faults = append(in.Faults, fault(field, "is "+word+", and "+said+" says "+string(in.Operation)))
		default:
			in.Faults = append(in.Faults, fault(field, "must be one of "+consentWords()+", and is "+word))
		}
		if isKind {
			in.Kind = kind
		}
	}
	for _, fixed := range []struct{ field, want string }{
		{"documentType", "PAYMENT_CONSENT"}, {"verificationType", "CONSENT"}, {"verificationStatus", payments.ConsentUnverified},
	} {
		if word := b.Str(fixed.field); word != "" && word != fixed.want {
			in.Faults = append(in.Faults, fault(fixed.field, "must be "+fixed.want+", and is "+word))
		}
	}
}

func consentWords() string {
	var list []string
	for _, o := range payments.PaymentConsentOperations() {
		list = append(list, string(o))
	}
	for _, k := range payments.PaymentConsentKinds() {
		if !slices.Contains(list, string(k)) {
			list = append(list, string(k))
		}
	}
	return strings.Join(list, ", ")
}

func readTerms(b rest.Body, at string, in *accounts.PaymentConsentRequest) {
	limit := func(name string) *payments.AskedAmount {
		return limitAmount(b, at+".limits."+name, true)
	}
	in.PerTransaction, in.PerDay, in.PerMonth = limit("maxAmountPerTransaction"), limit("maxAmountPerDay"), limit("maxAmountPerMonth")
	in.CountPerDay = b.Int(at + ".limits.maxTransactionsPerDay")
	in.CountPerWeek = b.Int(at + ".limits.maxTransactionsPerWeek")
	in.CountPerMonth = b.Int(at + ".limits.maxTransactionsPerMonth")
	in.MaxUses = b.Int(at + ".validity.maxUsageCount")
	in.From = readDay(b, &in.Faults, false, at+".validity.startDate")
	in.UntilField = at + ".validity.endDate"
	in.Until = readDay(b, &in.Faults, true, in.UntilField)
	readPayees(b, at+".beneficiaries", in)
}

func readFlat(b rest.Body, in *accounts.PaymentConsentRequest) {
	if b.Has("maxAmount") {
		most := askedAmount(b, "maxAmount")
		in.PerTransaction = &most
		in.Payees = payments.PaymentConsentPayees{Accounts: b.Strs("allowedBeneficiaries"), Types: knownTypes(b, "parameters.allowedOperations", in)}
		if b.Has("parameters.maxAmount") {
			in.Repeated = &payments.AskedAmount{
				Field: "parameters.maxAmount", Value: b.Get("parameters.maxAmount"), Major: true, Currency: b.Str("parameters.currency"),
			}
		}
	} else {
		in.PerTransaction = limitAmount(b, "limits.perTransaction", false)
		in.PerDay = limitAmount(b, "limits.perDay", false)
		in.PerMonth = limitAmount(b, "limits.perMonth", false)
		readPayees(b, "beneficiaryRestrictions", in)
	}
	in.CountPerDay = b.Int("maxTransactionsPerDay")
	in.CountPerWeek = b.Int("maxTransactionsPerWeek")
	in.CountPerMonth = b.Int("maxTransactionsPerMonth")
	in.MaxUses = b.Int("maxUsageCount")
	in.From = readDay(b, &in.Faults, false, "validFrom")
	in.UntilField = "validUntil"
	if !b.Has(in.UntilField) {
		in.UntilField = "validTo"
	}
	in.Until = readDay(b, &in.Faults, true, in.UntilField)
}

// limitAmount reads a limit that may be absent.
func limitAmount(b rest.Body, name string, major bool) *payments.AskedAmount {
	if !b.Has(name) {
		return nil
	}
	return &payments.AskedAmount{Field: name, Member: "amount", Value: b.Get(name + ".amount"), Major: major, Currency: b.Str(name + ".currency")}
}

func readPayees(b rest.Body, at string, in *accounts.PaymentConsentRequest) {
	in.Payees = payments.PaymentConsentPayees{
		Accounts: b.Strs(at + ".allowedAccounts"), Types: knownTypes(b, at+".allowedTypes", in),
		RequireName: b.Bool(at + ".requireBeneficiaryName"), RequireReference: b.Bool(at + ".requireInvoiceReference"),
	}
	if name := at + ".allowNewBeneficiaries"; b.Has(name) {
		allow := b.Bool(name)
		in.Payees.AllowNew = &allow
	}
}

// knownTypes reads the types of payments that are allowed, and finds fault with
// words that are none.
func knownTypes(b rest.Body, field string, in *accounts.PaymentConsentRequest) []string {
	types := b.Strs(field)
	for i, word := range types {
		if !payments.KnownType(word) {
			at := fmt.Sprintf("%s.%d", field, i)
			in.Faults = append(in.Faults, fault(at, "must be one of "+strings.Join(payments.AllowedTypes(), ", ")+", and is "+word))
		}
	}
	return types
}
