package control

import (
	"context"
	"slices"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/scenario"
)

type clockView struct {
	Tenant  string       `json:"tenant"`
	Mode    string       `json:"mode"`
	Now     time.Time    `json:"now"`
	Offset  string       `json:"offset"`
	NextDue *nextDueView `json:"nextDue"`
	Pending int64        `json:"pending"`
}

type nextDueView struct {
	At     time.Time `json:"at"`
	Entity string    `json:"entity"`
	ID     string    `json:"id"`
	Point  string    `json:"point"`
	Option string    `json:"option"`
	// Rule is the rule of a scenario that decided so.
	Rule machine.Rule `json:"rule,omitzero"`
}

type movedClockView struct {
	clockView
	Waiting []waitingView  `json:"waiting"`
	Events  []engine.Event `json:"events"`
	Omitted int            `json:"omitted,omitzero"`
}

// waitingView is a verification that no passing of time brings on.
type waitingView struct {
	Entity            string         `json:"entity"`
	ID                string         `json:"id"`
	CustomerID        string         `json:"customerId"`
	State             machine.State  `json:"state"`
	MissingDocuments  []string       `json:"missingDocuments"`
	RejectedDocuments []rejectedView `json:"rejectedDocuments"`
	Why               string         `json:"why"`
	Call              string         `json:"call"`
}

type rejectedView struct {
	DocumentID string `json:"documentId"`
	Type       string `json:"type"`
	Reason     string `json:"reason"`
}

func viewStanding(c *rest.Call, list []customers.Standing) []waitingView {
	var views []waitingView
	for _, s := range list {
		v := waitingView{
			Entity: "verification", ID: s.ID, CustomerID: s.CustomerID, State: s.State, MissingDocuments: s.Missing, Why: s.Why, Call: c.Reference(s.Call),
		}
		for _, d := range s.Rejected {
			v.RejectedDocuments = append(v.RejectedDocuments, rejectedView{d.ID, d.Type, d.Reason})
		}
		views = append(views, v)
	}
	return views
}

// getClock shows the tenant's time, and what will happen next.
func (a *API) getClock(c *rest.Call) (rest.Reply, error) {
	view, err := a.clock(c.Context(), c.Tenant)
	return rest.Reply{Data: view}, err
}

// freezeClock stops the clock, at an instant if one is given. It refuses with
// CLOCK_BACKWARDS an instant that is past.
func (a *API) freezeClock(c *rest.Call) (rest.Reply, error) {
	var at *time.Time
	if text := c.Body.Str("at"); text != "" {
		t, err := parseInstant("at", text)
		if err != nil {
			return rest.Reply{}, err
		}
		at = &t
	}
	happened, err := a.world.Engine().Freeze(c.Context(), c.Tenant, at)
	return a.moved(c, happened, err)
}

// runClock lets the clock run on from where it stands.
func (a *API) runClock(c *rest.Call) (rest.Reply, error) {
	if err := a.world.Engine().Run(c.Context(), c.Tenant); err != nil {
		return rest.Reply{}, err
	}
	return a.getClock(c)
}

// advanceClock moves the clock by a duration, to an instant, until only
// deadlines are pending, or until an event has happened, and answers with the
// events on the way. It refuses with CLOCK_BACKWARDS and TIMER_LOOP, and with
// CLOCK_INTERRUPTED when the caller leaves or the sandbox ends.
func (a *API) advanceClock(c *rest.Call) (rest.Reply, error) {
	target, err := a.readTarget(c.Body)
	if err != nil {
		return rest.Reply{}, err
	}
	target.Skip = c.Body.Str("webhooks") == "skip"
	happened, err := a.world.Engine().Advance(c.Context(), c.Tenant, target)
	return a.moved(c, happened, err)
}

func (a *API) readTarget(b rest.Body) (engine.Target, error) {
	switch {
	case b.Has("by"):
		by, err := machine.ParseDelay(b.Str("by"))
		// Clocks go in milliseconds: a part of one would be lost.
		if err != nil || by == 0 || by%time.Millisecond != 0 {
			return engine.Target{}, refusal.Invalid([]refusal.Fault{{Field: "by", Pointer: "/by", Message: "must be whole milliseconds, from 1ms to a hundred years"}})
		}
		return engine.Target{By: by}, nil
	case b.Has("to"):
		to, err := parseInstant("to", b.Str("to"))
		return engine.Target{To: to}, err
	case b.Str("until") == "idle":
		return engine.Target{Idle: true}, nil
	}
	event := b.Str("until")
	return engine.Target{Event: event}, a.checkEvent(event)
}

// checkEvent refuses an event that never happens, with the nearest that does.
func (a *API) checkEvent(event string) error {
	known := a.world.Engine().Events()
	if slices.Contains(known, event) {
		return nil
	}
	message := event + " is no event; there are " + scenario.DidYouMean(event, append([]string{"idle"}, known...))
	return refusal.Invalid([]refusal.Fault{{Field: "until", Pointer: "/until", Message: message}})
}

func parseInstant(field, text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return t, refusal.Invalid([]refusal.Fault{{Field: field, Pointer: "/" + field, Message: "must be an instant with a zone, such as 2026-01-31T12:00:00Z"}})
	}
	return t, nil
}

func (a *API) moved(c *rest.Call, happened engine.Happened, err error) (rest.Reply, error) {
	if err != nil {
		return rest.Reply{}, err
	}
	standing, err := world.Show(c.Context(), a.world, operator(c), customers.ListStanding)
	if err != nil {
		return rest.Reply{}, err
	}
	view, err := a.clock(c.Context(), c.Tenant)
	c.Instant = view.Now
	return rest.Reply{Data: movedClockView{view, viewStanding(c, standing), happened.Events, happened.Omitted}}, err
}

func (a *API) clock(ctx context.Context, tenant string) (clockView, error) {
	clock, err := a.world.Engine().Clock(ctx, tenant)
	view := clockView{
		Tenant: tenant, Mode: "running", Now: clock.Now, Offset: clock.Offset.Round(time.Second).String(), Pending: clock.Pending,
	}
	if clock.Frozen {
		view.Mode = "frozen"
	}
	if due := clock.Due; due != nil {
		view.NextDue = &nextDueView{due.Due, due.Entity, due.ID, due.Point, due.Option, due.Rule}
	}
	return view, err
}
