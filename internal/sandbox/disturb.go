package sandbox

import (
	"cmp"
	"sync"
	"time"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/bank"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/scenario"
)

// Asked is what a request says about itself, so far as scenarios look at it: the
// operation, and the things that it names. Empty members it does not name.
type Asked struct {
	Operation string
	// Registers tells that the request makes a customer, and with which e-mail.
	Registers bool
	Email     string
	// Scenario is the one that the request names in the header for it, and Misnamed
	// a header of a registration that is probably meant for that one.
	Scenario, Misnamed string
	// People are the e-mails of those who are added to an organization.
	People []string

	CustomerID, VerificationID, WalletID, OrderID string
	// ConsentID is a consent of the onboarding or a payment consent, PayeeID the
	// id or asset id of a beneficiary, MemberID one of an organization's people.
	ConsentID, PayeeID, MemberID string
	// Link is the token of a magic link.
	Link string

	// Details completes what conditions can ask. It is called only if a rule may
	// act on the operation.
	Details func() Details
}

// Details are the rest of what a request says: about itself, and about the
// things that it would make.
type Details struct {
	Method, Path   string
	Registration   *Registration
	ConsentType    onboarding.ConsentType
	ConsentVersion string
	Document       Upload
	Verification   VerificationRequest
	Payee          Description
	// PaymentConsent is the operation for which a payment consent is made.
	PaymentConsent payments.Operation
	// Preparation is the order that would be prepared; nil without one.
	Preparation *Preparation
}

// Disturbance is what the governing scenario does to a request.
type Disturbance struct {
	// Scenario is the name of the scenario that governs the customer whom the
	// request concerns; empty if it concerns none.
	Scenario string
	// Notice says that something that looks as if it should choose a scenario chooses
	// none; empty is usual.
	Notice string
	// Fault is what goes wrong at the edge, after Delay; nil is nothing.
	Fault *scenario.Fault
	Delay time.Duration
	// Refusal takes the place of the operation's own answer; nil lets it answer.
	Refusal error
}

// Disturb asks the governing scenario what it does to a request that is about to
// be answered. Nothing changes but the counts of the rules that are limited. A
// rule that refuses is not asked where the fault answers by itself.
func Disturb(act *Act, in Asked) (Disturbance, error) {
	subject := subjectOf(act, in)
	d := Disturbance{Scenario: subject.shown}
	if m, found := findMistyped(act, in, subject); found {
		d.Notice = m.Notice
		act.mistyped.add(act.Tenant(), m)
	}
	if !subject.governing.Disturbs(in.Operation) && !subject.governing.Refuses(in.Operation) {
		return d, nil
	}
	facts, dice := requestChainOf(act, in, subject.customer).tell, diceOf(act, subject.customer)
	fault, err := subject.governing.Disturbance(in.Operation, facts, dice)
	if err != nil {
		return d, err
	}
	if fault != nil {
		d.Fault, d.Delay = fault.Fault, delayOf(fault, dice)
		if answersItself(fault.Fault) {
			return d, nil
		}
	}
	rule, err := subject.governing.Refusal(in.Operation, facts, dice)
	if rule != nil {
		d.Refusal = refusedBy(subject.governing, rule)
	}
	return d, err
}

// Under runs a verb as a disturbance has it: not at all where that answers by
// itself. What rules have counted stays, whatever comes of the verb.
func Under[R any](act *Act, d Disturbance, verb func() (R, error)) (out R, err error) {
	if d.Refusal != nil {
		return out, act.refuseAndKeep(d.Refusal)
	}
	if d.Fault != nil && answersItself(d.Fault) {
		return out, nil
	}
	if !act.counted {
		return verb()
	}
	err = act.Attempt(func() error {
		out, err = verb()
		if act.kept != nil {
			return nil // It leaves something itself.
		}
		return err
	})
	if err != nil {
		return out, act.refuseAndKeep(err)
	}
	return out, act.kept
}

// answersItself tells whether a fault takes the place of the operation.
func answersItself(f *scenario.Fault) bool {
	switch f.Kind {
	case scenario.FaultStatus, scenario.FaultReset, scenario.FaultMalformed, scenario.FaultEmpty:
		return true
	}
	return false
}

// delayOf draws a delay between the bounds of a fault, if it has two.
func delayOf(r *scenario.Rule, d dice) time.Duration {
	f := r.Fault
	if f.Until <= f.After {
		return f.After
	}
	drawn := d.Chance("delay/" + r.Scenario() + "/" + r.Label())
	return f.After + time.Duration(drawn*float64(f.Until-f.After)).Round(time.Millisecond)
}

// refusedBy is the refusal of a rule: as the operation's own, but for what it
// says about its cause.
func refusedBy(governing *scenario.Scenario, r *scenario.Rule) error {
	e := refusal.New(refusal.Code(r.Refuse), "scenario %s, rule %q, refuses %s", governing.Name, r.Label(), r.On)
	if e.Code == refusal.ConsentVersionOutdated {
		e.Field = "version"
	}
	return e
}

// subject is whom a request concerns, and what governs it.
type subject struct {
	customer  *onboarding.Customer
	governing *scenario.Scenario
	// shown is the scenario's name if the request concerns a customer.
	shown string
}

// subjectOf finds the customer whom a request concerns, the scenario that
// governs the customer, or will govern one that is being registered, and else
// the tenant's.
func subjectOf(act *Act, in Asked) subject {
	if in.Registers {
		if chosen, err := chosenScenario(act, in.Scenario, in.Email); err == nil {
			return subject{governing: chosen, shown: chosen.Name}
		}
		active, _ := activeScenario(act, readTenantScenarios(act.Unit))
		return subject{governing: active}
	}
	id := customerAsked(act, in)
	// What the caller may not touch does not exist for it, and does not govern it
	// either. Whoever logs in is nobody yet, and names the customer.
	if id == "" || act.Caller.Sort == access.Customer && !act.Caller.MayActFor(id) {
		id = act.Caller.CustomerID
	}
	customer := act.customers.Get(act.Unit, id)
	found := subject{customer: customer, governing: governing(act, customer)}
	if customer != nil {
		found.shown = found.governing.Name
	}
	return found
}

// customerAsked is the id of the customer to whom the first thing belongs that
// a request names.
func customerAsked(act *Act, in Asked) string {
	if act.customers.Get(act.Unit, in.CustomerID) != nil {
		return in.CustomerID
	}
	if w := act.wallets.Get(act.Unit, in.WalletID); w != nil {
		return w.CustomerID
	}
	if v := act.verifications.Get(act.Unit, in.VerificationID); v != nil {
		return v.CustomerID
	}
	if e := act.consents.Get(act.Unit, in.ConsentID); e != nil {
		return e.CustomerID
	}
	if p := act.paymentConsents.Get(act.Unit, in.ConsentID); p != nil {
		return p.CustomerID
	}
	if b := findAnyPayee(act, in.PayeeID); b != nil {
		return b.CustomerID
	}
	if p := act.personnel.Get(act.Unit, in.MemberID); p != nil {
		return p.OrganizationID
	}
	if in.Link != "" {
		if claims, err := readLink(act, in.Link); err == nil {
			return claims.CustomerID
		}
	}
	return ""
}

// requestChain is what a request belongs to: the things that it names as they are,
// and those that it would make as it describes them.
type requestChain struct {
	chain
	caller  access.Caller
	in      Asked
	details func() Details
}

func requestChainOf(act *Act, in Asked, customer *onboarding.Customer) requestChain {
	return requestChain{chain{act: act, customer: customer}, act.Caller, in, sync.OnceValue(in.Details)}
}

func (r requestChain) tell(f *scenario.Facts, about scenario.Topic) {
	switch about {
	case scenario.AboutRequest:
		details := r.details()
		f.Request = scenario.Request{
			Operation: r.in.Operation, Method: details.Method, Path: details.Path, Caller: string(r.caller.Sort), User: r.caller.UserID,
			PowerTenant: r.caller.PowerTenant,
		}
	case scenario.AboutCustomer, scenario.AboutFeatures:
		if registration := r.details().Registration; registration != nil {
			described := registration.customer()
			f.Customer = describedCustomer(r.act.Unit, described)
			f.Customer.Features = featureFacts(described)
			return
		}
		r.chain.tell(f, about)
	case scenario.AboutClock, scenario.AboutPeople:
		r.chain.tell(f, about)
	case scenario.AboutDocument:
		f.Document = r.details().Document.facts(r.act.Unit)
	case scenario.AboutVerification:
		r.named(about).tell(f, about)
		f.Verification.Type = cmp.Or(r.details().Verification.Type, f.Verification.Type)
	case scenario.AboutConsent:
		details := r.details()
		f.Consent = scenario.Consent{Type: string(details.ConsentType), Version: details.ConsentVersion}
		if e := r.act.consents.Get(r.act.Unit, r.in.ConsentID); e != nil {
			f.Consent = consentFacts(e)
		}
	case scenario.AboutPaymentConsent:
		r.named(about).tell(f, about)
		f.PaymentConsent.Type = cmp.Or(f.PaymentConsent.Type, string(r.details().PaymentConsent))
	case scenario.AboutBeneficiary:
		if r.named(about).tell(f, about); f.Beneficiary == (scenario.Beneficiary{}) {
			f.Beneficiary = payeeFacts(r.details().Payee)
		}
	default:
		r.named(about).tell(f, about)
	}
}

// named is the chain of what the request names, as far as a topic goes: mostly of
// the order.
func (r requestChain) named(about scenario.Topic) chain {
	c := r.chain
	switch about {
	case scenario.AboutVerification, scenario.AboutPapers:
		if v := r.act.verifications.Get(r.act.Unit, r.in.VerificationID); v != nil {
			c.aggregate = v
		}
		return c
	case scenario.AboutWallet:
		if w := r.act.wallets.Get(r.act.Unit, r.in.WalletID); w != nil {
			c.aggregate = w
			return c
		}
	case scenario.AboutPaymentConsent:
		if p := r.act.paymentConsents.Get(r.act.Unit, r.in.ConsentID); p != nil {
			c.aggregate = p
			return c
		}
	case scenario.AboutBeneficiary:
		if b := findAnyPayee(r.act, r.in.PayeeID); b != nil {
			c.aggregate = b
			return c
		}
	}
	if o := orderAsked(r.act, r.in, r.details()); o != nil {
		c.aggregate = o
	}
	return c
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
	if o := act.orders.Get(act.Unit, in.OrderID); o != nil {
		return o
	}
	if details.Preparation == nil {
		return nil
	}
	a, err := findAnyAccount(act, in.WalletID)
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
