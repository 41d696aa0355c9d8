package accounts

import (
	"errors"

	"finhub-sandbox/internal/domain/bank"
	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/sandbox/world"
)

// PaymentConsentCheck is a payment to be held to a payment consent, without making it.
type PaymentConsentCheck struct {
	ConsentID string
	Amount    payments.AskedAmount
	// Payees name the payee; without any only the rest is checked.
	Payees               []Naming
	PayeeName, Reference string
}

// Verdict is what a payment consent says to a payment: every objection.
type Verdict struct {
	PaymentConsentDetail
	Objections []*refusal.Error
}

// CheckPayment holds a payment to a payment consent. It refuses with
// PAYMENT_CONSENT_NOT_FOUND, and with REQUEST_INVALID an amount that is none or
// names that contradict each other; everything else is an objection of the
// verdict.
func CheckPayment(act *world.Act, in PaymentConsentCheck) (v Verdict, err error) {
	p, err := findPaymentConsent(act, in.ConsentID)
	if err != nil {
		return v, err
	}
	v.PaymentConsentDetail = paymentConsentDetail(act, p)
	a, err := FindAnyAccount(act, p.WalletID)
	if err != nil {
		return v, err
	}
	var unusable *refusal.Error
	if errors.As(a.facts().Usable(), &unusable) {
		v.Objections = append(v.Objections, unusable)
	}
	payee, err := checkedPayee(act, a, p, in)
	if err := v.object(err); err != nil {
		return v, err
	}
	if payee != nil && !p.Covers(p.Operation.Order(), payee.Network) {
		v.Objections = append(v.Objections, refusal.New(refusal.PaymentConsentRequired, "%s", p.Misfit(p.Operation.Order(), payee.Network)))
	}
	amount, err := in.Amount.Read(p.Currency)
	if err != nil {
		return v, v.amountFault(err, p, payee)
	}
	v.Objections = append(v.Objections, p.Objections(amount, payee, v.Windows, act.Now())...)
	return v, nil
}

// object makes an objection of a refusal, unless it is the request that is wrong.
func (v *Verdict) object(err error) error {
	var e *refusal.Error
	if err == nil || !errors.As(err, &e) || e.Code == refusal.RequestInvalid {
		return err
	}
	v.Objections = append(v.Objections, e)
	return nil
}

// amountFault makes an objection of a wrong currency, after which no limit can
// be looked at.
func (v *Verdict) amountFault(err error, p *payments.PaymentConsent, payee *payments.Payee) error {
	var e *refusal.Error
	if !errors.As(err, &e) || e.Code != refusal.CurrencyMismatch {
		return err
	}
	v.Objections = append(v.Objections, e)
	for _, other := range p.Objections(money.Amount{Currency: p.Currency}, payee, payments.Windows{}, v.At) {
		if other.Code != refusal.ConsentLimitExceeded {
			v.Objections = append(v.Objections, other)
		}
	}
	return nil
}

// checkedPayee finds whom a check names, by the rule that holds for payments.
func checkedPayee(act *world.Act, a Account, p *payments.PaymentConsent, in PaymentConsentCheck) (*payments.Payee, error) {
	if len(in.Payees) == 0 {
		return nil, nil
	}
	payee := &payments.Payee{Named: in.PayeeName, Reference: in.Reference, Operation: p.Operation.Order(), Network: payments.SEPA}
	for _, n := range in.Payees {
		if n.By == ByIBAN {
			payee.IBAN = bank.NormalIBAN(n.Value)
		}
	}
	if !payee.Operation.NeedsPayee() {
		return payee, nil
	}
	b, err := payments.PayeeOf(a.facts(), payeeNames(act, p.WalletID, in.Payees))
	network := payments.Network("")
	if b != nil {
		payee.Beneficiary, payee.IBAN, network = b, b.IBAN, payments.Network(b.Network)
	}
	payee.Network, _ = payments.Way{}.Route(walletByIBAN(act, payee.IBAN) != nil, network)
	return payee, err
}
