package coverage

import (
	"strings"
	"testing"
	"time"

	"finhub-sandbox/internal/golden"
	"finhub-sandbox/internal/lately"
)

func reportOf(counts ...int64) *Report {
	names := []string{"registerIndividual", "createBeneficiary", "getOrder"}
	d := Dimension{Name: operations, About: "operations", Items: []Item{}}
	for i, n := range counts {
		d.Items = append(d.Items, Item{Name: names[i], Count: n, Shown: &Shown{Text: "call <it> & see"}})
	}
	r := &Report{Tenant: "shop", Since: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC), Requests: 3, Dimensions: []Dimension{d, {Name: deliveries, Items: []Item{{Name: "FAILED"}}}}}
	r.sum()
	return r
}

// The share is the mean of the dimensions', rounded down: 100 is all of it.
func TestShare(t *testing.T) {
	r := reportOf(1, 0, 5)
	if d := r.Dimensions[0]; d.Met != 2 || d.Exists != 3 || d.Share != 66.6 || r.Share != 33.3 {
		t.Errorf("got %+v and %v", d, r.Share)
	}
	r.Dimensions = r.Dimensions[:1]
	for i := range 999 {
		r.Dimensions[0].Items = append(r.Dimensions[0].Items, Item{Name: strings.Repeat("x", i), Count: 1})
	}
	if r.sum(); r.Share != 99.9 {
		t.Errorf("one of a thousand is missing, and the share is %v", r.Share)
	}
}

func TestMerge(t *testing.T) {
	a, b := reportOf(1, 0, 0), reportOf(2, 3, 0)
	b.Tenant = "other"
	a.Habits, b.Habits = []Habit{{Name: preparedTwice, Operation: "x", Count: 1}}, []Habit{{Name: preparedTwice, Operation: "x", Count: 2}, {Name: retriedBlindly, Operation: "x", Count: 1}}
	whole, err := Merge(a, b)
	if err != nil {
		t.Fatal(err)
	}
	if items := whole.Dimensions[0].Items; items[0].Count != 3 || items[1].Count != 3 || whole.Dimensions[0].Met != 2 || whole.Requests != 6 || whole.Tenant != "" {
		t.Errorf("got %+v", whole)
	}
	if len(whole.Habits) != 2 || whole.Habits[0].Count != 3 || a.Habits[0].Count != 1 || a.Dimensions[0].Items[0].Count != 1 {
		t.Errorf("got %+v, and the first is %+v", whole.Habits, a)
	}
	if _, err := Merge(a, reportOf(1)); err == nil || !strings.Contains(err.Error(), "report 2 is of another version") {
		t.Errorf("got %v", err)
	}
	if _, err := Merge(); err == nil {
		t.Error("nothing can be merged")
	}
}

// Only what a baseline has met and the report has not is a loss; a gain beside it
// hides none.
func TestLosses(t *testing.T) {
	is, was := reportOf(0, 4, 0), reportOf(1, 0, 0)
	if lost := is.Losses(was); len(lost) != 1 || lost[0] != "operations registerIndividual" {
		t.Errorf("got %v", lost)
	}
	was.Dimensions[0].Items[0].Name = "goneOperation"
	if lost := is.Losses(was); lost != nil {
		t.Errorf("what does not exist any more is lost: %v", lost)
	}
}

func TestExclude(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no list", "item: x", "it is no list"},
		{"unknown member", "- {item: x, why: y}", "it is no list"},
		{"no reason", `- {item: "operations getOrder"}`, "has no reason"},
		{"no item", "- {reason: y}", "exclusion 1 names no item"},
		{"unknown", `- {item: "operations getOrders", reason: y}`, "nothing that exists"},
		{"no pattern", `- {item: "operations [", reason: y}`, "no pattern"},
		{"one", `- {item: "operations getOrder", reason: we have no orders}`, ""},
		{"many", `- {item: "deliveries *", reason: we have no webhooks}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := reportOf(1, 1, 0)
			list, err := ReadExclusions([]byte(c.text))
			if err == nil {
				err = r.Exclude(list)
			}
			if c.want == "" && (err != nil || len(r.Excluded) != 1 || r.Share != 50 && c.name == "one" || r.Dimensions[1].Exists != 0 && c.name == "many") {
				t.Errorf("got %v, %+v", err, r)
			}
			if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, and not %s", err, c.want)
			}
		})
	}
}

// TestForms holds the forms of a report with a habit, a gap and an exclusion.
func TestForms(t *testing.T) {
	r := reportOf(1, 0, 0)
	r.Habits = []Habit{{Name: preparedTwice, Operation: "prepareOperation", Count: 2, Why: "Two orders stand.", Instead: "Look first."}}
	if err := r.Exclude([]Exclusion{{"operations getOrder", "we have none"}}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"markdown", "junit", "html"} {
		golden.Check(t, "testdata/report."+name, FormOf(name).Write(r))
	}
}

func TestFormAccepted(t *testing.T) {
	for accept, want := range map[string]string{
		"": "", "*/*": "", "application/json": "", "text/html,application/xhtml+xml": "html", "text/markdown": "markdown", "application/xml": "junit",
		"application/json, text/html": "",
	} {
		if got := FormAccepted(accept); got != want {
			t.Errorf("%q asks for %q, and got %q", accept, want, got)
		}
	}
}

// Who asks for the report of a tenant that nobody has called opens none.
func TestLookingOpensNoTally(t *testing.T) {
	c := &Coverage{space: &space{}, now: func() time.Time { return time.Unix(1, 0) }, tallies: lately.New(1, func(*tally) {})}
	if r := c.Report("stranger"); r.Tenant != "stranger" || r.Requests != 0 || r.Since.IsZero() {
		t.Errorf("got %+v", r)
	}
	c.Clear("stranger")
	if c.Whole(); len(c.tallies.Names()) > 0 {
		t.Errorf("there are %v", c.tallies.Names())
	}
}
