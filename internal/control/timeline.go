package control

import (
	"cmp"
	"slices"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/journal"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/timeline"
	"finhub-sandbox/internal/sandbox/webhooks"
	"finhub-sandbox/internal/sandbox/world"
)

type timelineView struct {
	Tenant     string         `json:"tenant"`
	CustomerID string         `json:"customerId"`
	State      machine.State  `json:"state"`
	Now        time.Time      `json:"now"`
	Entries    []happenedView `json:"entries"`
	Omitted    int            `json:"omitted"`
	Pending    []pendingView  `json:"pending"`
}

// happenedView is one thing that has happened.
type happenedView struct {
	At   time.Time `json:"at"`
	Type string    `json:"type"`
	// Number is that of the request, of the event, or of the attempt.
	Number  int64          `json:"number"`
	What    string         `json:"what"`
	ID      string         `json:"id,omitzero"`
	State   machine.State  `json:"state,omitzero"`
	Status  int            `json:"status,omitzero"`
	Refusal string         `json:"refusal,omitzero"`
	By      string         `json:"by,omitzero"`
	Reason  string         `json:"reason,omitzero"`
	Rules   []machine.Rule `json:"rules,omitzero"`
}

// mostHappened is how much is shown if the call says nothing.
const mostHappened = 200

// showTimeline tells what has happened to a customer, in one order, and what is pending.
// It refuses with CUSTOMER_NOT_FOUND.
func (a *API) showTimeline(c *rest.Call) (rest.Reply, error) {
	view, err := world.Show(c.Context(), a.world, operator(c), func(act *world.Act) (*timelineView, error) {
		customer, err := customers.FindCustomer(act, c.Path("customerId"))
		if err != nil {
			return nil, err
		}
		view := &timelineView{Tenant: act.Tenant(), CustomerID: customer.ID, State: customer.State, Now: act.Now()}
		events, omitted := act.EventsOf(customer.ID, 0, timeline.MaxEvents)
		attempts, err := attemptsOf(act, customer.ID)
		if err != nil {
			return nil, err
		}
		happened := inOrder(a.requestsOf(act.Tenant(), customer.ID), a.viewEvents(events))
		happened = append(happened, attempts...)
		slices.SortStableFunc(happened, func(a, b happenedView) int { return a.At.Compare(b.At) })
		more := max(0, len(happened)-c.QueryInt("limit", mostHappened))
		view.Entries, view.Omitted = happened[more:], omitted+more
		pending, err := timeline.PendingOf(act, timeline.Things(act, customer.ID))
		view.Pending = viewPending(c, pending)
		return view, err
	})
	return rest.Reply{Data: view}, err
}

// requestsOf are the journal's requests of a customer that have happened on the tenant's
// clock.
func (a *API) requestsOf(tenant, customer string) []journal.Entry {
	if a.info.Journal == nil {
		return nil
	}
	list := a.info.Journal.Entries(tenant, journal.Filter{Customer: customer}).Entries
	return slices.DeleteFunc(list, func(e journal.Entry) bool { return e.Instant == nil })
}

func (a *API) viewEvents(events []engine.Event) []happenedView {
	points := map[string]bool{}
	for _, m := range a.world.Engine().Machines() {
		for _, t := range m.Transitions {
			for _, choice := range t.Choices {
				points[choice.Point] = true
			}
		}
	}
	views := make([]happenedView, 0, len(events))
	for i := range events {
		e := &events[i]
		v := happenedView{At: e.At, Type: "event", Number: e.Seq, What: e.Type, ID: e.ID, State: e.State, By: e.By, Reason: e.Reason}
		if points[e.By] {
			v.Type = "decision"
		}
		if e.Rule != (machine.Rule{}) {
			v.Rules = []machine.Rule{e.Rule}
		}
		views = append(views, v)
	}
	return views
}

// inOrder puts requests and events in the order in which they happened. A request that
// changes something knows behind which event it began; one that only reads stands behind
// the events up to its instant, but for those that are behind the next change.
func inOrder(requests []journal.Entry, events []happenedView) (list []happenedView) {
	slices.SortStableFunc(requests, func(a, b journal.Entry) int { return cmp.Compare(a.Number, b.Number) })
	next := func(until func(happenedView) bool) {
		for len(events) > 0 && until(events[0]) {
			list, events = append(list, events[0]), events[1:]
		}
	}
	for i := range requests {
		r := &requests[i]
		change := slices.IndexFunc(requests[i:], func(e journal.Entry) bool { return e.Behind >= 0 })
		next(func(e happenedView) bool {
			return (change < 0 || e.Number <= requests[i+change].Behind) && (r.Behind >= 0 || !e.At.After(*r.Instant))
		})
		list = append(list, happenedView{
			At: *r.Instant, Type: "request", Number: r.Number, What: cmp.Or(r.Operation, r.Method+" "+r.Path), Status: r.Status, Refusal: r.Refusal, By: r.Caller, Rules: r.Rules,
		})
	}
	return append(list, events...)
}

// attemptsOf are the attempts to tell somebody of the customer's events.
func attemptsOf(act *world.Act, customer string) (views []happenedView, err error) {
	list, err := webhooks.AllDeliveries(act, webhooks.Filter{})
	for _, d := range list {
		if d.CustomerID != customer {
			continue
		}
		for _, attempt := range d.Attempts {
			v := happenedView{At: attempt.At, Type: "delivery", Number: int64(attempt.Number), What: d.EventType, ID: d.ID, State: d.State, Status: attempt.Status, Reason: attempt.Error}
			views = append(views, v)
		}
	}
	return views, err
}
