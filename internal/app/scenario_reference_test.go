package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/golden"
	"finhub-sandbox/internal/scenario"
)

// TestScenarioReference holds the tables of docs/scenarios.md to what scenarios can speak
// about.
func TestScenarioReference(t *testing.T) {
	const file = "../../docs/scenarios.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	reference, err := app.ScenarioReference()
	if err != nil {
		t.Fatal(err)
	}
	marked := regexp.MustCompile(`(?s)(<!-- reference, [^\n]* -->\n\n).*?(<!-- end of reference -->\n)`)
	parts := marked.FindSubmatch(text)
	if parts == nil {
		t.Fatalf("%s has no place for the reference", file)
	}
	want := marked.ReplaceAllLiteral(text, slices.Concat(parts[1], []byte(referencePage(reference)), parts[2]))
	golden.Check(t, file, string(want))
}

func referencePage(r scenario.Reference) string {
	var b strings.Builder
	code := func(words []string) string {
		if len(words) == 0 {
			return ""
		}
		return "`" + strings.Join(words, "`, `") + "`"
	}
	b.WriteString("### Choice points\n\n| Choice point | Options, with their reasons | Without a rule | Conditions ask about |\n|---|---|---|---|\n")
	for _, p := range r.Points {
		var options []string
		for _, option := range p.Options {
			options = append(options, strings.TrimSuffix(code([]string{option})+": "+code(p.Reasons[option]), ": "))
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", p.Point, strings.Join(options, "; "), p.Usual(), code(p.Facts))
	}
	b.WriteString("\n### Facts\n\n| Fact | Type | Values | Meaning |\n|---|---|---|---|\n")
	for _, f := range r.Facts {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", f.Name, f.Type, code(f.Values), f.Means)
	}
	for _, faults := range []struct {
		title, works string
		list         []scenario.FaultReference
	}{{"Faults", "The work is done", r.Faults}, {"Faults of webhooks", "It is sent", r.DeliveryFaults}} {
		fmt.Fprintf(&b, "\n### %s\n\n| Fault | %s | What happens |\n|---|---|---|\n", faults.title, faults.works)
		for _, f := range faults.list {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", f.Form, map[bool]string{true: "yes", false: "no"}[f.Works], f.Does)
		}
	}
	b.WriteString("\n")
	return b.String()
}

// TestTheReferenceIsTrue writes a rule for everything that the reference lists; the
// sandbox that lists it takes it.
func TestTheReferenceIsTrue(t *testing.T) {
	s := openLocal(t, app.Config{})
	var r scenario.Reference
	if err := json.Unmarshal([]byte(s.must("demo", http.MethodGet, "/_sandbox/scenarios/reference", "").text), &r); err != nil {
		t.Fatal(err)
	}
	var rules []string
	rule := func(on string, members ...string) {
		rules = append(rules, " - {on: "+on+", "+strings.Join(members, ", ")+"}")
	}
	for _, p := range r.Points {
		for _, option := range p.Options {
			rule(p.Point, "decide: "+option)
			for _, reason := range p.Reasons[option] {
				rule(p.Point, "decide: "+option, "reason: "+reason)
			}
		}
		for _, fact := range p.Facts {
			i := slices.IndexFunc(r.Facts, func(f scenario.FactReference) bool { return strings.HasPrefix(f.Name, fact+".") })
			if i < 0 {
				t.Fatalf("%s asks about %s, which has no members", p.Point, fact)
			}
			rule(p.Point, "decide: "+p.Options[0], "when: '"+asking(r.Facts[i])+"'")
		}
	}
	for _, o := range r.Operations {
		for _, code := range o.Refusals {
			rule(o.Operation, "refuse: "+code)
		}
	}
	for _, f := range r.Facts {
		rule("getOrder", "refuse: ORDER_NOT_FOUND", "when: '"+asking(f)+"'")
	}
	for _, f := range r.Faults {
		rule("getOrder", "fault: "+f.Form)
	}
	for _, f := range r.DeliveryFaults {
		rule("webhook.delivery", "fault: "+f.Form)
	}
	if len(rules) < 1000 {
		t.Fatalf("only %d rules", len(rules))
	}
	everything := "name: everything\nrules:\n" + strings.Join(rules, "\n")
	s.must("demo", http.MethodPut, "/_sandbox/scenario", everything, "Content-Type", "application/yaml")
}

// asking is a condition about a fact: that it has the last of its values, or any of its
// type.
func asking(f scenario.FactReference) string {
	list, member, item := strings.Cut(f.Name, "[].")
	name := f.Name
	if item {
		name = "." + member
	}
	condition := name + " == \"\""
	switch {
	case len(f.Values) > 0:
		condition = fmt.Sprintf("%s == %q", name, f.Values[len(f.Values)-1])
	case f.Type == "true or false":
		condition = name
	case f.Type == "whole number", f.Type == "number":
		condition = name + " > 1"
	case f.Type == "list of texts":
		condition = `"x" in ` + name
	case f.Type == "texts by key":
		condition = name + `.monitoring == "DAILY"`
	case f.Type == "list":
		condition = "len(" + name + ") > 1"
	}
	if item {
		return "any(" + list + ", " + condition + ")"
	}
	return condition
}
