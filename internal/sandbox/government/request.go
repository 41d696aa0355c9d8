package government

import (
	"cmp"
	"slices"
	"sync"

	"finhub-sandbox/internal/domain/bank"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/scenario"
)

// request is what a request belongs to: the things that it names as they are,
// and those that it would make as it describes them.
type request struct {
	act      *world.Act
	customer *onboarding.Customer
	in       Asked
	details  func() Details
}

func requestOf(act *world.Act, in Asked, customer *onboarding.Customer) request {
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
		described := r.details().Registration.Customer()
		f.Customer = customers.DescribedCustomer(r.act.Unit, described)
		f.Customer.Features = customers.FeatureFacts(described)
	default:
		world.Chain{Act: r.act, Customer: r.customer, About: r.about(about)}.Tell(f, about)
		r.details().describe(r.act, f, about)
	}
}

// about is what the request names that tells of a topic itself, or else the order
// that it names or would prepare, if that belongs to something that does.
func (r request) about(topic scenario.Topic) world.Thing {
	for _, ref := range r.act.References {
		// Whom it concerns is found out already, and tells what nothing else does.
		if ref.Kind == world.CustomerName || !slices.Contains(r.act.Sights[ref.Kind].Topics(), topic) {
			continue
		}
		if e := r.in.named(r.act, ref); e != nil {
			return world.Thing{Kind: ref.Kind, Aggregate: e}
		}
	}
	if slices.Contains(r.act.Sights.Reached("order"), topic) {
		if o := orderAsked(r.act, r.in, r.details()); o != nil {
			return world.Thing{Kind: "order", Aggregate: o}
		}
	}
	return world.Thing{}
}

// describe completes what is told of a topic by the thing that a request would make.
func (d Details) describe(act *world.Act, f *scenario.Facts, about scenario.Topic) {
	switch about {
	case scenario.AboutDocument:
		f.Document = d.Document.Facts(act.Unit)
	case scenario.AboutVerification:
		f.Verification.Type = cmp.Or(d.Verification.Type, f.Verification.Type)
	case scenario.AboutConsent:
		if f.Consent == (scenario.Consent{}) {
			f.Consent = scenario.Consent{Type: string(d.ConsentType), Version: cmp.Or(d.ConsentVersion, customers.VersionInForce(act, d.ConsentType))}
		}
	case scenario.AboutPaymentConsent:
		f.PaymentConsent.Type = cmp.Or(f.PaymentConsent.Type, string(d.PaymentConsent))
	case scenario.AboutBeneficiary:
		if f.Beneficiary == (scenario.Beneficiary{}) {
			f.Beneficiary = payeeFacts(d.Payee)
		}
	}
}

func payeeFacts(d accounts.Description) scenario.Beneficiary {
	var b payments.Beneficiary
	b.PartyType, b.IBAN = d.Texts["partyType"], bank.NormalIBAN(d.Texts["iban"])
	b.Describe(d.Texts)
	return accounts.BeneficiaryFacts(&b)
}

// orderAsked is the order that a request names, or the one that it would
// prepare, of which nothing is judged.
func orderAsked(act *world.Act, in Asked, details Details) *payments.Order {
	if o := act.Orders.Get(act.Unit, in.value("orderId", "preparedOrderId")); o != nil {
		return o
	}
	if details.Preparation == nil {
		return nil
	}
	id := in.value("accountId", "walletId")
	if w := accounts.WalletAt(act, in.value("sourceAssetAddress")); w != nil {
		id = w.ID
	}
	a, err := accounts.FindAnyAccount(act, id)
	set, errSet := world.PolicyOf(act)
	if err != nil || errSet != nil {
		return nil
	}
	o := &payments.Order{
		WalletID: a.Wallet.ID, CustomerID: a.Customer.ID, Operation: details.Preparation.Way.Operation,
		Reference: details.Preparation.Reference, Description: details.Preparation.Description, Documents: details.Preparation.Documents,
	}
	accounts.PrepareFacts(act, a, o, *details.Preparation, set)
	return o
}
