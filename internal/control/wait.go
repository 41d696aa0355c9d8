package control

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/explain"
	"finhub-sandbox/internal/sandbox/government"
	"finhub-sandbox/internal/sandbox/timeline"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/scenario"
)

type waitView struct {
	Tenant  string        `json:"tenant"`
	Reached bool          `json:"reached"`
	Now     time.Time     `json:"now"`
	Kind    string        `json:"kind"`
	ID      string        `json:"id,omitzero"`
	State   machine.State `json:"state,omitzero"`
	Event   *engine.Event `json:"event,omitempty"`
	Pending []pendingView `json:"pending"`
}

// pendingView is something that is still to happen, and the calls that bring it.
type pendingView struct {
	Kind     string            `json:"kind"`
	ID       string            `json:"id"`
	State    machine.State     `json:"state"`
	Point    string            `json:"point"`
	Option   string            `json:"option,omitzero"`
	Waits    string            `json:"waits"`
	Due      *time.Time        `json:"due,omitzero"`
	Deadline bool              `json:"deadline,omitzero"`
	Rule     machine.Rule      `json:"rule,omitzero"`
	Calls    []rest.Suggestion `json:"calls"`
}

func viewPending(c *rest.Call, list []timeline.Pending) []pendingView {
	views := []pendingView{}
	for _, p := range list {
		v := pendingView{
			Kind: p.Kind, ID: p.ID, State: p.State, Point: p.Point, Option: p.Option, Waits: p.Waits, Deadline: p.Deadline, Rule: p.Rule,
			Calls: []rest.Suggestion{},
		}
		if !p.Due.IsZero() {
			v.Due = &p.Due
		}
		for _, call := range p.Calls {
			if s, ok := c.Suggestion(call); ok {
				v.Calls = append(v.Calls, s)
			}
		}
		views = append(views, v)
	}
	return views
}

// awaited is what a call waits for: a state of a thing, or an event.
type awaited struct {
	timeline.Thing
	state machine.State
	event string
	// customer is whose event it is; empty is anybody's.
	customer string
	// after is the number of the last event that has been looked at.
	after int64
}

// mostWaited is how long a call waits if it says nothing.
const mostWaited = 10 * time.Second

// waitFor waits until a thing is in a state, or an event has happened, as long as it is
// told, in real time. It refuses with the NOT_FOUND of the thing.
func (a *API) waitFor(c *rest.Call) (rest.Reply, error) {
	w, err := a.readAwaited(c)
	if err != nil {
		return rest.Reply{}, err
	}
	within := mostWaited
	if text := c.Query("within"); text != "" {
		if within, err = machine.ParseDelay(text); err != nil {
			return rest.Reply{}, err
		}
	}
	ctx, cancel := context.WithTimeout(c.Context(), within)
	defer cancel()
	var view waitView
	err = a.world.Engine().Await(ctx, c.Tenant, func() (seen bool, err error) {
		// What is looked at is shown, also where the time is over before that.
		err = a.world.Engine().Read(context.WithoutCancel(ctx), c.Tenant, func(u *engine.Unit) (err error) {
			view, err = w.look(u)
			return err
		})
		return view.Reached, err
	})
	if errors.Is(err, context.DeadlineExceeded) && c.Context().Err() == nil {
		view.Pending, err = a.pendingFor(c, w)
	}
	return rest.Reply{Data: &view}, err
}

// readAwaited reads for what a call waits.
func (a *API) readAwaited(c *rest.Call) (*awaited, error) {
	w := &awaited{
		Thing: timeline.Thing{Kind: c.Query("kind"), ID: machine.CanonicalID(c.Query("id"))}, state: machine.State(c.Query("state")),
		event: c.Query("event"), customer: machine.CanonicalID(c.Query("customer")), after: int64(c.QueryInt("after", 0)),
	}
	wrong := func(field, message string) error {
		return refusal.Invalid([]refusal.Fault{{Field: "query." + field, Message: message}})
	}
	if w.event != "" {
		if known := a.world.Engine().Events(); !slices.Contains(known, w.event) {
			return nil, wrong("event", w.event+" is no event; there are "+scenario.DidYouMean(w.event, known))
		}
		if w.Kind != "" || w.ID != "" || w.state != "" {
			return nil, wrong("event", "is waited for by itself, and not beside kind, id and state")
		}
		w.Kind = "event"
		return w, nil
	}
	switch {
	case w.Kind == "" || w.ID == "" || w.state == "":
		return nil, wrong(cmp.Or(missing("kind", w.Kind), missing("id", w.ID), "state"), "is needed: a thing is waited for by kind, id and state, and an event by event")
	case w.customer != "" || w.after != 0:
		return nil, wrong("event", "is needed beside customer and after")
	}
	for _, d := range a.world.Engine().Machines() {
		if d.Name == w.Kind && !slices.Contains(d.States, w.state) {
			return nil, wrong("state", string(w.state)+" is no state of a "+w.Kind+"; there are "+scenario.DidYouMean(string(w.state), words(d.States)))
		}
	}
	return w, nil
}

func missing(name, value string) string {
	if value == "" {
		return name
	}
	return ""
}

func words(states []machine.State) (list []string) {
	for _, s := range states {
		list = append(list, string(s))
	}
	return list
}

// look looks whether it is so by now.
func (w *awaited) look(u *engine.Unit) (waitView, error) {
	view := waitView{Tenant: u.Tenant(), Now: u.Now(), Kind: w.Kind, ID: w.ID, Pending: []pendingView{}}
	if w.event != "" {
		view.Event = w.lookForEvent(u)
		view.Reached = view.Event != nil
		return view, nil
	}
	life := u.Life(w.Kind, w.ID)
	if life == nil {
		return view, refusal.New(refusal.Code(strings.ToUpper(w.Kind)+"_NOT_FOUND"), "the tenant has no %s %s", w.Kind, w.ID)
	}
	view.State, view.Reached = life.State, life.State == w.state
	return view, nil
}

func (w *awaited) lookForEvent(u *engine.Unit) *engine.Event {
	const some = 1_000
	for {
		list := u.Events(w.after, some)
		for i := range list {
			if list[i].Type == w.event && (w.customer == "" || list[i].Customer == w.customer) {
				return &list[i]
			}
			w.after = list[i].Seq
		}
		if len(list) < some {
			return nil
		}
	}
}

// pendingFor tells what was pending instead.
func (a *API) pendingFor(c *rest.Call, w *awaited) ([]pendingView, error) {
	return world.Show(context.WithoutCancel(c.Context()), a.world, operator(c), func(act *world.Act) ([]pendingView, error) {
		things := []timeline.Thing{w.Thing}
		customer := w.customer
		if w.Kind == world.CustomerName {
			customer = w.ID
		}
		if w.event != "" && customer == "" {
			return viewPending(c, timeline.PendingAnywhere(act)), nil
		}
		if customer != "" {
			things = timeline.Things(act, customer)
		}
		list, err := timeline.PendingOf(act, things)
		if err != nil {
			return nil, err
		}
		unmet, err := w.unmet(act)
		return append(viewPending(c, unmet), viewPending(c, list)...), err
	})
}

// unmet are the prerequisites that keep a customer from being active.
func (w *awaited) unmet(act *world.Act) (list []timeline.Pending, err error) {
	if w.Kind != world.CustomerName || w.state != "ACTIVE" {
		return nil, nil
	}
	customer := act.Customers.Get(act.Unit, w.ID)
	if customer == nil {
		return nil, nil
	}
	operation := "activateIndividual"
	if customer.Type == "ORGANIZATION" {
		operation = "activateOrganization"
	}
	out, err := explain.Explain(act, explain.Asked{Operation: operation, Names: []government.Named{{Parameter: "customerId", Value: w.ID}}})
	for _, n := range out.Needs {
		if n.Met || n.Refusal == nil {
			continue
		}
		list = append(list, timeline.Pending{
			Thing: w.Thing, State: customer.State, Point: n.Name, Waits: cmp.Or(n.Refusal.Details, n.Refusal.Text()), Calls: n.Refusal.Next,
		})
	}
	if len(list) == 0 && out.Refused == nil {
		list = append(list, timeline.Pending{
			Thing: w.Thing, State: customer.State, Point: "activation", Waits: "for its activation, which nothing is in the way of",
			Calls: []refusal.Call{{Operation: operation, Params: out.Params, Why: "activates it"}},
		})
	}
	return list, err
}
