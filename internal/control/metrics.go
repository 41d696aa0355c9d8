package control

import (
	"context"

	"finhub-sandbox/internal/metrics"
	"finhub-sandbox/internal/rest"
)

// getMetrics gives the counts of the process, of all tenants together.
func (a *API) getMetrics(*rest.Call) (rest.Reply, error) {
	return rest.Reply{Stream: &rest.Stream{
		MediaType: metrics.MediaType,
		Write:     func(_ context.Context, to *rest.Sink) error { return a.info.Metrics.Write(to) },
	}}, nil
}
