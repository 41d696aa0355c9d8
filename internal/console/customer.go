package console

import (
	"fmt"
	"slices"
	"time"

	"finhub-sandbox/internal/client"
	"finhub-sandbox/internal/console/diagram"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/timeline"
	"finhub-sandbox/internal/sandbox/world"
)

type customerPage struct {
	client.CustomerDossier
	Machines []drawnMachine
	// Step is the call that comes next, with what it needs; nil if there is none.
	Step     *client.Explanation
	Timeline []happening
	Omitted  int
	Pending  []client.PendingThing
	Wallet   *walletView
	Things   []thingView
	Owners   []onboarding.Owner
	UBOs     []customers.UBO
	Buttons  []*button
}

// happening is an entry of the timeline, behind how long nothing happened.
type happening struct {
	client.TimelineEntry
	Idle string
}

type walletView struct {
	*payments.Wallet
	Total, Available, Held string
	Ledger                 []*payments.Transaction
	Omitted                int64
}

// thingView is something else that belongs to a customer.
type thingView struct {
	Kind, ID, What string
	State          machine.State
	Since          time.Time
}

func customerOne(v *visit) (string, any, error) {
	p, id := &customerPage{}, v.request.PathValue("id")
	if err := v.get(fill("/customers/{id}", func(string) string { return escape(id) }), nil, &p.CustomerDossier); err != nil {
		return "", nil, err
	}
	c := &p.Customer
	var told client.Timeline
	if err := v.get("/customers/"+escape(c.CustomerID)+"/timeline", nil, &told); err != nil {
		return "", nil, err
	}
	p.Pending, p.Omitted, p.Timeline = told.Pending, told.Omitted, fold(told.Entries)
	if operation := nextStep(c); operation != "" {
		p.Step = &client.Explanation{}
		if err := v.get("/explain", some("operation", operation, "customer", c.CustomerID), p.Step); err != nil {
			return "", nil, err
		}
	}
	err := v.look(p.read)
	p.Buttons = v.customerButtons(c)
	return c.Name, p, err
}

// nextStep is the operation for which a customer in a state is on its way.
func nextStep(c *client.CustomerOverview) string {
	switch machine.State(c.State) {
	case onboarding.CustomerClosed:
		return ""
	case onboarding.CustomerActive, onboarding.CustomerSuspended:
		if c.WalletID == "" {
			return ""
		}
		return "createBeneficiary"
	}
	if c.Kind == "organization" {
		return "activateOrganization"
	}
	return "activateIndividual"
}

// longIdle is from where on it is told how long nothing happened.
const longIdle = time.Hour

// fold tells between entries how long nothing happened, where that was long.
func fold(entries []client.TimelineEntry) (list []happening) {
	var before time.Time
	for _, e := range entries {
		h := happening{TimelineEntry: e}
		at, err := time.Parse(time.RFC3339Nano, e.At)
		if err == nil {
			if idle := at.Sub(before); !before.IsZero() && idle >= longIdle {
				h.Idle = machine.DelayText(idle.Round(time.Minute))
			}
			before = at
		}
		list = append(list, h)
	}
	return list
}

// read reads what no control call shows.
func (p *customerPage) read(act *world.Act) error {
	customer, err := customers.FindCustomer(act, p.Customer.CustomerID)
	if err != nil {
		return err
	}
	events, _ := act.EventsOf(customer.ID, 0, timeline.MaxEvents)
	p.draw(act.Engine(), events, "customer", customer.ID, customer.State)
	if v := customers.LatestVerification(act, customer.ID); v != nil {
		p.draw(act.Engine(), events, "verification", v.ID, v.State)
	}
	if w := act.Wallets.Get(act.Unit, customer.WalletID); w != nil {
		p.draw(act.Engine(), events, "wallet", w.ID, w.State)
		p.Wallet = viewWallet(act, w)
	}
	for _, t := range timeline.Things(act, customer.ID) {
		if one, ok := viewThing(act, t); ok {
			p.Things = append(p.Things, one)
		}
	}
	if customer.Type != onboarding.Organization {
		return nil
	}
	d, err := customers.DossierOf(act, customer.ID)
	for _, member := range d.Personnel {
		if member.Owner != nil {
			p.Owners = append(p.Owners, *member.Owner)
		}
	}
	if err != nil {
		return err
	}
	owned, err := customers.GetOwnership(act, customer.ID)
	p.UBOs = owned.UBOs
	return err
}

// draw draws the machine of a thing, with the way that it came.
func (p *customerPage) draw(e *engine.Engine, events []engine.Event, kind, id string, state machine.State) {
	m, ok := tableOf(e, kind)
	if !ok {
		return
	}
	marks := diagram.Marks{Here: state, Taken: map[diagram.Step]bool{}}
	from := machine.None
	step := func(to machine.State) {
		for _, next := range between(m, from, to) {
			marks.Taken[diagram.Step{From: from, To: next}] = true
			from = next
		}
	}
	for i := range events {
		if e := &events[i]; e.Entity == kind && e.ID == id {
			step(e.State)
		}
	}
	step(state)
	p.Machines = append(p.Machines, draw(m, marks))
}

// between are the states behind one on the shortest way to another: not every step of a
// way is told as an event.
func between(m machine.Description, from, to machine.State) []machine.State {
	ways := map[machine.State][]machine.State{from: {}}
	for queue := []machine.State{from}; len(queue) > 0 && ways[to] == nil; queue = queue[1:] {
		for _, t := range m.Transitions {
			if t.To != "" && ways[t.To] == nil && slices.Contains(t.From, queue[0]) {
				ways[t.To] = append(slices.Clone(ways[queue[0]]), t.To)
				queue = append(queue, t.To)
			}
		}
	}
	return ways[to]
}

// mostLines is how many lines of a ledger are shown, the newest.
const mostLines = 25

func viewWallet(act *world.Act, w *payments.Wallet) *walletView {
	amount := func(minor int64) string { return money.Amount{Minor: minor, Currency: w.Currency}.String() }
	view := &walletView{Wallet: w, Total: amount(w.Balance), Available: amount(w.Balance - w.Reserved - w.Pending), Held: amount(w.Reserved + w.Pending)}
	for number := w.Transactions; number > 0 && len(view.Ledger) < mostLines; number-- {
		if t := accounts.Transaction(act, w, number); t != nil {
			view.Ledger = append(view.Ledger, t)
		}
	}
	view.Omitted = w.Transactions - int64(len(view.Ledger))
	return view
}

// viewThing tells of orders and what they rest on, which no list of the dossier has.
func viewThing(act *world.Act, t timeline.Thing) (view thingView, ok bool) {
	view = thingView{Kind: t.Kind, ID: t.ID}
	switch t.Kind {
	case "order":
		if o := act.Orders.Get(act.Unit, t.ID); o != nil {
			view.What = fmt.Sprintf("%s %s to %s", o.Operation, o.Amount, o.Counterparty)
			if o.Reference != "" {
				view.What += ", " + o.Reference
			}
		}
	case "beneficiary":
		if b := act.Beneficiaries.Get(act.Unit, t.ID); b != nil {
			view.Kind, view.What = "payee", b.Name+" "+b.IBAN
		}
	case "payment_consent":
		if c := act.PaymentConsents.Get(act.Unit, t.ID); c != nil {
			view.Kind, view.What = "payment consent", string(c.Operation)+" "+c.Title
		}
	default:
		return view, false
	}
	if life := act.Life(t.Kind, t.ID); life != nil {
		view.State, view.Since, ok = life.State, life.Since, true
	}
	return view, ok
}

// customerButtons are what an operator can do to a customer in its state.
func (v *visit) customerButtons(c *client.CustomerOverview) (list []*button) {
	set := func(what, id, status, label string, reasons []string) *button {
		said := [][2]string{{what + "Id", id}, {"status", status}}
		if reasons == nil {
			return v.button("set-"+what+"-status", label, said)
		}
		return v.button("set-"+what+"-status", label, said, field{Name: "reason", Label: "Reason", Options: append([]string{""}, reasons...)})
	}
	id, wallet := c.CustomerID, c.WalletID
	switch machine.State(c.State) {
	case onboarding.CustomerActive:
		list = append(list, set("customer", id, "SUSPENDED", "Suspend", onboarding.SuspensionReasons()))
	case onboarding.CustomerSuspended:
		list = append(list, set("customer", id, "ACTIVE", "Resume", nil))
	default:
		return nil
	}
	list = append(list, set("customer", id, "CLOSED", "Close", onboarding.ClosingReasons()).grave())
	switch machine.State(c.WalletStatus) {
	case payments.WalletActive:
		list = append(list,
			v.button("fund-wallet", "Put money on the wallet", [][2]string{{"walletId", wallet}}, field{Name: "amount", Label: "Amount", Value: "100.00", Required: true}),
			set("wallet", wallet, "SUSPENDED", "Suspend the wallet", payments.WalletReasons()))
	case payments.WalletSuspended:
		list = append(list, set("wallet", wallet, "ACTIVE", "Resume the wallet", nil))
	}
	return list
}
