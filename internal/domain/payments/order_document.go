package payments

import (
	"strings"

	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/refusal"
)

// HighValue is the amount above which an organization has to prove what it pays
// for, in cents. The figure is the sandbox's own: FinHub asks for documents
// above a threshold and does not say which.
const HighValue = 50_000_00

// HighValue reports whether the order is of an amount that organizations have to
// prove.
func (o *Order) HighValue() bool { return o.Operation.Outgoing() && o.Amount.Minor > HighValue }

// mustProve reports whether the order needs supporting documents.
func (f OrderFacts) mustProve() bool { return f.Business && f.Order.HighValue() }

// documentsUnknown refuses documents that the customer has not uploaded, where the
// order needs documents; elsewhere their ids are only kept.
func (f OrderFacts) documentsUnknown() *refusal.Error {
	if !f.mustProve() || len(f.UnknownDocuments) == 0 {
		return nil
	}
	return f.uploading(refusal.New(refusal.DocumentNotFound, "the organization has uploaded no document %s", strings.Join(f.UnknownDocuments, ", ")).
		At("supportingDocuments").
		Suggest("listOrganizationDocuments", "lists those that it has", "organizationId", f.Account.CustomerID))
}

// unproven demands the supporting documents of an order that needs them.
func (f OrderFacts) unproven() *refusal.Error {
	if !f.mustProve() || len(f.Documents) > 0 {
		return nil
	}
	threshold := money.Amount{Minor: HighValue, Currency: f.Order.Amount.Currency}
	return f.uploading(refusal.New(refusal.SupportingDocumentsRequired,
		"the order is of %s, and neither prepare nor execute names a document; above %s one is needed", f.Order.Amount, threshold).
		At("supportingDocuments").
		WithData("threshold", threshold.Scaled()).WithData("requested", f.Order.Amount.Scaled()).WithData("currency", threshold.Currency))
}

func (f OrderFacts) uploading(e *refusal.Error) *refusal.Error {
	return e.Suggest("uploadOrganizationDocument", "uploads one", "organizationId", f.Account.CustomerID)
}
