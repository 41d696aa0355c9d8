package payments

import (
	"slices"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/bank"
	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/refusal"
)

// Payee is whom an order pays, as far as it is known.
type Payee struct {
	// Beneficiary is the registered payee; nil where none is needed.
	Beneficiary *Beneficiary
	IBAN        string
	// Named is the name that the request itself gives the payee.
	Named   string
	Network Network
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

// Usable tells whether the consent can be used at an instant.
func (c *PaymentConsent) Usable(now time.Time) bool { return c.usable(now) == nil }

func (c *PaymentConsent) usable(now time.Time) *refusal.Error {
	switch {
	case c.State == PaymentConsentExpired:
		return refusal.New(refusal.PaymentConsentExpired, "the payment consent ended at %s", c.ValidUntil.Format(time.RFC3339))
	case c.State != PaymentConsentActive:
		return refusal.New(refusal.PaymentConsentNotActive, "the payment consent is %s", c.State)
	case now.Before(c.ValidFrom):
		return refusal.New(refusal.PaymentConsentNotActive, "the payment consent begins at %s", c.ValidFrom.Format(time.RFC3339))
	}
	return nil
}

// allow refuses a payee. An account that is listed is always allowed; with a
// list, others are allowed only if new payees are; without one, anybody is,
// unless new payees are ruled out and the payee was registered later than the
// consent was made.
func (p ConsentPayees) allow(payee Payee, made time.Time) *refusal.Error {
	if !p.allowsNetwork(payee.Network) {
		return refusal.New(refusal.PayeeNotAllowed, "the payment consent allows payments of type %s, and this one is %s",
			strings.Join(p.Types, ", "), payee.Network)
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
		return refusal.New(refusal.PayeeNotAllowed, "the payment consent demands that the payment names the payee, as in target.name")
	}
	return nil
}

func (p ConsentPayees) lists(payee Payee) bool {
	return slices.ContainsFunc(p.Accounts, func(account string) bool {
		if b := payee.Beneficiary; b != nil && (account == b.ID || account == b.AssetID || bank.NormalIBAN(account) == b.IBAN) {
			return true
		}
		return payee.IBAN != "" && bank.NormalIBAN(account) == payee.IBAN
	})
}

// allowsNetwork reads the types as networks. SEPA includes what turns out to be
// internal, since a payer cannot know where a payee's account is kept, and so
// does an operation that is called a SEPA transfer. Words that name no network
// rule nothing out.
func (p ConsentPayees) allowsNetwork(n Network) bool {
	known := false
	for _, t := range p.Types {
		t = strings.ToUpper(t)
		sepa, swift, internal := strings.Contains(t, "SEPA"), strings.Contains(t, "SWIFT"), strings.Contains(t, "INTERNAL")
		if sepa && n != SWIFT || swift && n == SWIFT || internal && n == Internal {
			return true
		}
		known = known || sepa || swift || internal
	}
	return !known
}

// allow gives every limit that the amount passes, the narrowest first.
func (l ConsentLimits) allow(amount money.Amount, w Windows) []*refusal.Error {
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
				With("limit", check.limit).With("available", int64(0)).With("window", check.window).With("currency", amount.Currency))
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

// Open tells whether the consent lets payees be paid that it does not list.
func (p ConsentPayees) Open() bool {
	if p.AllowNew != nil {
		return *p.AllowNew
	}
	return len(p.Accounts) == 0
}
