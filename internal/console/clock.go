package console

import (
	"time"

	"finhub-sandbox/internal/client"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/sandbox/timeline"
	"finhub-sandbox/internal/sandbox/world"
)

type clockPage struct {
	Clock client.Clock
	// Offset says how far the clock is from real time.
	Offset string
	// Line is what is due, by when that is.
	Line    []dueTogether
	Pending int
	// Last are the last events, the newest first.
	Last    []engine.Event
	Step    []*button
	Further []*button
}

// dueTogether is what comes at one instant, or at none.
type dueTogether struct {
	At time.Time
	// In is how long that is from now on.
	In string
	// Shown are the first, and Folded all others.
	Shown, Folded []timeline.Pending
}

// mostShown is how much of what is due at one instant is shown at once.
const mostShown = 6

// lineOf puts together what is due at the same time.
func lineOf(pending []timeline.Pending, now time.Time) (line []dueTogether) {
	for i := range pending {
		at := pending[i].Due
		if len(line) == 0 || !line[len(line)-1].At.Equal(at) {
			line = append(line, dueTogether{At: at})
			if !at.IsZero() {
				line[len(line)-1].In = machine.DelayText(max(at.Sub(now).Round(time.Second), 0))
			}
		}
		last := &line[len(line)-1]
		if len(last.Shown) < mostShown {
			last.Shown = append(last.Shown, pending[i])
		} else {
			last.Folded = append(last.Folded, pending[i])
		}
	}
	return line
}

// offsetText says how far a clock is from real time, in the largest units.
func offsetText(offset string) string {
	d, err := time.ParseDuration(offset)
	if err != nil || d.Abs() < time.Second {
		return ""
	}
	unit := time.Second
	if d.Abs() > 48*time.Hour {
		unit = time.Hour
	}
	text := machine.DelayText(d.Abs().Round(unit))
	if d < 0 {
		return text + " behind real time"
	}
	return text + " ahead of real time"
}

// lastEvents is how many events the clock's page shows.
const lastEvents = 30

func clockPageOf(v *visit) (string, any, error) {
	p := &clockPage{}
	if err := v.get("/clock", nil, &p.Clock); err != nil {
		return "", nil, err
	}
	err := v.look(func(act *world.Act) error {
		pending := timeline.PendingAnywhere(act)
		now, _ := time.Parse(time.RFC3339Nano, p.Clock.Now)
		p.Line, p.Pending, p.Last = lineOf(pending, now), len(pending), act.LastEvents(lastEvents)
		return nil
	})
	p.Offset = offsetText(p.Clock.Offset)
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
