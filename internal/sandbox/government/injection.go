package government

import (
	"time"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
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

	// Names are the things that its parameters name, and its body where no
	// parameter says more.
	Names []Named

	// Details completes what conditions can ask. It is called only if a rule may
	// act on the operation.
	Details func() Details
}

// Details are the rest of what a request says: about itself, and about the
// things that it would make.
type Details struct {
	Method, Path   string
	Registration   *customers.Registration
	ConsentType    onboarding.ConsentType
	ConsentVersion string
	Document       customers.Upload
	Verification   customers.VerificationRequest
	Payee          accounts.Description
	// PaymentConsent is the operation for which a payment consent is made.
	PaymentConsent payments.Operation
	// Preparation is the order that would be prepared; nil without one.
	Preparation *accounts.Preparation
}

// Injection is what the governing scenario does to a request.
type Injection struct {
	// Customer is the id of the customer whom the request concerns; empty if it concerns
	// none, or one that it is about to make.
	Customer string
	// Scenario is the name of the scenario that governs the customer whom the
	// request concerns; empty if it concerns none.
	Scenario string
	// Notice says that something that looks as if it should choose a scenario chooses
	// none; empty is usual.
	Notice string
	// Fault is what goes wrong at the edge, after Delay; nil is nothing.
	Fault *scenario.Fault
	Delay time.Duration
	// Rule is the rule that asks for the fault; a refusal has its own.
	Rule machine.Rule
	// Refusal takes the place of the operation's own answer; nil lets it answer.
	Refusal error
}

// Inject asks the governing scenario what it does to a request that is about to
// be answered. Nothing changes but the counts of the rules that are limited. A
// rule that refuses is not asked where the fault answers by itself.
func Inject(act *world.Act, in Asked) (Injection, error) {
	subject := subjectOf(act, in)
	d := Injection{Scenario: subject.shown}
	if subject.customer != nil {
		d.Customer = subject.customer.ID
	}
	if m, found := findMistyped(act, in, subject); found {
		d.Notice = m.Notice
		act.Mistypes.Add(act.Tenant(), m)
	}
	if !subject.governing.Injects(in.Operation) && !subject.governing.Refuses(in.Operation) {
		return d, nil
	}
	facts, dice := requestOf(act, in, subject.customer).tell, diceOf(act, subject.customer)
	fault, err := subject.governing.Fault(in.Operation, facts, dice)
	if err != nil {
		return d, err
	}
	if fault != nil {
		d.Fault, d.Delay, d.Rule = fault.Fault, delayOf(fault, dice), fault.Origin()
		if fault.Fault.Kind.Answers() {
			return d, nil
		}
	}
	rule, err := subject.governing.Refusal(in.Operation, facts, dice)
	if rule != nil {
		d.Refusal = refusedBy(subject.governing, rule)
		act.NoteRule(rule.Origin())
	}
	return d, err
}

// Under runs a verb as an injection has it: not at all where that answers by
// itself. What rules have counted stays, whatever comes of the verb; what they have
// answered is undone with it.
func Under[R any](act *world.Act, d Injection, verb func() (R, error)) (out R, err error) {
	if d.Refusal != nil {
		return out, act.RefuseAndKeep(d.Refusal)
	}
	if d.Fault != nil && d.Fault.Kind.Answers() {
		return out, nil
	}
	noted := len(act.Rules)
	if !act.Counted {
		if out, err = verb(); err != nil && act.Kept == nil {
			act.Rules = act.Rules[:noted]
		}
		return out, err
	}
	err = act.Attempt(func() error {
		out, err = verb()
		if act.Kept != nil {
			return nil // It leaves something itself.
		}
		return err
	})
	if err != nil {
		act.Rules = act.Rules[:noted]
		return out, act.RefuseAndKeep(err)
	}
	return out, act.Kept
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
	e.Rule = r.Origin()
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
func subjectOf(act *world.Act, in Asked) subject {
	if in.Registers {
		if chosen, err := world.ChosenScenario(act, in.Scenario, in.Email); err == nil {
			return subject{governing: chosen, shown: chosen.Name}
		}
		active, _ := world.ActiveScenario(act, world.ReadTenantScenarios(act.Unit))
		return subject{governing: active}
	}
	id := customerAsked(act, in)
	// What the caller may not touch does not exist for it, and does not govern it
	// either. Whoever logs in is nobody yet, and names the customer.
	if id == "" || act.Caller.Sort == access.Customer && !act.Caller.MayActFor(id) {
		id = act.Caller.CustomerID
	}
	customer := act.Customers.Get(act.Unit, id)
	found := subject{customer: customer, governing: world.Governing(act, customer)}
	if customer != nil {
		found.shown = found.governing.Name
	}
	return found
}
