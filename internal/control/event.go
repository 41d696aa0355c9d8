package control

import (
	"slices"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/scenario"
)

type eventsView struct {
	Tenant  string         `json:"tenant"`
	Used    bool           `json:"used"`
	Now     time.Time      `json:"now"`
	Events  []engine.Event `json:"events"`
	Omitted int            `json:"omitted"`
}

// mostEvents is how many events are shown if the call says nothing.
const mostEvents = 100

// listEvents shows the newest events of the tenant that fit.
func listEvents(c *rest.Call, act *world.Act) (rest.Reply, error) {
	kind, customer := c.Query("type"), machine.CanonicalID(c.Query("customer"))
	if known := act.World.Engine().Events(); kind != "" && !slices.Contains(known, kind) {
		return rest.Reply{}, wrongQuery("type", kind+" is no event; there are "+scenario.DidYouMean(kind, known))
	}
	var since time.Time
	if text := c.Query("since"); text != "" {
		ago, err := machine.ParseDelay(text)
		if err != nil {
			return rest.Reply{}, wrongQuery("since", err.Error())
		}
		since = act.Now().Add(-ago)
	}
	view := eventsView{Tenant: act.Tenant(), Used: act.Used(), Now: act.Now(), Events: []engine.Event{}}
	limit := c.QueryInt("limit", mostEvents)
	act.EachEvent(int64(c.QueryInt("after", 0)), func(e engine.Event) {
		if kind != "" && e.Type != kind || customer != "" && e.Customer != customer || e.At.Before(since) {
			return
		}
		if view.Events = append(view.Events, e); len(view.Events) > limit {
			view.Events, view.Omitted = view.Events[1:], view.Omitted+1
		}
	})
	return rest.Reply{Data: view}, nil
}

func wrongQuery(name, message string) error {
	return refusal.Invalid([]refusal.Fault{{Field: "query." + name, Message: message}})
}
