package sandbox

import (
	"errors"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/bank"
	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
)

// ConsentCheck is a payment to be held to a payment consent, without making it.
type ConsentCheck struct {
	ConsentID string
	Amount    ConsentAmount
	// PayeeID and IBAN name the payee; without either only the rest is checked.
	PayeeID, IBAN, PayeeName string
}

// Verdict is what a payment consent says to a payment: every objection.
type Verdict struct {
	ConsentDetail
	Objections []*refusal.Error
}

// CheckPayment holds a payment to a payment consent. It refuses with
// PAYMENT_CONSENT_NOT_FOUND, and with REQUEST_INVALID an amount that is none;
// everything else is an objection of the verdict.
func (s *Sandbox) CheckPayment(c access.Caller, in ConsentCheck) (Verdict, error) {
	var v Verdict
	err := s.read(c, func(u *engine.Unit) error {
		p, err := s.paymentConsent(u, c, in.ConsentID)
		if err != nil {
			return err
		}
		v.ConsentDetail = s.consentDetail(u, p)
		a, err := s.anyAccount(u, p.WalletID)
		if err != nil {
			return err
		}
		var unusable *refusal.Error
		if errors.As(a.facts().Usable(), &unusable) {
			v.Objections = append(v.Objections, unusable)
		}
		payee, objection := s.checkedPayee(u, p, in)
		if objection != nil {
			v.Objections = append(v.Objections, objection)
		}
		if payee != nil && p.Operation.ForTransfers() && !p.Covers(payments.Transfer, payee.Network) {
			v.Objections = append(v.Objections, refusal.New(refusal.PaymentConsentRequired, "%s", p.Misfit(payments.Transfer, payee.Network)))
		}
		minor, err := in.Amount.minor(p.Currency)
		if err != nil {
			return v.amountFault(err, p, payee)
		}
		amount := money.Amount{Minor: *minor, Currency: p.Currency}
		v.Objections = append(v.Objections, p.Objections(amount, payee, v.Windows, u.Now())...)
		return nil
	})
	return v, err
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

// checkedPayee finds whom a check names. A transfer needs a registered payee.
func (s *Sandbox) checkedPayee(u *engine.Unit, p *payments.PaymentConsent, in ConsentCheck) (*payments.Payee, *refusal.Error) {
	if in.PayeeID == "" && in.IBAN == "" {
		return nil, nil
	}
	iban := bank.NormalIBAN(in.IBAN)
	b := s.payee(u, p.WalletID, in.PayeeID)
	if b == nil && iban != "" {
		b = s.payeeByIBAN(u, p.WalletID, iban)
	}
	payee := &payments.Payee{Beneficiary: b, IBAN: iban, Named: in.PayeeName}
	network := ""
	var objection *refusal.Error
	switch {
	case b != nil:
		payee.IBAN, network = b.IBAN, b.Network
		errors.As(b.Payable(u.Frozen()), &objection)
	case p.Operation.ForTransfers():
		objection = refusal.New(refusal.BeneficiaryNotFound, "the account has no beneficiary with this id, assetId or IBAN")
	}
	payee.Network = payments.Route(s.walletByIBAN(u, payee.IBAN) != nil, network, "")
	return payee, objection
}
