package app

import (
	"context"
	"os"

	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/metrics"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/webhooks"
)

// finished counts a request that is over.
func (a *App) finished(x *rest.Exchange) {
	operation, code := "", ""
	if x.Operation != nil {
		operation = x.Operation.ID
	}
	if x.Refusal != nil {
		code = string(x.Refusal.Code)
	}
	a.metrics.Request(operation, x.Status, code)
}

// fired counts a timer that has been fired, and logs it.
func (a *App) fired(tenant string, t engine.Timer, events []engine.Event) {
	a.metrics.Timer(t.Entity, t.Point)
	a.logTimer(tenant, t, events)
}

// attempted counts an attempt to deliver a webhook.
func (a *App) attempted(s *webhooks.Sending, made delivery.Attempt) {
	outcome := metrics.Refused
	switch {
	case made.Succeeded():
		outcome = metrics.Delivered
	case made.Status == 0:
		outcome = metrics.Unanswered
	}
	a.metrics.Attempt(s.EventType, outcome)
}

// gauges are what is read when somebody looks at the metrics.
func (a *App) gauges() []metrics.Gauge {
	writable := 1.0
	if a.unready() != "" {
		writable = 0
	}
	list := []metrics.Gauge{
		{Name: "finhub_sandbox_info", Help: "The version, as a label.", Label: "version", Text: a.config.Version, Value: 1},
		{Name: "finhub_sandbox_start_time_seconds", Help: "When the process began, in seconds since 1970.", Value: float64(a.started.UnixMilli()) / 1000},
		{Name: "finhub_sandbox_store_commits_total", Help: "Commits since the process began.", Counts: true, Value: float64(a.store.Commits())},
		{Name: "finhub_sandbox_store_writable", Help: "Whether the state can be written: 1, or 0 if the data file cannot.", Value: writable},
	}
	if tenants, err := a.world.Engine().Tenants(context.Background()); err == nil { // Of a store that is closed nobody is told.
		list = append(list, metrics.Gauge{Name: "finhub_sandbox_tenants", Help: "Tenants that have a state.", Value: float64(len(tenants))})
	}
	if file, err := os.Stat(a.config.Data); a.config.Data != "" && err == nil {
		list = append(list, metrics.Gauge{Name: "finhub_sandbox_store_bytes", Help: "Size of the data file.", Value: float64(file.Size())})
	}
	if a.journal != nil {
		list = append(list, metrics.Gauge{Name: "finhub_sandbox_journal_bytes", Help: "Memory that the journals of all tenants take.", Value: float64(a.journal.Bytes())})
	}
	return list
}
