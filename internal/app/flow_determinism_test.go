package app_test

import (
	"maps"
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
	// webhooks are what receivers got, by their names.
	webhooks map[string][]string
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
	defer p.shared.closeReceivers()
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
	trace.noteReceivers(p.shared.receivers)
	return trace
}

// noteReceivers takes over what receivers got, and puts their names in the place of
// their addresses, whose ports the system chooses.
func (t *flowTrace) noteReceivers(receivers map[string]*flowReceiver) {
	t.webhooks = map[string][]string{}
	for name, r := range receivers {
		t.webhooks[name] = r.wire
		for _, text := range []*string{&t.events, &t.state} {
			*text = strings.ReplaceAll(*text, r.server.URL, name)
		}
		for i := range t.replies {
			t.replies[i] = strings.ReplaceAll(t.replies[i], r.server.URL, name)
		}
	}
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

// TestWebhooksAreDeterministic plays lives with faults of webhooks: what receivers get
// is the same to the byte and in the same order, twice and with restarts on the way.
// The wall of the flows stands still, so that timestamps are part of it.
func TestWebhooksAreDeterministic(t *testing.T) {
	for _, name := range []string{
		"webhooks/on-the-way", "webhooks/retries", "webhooks/rotation", "scenarios/webhook-doubled", "scenarios/webhook-late", "scenarios/webhook-forged",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first := traceFlow(t, name, app.Config{}, nil)
			if sent := len(slices.Concat(slices.Collect(maps.Values(first.webhooks))...)); sent == 0 {
				t.Fatal("no webhook came")
			}
			sameTrace(t, first, traceFlow(t, name, app.Config{}, nil))
			data := filepath.Join(t.TempDir(), "sandbox.db")
			sameTrace(t, first, traceFlow(t, name, app.Config{Data: data}, func() {}))
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
	for name := range want.webhooks {
		if !slices.Equal(want.webhooks[name], got.webhooks[name]) {
			t.Errorf("receiver %s got\n  %s", name, golden.Diff(strings.Join(want.webhooks[name], "\n"), strings.Join(got.webhooks[name], "\n")))
		}
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
