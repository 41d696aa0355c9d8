package sandbox

import (
	"cmp"
	"slices"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/bank"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
)

// Preparation is what an order is made of, whatever family of body it came in.
type Preparation struct {
	AccountID string
	Operation payments.Operation
	// Kind is the request's own word for the payment, such as EXTERNAL.
	Kind string
	// OwnWallets are the wallets that the request calls the account's own, by
	// field: the source, or the target of a top-up.
	OwnWallets map[string]string
	Source     Party
	Payee      Party
	// PayeeIDs name a beneficiary by its id or asset id.
	PayeeIDs []string
	Amount   money.Scaled
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
func (s *Sandbox) Prepare(c access.Caller, in Preparation) (OrderState, error) {
	var state OrderState
	err := s.do(c, func(u *engine.Unit) error {
		a, err := s.account(u, c, in.AccountID)
		if err != nil {
			return err
		}
		set, err := s.rules(u)
		if err != nil {
			return err
		}
		o := &payments.Order{
			Life: s.newLife(u, "order"), WalletID: a.wallet.ID, CustomerID: a.customer.ID, Operation: in.Operation,
			AvailableBefore: a.wallet.Available(), ValidUntil: u.Now().Add(set.orderLife()),
			Reference: in.Reference, Description: in.Description, Documents: in.Documents, Details: in.Details,
			PreparedBy: c.UserID,
		}
		facts := s.prepareFacts(u, a, o, in, set)
		if err := s.orders.Create(u, o, payments.PrepareOrder, machine.Cause{By: c.UserID, Input: facts}); err != nil {
			return err
		}
		state = s.orderState(u, o, a.wallet)
		return nil
	})
	return state, err
}

// prepareFacts finds what the request names, completes the order with it, and
// judges nothing.
func (s *Sandbox) prepareFacts(u *engine.Unit, a account, o *payments.Order, in Preparation, set rules) payments.OrderFacts {
	f := payments.OrderFacts{
		Account: a.facts(), Now: u.Now(), ValidUntil: o.ValidUntil, Order: o, Currency: a.wallet.Currency,
		Asked:        []payments.AskedCurrency{{Field: "amount.currency", Code: in.Amount.Currency}, {Field: "currency", Code: in.Currency}},
		PayeeNamed:   in.Payee.Name,
		ConsentAsked: in.ConsentID,
		Limits:       set.limits(a.customer.Category),
		Spending:     s.spending(u, a.customer.ID),
		Available:    a.wallet.Available(),
		Business:     a.organization(), Documents: in.Documents, UnknownDocuments: s.unknownDocuments(u, a.customer.ID, in.Documents),
	}
	f.Faults = in.read(a.wallet, o)
	s.completeSides(u, a, o, &f, in)
	o.Fee = a.wallet.Money(set.fees().Fee(o.Operation, o.Network))
	f.Consent, f.ConsentWaiting = s.consentFor(u, o, in.ConsentID)
	if f.Consent != nil {
		o.ConsentID, f.Windows = f.Consent.ID, s.windows(u, f.Consent)
	}
	return f
}

// read takes the amount over and tells what is wrong with the request's values.
func (in Preparation) read(w *payments.Wallet, o *payments.Order) []refusal.Fault {
	var faults []refusal.Fault
	asked := in.Amount
	asked.Currency = w.Currency
	amount, err := asked.Amount()
	fault := refusal.Fault{Field: "amount.value", Pointer: "/amount/value"}
	switch {
	case err != nil:
		fault.Message = err.Error()
	case amount.Minor == 0:
		fault.Message = "must be more than zero"
	case amount.Minor > payments.MaxAmount:
		fault.Message = "must be at most " + w.Money(payments.MaxAmount).String()
	}
	if fault.Message != "" {
		faults = append(faults, fault)
	}
	o.Amount = w.Money(amount.Minor)
	for field, id := range in.OwnWallets {
		if id != "" && id != w.ID {
			faults = append(faults, refusal.Fault{Field: field, Message: "must be the account of the path, " + w.ID})
		}
	}
	slices.SortFunc(faults, func(a, b refusal.Fault) int { return cmp.Compare(a.Field, b.Field) })
	return faults
}

// completeSides finds the payee and with it the way that the money takes.
func (s *Sandbox) completeSides(u *engine.Unit, a account, o *payments.Order, f *payments.OrderFacts, in Preparation) {
	own := cmp.Or(a.wallet.IBAN, a.wallet.ID)
	o.Network, o.Source = payments.SEPA, own
	o.Target, o.Counterparty = bank.NormalIBAN(in.Payee.IBAN), in.Payee.Name
	switch o.Operation {
	case payments.Topup:
		o.Source, o.Target, o.Counterparty = bank.NormalIBAN(in.Source.IBAN), own, in.Source.Name
	case payments.Transfer:
		s.completeTransfer(u, a, o, f, in)
	}
}

func (s *Sandbox) completeTransfer(u *engine.Unit, a account, o *payments.Order, f *payments.OrderFacts, in Preparation) {
	asked := o.Target
	network := ""
	if b := s.namedPayee(u, a.wallet.ID, in.PayeeIDs, asked); b != nil {
		f.Beneficiary = b
		o.BeneficiaryID, o.Target, o.PurposeCode, network = b.ID, b.IBAN, b.PurposeCode, b.Network
		o.Counterparty = cmp.Or(o.Counterparty, b.Name)
		if asked != "" && asked != b.IBAN {
			f.Faults = append(f.Faults, refusal.Fault{Field: "target.iban", Message: "is not the IBAN of beneficiary " + b.ID + ": one of them names the wrong payee"})
		}
	}
	target := s.walletByIBAN(u, o.Target)
	o.Network = payments.Route(target != nil, network, in.Kind)
	if target != nil {
		o.TargetWalletID = target.ID
	}
}

func (s *Sandbox) namedPayee(u *engine.Unit, walletID string, ids []string, iban string) *payments.Beneficiary {
	for _, id := range ids {
		if b := s.payee(u, walletID, id); b != nil {
			return b
		}
	}
	if iban == "" {
		return nil
	}
	return s.payeeByIBAN(u, walletID, iban)
}

// consentFor finds the payment consent of an order: the one that is named, or
// else, if the operation needs one, the newest that can be used. waiting is one
// that could be used if it were approved.
func (s *Sandbox) consentFor(u *engine.Unit, o *payments.Order, named string) (found *payments.PaymentConsent, waiting string) {
	if named != "" {
		if p := s.paymentConsents.Get(u, named); p != nil && p.WalletID == o.WalletID {
			return p, ""
		}
		return nil, ""
	}
	if !o.Operation.NeedsConsent() {
		return nil, ""
	}
	for _, p := range slices.Backward(s.paymentConsents.By(u, "wallet", o.WalletID)) {
		if !p.Covers(o.Operation, o.Network) {
			continue
		}
		if p.Usable(u.Now()) {
			return p, ""
		}
		if p.State == payments.PaymentConsentPending && waiting == "" {
			waiting = p.ID
		}
	}
	return nil, waiting
}
