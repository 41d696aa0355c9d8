package payments

import (
	"slices"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/bank"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/refusal"
)

// Payee is whom an order pays, as far as it is known.
type Payee struct {
	// Beneficiary is the registered payee; nil where none is needed.
	Beneficiary *Beneficiary
	IBAN        string
	// Named is the name that the request itself gives the payee, and Reference the
	// reference of the payment.
	Named, Reference string
	// Operation and Network are the way on which the money goes.
	Operation Operation
	Network   Network
}

// Objections are all reasons why the consent does not let an amount be paid to
// a payee now, in the order in which an order would meet them; nil asks about
// the amount alone. windows are its own, as they stand now.
func (c *PaymentConsent) Objections(amount money.Amount, p *Payee, windows Windows, now time.Time) []*refusal.Error {
	var list []*refusal.Error
	if e := c.usable(now); e != nil {
		list = append(list, e)
	}
	if p != nil {
		if e := c.Payees.allow(*p, c.Created); e != nil {
			list = append(list, e)
		}
	}
	return append(list, c.Limits.allow(amount, windows)...)
}

// consentNow is a payment consent that is to be used at an instant, or nil.
type consentNow struct {
	*PaymentConsent
	now time.Time
}

// consentNeeds are that a payment consent can be used.
func consentNeeds() []machine.Need[consentNow] {
	return []machine.Need[consentNow]{
		{Name: "consent.unexpired", Code: refusal.PaymentConsentExpired, Unmet: consentNow.expired},
		{Name: "consent.approved", Code: refusal.PaymentConsentNotActive, Unmet: consentNow.unapproved},
		{Name: "consent.active", Code: refusal.PaymentConsentNotActive, Unmet: consentNow.inactive},
		{Name: "consent.begun", Code: refusal.PaymentConsentNotActive, Unmet: consentNow.early},
	}
}

// Usable reports whether the consent can be used at an instant.
func (c *PaymentConsent) Usable(now time.Time) bool { return c.usable(now) == nil }

func (c *PaymentConsent) usable(now time.Time) *refusal.Error {
	return asRefusal(machine.Unmet(consentNeeds(), consentNow{c, now}))
}

func (c consentNow) expired() *refusal.Error {
	if c.PaymentConsent == nil || c.State != PaymentConsentExpired {
		return nil
	}
	return c.explained(refusal.New(refusal.PaymentConsentExpired, "the payment consent ended at %s", c.ValidUntil.Format(time.RFC3339)))
}

func (c consentNow) unapproved() *refusal.Error {
	if c.PaymentConsent == nil || c.State != PaymentConsentPending {
		return nil
	}
	return c.explained(c.not().Suggest("approvePaymentConsent", "approves it", "consentId", c.ID))
}

func (c consentNow) inactive() *refusal.Error {
	if c.PaymentConsent == nil || c.State != PaymentConsentExhausted && c.State != PaymentConsentRevoked {
		return nil
	}
	return c.explained(c.not())
}

func (c consentNow) not() *refusal.Error {
	return refusal.New(refusal.PaymentConsentNotActive, "the payment consent is %s", c.State)
}

func (c consentNow) early() *refusal.Error {
	if c.PaymentConsent == nil || !c.now.Before(c.ValidFrom) {
		return nil
	}
	return c.explained(refusal.New(refusal.PaymentConsentNotActive, "the payment consent begins at %s", c.ValidFrom.Format(time.RFC3339)))
}

// allow refuses a payee. An account that is listed is always allowed; with a
// list, others are allowed only if new payees are; without one, anybody is,
// unless new payees are ruled out and the payee was registered later than the
// consent was made.
func (p PaymentConsentPayees) allow(payee Payee, made time.Time) *refusal.Error {
	if !p.allowsType(payee.Operation, payee.Network) {
		return refusal.New(refusal.PayeeNotAllowed, "the payment consent allows payments of type %s, and this one is a %s over %s",
			strings.Join(p.Types, ", "), payee.Operation, payee.Network)
	}
	b := payee.Beneficiary
	switch listed := p.lists(payee); {
	case listed:
	case len(p.Accounts) > 0 && (p.AllowNew == nil || !*p.AllowNew):
		return refusal.New(refusal.PayeeNotAllowed, "the payment consent lists %d accounts, and this payee is not among them", len(p.Accounts))
	case p.AllowNew != nil && !*p.AllowNew && b != nil && b.Created.After(made):
		return refusal.New(refusal.PayeeNotAllowed, "the payment consent allows no new payees, and this one was registered later, at %s", b.Created.Format(time.RFC3339))
	}
	if p.RequireName && strings.TrimSpace(payee.Named) == "" {
		return demanded("target.name", "the name of the payee")
	}
	if p.RequireReference && strings.TrimSpace(payee.Reference) == "" {
		return demanded("reference", "an invoice reference")
	}
	return nil
}

func demanded(field, what string) *refusal.Error {
	e := refusal.New(refusal.PayeeNotAllowed, "the payment consent demands %s, and the payment has no %s", what, field)
	e.Field = field
	return e
}

func (p PaymentConsentPayees) lists(payee Payee) bool {
	return slices.ContainsFunc(p.Accounts, func(account string) bool {
		if b := payee.Beneficiary; b != nil && (strings.EqualFold(account, b.ID) || strings.EqualFold(account, b.AssetID) || bank.NormalIBAN(account) == b.IBAN) {
			return true
		}
		return payee.IBAN != "" && bank.NormalIBAN(account) == payee.IBAN
	})
}

// allowsType reports whether one of the types covers a payment; without any, all
// are allowed.
func (p PaymentConsentPayees) allowsType(o Operation, n Network) bool {
	if len(p.Types) == 0 {
		return true
	}
	return slices.ContainsFunc(p.Types, func(word string) bool {
		t, _ := parseAllowedType(word)
		return t.fits != nil && t.fits(o, n)
	})
}

// allowedType is a word for what a payment consent allows.
type allowedType struct {
	word string
	fits func(Operation, Network) bool
}

// allowedTypes are all such words: networks, and the operations in lower case.
// SEPA includes what turns out to be internal, since a payer cannot know where a
// payee's account is kept. For the same reason sepa_transfer_internal, which is
// what the documentation's own payment consents allow, includes SEPA.
func allowedTypes() []allowedType {
	over := func(list ...Network) func(Operation, Network) bool {
		return func(_ Operation, n Network) bool { return slices.Contains(list, n) }
	}
	types := []allowedType{
		{"INTERNAL", over(Internal)},
		{"SEPA", over(SEPA, SEPAInstant, Internal)},
		{"SWIFT", over(SWIFT)},
		{"external", over(SEPA, SEPAInstant, SWIFT)},
		{"payment", func(o Operation, _ Network) bool { return o == Transfer }},
	}
	for _, w := range orderTypes() {
		types = append(types, allowedType{strings.ToLower(w.Word), func(o Operation, n Network) bool {
			return o == w.Operation && (w.Network == "" || n == w.Network || w.Network == Internal && n == SEPA)
		}})
	}
	return types
}

func parseAllowedType(word string) (allowedType, bool) {
	types := allowedTypes()
	i := slices.IndexFunc(types, func(t allowedType) bool { return strings.EqualFold(t.word, word) })
	if i < 0 {
		return allowedType{}, false
	}
	return types[i], true
}

// AllowedTypes lists the words for what a payment consent can allow.
func AllowedTypes() []string {
	var list []string
	for _, t := range allowedTypes() {
		list = append(list, t.word)
	}
	return list
}

// KnownType reports whether a word, in any case, is one of them.
func KnownType(word string) bool {
	_, ok := parseAllowedType(word)
	return ok
}

// allow gives every limit that the amount passes, the narrowest first.
func (l PaymentConsentLimits) allow(amount money.Amount, w Windows) []*refusal.Error {
	const whose = "the payment consent"
	var list []*refusal.Error
	for _, check := range []struct {
		window string
		limit  *int64
		used   int64
	}{
		{PerTransaction, l.PerTransaction, 0}, {Daily, l.PerDay, w.Day.Minor}, {Monthly, l.PerMonth, w.Month.Minor},
	} {
		if check.limit != nil && amount.Minor > *check.limit-check.used {
			list = append(list, overLimit(refusal.ConsentLimitExceeded, whose, check.window, amount, *check.limit, check.used))
		}
	}
	for _, check := range []struct {
		window      string
		limit, used int64
	}{
		{Daily, l.CountPerDay, w.Day.Count}, {Weekly, l.CountPerWeek, w.Week.Count}, {Monthly, l.CountPerMonth, w.Month.Count},
	} {
		if check.limit > 0 && check.used >= check.limit {
			list = append(list, refusal.New(refusal.ConsentLimitExceeded, "%s allows %d payments %s, and there have been %d",
				whose, check.limit, windowWords(check.window), check.used).
				WithData("limit", check.limit).WithData("available", int64(0)).WithData("window", check.window).WithData("currency", amount.Currency))
		}
	}
	return list
}

// Remaining is what the windows leave of a limit, or nil where there is none.
func Remaining(limit *int64, used int64) *int64 {
	if limit == nil {
		return nil
	}
	left := max(0, *limit-used)
	return &left
}

// Open reports whether the consent lets payees be paid that it does not list.
func (p PaymentConsentPayees) Open() bool {
	if p.AllowNew != nil {
		return *p.AllowNew
	}
	return len(p.Accounts) == 0
}
