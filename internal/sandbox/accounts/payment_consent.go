package accounts

import (
	"strconv"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/fake"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/scenario"
)

// PaymentConsentKind makes the kind of payment consents.
func PaymentConsentKind(s *world.World) *engine.Kind[payments.PaymentConsent, payments.PaymentConsentFacts] {
	return world.See(s, &engine.Kind[payments.PaymentConsent, payments.PaymentConsentFacts]{
		Collection: engine.Collection[payments.PaymentConsent]{Name: "payment_consent", Indexes: []engine.Index[payments.PaymentConsent]{
			{Name: "wallet", Of: func(p *payments.PaymentConsent) []string { return []string{p.WalletID} }},
		}},
		Table: payments.PaymentConsentTable(),
		Facts: func(_ *engine.Unit, p *payments.PaymentConsent, cause machine.Cause) payments.PaymentConsentFacts {
			facts, _ := cause.Input.(payments.PaymentConsentFacts)
			facts.ValidUntil, facts.Consent = p.ValidUntil, p
			return facts
		},
		Effect: world.Effect(s, paymentConsentEffect),
		Subject: func(p *payments.PaymentConsent) engine.Subject {
			return engine.Subject{Customer: p.CustomerID, Data: map[string]string{
				"customerId": p.CustomerID, "walletId": p.WalletID, "accountId": p.WalletID,
				"consentId": p.ID, "operationType": string(p.Operation),
			}}
		},
	}, seenPaymentConsent())
}

func seenPaymentConsent() world.Seen[payments.PaymentConsent] {
	return world.Seen[payments.PaymentConsent]{
		Owner: func(p *payments.PaymentConsent) string { return p.CustomerID },
		Tells: []world.Telling[payments.PaymentConsent]{
			{About: scenario.AboutPaymentConsent, Tell: func(_ *world.Act, p *payments.PaymentConsent, f *scenario.Facts) {
				f.PaymentConsent = paymentConsentFacts(p)
			}},
		},
		Links: []world.Link[payments.PaymentConsent]{{Kind: "wallet", ID: func(p *payments.PaymentConsent) string { return p.WalletID }}},
	}
}

func paymentConsentEffect(act *world.Act, p *payments.PaymentConsent, step machine.Step, cause machine.Cause) error {
	switch step.On {
	case payments.ApprovePaymentConsent:
		if p.Approve(cause.By, act.Now()) && p.State == payments.PaymentConsentPending {
			act.PaymentConsents.Then(act.Unit, p, payments.ActivatePaymentConsent, cause)
		}
	case payments.UsePaymentConsent:
		if p.Used++; p.UsedUp() {
			act.PaymentConsents.Then(act.Unit, p, payments.ExhaustPaymentConsent, cause)
		}
	}
	return nil
}

// PaymentConsentRequest is what a payment consent is made of, whatever family of body
// it came in.
type PaymentConsentRequest struct {
	Operation                       payments.Operation
	Kind                            payments.PaymentConsentKind
	PaymentType, Title, Description string
	// Faults are words of the request that cannot be right.
	Faults []refusal.Fault
	// From is zero for a consent that begins at once.
	From, Until time.Time
	// UntilField is where the request has the end.
	UntilField                               string
	MaxUses                                  int64
	PerTransaction, PerDay, PerMonth         *payments.AskedAmount
	CountPerDay, CountPerWeek, CountPerMonth int64
	Payees                                   payments.PaymentConsentPayees
	// Repeated is the limit of a transaction where the request has it twice.
	Repeated *payments.AskedAmount
	// Approval is nil where the request does not speak of approval; its
	// threshold stands apart, as the request has it.
	Approval          *payments.PaymentConsentApproval
	ApprovalThreshold *payments.AskedAmount
	Details           map[string]any
}

// minor reads a limit that may be absent.
func minor(a *payments.AskedAmount, currency string) (*int64, error) {
	if a == nil {
		return nil, nil
	}
	amount, err := a.Read(currency)
	if err != nil {
		return nil, err
	}
	return &amount.Minor, nil
}

// PaymentConsentDetail is a payment consent with what its windows leave at an instant.
type PaymentConsentDetail struct {
	Consent *payments.PaymentConsent
	Windows payments.Windows
	// Token is the magic link token; only creation gives it.
	Token string
	At    time.Time
}

func paymentConsentDetail(act *world.Act, p *payments.PaymentConsent) PaymentConsentDetail {
	return PaymentConsentDetail{Consent: p, Windows: WindowsOf(act, p), At: act.Now()}
}

// CreatePaymentConsent records a payment consent. Besides what an account
// refuses, it refuses with CURRENCY_MISMATCH, and with REQUEST_INVALID a period
// that ends before it begins or is over.
func CreatePaymentConsent(act *world.Act, accountID string, in PaymentConsentRequest) (d PaymentConsentDetail, err error) {
	a, err := findAccount(act, accountID)
	if err != nil {
		return d, err
	}
	p := &payments.PaymentConsent{
		Life: world.NewLife(act, "payment_consent"), WalletID: a.Wallet.ID, CustomerID: a.Customer.ID,
		Operation: in.Operation, Kind: in.Kind, PaymentType: in.PaymentType, Title: in.Title, Description: in.Description,
		CreatedBy: act.Caller.UserID,
		Currency:  a.Wallet.Currency, ValidFrom: in.From, ValidUntil: in.Until, MaxUses: in.MaxUses, Payees: in.Payees, Details: in.Details,
		Limits: payments.PaymentConsentLimits{CountPerDay: in.CountPerDay, CountPerWeek: in.CountPerWeek, CountPerMonth: in.CountPerMonth},
	}
	if p.ValidFrom.IsZero() {
		p.ValidFrom = act.Now()
	}
	p.Answer = fake.Digits(world.Seed(act), "payment_consent_answer", p.Seq, 6)
	facts := payments.PaymentConsentFacts{Account: a.facts(), Fault: in.complete(p, act.Now())}
	if err := act.PaymentConsents.Create(act.Unit, p, payments.CreatePaymentConsent, machine.Cause{By: act.Caller.UserID, Input: facts}); err != nil {
		return d, err
	}
	d = paymentConsentDetail(act, p)
	d.Token, err = act.Sign(map[string]any{
		"iss": "bff", "sub": p.ID, "consentId": p.ID, "tenantId": act.Tenant(), "walletId": p.WalletID, "answer": p.Answer,
		"iat": p.Created.Unix(), "exp": p.ValidUntil.Unix(),
	})
	return d, err
}

// complete reads the limits and the period into the consent, and tells everything
// that is wrong with them.
func (in PaymentConsentRequest) complete(p *payments.PaymentConsent, now time.Time) error {
	refused := []error{refusal.Invalid(in.Faults)}
	for _, limit := range []struct {
		asked *payments.AskedAmount
		to    **int64
	}{
		{in.PerTransaction, &p.Limits.PerTransaction}, {in.PerDay, &p.Limits.PerDay}, {in.PerMonth, &p.Limits.PerMonth},
	} {
		var err error
		*limit.to, err = minor(limit.asked, p.Currency)
		refused = append(refused, err)
	}
	var err error
	p.Approval, err = paymentConsentApproval(in, p.Currency)
	refused = append(refused, err, in.repeats(p))
	end := refusal.Fault{Field: in.UntilField, Pointer: "/" + strings.ReplaceAll(in.UntilField, ".", "/")}
	switch {
	case !p.ValidUntil.After(now):
		end.Message = "is over: it is " + now.Format(time.RFC3339)
	case !p.ValidUntil.After(p.ValidFrom):
		end.Message = "must be later than the begin"
	default:
		return refusal.Join(refused...)
	}
	return refusal.Join(append(refused, refusal.Invalid([]refusal.Fault{end}))...)
}

// repeats holds a limit that the request has twice to itself.
func (in PaymentConsentRequest) repeats(p *payments.PaymentConsent) error {
	again, err := minor(in.Repeated, p.Currency)
	if err != nil || again == nil || p.Limits.PerTransaction == nil || *again == *p.Limits.PerTransaction {
		return err
	}
	most := func(n int64) string { return money.Amount{Minor: n, Currency: p.Currency}.String() }
	return refusal.Invalid([]refusal.Fault{{
		Field: in.Repeated.Field, Pointer: "/" + strings.ReplaceAll(in.Repeated.Field, ".", "/"),
		Message: "is " + most(*again) + ", and " + in.PerTransaction.Field + " is " + most(*p.Limits.PerTransaction),
	}})
}

// findPaymentConsent finds a payment consent on whose account the caller may act.
func findPaymentConsent(act *world.Act, id string) (*payments.PaymentConsent, error) {
	p := act.PaymentConsents.Get(act.Unit, id)
	if p == nil || !act.Caller.MayActFor(p.CustomerID) {
		return nil, refusal.New(refusal.PaymentConsentNotFound, "the tenant has no payment consent %s", id)
	}
	return p, nil
}

// paymentConsentOnAccount finds a payment consent of an account.
func paymentConsentOnAccount(act *world.Act, accountID, id string) (*payments.PaymentConsent, error) {
	a, err := findReadableAccount(act, accountID)
	if err != nil {
		return nil, err
	}
	p := act.PaymentConsents.Get(act.Unit, id)
	if p == nil || p.WalletID != a.Wallet.ID {
		return nil, refusal.New(refusal.PaymentConsentNotFound, "the account has no payment consent %s", id).
			Suggest("listPaymentConsents", "shows the payment consents of the account", "accountId", a.Wallet.ID)
	}
	return p, nil
}

// maxOfAccount is how many things of an account a list without pages shows.
const maxOfAccount = 1_000

// ListPaymentConsents lists the newest payment consents of an account, the oldest of
// them first.
func ListPaymentConsents(act *world.Act, accountID string) ([]PaymentConsentDetail, error) {
	list := []PaymentConsentDetail{}
	a, err := findReadableAccount(act, accountID)
	if err != nil {
		return list, err
	}
	list = list[:0]
	for _, p := range act.PaymentConsents.Newest(act.Unit, "wallet", a.Wallet.ID, maxOfAccount) {
		if err := act.PaymentConsents.CountRead(act.Unit, p); err != nil {
			return list, err
		}
		list = append(list, paymentConsentDetail(act, p))
	}
	return list, nil
}

// GetPaymentConsent shows one payment consent. Besides what an account refuses, it
// refuses with PAYMENT_CONSENT_NOT_FOUND.
func GetPaymentConsent(act *world.Act, accountID, id string) (d PaymentConsentDetail, err error) {
	p, err := paymentConsentOnAccount(act, accountID, id)
	if err != nil {
		return d, err
	}
	if err := act.PaymentConsents.CountRead(act.Unit, p); err != nil {
		return d, err
	}
	return paymentConsentDetail(act, p), nil
}

// RevokePaymentConsent ends a payment consent. Besides what an account refuses, it
// refuses with PAYMENT_CONSENT_DECIDED and PAYMENT_CONSENT_EXPIRED what has ended
// already.
func RevokePaymentConsent(act *world.Act, accountID, id string) (PaymentConsentDetail, error) {
	return decidePaymentConsent(act, payments.RevokePaymentConsent, func() (*payments.PaymentConsent, error) {
		return paymentConsentOnAccount(act, accountID, id)
	})
}

// ApprovePaymentConsent approves one that is PENDING or that nobody has verified
// yet. Besides what an account refuses, it refuses with PAYMENT_CONSENT_DECIDED
// and PAYMENT_CONSENT_EXPIRED any other, and where the consent itself demands
// approval with PERMISSION_DENIED, INITIATOR_CANNOT_APPROVE and APPROVAL_DUPLICATE
// a user who cannot give it.
func ApprovePaymentConsent(act *world.Act, id string) (PaymentConsentDetail, error) {
	return decidePaymentConsent(act, payments.ApprovePaymentConsent, func() (*payments.PaymentConsent, error) {
		return findPaymentConsent(act, id)
	})
}

func decidePaymentConsent(act *world.Act, on machine.Trigger, find func() (*payments.PaymentConsent, error)) (d PaymentConsentDetail, err error) {
	p, err := find()
	if err != nil {
		return d, err
	}
	a, err := FindAnyAccount(act, p.WalletID)
	if err != nil {
		return d, err
	}
	facts := payments.PaymentConsentFacts{Account: a.facts(), Asked: true, Approver: approver(act.Caller)}
	if err := act.PaymentConsents.Fire(act.Unit, p, on, machine.Cause{By: act.Caller.UserID, Input: facts}); err != nil {
		return d, p.Explain(err)
	}
	return paymentConsentDetail(act, p), nil
}

func paymentConsentUses() *engine.Collection[payments.Use] {
	return &engine.Collection[payments.Use]{Name: "payment_consent_use"}
}

func useID(consentID string, number int64) string {
	return consentID + "." + strconv.FormatInt(number, 10)
}

// WindowsOf are the windows of a payment consent as they stand now.
func WindowsOf(act *world.Act, p *payments.PaymentConsent) payments.Windows {
	return p.Windows.At(act.Now(), func(number int64) *payments.Use { return paymentConsentUses().Get(act.Unit, useID(p.ID, number)) })
}
