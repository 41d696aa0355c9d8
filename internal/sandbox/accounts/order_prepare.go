package accounts

import (
	"cmp"
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/bank"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/sandbox/world"
)

// Preparation is what an order is made of, whatever family of body it came in.
type Preparation struct {
	AccountID string
	// Way is the operation, with what the request says about the network.
	Way payments.Way
	// Kind is the member that says so; empty is type.
	Kind string
	// Faults are words of the request that cannot be right.
	Faults []refusal.Fault
	// Own are the names by which the request calls the account itself, as its
	// source, or as the target of a top-up.
	Own []Naming
	// Payees are the names of the payee's account, and PayeeNames those of the
	// payee. PayeeBIC may be empty.
	Payees, PayeeNames []Naming
	PayeeBIC           Naming
	// Source is the other side of a top-up.
	Source Party
	Amount payments.AskedAmount
	// Currency is the one that the request names beside the amount.
	Currency string
	// ConsentID is the payment consent that the request names.
	ConsentID              string
	Reference, Description string
	Documents              []string
	Details                map[string]any
}

// Party is the other side of a payment.
type Party struct{ Name, IBAN string }

// Prepare checks and prices an operation and holds its money. Besides what an
// account refuses, it refuses, in this order, with CURRENCY_MISMATCH and
// REQUEST_INVALID; BENEFICIARY_NOT_FOUND and BENEFICIARY_NOT_ACTIVE;
// PAYMENT_CONSENT_NOT_FOUND, _REQUIRED, _EXPIRED and _NOT_ACTIVE;
// PAYEE_NOT_ALLOWED and CONSENT_LIMIT_EXCEEDED; DOCUMENT_NOT_FOUND for an
// organization's order of high value; CATEGORY_LIMIT_EXCEEDED and
// INSUFFICIENT_BALANCE.
func Prepare(act *world.Act, in Preparation) (state OrderState, err error) {
	a, err := findAccount(act, in.AccountID)
	if err != nil {
		return state, err
	}
	set, err := world.PolicyOf(act)
	if err != nil {
		return state, err
	}
	o := &payments.Order{
		Life: world.NewLife(act, "order"), WalletID: a.Wallet.ID, CustomerID: a.Customer.ID, Operation: in.Way.Operation,
		AvailableBefore: a.Wallet.Available(), ValidUntil: act.Now().Add(set.OrderLife.Duration()),
		Reference: in.Reference, Description: in.Description, Documents: in.Documents, Details: in.Details,
		PreparedBy: act.Caller.UserID,
	}
	facts := PrepareFacts(act, a, o, in, set)
	if err := act.Orders.Create(act.Unit, o, payments.PrepareOrder, machine.Cause{By: act.Caller.UserID, Input: facts}); err != nil {
		return state, err
	}
	return orderState(act, o, a.Wallet), nil
}

// PrepareFacts finds what the request names, completes the order with it, and
// judges nothing.
func PrepareFacts(act *world.Act, a Account, o *payments.Order, in Preparation, set *world.Policy) payments.OrderFacts {
	f := payments.OrderFacts{
		Account: a.facts(), Now: act.Now(), ValidUntil: o.ValidUntil, Order: o,
		ConsentAsked: in.ConsentID,
		Limits:       set.LimitsFor(o.Operation, a.Customer.Category),
		Spending:     Spending(act, a.Customer.ID),
		Available:    a.Wallet.Available(),
		Business:     a.organization(), Documents: in.Documents, UnknownDocuments: unknownDocuments(act, a.Customer.ID, in.Documents),
	}
	faults := slices.Clone(in.Faults)
	faults = append(faults, in.disowned(a.Wallet)...)
	faults = append(faults, completeSides(act, a, o, &f, in)...)
	f.Request = in.read(a.Wallet, o, faults)
	o.Fee = a.Wallet.Money(set.Fees.Fee(o.Operation, o.Network))
	f.Consent, f.ConsentWaiting = paymentConsentFor(act, o, in.ConsentID)
	if f.Consent != nil {
		o.ConsentID, f.Windows = f.Consent.ID, WindowsOf(act, f.Consent)
	}
	return f
}

// read takes the amount over and joins what is wrong with it to the other faults
// of the request.
func (in Preparation) read(w *payments.Wallet, o *payments.Order, faults []refusal.Fault) error {
	var amountRefused, currencyRefused error
	o.Amount, amountRefused = in.Amount.Read(w.Currency)
	if in.Currency != "" && in.Currency != w.Currency {
		currencyRefused = payments.WrongCurrency("currency", w.Currency, in.Currency)
	}
	slices.SortStableFunc(faults, func(a, b refusal.Fault) int { return cmp.Compare(a.Field, b.Field) })
	return refusal.Join(amountRefused, currencyRefused, refusal.Invalid(faults))
}

// disowned tells the names that should be the account's own and are not.
func (in Preparation) disowned(w *payments.Wallet) []refusal.Fault {
	var faults []refusal.Fault
	for _, n := range in.Own {
		own := n.By == ByIBAN && bank.NormalIBAN(n.Value) == w.IBAN || n.By != ByIBAN && strings.EqualFold(n.Value, w.ID)
		if !own {
			faults = append(faults, n.fault("must be the account of the path, "+cmp.Or(w.IBAN, w.ID)+" ("+w.ID+"), and is "+n.Value))
		}
	}
	return faults
}

// completeSides finds the other side, and with it the way that the money takes.
func completeSides(act *world.Act, a Account, o *payments.Order, f *payments.OrderFacts, in Preparation) []refusal.Fault {
	own := cmp.Or(a.Wallet.IBAN, a.Wallet.ID)
	o.Network, o.Source = payments.SEPA, own
	if !o.Operation.NeedsPayee() {
		o.Source, o.Target, o.Counterparty = bank.NormalIBAN(in.Source.IBAN), own, in.Source.Name
		return nil
	}
	var faults []refusal.Fault
	f.PayeeNamed, faults = oneText(in.PayeeNames)
	f.Beneficiary, f.PayeeRefused = payments.PayeeOf(f.Account, payeeNames(act, a.Wallet.ID, in.Payees))
	b := f.Beneficiary
	if b == nil {
		return faults
	}
	o.BeneficiaryID, o.Target, o.PurposeCode, o.Counterparty = b.ID, b.IBAN, b.PurposeCode, cmp.Or(f.PayeeNamed, b.Name)
	if in.PayeeBIC.Value != "" && b.BIC != "" && !bank.SameBIC(in.PayeeBIC.Value, b.BIC) {
		faults = append(faults, in.PayeeBIC.fault("is not the BIC of beneficiary "+b.ID+", which is "+b.BIC))
	}
	target := walletByIBAN(act, o.Target)
	if target != nil {
		o.TargetWalletID = target.ID
	}
	var misfit string
	if o.Network, misfit = in.Way.Route(target != nil, payments.Network(b.Network)); misfit != "" {
		faults = append(faults, refusal.Fault{Field: cmp.Or(in.Kind, "type"), Message: in.Way.Word + " " + misfit})
	}
	return faults
}

// consentFor finds the payment consent of an order: the one that is named, or
// else, if the operation needs one, the newest that can be used. waiting is one
// that could be used if it were approved.
func paymentConsentFor(act *world.Act, o *payments.Order, named string) (found *payments.PaymentConsent, waiting string) {
	if named != "" {
		if p := act.PaymentConsents.Get(act.Unit, named); p != nil && p.WalletID == o.WalletID {
			return p, ""
		}
		return nil, ""
	}
	if !o.Operation.NeedsPaymentConsent() {
		return nil, ""
	}
	for _, p := range slices.Backward(act.PaymentConsents.By(act.Unit, "wallet", o.WalletID)) {
		if !p.Covers(o.Operation, o.Network) {
			continue
		}
		if p.Usable(act.Now()) {
			return p, ""
		}
		if p.State == payments.PaymentConsentPending && waiting == "" {
			waiting = p.ID
		}
	}
	return nil, waiting
}
