package app_test

import (
	"testing"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/setting"
)

// flowServers are a server with the strict policy of headers and one with the relaxed.
type flowServers struct{ strict, relaxed *flowServer }

func openFlowServers(t *testing.T) flowServers {
	t.Helper()
	return flowServers{openFlowServer(t, app.Config{}), openFlowServer(t, app.Config{Settings: setting.Settings{Headers: setting.Relaxed}})}
}

// of is the one that a flow asks for.
func (s flowServers) of(f *flow) *flowServer {
	if f.Server == "relaxed" {
		return s.relaxed
	}
	return s.strict
}

// eachFlow has every flow prepared and played by play, at once, each in a test of its own.
func eachFlow(t *testing.T, servers flowServers, play func(t *testing.T, f *flow, p *flowPlay) error) {
	t.Helper()
	for _, name := range flowNames(t, flowDir) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := readFlow(flowDir, name)
			if err != nil {
				t.Fatal(err)
			}
			if err := play(t, f, newFlowPlay(servers.of(f), flowDir, f)); err != nil {
				t.Error(err)
			}
		})
	}
}

// playAllFlows plays every flow, on the server that it asks for.
func playAllFlows(t *testing.T, strict, relaxed *flowServer) {
	t.Helper()
	eachFlow(t, flowServers{strict, relaxed}, func(_ *testing.T, _ *flow, p *flowPlay) error { return p.play() })
}

// strictFlows reads the flows that a server with the strict policy can play.
func strictFlows(t *testing.T) (list []*flow) {
	t.Helper()
	for _, name := range flowNames(t, flowDir) {
		f, err := readFlow(flowDir, name)
		if err != nil {
			t.Fatal(err)
		}
		if f.Server != "relaxed" {
			list = append(list, f)
		}
	}
	return list
}

// playInTurn plays the flows of a strict server one after the other.
func playInTurn(t *testing.T, server *flowServer) {
	t.Helper()
	for _, f := range strictFlows(t) {
		if err := playFlow(server, flowDir, f); err != nil {
			t.Fatal(f.name, err)
		}
	}
}
