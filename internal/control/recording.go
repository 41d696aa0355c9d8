package control

import (
	"context"

	"finhub-sandbox/internal/rest"
)

// startRecording records the tenant from now on.
func (a *API) startRecording(c *rest.Call) (rest.Reply, error) {
	summary, err := a.info.Recorder.Start(c.Context(), c.Tenant)
	return rest.Reply{Data: &summary}, err
}

// saveRecording gives the bug file. It refuses with RECORDING_NOT_FOUND.
func (a *API) saveRecording(c *rest.Call) (rest.Reply, error) {
	text, err := a.info.Recorder.File(c.Tenant)
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Stream: &rest.Stream{MediaType: "application/json", Write: func(_ context.Context, to *rest.Sink) error {
		_, err := to.Write(text)
		return err
	}}}, nil
}

// stopRecording forgets what was recorded. It refuses with RECORDING_NOT_FOUND.
func (a *API) stopRecording(c *rest.Call) (rest.Reply, error) {
	summary, err := a.info.Recorder.Stop(c.Tenant)
	return rest.Reply{Data: &summary}, err
}
