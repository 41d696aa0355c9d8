package app_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/golden"
)

// flowTrace is everything that a flow leaves behind: the replies, the event log
// and the state, to the byte.
type flowTrace struct {
	replies []string
	events  string
	state   string
}

// traceFlow plays a flow on a fresh server. If something is to be done between
// restarts, the server is closed and opened again on its data file before every
// third step.
func traceFlow(t *testing.T, name string, config app.Config, between func()) flowTrace {
	t.Helper()
	f, err := readFlow(flowDir, name)
	if err != nil {
		t.Fatal(err)
	}
	server := openFlowServer(t, config)
	p := newFlowPlay(server, flowDir, f)
	if err := p.playBeginnings(); err != nil {
		t.Fatal(err)
	}
	for i := range f.Steps {
		if between != nil && i%3 == 2 {
			if err := server.app.Close(); err != nil {
				t.Fatal(err)
			}
			between()
			server.app = openFlowApp(t, config)
		}
		if err := p.playStep(i); err != nil {
			t.Fatal(err)
		}
	}
	defer server.app.Close()
	trace := flowTrace{replies: p.shared.transcript}
	if trace.state, err = server.dump(p.tenant); err != nil {
		t.Fatal(err)
	}
	events, err := server.events(p.tenant, 0)
	if err != nil {
		t.Fatal(err)
	}
	trace.events = text(events)
	return trace
}

// TestFlowIsDeterministic plays lives on fresh servers, the newest happy one and
// those in which a scenario draws from the tenant's seed what goes wrong, late or
// badly. The same seed, scenario and requests give the same bytes, also when the
// server is restarted all the time.
func TestFlowIsDeterministic(t *testing.T) {
	for _, name := range []string{"happy-newest", "scenarios/chaos", "scenarios/flaky-gateway", "scenarios/slow-gateway"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first := traceFlow(t, name, app.Config{}, nil)
			if len(first.events) == 0 || len(first.replies) == 0 {
				t.Fatal("the flow leaves no trace")
			}
			t.Run("again", func(t *testing.T) {
				t.Parallel()
				sameTrace(t, first, traceFlow(t, name, app.Config{}, nil))
			})
			t.Run("with restarts on a data file", func(t *testing.T) {
				t.Parallel()
				data := filepath.Join(t.TempDir(), "sandbox.db")
				sameTrace(t, first, traceFlow(t, name, app.Config{Data: data}, func() {}))
			})
		})
	}
}

// TestFlowDependsOnTheSeed plays the newest happy life under another seed, which
// gives other bytes.
func TestFlowDependsOnTheSeed(t *testing.T) {
	const name = "happy-newest"
	one, other := traceFlow(t, name, app.Config{}, nil), traceFlow(t, name, app.Config{Seed: "another"}, nil)
	if slices.Equal(one.replies, other.replies) || one.events == other.events {
		t.Error("another seed leaves the same trace")
	}
}

func sameTrace(t *testing.T, want, got flowTrace) {
	t.Helper()
	for i := range min(len(want.replies), len(got.replies)) {
		if want.replies[i] != got.replies[i] {
			t.Fatalf("reply %d differs:\n  %s\n  %s", i, want.replies[i], got.replies[i])
		}
	}
	if len(want.replies) != len(got.replies) {
		t.Errorf("%d replies, and then %d", len(want.replies), len(got.replies))
	}
	if want.events != got.events {
		t.Errorf("the event logs differ:\n  %s", golden.Diff(lines(want.events), lines(got.events)))
	}
	if want.state != got.state {
		t.Errorf("the states differ:\n  %s", golden.Diff(want.state, got.state))
	}
}

// lines puts every object of a list on a line of its own.
func lines(list string) string { return strings.ReplaceAll(list, "},{", "},\n{") }
