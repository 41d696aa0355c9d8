package sandbox

import (
	"cmp"
	"slices"
	"sync"

	"finhub-sandbox/internal/domain/bank"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/scenario"
)

// request is what a request belongs to: the things that it names as they are,
// and those that it would make as it describes them.
type request struct {
	act      *Act
	customer *onboarding.Customer
	in       Asked
	details  func() Details
}

func requestOf(act *Act, in Asked, customer *onboarding.Customer) request {
	return request{act, customer, in, sync.OnceValue(in.Details)}
}

func (r request) tell(f *scenario.Facts, about scenario.Topic) {
	registration := about == scenario.AboutCustomer || about == scenario.AboutFeatures
	switch {
	case about == scenario.AboutRequest:
		details, caller := r.details(), r.act.Caller
		f.Request = scenario.Request{
			Operation: r.in.Operation, Method: details.Method, Path: details.Path, Caller: string(caller.Sort), User: caller.UserID,
			PowerTenant: caller.PowerTenant,
		}
	case registration && r.details().Registration != nil:
		described := r.details().Registration.customer()
		f.Customer = describedCustomer(r.act.Unit, described)
		f.Customer.Features = featureFacts(described)
	default:
		chain{r.act, r.customer, r.about(about)}.tell(f, about)
		r.details().describe(r.act, f, about)
	}
}

// about is what the request names that tells of a topic itself, or else the order
// that it names or would prepare, if that belongs to something that does.
func (r request) about(topic scenario.Topic) thing {
	for _, ref := range r.act.references {
		// Whom it concerns is found out already, and tells what nothing else does.
		if ref.kind == customerName || !slices.Contains(r.act.sights[ref.kind].topics(), topic) {
			continue
		}
		if e := r.in.named(r.act, ref); e != nil {
			return thing{ref.kind, e}
		}
	}
	if slices.Contains(r.act.sights.reached("order"), topic) {
		if o := orderAsked(r.act, r.in, r.details()); o != nil {
			return thing{"order", o}
		}
	}
	return thing{}
}

// describe completes what is told of a topic by the thing that a request would make.
func (d Details) describe(act *Act, f *scenario.Facts, about scenario.Topic) {
	switch about {
	case scenario.AboutDocument:
		f.Document = d.Document.facts(act.Unit)
	case scenario.AboutVerification:
		f.Verification.Type = cmp.Or(d.Verification.Type, f.Verification.Type)
	case scenario.AboutConsent:
		if f.Consent == (scenario.Consent{}) {
			f.Consent = scenario.Consent{Type: string(d.ConsentType), Version: d.ConsentVersion}
		}
	case scenario.AboutPaymentConsent:
		f.PaymentConsent.Type = cmp.Or(f.PaymentConsent.Type, string(d.PaymentConsent))
	case scenario.AboutBeneficiary:
		if f.Beneficiary == (scenario.Beneficiary{}) {
			f.Beneficiary = payeeFacts(d.Payee)
		}
	}
}

// customer is the customer whom a registration describes, of which nothing is
// judged.
func (in Registration) customer() *onboarding.Customer {
	kind := onboarding.Individual
	if in.Company != nil {
		kind = onboarding.Organization
	}
	return &onboarding.Customer{
		Type: kind, Email: in.Email, Phone: in.Phone, Name: in.Name, Person: in.Person, Company: in.Company,
		Category: cmp.Or(in.Category, onboarding.DefaultCategory(kind).Code), Features: features(in.Choices, in.Declared),
	}
}

// facts describe a document that would be handed in.
func (in Upload) facts(u *engine.Unit) scenario.Document {
	expires := onboarding.Document{Expiry: in.Expiry}
	return scenario.Document{
		Type: in.Type, FileName: in.FileName, MimeType: in.MimeType, Size: len(in.Base64) / 4 * 3, Category: in.Category,
		Number: in.Number, Country: countryFact(in.Country), Expiry: in.Expiry, Expired: expires.Expired(u.Now()),
	}
}

func payeeFacts(d Description) scenario.Beneficiary {
	var b payments.Beneficiary
	b.PartyType, b.IBAN = d.Texts["partyType"], bank.NormalIBAN(d.Texts["iban"])
	b.Describe(d.Texts)
	return beneficiaryFacts(&b)
}

// orderAsked is the order that a request names, or the one that it would
// prepare, of which nothing is judged.
func orderAsked(act *Act, in Asked, details Details) *payments.Order {
	if o := act.orders.Get(act.Unit, in.value("orderId", "preparedOrderId")); o != nil {
		return o
	}
	if details.Preparation == nil {
		return nil
	}
	a, err := findAnyAccount(act, in.value("accountId", "walletId"))
	set, errSet := policyOf(act)
	if err != nil || errSet != nil {
		return nil
	}
	o := &payments.Order{
		WalletID: a.wallet.ID, CustomerID: a.customer.ID, Operation: details.Preparation.Way.Operation,
		Reference: details.Preparation.Reference, Description: details.Preparation.Description, Documents: details.Preparation.Documents,
	}
	prepareFacts(act, a, o, *details.Preparation, set)
	return o
}
