package control

import (
	"context"

	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/webhooks"
	"finhub-sandbox/internal/sandbox/world"
)

type forkView struct {
	Tenant   string          `json:"tenant"`
	Snapshot engine.Snapshot `json:"snapshot"`
	Webhooks webhooksOffView `json:"webhooks"`
}

type webhooksOffView struct {
	Subscriptions int    `json:"subscriptions"`
	Note          string `json:"note"`
}

// listSnapshots lists what is kept of the tenant.
func (a *API) listSnapshots(c *rest.Call) (rest.Reply, error) {
	list, err := a.world.Engine().Snapshots(c.Context(), c.Tenant)
	return rest.Reply{Data: map[string]any{"tenant": c.Tenant, "snapshots": list}}, err
}

// takeSnapshot keeps the tenant's state under a name.
func (a *API) takeSnapshot(c *rest.Call) (rest.Reply, error) {
	s, err := a.world.Engine().TakeSnapshot(c.Context(), c.Tenant, c.Path("name"))
	return rest.Reply{Data: s}, err
}

// exportSnapshot gives a snapshot as exportState gives the tenant. It refuses with
// SNAPSHOT_NOT_FOUND.
func (a *API) exportSnapshot(c *rest.Call) (rest.Reply, error) {
	name := c.Path("name")
	if _, err := a.world.Engine().Snapshot(c.Context(), c.Tenant, name); err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Stream: &rest.Stream{MediaType: "application/json", Write: func(ctx context.Context, to *rest.Sink) error {
		return a.world.Engine().ExportSnapshot(ctx, c.Tenant, name, &begun{Sink: to})
	}}}, nil
}

// deleteSnapshot forgets a snapshot. It refuses with SNAPSHOT_NOT_FOUND.
func (a *API) deleteSnapshot(c *rest.Call) (rest.Reply, error) {
	s, err := a.world.Engine().DeleteSnapshot(c.Context(), c.Tenant, c.Path("name"))
	return rest.Reply{Data: s}, err
}

// restoreSnapshot makes a snapshot the tenant's state again. It refuses with
// SNAPSHOT_NOT_FOUND.
func (a *API) restoreSnapshot(c *rest.Call) (rest.Reply, error) {
	s, err := a.world.Restore(c.Context(), c.Tenant, c.Path("name"))
	a.info.Recorder.NoteOlder(c.Tenant, s.Made, "a snapshot was restored that is older than the recording, and is not in it")
	return rest.Reply{Data: s}, err
}

// forkSnapshot makes a snapshot the state of another tenant, which sends no webhooks.
// It refuses with SNAPSHOT_NOT_FOUND, TENANT_NOT_EMPTY and TENANT_ACCESS_DENIED.
func (a *API) forkSnapshot(c *rest.Call) (rest.Reply, error) {
	view := forkView{Tenant: c.Body.Str("tenant")}
	var err error
	view.Snapshot, err = a.world.Fork(c.Context(), c.Tenant, c.Path("name"), view.Tenant, func(act *world.Act) (err error) {
		view.Webhooks.Subscriptions, err = webhooks.SwitchAllOff(act)
		return err
	})
	a.info.Recorder.Note(c.Tenant, "a snapshot was forked, which depends on the other tenant")
	view.Webhooks.Note = "switched off: PUT a subscription of the fork to switch it on again"
	return rest.Reply{Data: view}, err
}
