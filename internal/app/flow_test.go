package app_test

import (
	"path"
	"path/filepath"
	"strings"
	"testing"

	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/scenario"
	"finhub-sandbox/scenarios"
)

// TestFlows plays every flow of testdata/flows, all of them at once on one
// server, each in a tenant of its own whose clock stands still. How a flow is
// written is told in testdata/flows/README.md.
func TestFlows(t *testing.T) {
	servers := openFlowServers(t)
	visits, replies, told := &stateVisits{seen: map[string]bool{}}, newReplyParity(), newToldParity(t)
	names := flowNames(t, flowDir)
	t.Cleanup(func() {
		if visits.flows == len(names) {
			visits.check(t, servers.strict.app.World().Engine().Machines())
			replies.check(t, servers.strict.documents)
			told.check(t)
		}
	})
	eachFlow(t, servers, func(t *testing.T, _ *flow, p *flowPlay) error {
		p.shared.visits, p.shared.replies = visits, replies
		err := p.play()
		told.note(t, p)
		visits.played()
		return err
	})
}

// TestFlowsCallEveryOperation keeps the flows complete: a new operation needs
// one that calls it.
func TestFlowsCallEveryOperation(t *testing.T) {
	documents := loadDocuments(t)
	called := map[string]bool{}
	for _, name := range flowNames(t, flowDir) {
		f, err := readFlow(flowDir, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range f.Steps {
			method, path, _ := strings.Cut(s.Call, " ")
			// A reference stands for one segment.
			path = reference.ReplaceAllString(path, "x")
			if o := operationOf(documents, method, wholePath(path)); o != nil && (s.Status >= 200 && s.Status < 300 || o.ID == "failTestWebhook") {
				called[o.ID] = true
			}
		}
	}
	for _, o := range documents[0].Operations {
		if !called[o.ID] {
			t.Errorf("no flow calls %s (%s %s) with success", o.ID, o.Method, o.Path)
		}
	}
}

// withoutFlow are the refusals that no flow shows, and why.
func withoutFlow() map[refusal.Code]string {
	return map[refusal.Code]string{
		refusal.Internal:       "it would be a fault of the sandbox",
		refusal.DataUnwritable: "the flows' disk is not full: TestAFullDiskIsSaid",
		refusal.TimerLoop:      "no table has a loop, and no scenario can make one yet",

		refusal.JournalOff: "the flows' server has a journal: TestWithoutAJournal",

		refusal.ClockInterrupted: "nobody is left to read it, or the sandbox ends: TestAnAdvanceEndsWithItsCaller",

		refusal.HostUnknown:         "a flow has no host of its own: TestGuardOfTheControlAPI",
		refusal.ControlTokenMissing: "the flows' server has no control token: TestGuardOfTheControlAPI",
	}
}

// TestFlowsShowEveryRefusal keeps the refusals complete: each has a flow of its
// name that shows its whole body.
func TestFlowsShowEveryRefusal(t *testing.T) {
	excused := withoutFlow()
	for _, d := range refusal.All() {
		name := "refusals/" + strings.ReplaceAll(strings.ToLower(string(d.Code)), "_", "-")
		f, err := readFlow(flowDir, name)
		if excused[d.Code] != "" {
			if err == nil {
				t.Errorf("%s has a flow: take it off the list of those that have none", d.Code)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s needs a flow: %v", d.Code, err)
			continue
		}
		if !showsRefusal(f, d.Code) {
			t.Errorf("%s has no step that shows the whole body of %s (exactly)", name, d.Code)
		}
	}
}

// TestFlowsPlayEveryScenario keeps the scenarios complete: each that the binary
// brings along has a flow of its name, which it governs, and no flow is left
// over from one that has gone.
func TestFlowsPlayEveryScenario(t *testing.T) {
	sources, err := scenario.Sources(scenarios.Files)
	if err != nil {
		t.Fatal(err)
	}
	shipped := map[string]bool{}
	for _, source := range sources {
		name := strings.TrimSuffix(path.Base(source.File), ".yaml")
		shipped[name] = true
		f, err := readFlow(flowDir, "scenarios/"+name)
		if err != nil {
			t.Errorf("scenario %s needs a flow: %v", name, err)
			continue
		}
		if f.Scenario != name {
			t.Errorf("the flow of scenario %s is governed by %q", name, f.Scenario)
		}
		if len(f.Steps) == 0 {
			t.Errorf("the flow of scenario %s has no steps", name)
		}
	}
	for _, name := range flowNames(t, filepath.Join(flowDir, "scenarios")) {
		if !shipped[name] {
			t.Errorf("flow scenarios/%s is of no scenario", name)
		}
	}
}

func showsRefusal(f *flow, code refusal.Code) bool {
	for _, s := range f.Steps {
		if s.Exactly == nil {
			continue
		}
		for _, at := range []string{"data.refusal", "error.code"} {
			if shown, err := find(s.Exactly.value, at); err == nil && shown == string(code) {
				return true
			}
		}
	}
	return false
}
