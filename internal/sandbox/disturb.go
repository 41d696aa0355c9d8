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
func (s *Sandbox) Disturb(c access.Caller, in Asked) (Disturbance, error) {
	var d Disturbance
	mayAct := false
	err := s.read(c, func(u *engine.Unit) error {
		subject := s.subjectOf(u, c, in)
		d.Scenario = subject.shown
		if m, found := s.findMistyped(u, in, subject); found {
			d.Notice = m.Notice
			s.mistyped.add(u.Tenant(), m)
		}
		mayAct = subject.governing.Disturbs(in.Operation) || subject.governing.Refuses(in.Operation)
		return nil
	})
	if err != nil || !mayAct {
		return d, err
	}
	err = s.do(c, func(u *engine.Unit) error {
		subject := s.subjectOf(u, c, in)
		facts := s.requestChain(u, c, in, subject.customer).tell
		dice := s.dice(u, subject.customer)
		fault, err := subject.governing.Disturbance(in.Operation, facts, dice)
		if err != nil {
			return err
		}
		if fault != nil {
			d.Fault, d.Delay = fault.Fault, delayOf(fault, dice)
			if answersItself(fault.Fault) {
				return nil
			}
		}
		rule, err := subject.governing.Refusal(in.Operation, facts, dice)
		if rule != nil {
			d.Refusal = refusedBy(subject.governing, rule)
		}
		return err
	})
	return d, err
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
func (s *Sandbox) subjectOf(u *engine.Unit, c access.Caller, in Asked) subject {
	if in.Registers {
		if chosen, err := s.chosenScenario(u, in.Scenario, in.Email); err == nil {
			return subject{governing: chosen, shown: chosen.Name}
		}
		active, _ := s.activeScenario(u, readTenantScenarios(u))
		return subject{governing: active}
	}
	id := s.customerAsked(u, in)
	// What the caller may not touch does not exist for it, and does not govern it
	// either. Whoever logs in is nobody yet, and names the customer.
	if id == "" || c.Sort == access.Customer && !c.MayActFor(id) {
		id = c.CustomerID
	}
	customer := s.customers.Get(u, id)
	found := subject{customer: customer, governing: s.governing(u, customer)}
	if customer != nil {
		found.shown = found.governing.Name
	}
	return found
}

// customerAsked is the id of the customer to whom the first thing belongs that
// a request names.
func (s *Sandbox) customerAsked(u *engine.Unit, in Asked) string {
	if s.customers.Get(u, in.CustomerID) != nil {
		return in.CustomerID
	}
	if w := s.wallets.Get(u, in.WalletID); w != nil {
		return w.CustomerID
	}
	if v := s.verifications.Get(u, in.VerificationID); v != nil {
		return v.CustomerID
	}
	if e := s.consents.Get(u, in.ConsentID); e != nil {
		return e.CustomerID
	}
	if p := s.paymentConsents.Get(u, in.ConsentID); p != nil {
		return p.CustomerID
	}
	if b := s.anyPayee(u, in.PayeeID); b != nil {
		return b.CustomerID
	}
	if p := s.personnel.Get(u, in.MemberID); p != nil {
		return p.OrganizationID
	}
	if in.Link != "" {
		if claims, err := s.readLink(u.Tenant(), in.Link); err == nil {
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

func (s *Sandbox) requestChain(u *engine.Unit, c access.Caller, in Asked, customer *onboarding.Customer) requestChain {
	return requestChain{chain{s: s, u: u, customer: customer}, c, in, sync.OnceValue(in.Details)}
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
			f.Customer = describedCustomer(r.u, described)
			f.Customer.Features = featureFacts(described)
			return
		}
		r.chain.tell(f, about)
	case scenario.AboutClock, scenario.AboutPeople:
		r.chain.tell(f, about)
	case scenario.AboutDocument:
		f.Document = r.details().Document.facts(r.u)
	case scenario.AboutVerification:
		r.named(about).tell(f, about)
		f.Verification.Type = cmp.Or(r.details().Verification.Type, f.Verification.Type)
	case scenario.AboutConsent:
		details := r.details()
		f.Consent = scenario.Consent{Type: string(details.ConsentType), Version: details.ConsentVersion}
		if e := r.s.consents.Get(r.u, r.in.ConsentID); e != nil {
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
		if v := r.s.verifications.Get(r.u, r.in.VerificationID); v != nil {
			c.aggregate = v
		}
		return c
	case scenario.AboutWallet:
		if w := r.s.wallets.Get(r.u, r.in.WalletID); w != nil {
			c.aggregate = w
			return c
		}
	case scenario.AboutPaymentConsent:
		if p := r.s.paymentConsents.Get(r.u, r.in.ConsentID); p != nil {
			c.aggregate = p
			return c
		}
	case scenario.AboutBeneficiary:
		if b := r.s.anyPayee(r.u, r.in.PayeeID); b != nil {
			c.aggregate = b
			return c
		}
	}
	if o := r.s.orderAsked(r.u, r.in, r.details()); o != nil {
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
func (s *Sandbox) orderAsked(u *engine.Unit, in Asked, details Details) *payments.Order {
	if o := s.orders.Get(u, in.OrderID); o != nil {
		return o
	}
	if details.Preparation == nil {
		return nil
	}
	a, err := s.anyAccount(u, in.WalletID)
	set, errSet := s.policy(u)
	if err != nil || errSet != nil {
		return nil
	}
	o := &payments.Order{
		WalletID: a.wallet.ID, CustomerID: a.customer.ID, Operation: details.Preparation.Way.Operation,
		Reference: details.Preparation.Reference, Description: details.Preparation.Description, Documents: details.Preparation.Documents,
	}
	s.prepareFacts(u, a, o, *details.Preparation, set)
	return o
}
