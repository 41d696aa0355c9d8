package scenario_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"finhub-sandbox/internal/scenario"
)

// rules writes a scenario of so many rules.
func rules(n int, rule func(i int) string) string {
	var b strings.Builder
	b.WriteString("name: s\nrules:\n")
	for i := range n {
		b.WriteString("- " + rule(i) + "\n")
	}
	return b.String()
}

// when writes rules with a condition, which may have the number of the rule.
func when(n int, condition string) string {
	return rules(n, func(i int) string {
		return "{on: verification.outcome, decide: APPROVED, when: '" + strings.ReplaceAll(condition, "%d", fmt.Sprint(i)) + "'}"
	})
}

func same(rule string) func(int) string { return func(int) string { return rule } }

// members writes a mapping of so many members.
func members(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "x%d: a, ", i)
	}
	return "{" + b.String() + "}"
}

// hostileFiles are files that ask for much with little, or as much as fits into one.
func hostileFiles() map[string]string {
	rep := strings.Repeat
	reply := "&r {on: registerIndividual, fault: {status: 500, headers: " + members(40) + ", body: " + rep("b", 60_000) + "}}"
	return map[string]string{
		"items": "name: s\nrules: [" + rep("a,", 500_000) + "a]", "empty mappings": "name: s\nrules: [" + rep("{},", 340_000) + "{}]",
		"opened": "name: s\nrules: " + rep("[", 1_000_000), "nested": "name: s\nrules: " + rep("[", 9_000) + rep("]", 9_000),
		"nested mappings": "name: s\nrules: " + rep("{a: ", 200_000), "nested lists": "name: s\nrules:\n" + rep("- ", 500_000),
		"documents": "name: s\n" + rep("---\n", 250_000), "lines": "name: s\ndescription: |\n" + rep("  \n", 300_000), "comments": "name: s\n" + rep("# a\n", 250_000),
		"binary": rules(10_000, same("!!binary "+rep("A", 80))), "anchors": rules(50_000, func(i int) string { return fmt.Sprintf("&a%d x", i) }),
		"a long key": "name: s\n" + rep("k", 1_000_000) + ": 1\n", "a long name": "name: " + rep("k", 1_000_000), "a long subject": rules(10, same("{on: "+rep("k", 100_000)+", refuse: X}")),
		"long times": rules(10, same("{on: verification.outcome, after: "+rep("1d", 50_000)+"}")), "long numbers": rules(5000, same("{on: verification.outcome, times: "+rep("9", 150)+"}")),
		"unknown members": "name: s\n" + strings.ReplaceAll(strings.Trim(members(70_000), "{} ,"), ", ", "\n"),
		"headers":         rules(1, same("{on: registerIndividual, fault: {status: 500, headers: "+members(80_000)+"}}")),

		"a rule again and again":  rules(1, same(reply)) + rep("- *r\n", 9_999),
		"aliases of aliases":      "name: s\nrules:\n- &a [x,x,x,x,x,x,x,x]\n- &b [*a,*a,*a,*a,*a,*a,*a]\n- &c [*b,*b,*b,*b,*b,*b,*b]\n- &d [*c,*c,*c,*c,*c,*c]\n- &e [*d,*d,*d,*d,*d,*d]\n- &f [*e,*e,*e,*e,*e]\n- &g [*f,*f,*f,*f,*f]\n- [*g,*g,*g,*g,*g]\n",
		"an alias of itself":      "name: s\nrules: &r [*r]\n",
		"a condition of aliases":  "name: s\ndescription: &c '" + rep("customer.pep or ", 60) + "true'\nrules:\n" + rep("- {on: verification.outcome, when: *c, decide: APPROVED}\n", 9_000),
		"10,000 rules":            rules(10_000, same("{on: verification.outcome, decide: APPROVED}")),
		"10,000 conditions":       when(10_000, `customer.name == "%d"`),
		"long conditions":         when(900, rep("customer.pep or ", 60)+"true"),
		"many ways":               when(900, rep("(customer.pep or customer.ubo) and ", 27)+"true"),
		"parentheses":             when(900, rep("(", 490)+"true"+rep(")", 490)),
		"nots":                    when(900, rep("!", 990)+"true"),
		"long lists":              when(900, `customer.name in [`+rep(`"a",`, 240)+`"b"]`),
		"unknown operations":      rules(10_000, same("{on: executOperation, refuse: X}")),
		"unknown facts":           when(10_000, `customer.nam == "%d"`),
		"a pattern":               when(1, `customer.name matches "`+rep("a{1000}", 140)+`"`),
		"a pattern of repeats":    when(1, `customer.name matches "(a{30}){30}"`),
		"a pattern of classes":    when(1, `customer.name matches "(?i)`+rep(`[\\pL\\pN]`, 90)+`"`),
		"patterns":                when(8_000, `customer.name matches "a{900}b%d"`),
		"patterns of classes":     when(900, `customer.name matches "(?i)`+rep(`[\\pL\\pN]`, 85)+`"`),
		"patterns that are wrong": when(8_000, `customer.name matches "a{900}("`),
	}
}

// TestHostileFilesCostWhatTheyAreLong: what a file becomes, right or wrong, is in
// proportion to its bytes. YAML itself takes most.
func TestHostileFilesCostWhatTheyAreLong(t *testing.T) {
	const fixed, each, longest, most = 4 << 20, 500, 64 << 10, 51
	known := catalog()
	for name, text := range hostileFiles() {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := scenario.Load([]scenario.Source{{File: "s.yaml", Text: []byte(text)}}, known, nil)
			runtime.ReadMemStats(&after)
			if made, bound := after.TotalAlloc-before.TotalAlloc, uint64(fixed+each*len(text)); made > bound {
				t.Errorf("%d bytes made %d bytes, more than %d", len(text), made, bound)
			}
			var mistakes scenario.Mistakes
			if errors.As(err, &mistakes) && (len(mistakes) > most || len(err.Error()) > longest) {
				t.Errorf("%d mistakes of %d bytes: %.200s", len(mistakes), len(err.Error()), err.Error())
			}
		})
	}
}

// TestWhatIsBoundedSaysSo tries the bounds from both sides.
func TestWhatIsBoundedSaysSo(t *testing.T) {
	rep := strings.Repeat
	for name, test := range map[string]struct {
		text func(n int) string
		most int
		want string
	}{
		"steps of a pattern": {func(n int) string {
			return when(1, `customer.name matches "`+rep("ab{499}", n/500)+rep("c", n%500)+`"`)
		}, 2000, "the pattern is too large"},
		"steps of all patterns": {func(n int) string { return when(n, `customer.name matches "b{999}"`) }, 20, "the pattern is too much"},
		"headers": {func(n int) string {
			return rules(1, same("{on: registerIndividual, fault: {status: 500, headers: "+members(n)+"}}"))
		}, 50, "a fault has at most 50 headers"},
		"a header": {func(n int) string {
			return rules(1, same("{on: registerIndividual, fault: {status: 500, headers: {a: "+rep("b", n)+"}}}"))
		}, 4096, "a header must be a text of at most 4096 bytes"},
		"a rule's name": {func(n int) string {
			return rules(1, same("{name: "+rep("b", n)+", on: verification.outcome, decide: APPROVED}"))
		}, 200, "name must be a text of at most 200 bytes"},
		"a description": {func(n int) string { return "name: s\ndescription: " + rep("b", n) }, 8192, "description must be a text of at most 8192 bytes"},
		"a body": {func(n int) string {
			return rules(1, same("{on: registerIndividual, fault: {status: 500, body: "+rep("b", n)+"}}"))
		}, 65536, "body must be a text of at most 65536 bytes"},
		"rules": {func(n int) string { return rules(n, same("{on: verification.outcome, decide: APPROVED}")) }, 10_000, "a scenario has at most 10000 rules"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := load(nil, test.text(test.most)); err != nil {
				t.Errorf("%d: %.300v", test.most, err)
			}
			if _, err := load(nil, test.text(test.most+1)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%d: %.300v", test.most+1, err)
			}
		})
	}
}

// TestAliasesAreTakenUpToAFilesSize: who shortens a file by them may, and who makes
// it larger than a file may be is told where.
func TestAliasesAreTakenUpToAFilesSize(t *testing.T) {
	library, err := load(nil, "name: s\nrules:\n- {on: verification.outcome, when: &c 'customer.pep', decide: REJECTED}\n- {on: settlement.outcome, when: *c, decide: FAILED}\n")
	if err != nil || library.Get("s").Rules[1].When != "customer.pep" {
		t.Errorf("an alias: %v", err)
	}
	reply := "rules:\n- &r {on: registerIndividual, fault: {status: 500, body: " + strings.Repeat("b", 60_000) + "}}\n"
	for text, want := range map[string]string{
		"name: s\nrules: &r [*r]\n":                          "0.yaml:2:1: the aliases here stand for too much",
		"name: s\n" + reply + strings.Repeat("- *r\n", 20):   "0.yaml:3:1: the aliases here stand for too much",
		"name: s\ndescription:\n- x\n- &r [*r]\nrules: []\n": "0.yaml:4:1: the aliases here stand for too much",
	} {
		if _, err := load(nil, text); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.60s: %v, want %s", text, err, want)
		}
	}
}

// TestALongListIsToldOnce: a hundred mistakes of one kind show what is right once.
func TestALongListIsToldOnce(t *testing.T) {
	operations := map[string][]string{}
	for i := range 60 {
		operations[fmt.Sprintf("operationNumber%d", i)] = nil
	}
	_, err := scenario.Parse("s.yaml", []byte(rules(100, same("{on: operatoinNumber7, fault: lost}"))), scenario.NewCatalog(nil, operations))
	var mistakes scenario.Mistakes
	if !errors.As(err, &mistakes) || mistakes.Count() != 100 || len(mistakes) != 51 {
		t.Fatalf("%d mistakes: %v", len(mistakes), err)
	}
	if n := strings.Count(err.Error(), "operationNumber59"); n != 1 {
		t.Errorf("the list stands there %d times", n)
	}
	const want = `s.yaml:4:8: "operatoinNumber7" is neither a choice point nor an operation (did you mean operationNumber7?); what is listed for line 3`
	if got := mistakes[1].Error(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if last := mistakes[50]; last.Message != "50 more mistakes from here on" || last.More != 50 {
		t.Errorf("the last is %+v", last)
	}
}
