package scenario_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/fault"
	"finhub-sandbox/internal/golden"
	"finhub-sandbox/internal/scenario"
	"finhub-sandbox/internal/setting"
)

// catalog is what the cases speak about.
func catalog() scenario.Catalog {
	arms := func(answers ...machine.Answer) []machine.Transition { return []machine.Transition{{Choices: answers}} }
	catalog, err := scenario.NewCatalog([]machine.Description{
		{Name: "customer", States: []machine.State{"PENDING_VERIFICATION", "ACTIVE"}},
		{Name: "verification", Transitions: arms(machine.Answer{
			Point: "verification.outcome", Options: []string{"APPROVED", "REJECTED", "EXPIRED"}, Default: "APPROVED", AfterSeconds: 86400,
			Reasons: map[string][]string{"REJECTED": {"DOCUMENT_BLURRED", "DATA_MISMATCH"}},
		})},
		{Name: "order", Transitions: arms(
			machine.Answer{Point: "settlement.outcome", Options: []string{"COMPLETED", "FAILED"}, Default: "COMPLETED"},
			machine.Answer{Point: "order.expiry", Options: []string{"EXPIRED"}, Default: "EXPIRED", Deadline: true},
		)},
	}, map[string][]string{
		"registerIndividual":      {"DUPLICATE_EMAIL", "RATE_LIMITED"},
		"acceptIndividualConsent": {"CONSENT_VERSION_OUTDATED", "RATE_LIMITED"},
		"executeOperation":        {"ORDER_EXPIRED", "RATE_LIMITED"},
		"getDocs":                 nil,
	}).Seeing(topics())
	if err != nil {
		panic(err)
	}
	return catalog
}

// A case is a scenario, then perhaps further files under lines of dashes that
// name them, then a line of dashes, and the plan that is read, or every mistake
// with its place.
const (
	dashes    = "\n---------- "
	separator = dashes + "\n"
)

func cases(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../testdata/scenarios/*.txt")
	if err != nil || len(files) < 60 {
		t.Fatalf("%d cases: %v", len(files), err)
	}
	return files
}

// sources takes the files of a case apart, and gives them as they stand there.
func sources(t *testing.T, file string) (list []scenario.Source, files string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	files, _, _ = strings.Cut(string(text), separator)
	for i, part := range strings.Split(files, dashes) {
		name := "case.yaml"
		if i > 0 {
			name, part, _ = strings.Cut(part, "\n")
		}
		list = append(list, scenario.Source{File: name, Text: []byte(part)})
	}
	return list, files
}

func TestCases(t *testing.T) {
	for _, file := range cases(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			list, input := sources(t, file)
			golden.Check(t, file, input+separator+plan(list))
		})
	}
}

func plan(list []scenario.Source) string {
	library, err := scenario.Load(list, catalog(), nil)
	if err != nil {
		return err.Error() + "\n"
	}
	var b strings.Builder
	for _, name := range library.Names() {
		s := library.Get(name)
		fmt.Fprintf(&b, "scenario %s from %s\n", s.Name, s.File)
		if s.Description != "" {
			fmt.Fprintf(&b, "  %s\n", s.Description)
		}
		b.WriteString(settings(s.Settings))
		for _, r := range s.Rules {
			fmt.Fprintf(&b, "  %s", r.On)
			if r.When != "" {
				fmt.Fprintf(&b, ", when %s", r.When)
			}
			fmt.Fprintf(&b, ": %s [%s of %s]\n", r.Effect(), r.Label(), r.Scenario())
			if r.Fault != nil && r.Fault.Kind == fault.Status {
				fmt.Fprintf(&b, "    headers %v, body %q\n", r.Fault.Headers, r.Fault.Body)
			}
		}
	}
	return b.String()
}

func settings(s setting.Settings) string {
	scale := "-"
	if s.DelayScale != nil {
		scale = fmt.Sprint(*s.DelayScale)
		s.DelayScale = nil
	}
	if text := fmt.Sprintf("%+v", s); scale != "-" || text != fmt.Sprintf("%+v", setting.Settings{}) {
		return fmt.Sprintf("  tenant: headers %q, personnel %q, delay scale %s, order life %v, opening balance %d, limits %d %d %d, fees %v\n",
			s.Headers, s.Personnel, scale, s.OrderLife.Duration(), s.OpeningBalance, s.PerTransaction, s.Daily, s.Monthly, map[string]int64(s.Fees))
	}
	return ""
}

// countingDice counts, and throws what it is told to.
type countingDice struct {
	counts map[string]int
	throw  float64
}

func (d *countingDice) Count(rule string) int { d.counts[rule]++; return d.counts[rule] }

func (d *countingDice) Chance(string) float64 { return d.throw }

func newDice() *countingDice { return &countingDice{counts: map[string]int{}, throw: 0.45} }

func parse(t testing.TB, text string) *scenario.Scenario {
	t.Helper()
	s, err := scenario.Parse("s.yaml", []byte(text), catalog())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRulesActAsOftenAsTheySay(t *testing.T) {
	const rejects = "name: s\nrules:\n  - {on: verification.outcome, decide: REJECTED, after: 6h, %s}\n"
	pending := machine.Pending{Point: "verification.outcome", Default: "APPROVED"}
	for limits, want := range map[string]string{
		"times: 2":                    "RRAAAAAA",
		"skip: 1":                     "ARRRRRRR",
		"every: 3":                    "AARAARAA",
		"skip: 1, every: 2, times: 2": "AARARAAA",
		"chance: 0.5":                 "RRRRRRRR",
		"chance: 0.4":                 "AAAAAAAA",
		"chance: 0":                   "AAAAAAAA",
		"times: 1, skip: 2":           "AARAAAAA",
		`when: 'customer.type == "ORGANIZATION"'`:     "AAAAAAAA",
		`when: 'verification.attempt >= 3', times: 2`: "AARRAAAA",
	} {
		t.Run(limits, func(t *testing.T) {
			s, dice, got := parse(t, fmt.Sprintf(rejects, limits)), newDice(), ""
			for i := range len(want) {
				d, _, err := s.Answer(pending, scenario.Told(scenario.Facts{Verification: scenario.Verification{Attempt: i + 1}}), dice)
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
	s := parse(t, `
name: s
rules:
  - {on: settlement.outcome, decide: FAILED}
  - {on: verification.outcome, when: 'customer.risk == "HIGH"', decide: REJECTED, reason: DATA_MISMATCH}
  - {on: verification.outcome, when: 'customer.risk == "MEDIUM"', decide: EXPIRED, after: 3 reads}
  - {on: verification.outcome, after: 2d}
`)
	pending := machine.Pending{Point: "verification.outcome", Default: "APPROVED", After: 24 * time.Hour}
	rule := func(name string, line int) machine.Rule {
		return machine.Rule{Scenario: "s", Name: name, File: "s.yaml", Line: line}
	}
	for risk, want := range map[string]machine.Decision{
		"HIGH":   {Option: "REJECTED", Reason: "DATA_MISMATCH", After: 24 * time.Hour, Rule: rule("rule 2", 5)},
		"MEDIUM": {Option: "EXPIRED", After: 24 * time.Hour, Reads: 3, Rule: rule("rule 3", 6)},
		"LOW":    {Option: "APPROVED", After: 48 * time.Hour, Rule: rule("rule 4", 7)},
	} {
		d, _, err := s.Answer(pending, scenario.Told(scenario.Facts{Customer: scenario.Customer{Risk: risk}}), newDice())
		if err != nil || d != want {
			t.Errorf("%s: got %v, %v, want %v", risk, d, err, want)
		}
	}
	d, r, err := s.Answer(machine.Pending{Point: "beneficiary.screening", Default: "VERIFIED"}, scenario.Told(scenario.Facts{}), newDice())
	if err != nil || r != nil || d.Option != "VERIFIED" || d.Rule != (machine.Rule{}) {
		t.Errorf("a point without rules: got %v, %v, %v", d, r, err)
	}
}

// Rules on an operation and on all of them keep the order in which they stand.
func TestRulesOnEveryOperation(t *testing.T) {
	s := parse(t, `
name: s
rules:
  - {name: first, on: "*", when: 'request.method == "GET"', fault: lost}
  - {name: mine, on: executeOperation, times: 1, fault: reset}
  - {name: refused, on: executeOperation, refuse: ORDER_EXPIRED}
  - {name: other, on: registerIndividual, fault: cut}
  - {name: last, on: "*", fault: empty}
`)
	dice := newDice()
	for _, test := range []struct{ operation, method, want string }{
		{"executeOperation", "GET", "first"}, {"executeOperation", "POST", "mine"}, {"executeOperation", "POST", "last"},
		{"registerIndividual", "POST", "other"}, {"getOrder", "GET", "first"}, {"getOrder", "POST", "last"},
	} {
		r, err := s.Fault(test.operation, scenario.Told(scenario.Facts{Request: scenario.Request{Method: test.method}}), dice)
		if err != nil || r == nil || r.Name != test.want {
			t.Errorf("%+v: got %v, %v", test, r, err)
		}
	}
	if r, err := s.Refusal("executeOperation", scenario.Told(scenario.Facts{}), dice); err != nil || r == nil || r.Refuse != "ORDER_EXPIRED" {
		t.Errorf("refusal: got %v, %v", r, err)
	}
	if r, err := s.Refusal("getOrder", scenario.Told(scenario.Facts{}), dice); err != nil || r != nil {
		t.Errorf("no refusal: got %v, %v", r, err)
	}
	if !s.Refuses("executeOperation") || s.Refuses("getOrder") || !s.Injects("getOrder") || parse(t, "name: s").Injects("getOrder") {
		t.Error("Refuses and Injects do not say what Refusal and Fault do")
	}
}

// A rule that keeps its name keeps its counts when another is put before it.
func TestCountsBelongToTheRule(t *testing.T) {
	count := func(text string) string {
		dice := newDice()
		_, _ = parse(t, text).Refusal("executeOperation", scenario.Told(scenario.Facts{}), dice)
		return fmt.Sprint(dice.counts)
	}
	const named = "  - {name: late, on: executeOperation, times: 1, refuse: ORDER_EXPIRED}\n"
	const before = "  - {on: settlement.outcome, decide: FAILED}\n"
	if a, b := count("name: s\nrules:\n"+named), count("name: s\nrules:\n"+before+named); a != b {
		t.Errorf("%s and %s", a, b)
	}
	twice := "name: s\nrules:\n" + named + named
	s, dice := parse(t, twice), newDice()
	for range 3 {
		if _, err := s.Refusal("executeOperation", scenario.Told(scenario.Facts{}), dice); err != nil {
			t.Fatal(err)
		}
	}
	if len(dice.counts) != 2 {
		t.Errorf("two rules of one name count together: %v", dice.counts)
	}
}

// TestFactsAreToldWhenAConditionAsks: each topic once, and none that no condition
// comes to.
func TestFactsAreToldWhenAConditionAsks(t *testing.T) {
	var told []scenario.Topic
	tell := func(f *scenario.Facts, about scenario.Topic) {
		told = append(told, about)
		f.Customer.Name, f.Order.Amount = "Ona", 5
	}
	text := `name: s
rules:
  - {on: executeOperation, when: 'customer.name == "Jonas" and any(customer.people, .pep)', refuse: ORDER_EXPIRED}
  - {on: executeOperation, when: 'customer.name == "Petras" and paymentConsent.used > 0', refuse: ORDER_EXPIRED}
  - {on: executeOperation, when: 'customer.name == "Ona" and order.amount + 1 == 6', refuse: ORDER_EXPIRED}
  - {on: executeOperation, when: 'wallet.balance == 0', refuse: RATE_LIMITED}
`
	if r, err := parse(t, text).Refusal("executeOperation", tell, newDice()); err != nil || r == nil || r.Label() != "rule 3" {
		t.Fatalf("got %v, %v", r, err)
	}
	if want := []scenario.Topic{scenario.AboutCustomer, scenario.AboutOrder}; !slices.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
	told = nil
	if r, err := parse(t, text).Refusal("getOrder", tell, newDice()); r != nil || err != nil || told != nil {
		t.Errorf("without rules: %v, %v, told %v", r, err, told)
	}
}
