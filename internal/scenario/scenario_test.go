package scenario_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/scenario"
)

var update = flag.Bool("update", false, "write what the cases give")

// catalog is what the cases speak about.
func catalog() scenario.Catalog {
	return scenario.Catalog{
		"verification.outcome": {
			Point: "verification.outcome", Options: []string{"APPROVED", "REJECTED", "EXPIRED"}, Default: "APPROVED", AfterSeconds: 86400,
			Reasons: map[string][]string{"REJECTED": {"DOCUMENT_BLURRED", "DATA_MISMATCH"}},
		},
		"settlement.outcome": {Point: "settlement.outcome", Options: []string{"COMPLETED", "FAILED"}, Default: "COMPLETED"},
	}
}

const separator = "\n---------- "

// TestCases runs the files of testdata/scenarios: a scenario, a line of dashes,
// and the plan that is read, or every mistake with its place.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("../../testdata/scenarios/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			source, want, _ := strings.Cut(string(text), separator+"\n")
			got := plan(source)
			if *update {
				if err := os.WriteFile(file, []byte(source+separator+"\n"+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func plan(source string) string {
	s, err := scenario.Parse("case.yaml", []byte(source), catalog())
	if err != nil {
		return err.Error() + "\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "scenario %s\n", s.Name)
	for _, r := range s.Rules {
		fmt.Fprintf(&b, "on %s when %q decide %q reason %q after %v (delayed %v) times %d skip %d every %d chance %v\n",
			r.On, r.When, r.Decide, r.Reason, r.After, r.Delayed, r.Times, r.Skip, r.Every, r.Chance)
	}
	return b.String()
}

// countingDice counts, and throws what it is told to.
type countingDice struct {
	counts map[string]int
	throw  float64
}

func (d *countingDice) Count(rule string) int { d.counts[rule]++; return d.counts[rule] }

func (d *countingDice) Chance(string) float64 { return d.throw }

func TestRulesActAsOftenAsTheySay(t *testing.T) {
	const rejects = "name: s\nrules:\n  - {on: verification.outcome, decide: REJECTED, after: 6h, %s}\n"
	pending := machine.Pending{Point: "verification.outcome", Default: "APPROVED"}
	for limits, want := range map[string]string{
		"times: 2":                     "RRAAAAAA",
		"skip: 1":                      "ARRRRRRR",
		"every: 3":                     "AARAARAA",
		"skip: 1, every: 2, times: 2":  "AARARAAA",
		"chance: 0.5":                  "RRRRRRRR",
		"chance: 0.4":                  "AAAAAAAA",
		"times: 1, skip: 2":            "AARAAAAA",
		`when: 'customer.type == "X"'`: "AAAAAAAA",
		`when: 'verification.attempt >= 3', times: 2`: "AARRAAAA",
	} {
		t.Run(limits, func(t *testing.T) {
			s, err := scenario.Parse("s.yaml", fmt.Appendf(nil, rejects, limits), catalog())
			if err != nil {
				t.Fatal(err)
			}
			dice := &countingDice{counts: map[string]int{}, throw: 0.45}
			got := ""
			for i := range len(want) {
				d, _, err := s.Answer(pending, scenario.Facts{Verification: scenario.Verification{Attempt: i + 1}}, dice)
				if err != nil {
					t.Fatal(err)
				}
				got += d.Option[:1]
			}
			if got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestTheFirstRuleThatMatchesWins(t *testing.T) {
	s, err := scenario.Parse("s.yaml", []byte(`
name: s
rules:
  - {on: settlement.outcome, decide: FAILED}
  - {on: verification.outcome, when: 'customer.risk == "HIGH"', decide: REJECTED, reason: DATA_MISMATCH}
  - {on: verification.outcome, after: 2d}
`), catalog())
	if err != nil {
		t.Fatal(err)
	}
	pending := machine.Pending{Point: "verification.outcome", Default: "APPROVED", After: 24 * 3600e9}
	for risk, want := range map[string]string{"HIGH": "{REJECTED DATA_MISMATCH 24h0m0s}", "LOW": "{APPROVED  48h0m0s}"} {
		d, _, err := s.Answer(pending, scenario.Facts{Customer: scenario.Customer{Risk: risk}}, &countingDice{counts: map[string]int{}})
		if err != nil || fmt.Sprint(d) != want {
			t.Errorf("%s: got %v, %v, want %s", risk, d, err, want)
		}
	}
}
