package app_test

import (
	"sync/atomic"
	"testing"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/setting"
	"finhub-sandbox/internal/store/postgres/postgrestest"
)

// openSharedFlowServer opens two sandboxes on one database that answer by turns.
func openSharedFlowServer(t *testing.T, config app.Config) *flowServer {
	t.Helper()
	config.Database = postgrestest.Database(t)
	server := openFlowServer(t, config)
	other := openFlowApp(t, config)
	t.Cleanup(func() {
		for _, a := range []*app.App{server.app, other} {
			if err := a.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	var requests atomic.Int64
	server.turns = func() *app.App {
		if requests.Add(1)%2 == 0 {
			return other
		}
		return server.app
	}
	return server
}

// ofOneProcess are the flows that look at what each process has for itself: one sandbox on
// the database answers all of their requests.
func ofOneProcess() map[string]string {
	const journal, recordings = "the journal", "recordings"
	return map[string]string{
		"journal": journal, "journal-replay": journal, "explain-requests": journal, "verify": journal, "refusals/not-simulated": journal,
		"refusals/entry-unrepeatable": journal, "refusals/entry-not-found": journal,
		"recordings": recordings, "remedies/recording-not-found": recordings,
		"coverage": "coverage", "scenario-mistyped": "the words that were nearly magic",
	}
}

// TestSharedFlows plays all flows on two sandboxes that share a database, each request to
// another than the one before: every reply is what one sandbox gives.
func TestSharedFlows(t *testing.T) {
	alone := ofOneProcess()
	servers := flowServers{openSharedFlowServer(t, app.Config{}), openSharedFlowServer(t, app.Config{Settings: setting.Settings{Headers: setting.Relaxed}})}
	eachFlow(t, servers, func(_ *testing.T, f *flow, p *flowPlay) error {
		if alone[f.name] != "" {
			one := *servers.of(f)
			one.turns = nil
			p = newFlowPlay(&one, flowDir, f)
		}
		return p.play()
	})
}
