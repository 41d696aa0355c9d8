package console

import (
	"finhub-sandbox/internal/client"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/sandbox/timeline"
	"finhub-sandbox/internal/sandbox/world"
)

type clockPage struct {
	Clock   client.Clock
	Pending []timeline.Pending
	// Last are the last events, the newest first.
	Last    []engine.Event
	Step    []*button
	Further []*button
}

// lastEvents is how many events the clock's page shows.
const lastEvents = 30

func clockPageOf(v *visit) (string, any, error) {
	p := &clockPage{}
	if err := v.get("/clock", nil, &p.Clock); err != nil {
		return "", nil, err
	}
	err := v.look(func(act *world.Act) error {
		p.Pending, p.Last = timeline.PendingAnywhere(act), act.LastEvents(lastEvents)
		return nil
	})
	p.Step = v.clockButtons(p.Clock)
	p.Further = []*button{
		v.button("advance-clock", "Advance", nil, field{Name: "by", Label: "By a time", Value: "36h", Required: true}),
		v.button("advance-clock", "Advance", nil, field{Name: "to", Label: "To an instant", Value: p.Clock.Now, Required: true}),
		v.button("advance-clock", "Advance", nil, field{
			Name: "until", Label: "Until something has happened", Options: append([]string{"idle"}, v.console.World.Engine().Events()...),
		}),
		v.button("freeze-clock", "Freeze", nil, field{Name: "at", Label: "At an instant", Value: p.Clock.Now, Required: true}),
	}
	return "Clock", p, err
}
