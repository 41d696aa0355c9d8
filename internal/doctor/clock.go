package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"finhub-sandbox/internal/client"
)

// mostApart is by how much two wall clocks may differ. Whoever checks signatures of
// webhooks allows minutes, and headers have whole seconds.
const mostApart = 5 * time.Second

// clock looks at the wall clocks, and at the tenant's if a sandbox runs.
func (e *examination) clock(ctx context.Context) {
	const check = "clock"
	now := e.Now().UTC()
	if year := now.Year(); year < 2000 || year >= 2200 {
		e.add(check, Wrong, "this machine's clock says "+now.Format(time.RFC3339), "set it: the sandbox knows the years 2000 to 2199")
		return
	}
	if e.running == nil {
		e.add(check, OK, "this machine's clock says "+now.Format(time.RFC3339), "")
		return
	}
	if apart := now.Sub(e.running.date); !e.running.date.IsZero() && apart.Abs() > mostApart {
		e.add(check, Wrong, fmt.Sprintf("the sandbox's wall clock differs from this machine's by %v", apart.Round(time.Second)), "set both: a container's clock can stand while the machine sleeps, until its engine is started again")
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	reply, err := client.GetClock.Call(ctx, client.Client{Addr: client.Reach(e.control(), "localhost"), Tenant: e.Tenant, Token: e.Config.ControlToken}, nil)
	var refused *client.Refusal
	if errors.As(err, &refused) && refused.Status == http.StatusUnauthorized {
		e.add("control token", Wrong, "the sandbox wants another control token than --control-token has", "give the one with which it was started, also as SANDBOX_CONTROL_TOKEN")
		return
	}
	clock, decoded := client.Clock{}, err
	if err == nil {
		clock, decoded = reply.Decode()
	}
	at, parsed := time.Parse(time.RFC3339Nano, clock.Now)
	if err = errors.Join(decoded, parsed); decoded != nil {
		e.add(check, Wrong, decoded.Error(), "")
		return
	}
	apart := at.Sub(e.Now()).Round(time.Second)
	switch {
	case err != nil:
		e.add(check, Wrong, "the sandbox's clock is not understood: "+clock.Now, "use a program of the sandbox's version")
	case clock.Mode == "frozen":
		e.add(check, Note, fmt.Sprintf("the clock of tenant %s is frozen at %s, with %d decisions pending", clock.Tenant, clock.Now, clock.Pending), "finhub-sandbox clock advance --until idle moves it, clock run lets it go on")
	case apart.Abs() > mostApart:
		e.add(check, Note, fmt.Sprintf("the clock of tenant %s is %v away from the wall clock", clock.Tenant, apart), "what compares times with its own clock, such as a check of signatures, has to know; finhub-sandbox reset --everything goes back to the present")
	default:
		e.add(check, OK, fmt.Sprintf("the clock of tenant %s runs, and is the wall clock", clock.Tenant), "")
	}
}
