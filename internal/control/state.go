package control

import (
	"context"

	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/rest"
)

type stateTakenView struct {
	Tenant string `json:"tenant"`
	engine.StateSize
}

// exportState gives everything that the tenant is, while it is read.
func (a *API) exportState(c *rest.Call) (rest.Reply, error) {
	return rest.Reply{Stream: &rest.Stream{MediaType: "application/json", Write: func(ctx context.Context, to *rest.Sink) error {
		return a.world.ExportState(ctx, c.Tenant, &begun{Sink: to})
	}}}, nil
}

// begun sends the first piece of a stream at once, so that the reply begins in the same
// way however long it will be.
type begun struct {
	*rest.Sink
	sent bool
}

func (b *begun) Write(piece []byte) (int, error) {
	n, err := b.Sink.Write(piece)
	if err == nil && !b.sent {
		b.sent = true
		err = b.Flush()
	}
	return n, err
}

// importState puts an exported state in the place of what the tenant is. It refuses
// with all its faults what no tenant can be.
func (a *API) importState(c *rest.Call) (rest.Reply, error) {
	state, err := a.world.ImportState(c.Context(), c.Tenant, c.Raw)
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: stateTakenView{c.Tenant, state.Size()}}, nil
}
