// Package onboarding owns how somebody becomes a customer: registration,
// categories, verification with its documents, consents and activation. It does
// not know what a customer does afterwards, nor how anything is stored.
package onboarding

import (
	"fmt"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
)

// CustomerType tells the two kinds of customers apart.
type CustomerType string

// The kinds of customers.
const (
	Individual   CustomerType = "INDIVIDUAL"
	Organization CustomerType = "ORGANIZATION"
)

// The states of a customer.
const (
	CustomerPendingVerification machine.State = "PENDING_VERIFICATION"
	CustomerPendingActivation   machine.State = "PENDING_ACTIVATION"
	CustomerActivating          machine.State = "ACTIVATING"
	CustomerActive              machine.State = "ACTIVE"
	CustomerSuspended           machine.State = "SUSPENDED"
	CustomerClosed              machine.State = "CLOSED"
)

// What can be asked of a customer.
const (
	Register           machine.Trigger = "register"
	AddAsPersonnel     machine.Trigger = "add_as_personnel"
	CustomerVerified   machine.Trigger = "verified"
	Activate           machine.Trigger = "activate"
	ActivationFinished machine.Trigger = "activation_finished"
	ActivationFailed   machine.Trigger = "activation_failed"
	Suspend            machine.Trigger = "suspend"
	Resume             machine.Trigger = "resume"
	CloseCustomer      machine.Trigger = "close"
	AmendCustomer      machine.Trigger = "amend"
)

// Rows name their states and triggers with these.
type (
	in = []machine.State
	on = []machine.Trigger
)

// CustomerTriggers gives what brings an active customer into each of the states
// that are decided about it from outside, by the state.
func CustomerTriggers() map[machine.State]machine.Trigger {
	return map[machine.State]machine.Trigger{CustomerActive: Resume, CustomerSuspended: Suspend, CustomerClosed: CloseCustomer}
}

// Customer is a person or a company on the way to an account, and its owner
// afterwards.
type Customer struct {
	machine.Life
	Type   CustomerType `json:"type"`
	Email  string       `json:"email"`
	Phone  string       `json:"phone,omitempty"`
	Person Person       `json:"person,omitzero"`
	// Company is what an organization is; nil for a person.
	Company *Company `json:"company,omitempty"`
	// MemberOf is the organization for which this person's record was made; such
	// a person has no wallet of its own.
	MemberOf string `json:"memberOf,omitempty"`
	// Name is how the customer is called: the person's full name, or the
	// company's.
	Name string `json:"name"`
	// Category is the code of the category; Features are the values that were
	// chosen for it.
	Category string            `json:"category"`
	Features map[string]string `json:"features,omitempty"`
	UserID   string            `json:"userId"`
	// WalletID is the product wallet, which carries the IBAN.
	WalletID       string `json:"walletId"`
	MasterWalletID string `json:"masterWalletId,omitempty"`
	// ActivatedBy is the user whose activation call succeeded.
	ActivatedBy string    `json:"activatedBy,omitempty"`
	ActivatedAt time.Time `json:"activatedAt,omitzero"`
	// ActivationFailure is why the latest activation failed; empty while one is
	// under way, and after one that did not.
	ActivationFailure string `json:"activationFailure,omitempty"`
	// Scenario is the name of the scenario that governs the customer and
	// everything that belongs to it, fixed when the customer is made.
	Scenario string `json:"scenario,omitempty"`
}

// Person is a natural person as registered.
type Person struct {
	ID         string `json:"id,omitempty"`
	FirstName  string `json:"firstName"`
	MiddleName string `json:"middleName,omitempty"`
	LastName   string `json:"lastName"`
	// Called is the full name as it was sent; without one it is put together.
	Called       string `json:"called,omitempty"`
	DateOfBirth  string `json:"dateOfBirth,omitempty"`
	Gender       string `json:"gender,omitempty"`
	Nationality  string `json:"nationality,omitempty"`
	PlaceOfBirth string `json:"placeOfBirth,omitempty"`
	Pincode      string `json:"pincode,omitempty"`
	// CountryCode and Names are those of the people of organizations.
	CountryCode string `json:"countryCode,omitempty"`
	Names       []Name `json:"names,omitempty"`
	// What a person lives on, as it was sent.
	Occupation    string    `json:"occupation,omitempty"`
	EmployerName  string    `json:"employerName,omitempty"`
	AnnualIncome  string    `json:"annualIncome,omitempty"`
	SourceOfFunds string    `json:"sourceOfFunds,omitempty"`
	Addresses     []Address `json:"addresses,omitempty"`
	Contacts      []Contact `json:"contacts,omitempty"`
}

// Name is a further name of a person, of the sender's own type.
type Name struct {
	Type  string `json:"type,omitempty"`
	Value string `json:"value,omitempty"`
}

// FullName joins the person's names.
func (p Person) FullName() string { return p.FirstName + " " + p.LastName }

// CheckPast refuses a day that is later than an instant. A day may come as a date or
// as an instant; that it is none before anybody's time is said by its format.
func CheckPast(day string, now time.Time) error {
	day = day[:min(len(day), len(time.DateOnly))]
	if today := now.UTC().Format(time.DateOnly); day > today {
		return fmt.Errorf("must lie in the past; the tenant's clock shows %s", today)
	}
	return nil
}

// Address is one of a person's addresses.
type Address struct {
	ID         string `json:"id,omitempty"`
	Type       string `json:"type,omitempty"`
	Street     string `json:"street,omitempty"`
	City       string `json:"city,omitempty"`
	State      string `json:"state,omitempty"`
	PostalCode string `json:"postalCode,omitempty"`
	Country    string `json:"country,omitempty"`
	IsPrimary  bool   `json:"isPrimary"`
}

// MailAddress is the type of an address for mail.
const MailAddress = "MAILING"

// ForMail reports whether the address is one for mail; all others are where somebody lives.
func (a Address) ForMail() bool { return a.Type == MailAddress }

// Contact is one way to reach a person.
type Contact struct {
	ID        string `json:"id,omitempty"`
	Type      string `json:"type,omitempty"`
	Value     string `json:"value,omitempty"`
	IsPrimary bool   `json:"isPrimary"`
}

// CustomerFacts are what the customer's table asks about others.
type CustomerFacts struct {
	CustomerID string
	Type       CustomerType
	State      machine.State
	// Verification is how the verification stands that decides about the customer;
	// its state is empty if none has been opened.
	Verification Outlook
	// Activation is the end of an activation that is under way; nil without one.
	Activation *refusal.Wait
	// Unconfirmed are the consents whose acceptance waits for its confirmation.
	Unconfirmed map[ConsentType]string
	// MissingConsents are the types that are not accepted, in their order.
	MissingConsents []ConsentType
	// Organization are the further facts about an organization; nil for a person.
	Organization *OrganizationFacts
}

// DefaultActivationFailure is the reason of an activation that fails without
// one.
const DefaultActivationFailure = "ACCOUNT_NOT_OPENED"

// activationFailures are the reasons with which an activation can fail.
func activationFailures() []string {
	return []string{DefaultActivationFailure, "IBAN_NOT_ISSUED", "COMPLIANCE_HOLD", "SYSTEM_UNAVAILABLE"}
}

// SuspensionReasons are those for which a customer can be suspended.
func SuspensionReasons() []string {
	return []string{"COMPLIANCE_REVIEW", "SUSPECTED_FRAUD", "DOCUMENT_EXPIRED", "CUSTOMER_REQUEST"}
}

// ClosingReasons are those for which a customer can be closed.
func ClosingReasons() []string {
	return []string{"CUSTOMER_REQUEST", "COMPLIANCE_REJECTED", "SUSPECTED_FRAUD", "INACTIVITY"}
}

// customerReview is what the world decides about an active customer, if a
// scenario lets it decide.
func customerReview() machine.Choice[CustomerFacts] {
	return machine.Choice[CustomerFacts]{Point: "customer.review", Options: []machine.Option{
		{Name: "SUSPENDED", Trigger: Suspend, Reasons: SuspensionReasons()},
		{Name: "CLOSED", Trigger: CloseCustomer, Reasons: ClosingReasons()},
	}}
}

// customerSuspension is how a suspension ends, if a scenario lets it end.
func customerSuspension() machine.Choice[CustomerFacts] {
	return machine.Choice[CustomerFacts]{Point: "customer.suspension", Options: []machine.Option{
		{Name: "ACTIVE", Trigger: Resume},
		{Name: "CLOSED", Trigger: CloseCustomer, Reasons: ClosingReasons()},
	}}
}

// CustomerTable is the life of a customer. An activation that fails leaves the
// customer in PENDING_ACTIVATION: that is no way back, but the same phase, in
// which the activation can be asked for again.
func CustomerTable() *machine.Table[CustomerFacts] {
	return &machine.Table[CustomerFacts]{
		Name:      "customer",
		Otherwise: refusal.PhaseOrderBroken,
		Explain:   explainActivating,
		Rows: []machine.Row[CustomerFacts]{
			{From: in{machine.None}, On: on{Register}, To: CustomerPendingVerification, Emit: "customer.created"},
			// A person who is added to an organization has nothing to activate.
			{From: in{machine.None}, On: on{AddAsPersonnel}, To: CustomerActive, Emit: "customer.created"},
			{From: in{CustomerPendingVerification}, On: on{CustomerVerified}, To: CustomerPendingActivation, Emit: "customer.updated"},
			// A further verification of a customer who is past that phase
			// changes nothing about the customer.
			{From: in{CustomerPendingActivation, CustomerActivating, CustomerActive, CustomerSuspended, CustomerClosed},
				On: on{CustomerVerified}, To: machine.Same},
			{From: in{CustomerPendingVerification, CustomerPendingActivation}, On: on{Activate}, To: CustomerActivating, Needs: activationNeeds(),
				Arms: []machine.Choice[CustomerFacts]{{
					Point: ActivationPoint, Default: "ACTIVE",
					Options: []machine.Option{
						{Name: "ACTIVE", Trigger: ActivationFinished},
						{Name: "FAILED", Trigger: ActivationFailed, Reasons: activationFailures()},
					},
				}}},
			{From: in{CustomerActivating, CustomerActive}, On: on{Activate}, Refuse: refusal.CustomerAlreadyActive},
			{From: in{CustomerSuspended, CustomerClosed}, On: on{Activate}, Refuse: refusal.CustomerNotActive},
			{From: in{CustomerActivating}, On: on{ActivationFinished}, To: CustomerActive, Emit: "customer.activated",
				Arms: []machine.Choice[CustomerFacts]{customerReview()}},
			{From: in{CustomerActivating}, On: on{ActivationFailed}, To: CustomerPendingActivation, Emit: "customer.updated"},
			{From: in{CustomerActive}, On: on{Suspend}, To: CustomerSuspended, Emit: "customer.suspended",
				Arms: []machine.Choice[CustomerFacts]{customerSuspension()}},
			{From: in{CustomerSuspended}, On: on{Resume}, To: CustomerActive, Emit: "customer.updated"},
			{From: in{CustomerActive, CustomerSuspended}, On: on{CloseCustomer}, To: CustomerClosed, Emit: "customer.updated"},
			{From: in{CustomerPendingVerification, CustomerPendingActivation, CustomerActivating, CustomerActive},
				On: on{AmendCustomer}, To: machine.Same, Emit: "customer.updated"},
		},
	}
}

// InBusiness refuses what changes anything about a customer who is suspended or
// closed, whoever asks: it can be looked at, and nothing else.
func (c *Customer) InBusiness() error {
	if e := inBusiness(c.Type, c.State); e != nil {
		return e
	}
	return nil
}

func inBusiness(t CustomerType, state machine.State) *refusal.Error {
	if state != CustomerSuspended && state != CustomerClosed {
		return nil
	}
	name := "customer"
	if t == Organization {
		name = "organization"
	}
	return refusal.New(refusal.CustomerNotActive, "the %s is %s", name, state).WithData("customerStatus", string(state))
}

// ActivationPoint is the choice of how an activation ends.
const ActivationPoint = "activation.outcome"

// explainActivating says when an activation that is under way ends.
func explainActivating(f CustomerFacts, e *refusal.Error) {
	if f.Activation == nil {
		return
	}
	e.Details += "; the activation ends " + f.Activation.When()
	_ = e.SuggestWaiting(*f.Activation, "getCustomerWallets", "customerId", f.CustomerID)
}
