package control

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/fixtures"
	"finhub-sandbox/internal/sandbox/world"
)

type customerView struct {
	CustomerID         string        `json:"customerId"`
	Kind               string        `json:"kind"`
	State              machine.State `json:"state"`
	Since              time.Time     `json:"since"`
	Name               string        `json:"name"`
	Email              string        `json:"email"`
	Phone              string        `json:"phone,omitempty"`
	DateOfBirth        string        `json:"dateOfBirth,omitempty"`
	Nationality        string        `json:"nationality,omitempty"`
	Country            string        `json:"country,omitempty"`
	RegistrationNumber string        `json:"registrationNumber,omitempty"`
	Category           string        `json:"category"`
	Scenario           string        `json:"scenario"`
	MemberOf           string        `json:"memberOf,omitempty"`
	UserID             string        `json:"userId"`
	Username           string        `json:"username"`
	TemporaryPassword  string        `json:"temporaryPassword,omitempty"`
	WalletID           string        `json:"walletId,omitempty"`
	WalletStatus       machine.State `json:"walletStatus,omitempty"`
	IBAN               string        `json:"iban,omitempty"`
	VerificationID     string        `json:"verificationId,omitempty"`
	VerificationStatus machine.State `json:"verificationStatus,omitempty"`
	Reason             string        `json:"reason,omitempty"`
	CreatedAt          time.Time     `json:"createdAt"`
}

func viewCustomer(act *world.Act, o customers.Overview) customerView {
	c := o.Customer
	v := customerView{
		CustomerID: c.ID, Kind: strings.ToLower(string(c.Type)), State: c.State, Since: c.Since, Name: c.Name, Email: c.Email, Phone: c.Phone,
		DateOfBirth: c.Person.DateOfBirth, Nationality: c.Person.Nationality, Country: customers.DescribedCustomer(act.Unit, c).Country, Category: c.Category, Scenario: world.Governing(act, c).Name, MemberOf: c.MemberOf, UserID: c.UserID, CreatedAt: c.Created,
	}
	if c.Company != nil {
		v.RegistrationNumber = c.Company.RegistrationNumber
	}
	if o.User != nil {
		v.Username = o.User.Username
	}
	if o.Wallet != nil {
		v.WalletID, v.WalletStatus, v.IBAN = o.Wallet.ID, o.Wallet.State, o.Wallet.IBAN
	}
	if o.Verification != nil {
		v.VerificationID, v.VerificationStatus, v.Reason = o.Verification.ID, o.Verification.State, o.Verification.Reason
	}
	return v
}

// readKind reads a kind of customer; empty is none.
func readKind(word string) onboarding.CustomerType {
	return onboarding.CustomerType(strings.ToUpper(word))
}

// createCustomers makes customers in a state, each in an act of its own. It refuses as
// fixtures.Make does; of those that were made before, the refusal says how many.
func (a *API) createCustomers(c *rest.Call) (rest.Reply, error) {
	in, views := readFixture(c.Body), []customerView{}
	for range in.Count {
		view, err := world.Do(c.Context(), a.world, operator(c), func(act *world.Act) (customerView, error) {
			c.Instant = act.Now()
			made, err := fixtures.Make(act, in)
			if err != nil {
				return customerView{}, err
			}
			view := viewCustomer(act, made.Overview)
			view.TemporaryPassword = made.Password
			return view, nil
		})
		if err != nil {
			return rest.Reply{}, afterSome(err, len(views), in.Count)
		}
		views = append(views, view)
	}
	return rest.Reply{Data: map[string]any{"tenant": c.Tenant, "customers": views}}, nil
}

// afterSome adds to a refusal how many customers were made before it.
func afterSome(err error, made, count int) error {
	var e *refusal.Error
	if made > 0 && errors.As(err, &e) {
		e.Details = fmt.Sprintf("%d of %d customers were made; %s", made, count, cmp.Or(e.Details, e.Text()))
	}
	return err
}

func readFixture(b rest.Body) fixtures.Request {
	return fixtures.Request{
		Type: readKind(cmp.Or(b.Str("kind"), string(onboarding.Individual))), State: machine.State(cmp.Or(b.Str("state"), string(onboarding.CustomerActive))),
		Category: b.Str("category"), Scenario: b.Str("scenario"), Reason: b.Str("reason"), Count: max(1, int(b.Int("count"))),
		Email: b.Str("email"), Phone: b.Str("phone"), Password: b.Str("password"), Country: b.Str("country"),
		FirstName: b.Str("firstName"), LastName: b.Str("lastName"), DateOfBirth: b.Str("dateOfBirth"), Nationality: b.Str("nationality"),
		LegalName: b.Str("legalName"), RegistrationNumber: b.Str("registrationNumber"),
	}
}

// mostCustomers is how many customers are shown if the call says nothing.
const mostCustomers = 100

// listCustomers shows a page of the tenant's customers that fit.
func listCustomers(c *rest.Call, act *world.Act) (rest.Reply, error) {
	s := customers.Search{
		Type: readKind(c.Query("kind")), State: machine.State(c.Query("state")), Category: c.Query("category"), Scenario: c.Query("scenario"), Text: c.Query("text"),
		MemberOf: machine.CanonicalID(c.Query("memberOf")), After: machine.CanonicalID(c.Query("after")), Limit: c.QueryInt("limit", mostCustomers),
	}
	if s.State != "" {
		if err := fixtures.CheckState(string(s.State)); err != nil {
			return rest.Reply{}, err
		}
	}
	list, next := customers.SearchCustomers(act, s)
	views := []customerView{}
	for _, o := range list {
		views = append(views, viewCustomer(act, o))
	}
	data := map[string]any{"tenant": c.Tenant, "customers": views}
	if next != "" {
		data["next"] = next
	}
	return rest.Reply{Data: data}, nil
}

type dossierView struct {
	Tenant        string         `json:"tenant"`
	Customer      customerView   `json:"customer"`
	Verifications []partView     `json:"verifications"`
	Documents     []partView     `json:"documents"`
	Consents      []partView     `json:"consents"`
	People        []partView     `json:"people"`
	Pending       []decisionView `json:"pending"`
}

// partView is something that belongs to a customer.
type partView struct {
	ID         string        `json:"id"`
	Name       string        `json:"name"`
	Who        string        `json:"who,omitempty"`
	CustomerID string        `json:"customerId,omitempty"`
	State      machine.State `json:"state"`
	Since      time.Time     `json:"since"`
	Reason     string        `json:"reason,omitempty"`
}

type decisionView struct {
	Entity string       `json:"entity"`
	ID     string       `json:"id"`
	Point  string       `json:"point"`
	Option string       `json:"option"`
	Reason string       `json:"reason,omitempty"`
	Due    time.Time    `json:"due,omitzero"`
	Reads  int          `json:"reads,omitzero"`
	Rule   machine.Rule `json:"rule,omitzero"`
}

func viewPart(life machine.Life, name, reason string) partView {
	return partView{ID: life.ID, Name: name, State: life.State, Since: life.Since, Reason: reason}
}

// getCustomer shows a customer with what belongs to it. It refuses with
// CUSTOMER_NOT_FOUND.
func getCustomer(c *rest.Call, act *world.Act) (rest.Reply, error) {
	d, err := customers.DossierOf(act, c.Path("customerId"))
	if err != nil {
		return rest.Reply{}, err
	}
	view := dossierView{
		Tenant: c.Tenant, Customer: viewCustomer(act, d.Overview), Verifications: []partView{}, Documents: []partView{}, Consents: []partView{},
		People: []partView{}, Pending: []decisionView{},
	}
	for _, v := range d.Verifications {
		view.Verifications = append(view.Verifications, viewPart(v.Life, v.Type, v.Reason))
	}
	for _, document := range d.Documents {
		view.Documents = append(view.Documents, viewPart(document.Life, document.Type, document.Reason))
	}
	for _, consent := range d.Consents {
		view.Consents = append(view.Consents, viewPart(consent.Life, string(consent.Type), ""))
	}
	for _, p := range d.Personnel {
		person := viewPart(p.Life, string(p.Position), "")
		person.Who, person.CustomerID = p.Person.FullName(), p.CustomerID
		view.People = append(view.People, person)
	}
	for _, p := range d.Pending {
		view.Pending = append(view.Pending, decisionView{p.Entity, p.ID, p.Point, p.Option, p.Reason, p.Due, p.Reads, p.Rule})
	}
	return rest.Reply{Data: &view}, nil
}
