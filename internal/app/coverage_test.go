package app_test

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/coverage"
	"finhub-sandbox/internal/golden"
)

const coverageDir = moduleRoot + "/testdata/coverage/"

// coveredFlow is a flow that was played, with what it has met: items as dimension and
// name.
type coveredFlow struct {
	*flow
	report *coverage.Report
	met    map[string]bool
}

// coverFlows plays flows one after the other and reports what each has met, in all of
// its tenants.
func coverFlows(t *testing.T, names []string) (list []coveredFlow) {
	t.Helper()
	servers := openFlowServers(t)
	for _, name := range names {
		f, err := readFlow(flowDir, name)
		if err != nil {
			t.Fatal(err)
		}
		server := servers.of(f)
		p := newFlowPlay(server, flowDir, f)
		if err := p.play(); err != nil {
			t.Fatal(err)
		}
		var reports []*coverage.Report
		for _, tenant := range slices.Sorted(maps.Keys(p.shared.seen)) {
			reports = append(reports, server.app.Coverage().Report(tenant))
		}
		list = append(list, coveredBy(t, f, reports))
	}
	return list
}

func coveredBy(t *testing.T, f *flow, reports []*coverage.Report) coveredFlow {
	t.Helper()
	whole, err := coverage.Merge(reports...)
	if err != nil {
		t.Fatal(f.name, err)
	}
	return coveredFlow{f, whole, metIn(whole)}
}

// metIn are the items that a report has met.
func metIn(r *coverage.Report) map[string]bool {
	met := map[string]bool{}
	for _, d := range r.Dimensions {
		for _, one := range d.Items {
			if one.Count > 0 {
				met[d.Name+" "+one.Name] = true
			}
		}
	}
	return met
}

// happyFlows are those on which nothing goes wrong.
var happyFlows = []string{"happy-newest", "happy-older", "happy-organization-newest", "happy-organization-older"}

// TestCoverageOfFlows plays all flows. It holds what the happy ones meet and what all of
// them do, what none of them meets, and for each item the flow that shows it, of which
// the gaps of a report speak.
func TestCoverageOfFlows(t *testing.T) {
	t.Parallel()
	flows := coverFlows(t, flowNames(t, flowDir))
	var happy, all []*coverage.Report
	for _, f := range flows {
		all = append(all, f.report)
		if slices.Contains(happyFlows, f.name) {
			happy = append(happy, f.report)
		}
	}
	for name, reports := range map[string][]*coverage.Report{"happy": happy, "all": all} {
		whole, err := coverage.Merge(reports...)
		if err != nil {
			t.Fatal(err)
		}
		golden.Check(t, coverageDir+name+".txt", summary(whole))
	}
	whole, err := coverage.Merge(all...)
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, coverageDir+"unmet.txt", unmet(whole))
	golden.Check(t, moduleRoot+"/internal/coverage/shown.txt", shownBy(flows))
}

// TestCoverageOfAPoorClient holds what a client hears that never looks. What shows the
// gaps is what TestCoverageOfFlows has written before the test was built.
func TestCoverageOfAPoorClient(t *testing.T) {
	t.Parallel()
	poor := coverFlows(t, []string{"poor-client"})[0].report
	golden.Check(t, coverageDir+"poor-client.md", coverage.FormOf("markdown").Write(poor))
}

// summary are the shares of a report.
func summary(r *coverage.Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%.1f %%\n", r.Share)
	for _, d := range r.Dimensions {
		fmt.Fprintf(&b, "%s %d of %d\n", d.Name, d.Met, d.Exists)
	}
	for _, h := range r.Habits {
		fmt.Fprintf(&b, "habit %s of %s, %d times\n", h.Name, h.Operation, h.Count)
	}
	return b.String()
}

// unmet lists what a report has not met.
func unmet(r *coverage.Report) string {
	var b strings.Builder
	for _, d := range r.Dimensions {
		for _, one := range d.Items {
			if one.Count == 0 {
				fmt.Fprintf(&b, "%s %s\n", d.Name, one.Name)
			}
		}
	}
	return b.String()
}

// shownBy chooses for each item the flow that shows it best, in the form of
// internal/coverage/shown.txt: a happy one if it is met there, else that of a scenario,
// of those the one that meets the least beside, else the refusal's own, and else the
// shortest. Of refusals only the code counts; operations and replies show themselves.
func shownBy(flows []coveredFlow) string {
	usual := map[string]bool{}
	for _, f := range flows {
		if slices.Contains(happyFlows, f.name) {
			maps.Copy(usual, f.met)
		}
	}
	sorted := slices.Clone(flows)
	slices.SortStableFunc(sorted, func(a, b coveredFlow) int {
		return cmp.Or(cmp.Compare(rankOf(a), rankOf(b)), cmp.Compare(beside(a, usual), beside(b, usual)), strings.Compare(a.name, b.name))
	})
	shown := map[string]bool{}
	var b strings.Builder
	for _, f := range sorted {
		lines := map[string]bool{}
		for one := range f.met {
			dimension, name, _ := strings.Cut(one, " ")
			switch dimension {
			case "operations", "replies":
				continue
			case "refusals":
				_, code, _ := strings.Cut(name, " ")
				if strings.HasPrefix(f.name, "refusals/") && f.name != "refusals/"+strings.ReplaceAll(strings.ToLower(code), "_", "-") {
					continue
				}
				one = "refusals " + code
			}
			if !shown[one] {
				lines[one] = true
			}
		}
		if len(lines) == 0 {
			continue
		}
		scenario := cmp.Or(f.Scenario, "-")
		if scenario == "happy-path" {
			scenario = "-"
		}
		fmt.Fprintf(&b, "@ %s %s %s\n", f.name, scenario, strings.Join(strings.Fields(f.Description), " "))
		for _, one := range slices.Sorted(maps.Keys(lines)) {
			shown[one] = true
			fmt.Fprintln(&b, one)
		}
	}
	return b.String()
}

func rankOf(f coveredFlow) int {
	kind, _, _ := strings.Cut(f.name, "/")
	switch {
	case slices.Contains(happyFlows, f.name):
		return 0
	case kind == "scenarios" && f.Scenario != "chaos":
		return 1
	case kind == "refusals":
		return 2
	}
	return 3
}

// beside is how much a flow meets that the happy ones do not.
func beside(f coveredFlow, usual map[string]bool) (n int) {
	for one := range f.met {
		if !usual[one] {
			n++
		}
	}
	return n
}

// TestEveryGapCanBeShown holds what gaps say of refusals and faulty replies: a rule of
// the application's own scenario shows each, whatever it takes to meet it otherwise.
// What neither a flow nor a rule shows has its reason here.
func TestEveryGapCanBeShown(t *testing.T) {
	if raceDetector {
		t.Skip("it does one thing after another")
	}
	t.Parallel()
	text, err := os.ReadFile(coverageDir + "unmet.txt")
	if err != nil {
		t.Fatal(err)
	}
	left := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		left[strings.TrimSpace(line)] = true
	}
	server := openFlowServer(t, app.Config{})
	names := flowNames(t, flowDir)
	for _, o := range server.documents[0].Operations {
		s := &gapSweep{server: server, operation: o, left: left}
		for _, name := range names {
			if s.done() {
				break
			}
			s.play(t, name)
		}
	}
	excused := withoutShowing()
	for one := range left {
		if excused[one] == "" {
			t.Errorf("neither a flow nor a rule shows %s", one)
		}
	}
	for one := range excused {
		if !left[one] {
			t.Errorf("%s can be shown: take it off the list of what cannot", one)
		}
	}
}

// withoutShowing is what can be met, and what no flow and no rule shows, with the reason.
func withoutShowing() map[string]string {
	const late = "the attempt would have to be on its way when the delivery is cancelled, and flows wait for each: TestEveryStateAndTrigger"
	const twice = "a second identity verification would have to be approved after the first"
	return map[string]string{
		"transitions customer ACTIVATING verified ACTIVATING":                 twice,
		"transitions customer CLOSED verified CLOSED":                         twice,
		"transitions customer PENDING_ACTIVATION verified PENDING_ACTIVATION": twice,
		"transitions customer PENDING_VERIFICATION activate ACTIVATING":       "its need of an approved verification is met only where the state has been left",
		"transitions customer SUSPENDED verified SUSPENDED":                   twice,
		"transitions consent ACCEPTED confirm ACCEPTED":                       "a magic link that confirms is used up, and an accepted consent is sent none",
		"transitions user ACTIVE activate ACTIVE":                             "a customer is activated once",
		"transitions subscription inactive switch_off inactive":               "what is switched off is sent nothing more that could be answered with 410",
		"transitions delivery CANCELLED give_up CANCELLED":                    late,
		"transitions delivery CANCELLED retry CANCELLED":                      late,
		"transitions delivery CANCELLED succeed CANCELLED":                    late,
	}
}

// gapSweep lets a rule refuse an operation with everything that is left of it.
type gapSweep struct {
	server    *flowServer
	operation *contract.Operation
	// left is what was not met; it loses what is.
	left map[string]bool
}

// rules are those of a scenario that answers with what is left, one after the other.
func (s *gapSweep) rules() (list []string) {
	for _, a := range s.operation.Answers {
		if a.Status >= 500 && s.left[fmt.Sprintf("replies %s %d", s.operation.ID, a.Status)] {
			list = append(list, fmt.Sprintf("  - {on: %s, times: 1, fault: {status: %d}}\n", s.operation.ID, a.Status))
		}
		for _, code := range a.Refusals {
			if a.Status >= 500 && !s.left[fmt.Sprintf("refusals %s %s", s.operation.ID, code)] {
				continue
			}
			if s.left[fmt.Sprintf("refusals %s %s", s.operation.ID, code)] || s.left[fmt.Sprintf("replies %s %d", s.operation.ID, a.Status)] {
				list = append(list, fmt.Sprintf("  - {on: %s, times: 1, refuse: %s}\n", s.operation.ID, code))
			}
		}
	}
	return list
}

func (s *gapSweep) done() bool { return len(s.rules()) == 0 }

// play plays a flow to where it calls the operation, with success, and calls it for
// each rule before. What becomes of the flow then does not matter.
func (s *gapSweep) play(t *testing.T, name string) {
	t.Helper()
	f, err := readFlow(flowDir, name)
	if err != nil {
		t.Fatal(err)
	}
	if f.Server == "relaxed" || !slices.ContainsFunc(f.Steps, s.succeeds) {
		return
	}
	rules := s.rules()
	text := "name: sweep\nextends: " + cmp.Or(f.Scenario, "happy-path") + "\nrules:\n" + strings.Join(rules, "")
	f.Scenario, f.name = "", "sweep."+s.operation.ID+"."+f.name
	p := newFlowPlay(s.server, flowDir, f)
	header := http.Header{"X-Tenant-Id": {p.tenant}, "Content-Type": {"application/yaml"}}
	if reply, err := s.server.exchange(http.MethodPut, "/_sandbox/scenario", header, strings.NewReader(text)); err != nil || reply.status != http.StatusOK {
		t.Fatalf("%s: %v %s\n%s", s.operation.ID, err, reply, text)
	}
	s.server.around = func(r *http.Request, answer func()) {
		if operationOf(s.server.documents, r.Method, r.URL.Path) == s.operation {
			body, _ := io.ReadAll(r.Body)
			for range rules {
				again := r.Clone(r.Context())
				again.Body = io.NopCloser(bytes.NewReader(body))
				closes(func() { s.server.app.Handler().ServeHTTP(httptest.NewRecorder(), again) })
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		answer()
	}
	_ = p.play() // Rules that were counted are changes that it does not expect.
	s.server.around = nil
	for one := range metIn(s.server.app.Coverage().Report(p.tenant)) {
		delete(s.left, one)
	}
}

// succeeds reports whether a step calls the operation, and not to see it refused.
func (s *gapSweep) succeeds(step flowStep) bool {
	method, path, _ := strings.Cut(step.Call, " ")
	return (step.Status < http.StatusBadRequest || s.operation.ID == "failTestWebhook") && step.Tenant == "" &&
		operationOf(s.server.documents, method, wholePath(reference.ReplaceAllString(path, "x"))) == s.operation
}
