package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"finhub-sandbox/internal/client"
)

type customerCommands struct {
	Create customerCreateCommand `cmd:"" help:"Make customers who are in a state already."`
	List   customerListCommand   `cmd:"" default:"withargs" help:"List the customers of a tenant."`
	Show   customerShowCommand   `cmd:"" help:"Show a customer, with what is pending."`
}

type customerCreateCommand struct {
	remote
	State              string `arg:"" optional:"" help:"State of the customer, or of its verification: PENDING_VERIFICATION, PENDING, IN_PROGRESS, APPROVED, REJECTED, EXPIRED, PENDING_ACTIVATION, ACTIVATING, ACTIVE, SUSPENDED, CLOSED." default:"ACTIVE" placeholder:"STATE"`
	Kind               string `help:"Kind of customer: ${enum}." enum:"individual,organization" default:"individual"`
	Count              int    `help:"How many." short:"n" default:"1" placeholder:"N"`
	Category           string `help:"Code or database id of the category." placeholder:"CATEGORY"`
	Scenario           string `help:"Scenario that governs them." placeholder:"NAME"`
	Reason             string `help:"Why they are in the state, if it has reasons." placeholder:"REASON"`
	Email              string `help:"E-mail of the one customer." placeholder:"EMAIL"`
	Phone              string `help:"Phone number." placeholder:"NUMBER"`
	Password           string `help:"Password of the users; made up if left out, and shown with --json." placeholder:"PASSWORD"`
	Country            string `help:"Country where they live." placeholder:"COUNTRY"`
	FirstName          string `help:"First name of a person." placeholder:"NAME"`
	LastName           string `help:"Last name of a person." placeholder:"NAME"`
	DateOfBirth        string `help:"Date of birth of a person." placeholder:"DATE"`
	Nationality        string `help:"Nationality of a person." placeholder:"COUNTRY"`
	LegalName          string `help:"Name of an organization." placeholder:"NAME"`
	RegistrationNumber string `help:"Registration number of the one organization." placeholder:"NUMBER"`
}

type customerListCommand struct {
	remote
	Kind     string `help:"Customers of this kind: individual or organization." placeholder:"KIND"`
	State    string `help:"Customers in this state, or whose verification is." placeholder:"STATE"`
	Category string `help:"Customers of this category." placeholder:"CODE"`
	Scenario string `help:"Customers whom this scenario governs." placeholder:"NAME"`
	Text     string `help:"Customers with this text in id, name, e-mail, phone or registration number." placeholder:"TEXT"`
	MemberOf string `help:"The people of this organization." placeholder:"ID"`
	Limit    int    `help:"At most so many." default:"100" placeholder:"N"`
}

type customerShowCommand struct {
	remote
	ID string `arg:"" help:"Id of the customer." placeholder:"ID"`
}

// batch is how many customers are asked for in one call: few enough for a bar that
// moves.
const batch = 100

func (c customerCreateCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	if c.Count < 1 {
		return fail(stderr, exitUsage, "--count must be at least 1")
	}
	all := client.MadeCustomers{Customers: []client.CustomerOverview{}}
	bar := newProgress(stderr, c.Count)
	for len(all.Customers) < c.Count {
		made, err := c.create(ctx, min(batch, c.Count-len(all.Customers)))
		if err != nil {
			bar.end()
			if n := len(all.Customers); n > 0 {
				return fail(stderr, exitOf(err), fmt.Sprintf("%d of %d customers were made; %v", n, c.Count, err))
			}
			return fail(stderr, exitOf(err), err.Error())
		}
		all.Tenant, all.Customers = made.Tenant, append(all.Customers, made.Customers...)
		bar.at(len(all.Customers))
	}
	bar.end()
	reply, err := json.Marshal(all)
	return show(c.remote, client.Reply[client.MadeCustomers](reply), err, stdout, stderr, printMade)
}

// create makes some customers. An e-mail that cannot be given for all of them is
// refused by the sandbox, which is told how many there are.
func (c customerCreateCommand) create(ctx context.Context, count int) (client.MadeCustomers, error) {
	body := client.CustomerFixture{"kind": c.Kind, "state": c.State, "count": count}
	for member, value := range map[string]string{
		"category": c.Category, "scenario": c.Scenario, "reason": c.Reason, "email": c.Email, "phone": c.Phone, "password": c.Password, "country": c.Country,
		"firstName": c.FirstName, "lastName": c.LastName, "dateOfBirth": c.DateOfBirth, "nationality": c.Nationality,
		"legalName": c.LegalName, "registrationNumber": c.RegistrationNumber,
	} {
		if value != "" {
			body[member] = value
		}
	}
	reply, err := client.CreateCustomers.Call(ctx, c.client(), body)
	if err != nil {
		return client.MadeCustomers{}, err
	}
	return reply.Decode()
}

// mostShown is how many customers are worth a table.
const mostShown = 20

func printMade(p *printer, made client.MadeCustomers) {
	if n := len(made.Customers); n > mostShown {
		p.line("%d customers were made in tenant %s; customer list shows them", n, made.Tenant)
		return
	}
	printCustomers(p, made.Customers)
}

func printCustomers(p *printer, list []client.CustomerOverview) {
	rows := make([][]string, 0, len(list))
	for i := range list {
		c := &list[i]
		rows = append(rows, []string{c.CustomerID, c.Kind, c.State, c.VerificationStatus, c.Scenario, c.Email, c.Name})
	}
	p.table([]string{"CUSTOMER", "KIND", "STATE", "VERIFICATION", "SCENARIO", "EMAIL", "NAME"}, rows)
}

// mostInPage is the largest page that the sandbox gives.
const mostInPage = 1000

func (c customerListCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	if c.Limit < 1 {
		return fail(stderr, exitUsage, "--limit must be at least 1")
	}
	all, more := client.CustomerPage{Customers: []client.CustomerOverview{}}, true
	for more && len(all.Customers) < c.Limit {
		reply, err := client.ListCustomers.With(map[string]string{
			"kind": c.Kind, "state": c.State, "category": c.Category, "scenario": c.Scenario, "text": c.Text, "memberOf": c.MemberOf,
			"after": all.Next, "limit": strconv.Itoa(min(mostInPage, c.Limit-len(all.Customers))),
		}).Call(ctx, c.client(), nil)
		var page client.CustomerPage
		if err == nil {
			page, err = reply.Decode()
		}
		if err != nil {
			return fail(stderr, exitOf(err), err.Error())
		}
		all.Tenant, all.Next, more = page.Tenant, page.Next, page.Next != ""
		all.Customers = append(all.Customers, page.Customers...)
	}
	reply, err := json.Marshal(all)
	return show(c.remote, client.Reply[client.CustomerPage](reply), err, stdout, stderr, func(p *printer, page client.CustomerPage) {
		if len(page.Customers) == 0 {
			p.line("tenant %s has no such customers", page.Tenant)
			return
		}
		printCustomers(p, page.Customers)
		if page.Next != "" {
			p.line("there may be more: --limit shows them")
		}
	})
}

func (c customerShowCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	reply, err := client.GetCustomer.Call(ctx, c.client(), nil, c.ID)
	return show(c.remote, reply, err, stdout, stderr, printDossier)
}

func printDossier(p *printer, d client.CustomerDossier) {
	c := d.Customer
	p.pairs([][2]string{
		{"customer", c.CustomerID}, {"kind", c.Kind}, {"state", c.State + ", since " + c.Since}, {"name", c.Name}, {"email", c.Email}, {"phone", c.Phone},
		{"registration number", c.RegistrationNumber}, {"category", c.Category}, {"scenario", c.Scenario}, {"member of", c.MemberOf},
		{"user", c.UserID + ", " + c.Username}, {"wallet", c.WalletID}, {"wallet status", c.WalletStatus}, {"iban", c.Iban},
	}...)
	var rows [][]string
	for _, group := range []struct {
		name  string
		parts []client.CustomerPart
	}{{"verification", d.Verifications}, {"document", d.Documents}, {"consent", d.Consents}, {"person", d.People}} {
		for i := range group.parts {
			part := &group.parts[i]
			rows = append(rows, []string{group.name, part.ID, part.Name, part.State, part.Reason, part.Who})
		}
	}
	if len(rows) > 0 {
		p.table([]string{"WHAT", "ID", "TYPE", "STATE", "REASON", "WHO"}, rows)
	}
	for i := range d.Pending {
		p.line("pending: %s", pendingText(&d.Pending[i]))
	}
}

func pendingText(d *client.CustomerDecision) string {
	text := fmt.Sprintf("%s of %s %s will be %s", d.Point, d.Entity, d.ID, d.Option)
	if d.Reason != "" {
		text += " (" + d.Reason + ")"
	}
	if d.Due == "" {
		return text + fmt.Sprintf(" after %d more looks", d.Reads)
	}
	return text + " at " + d.Due
}
