package scenario_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"finhub-sandbox/internal/scenario"
)

func load(base *scenario.Library, texts ...string) (*scenario.Library, error) {
	var list []scenario.Source
	for i, text := range texts {
		list = append(list, scenario.Source{File: fmt.Sprintf("%d.yaml", i), Text: []byte(text)})
	}
	return scenario.Load(list, catalog(), base)
}

func TestLoadAddsToABaseThatStays(t *testing.T) {
	base, err := load(nil, "name: base\nrules:\n  - {on: verification.outcome, decide: REJECTED}\n")
	if err != nil {
		t.Fatal(err)
	}
	more, err := load(base, "name: mine\nextends: base\nrules:\n  - {on: settlement.outcome, decide: FAILED}\n", "name: other\n")
	if err != nil {
		t.Fatal(err)
	}
	if got := more.Names(); !slices.Equal(got, []string{"base", "mine", "other"}) || len(more.Get("mine").Rules) != 2 {
		t.Errorf("got %v", got)
	}
	if !slices.Equal(base.Names(), []string{"base"}) || len(base.Get("base").Rules) != 1 {
		t.Error("the base has changed")
	}
	if _, err := load(base, "name: base\n"); err == nil || !strings.Contains(err.Error(), "already, in 0.yaml") {
		t.Errorf("a name of the base: %v", err)
	}
	if empty, err := load(nil); err != nil || len(empty.Names()) != 0 || empty.Get("base") != nil {
		t.Errorf("nothing: %v, %v", empty, err)
	}
	var none *scenario.Library
	if none.Get("x") != nil || none.Names() != nil {
		t.Error("a library that is not there has something")
	}
}

// One wrong source, and nothing is loaded.
func TestLoadIsAllOrNothing(t *testing.T) {
	library, err := load(nil, "name: right\n", "name: wrong\nrules: 5\n", "name: also wrong\n")
	var mistakes scenario.Mistakes
	if library != nil || !errors.As(err, &mistakes) || len(mistakes) != 2 {
		t.Errorf("got %v, %v", library, err)
	}
}

func TestLargeFiles(t *testing.T) {
	large := append([]byte("name: s\n#"), bytes.Repeat([]byte("x"), 10<<20)...)
	if _, err := scenario.Parse("s.yaml", large, catalog()); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("10 MB: %v", err)
	}
	list, err := scenario.Sources(fstest.MapFS{"s.yaml": {Data: large}})
	if err != nil || len(list) != 1 || len(list[0].Text) > 1<<20+1 {
		t.Errorf("10 MB are read: %v", err)
	}
	rules := "name: s\nrules:\n" + strings.Repeat("  - {on: settlement.outcome, after: 1h}\n", 10_001)
	if _, err := scenario.Parse("s.yaml", []byte(rules), catalog()); err == nil || !strings.Contains(err.Error(), "at most 10000 rules") {
		t.Errorf("10,001 rules: %v", err)
	}
	wrong := "name: s\nrules:\n" + strings.Repeat("  - {on: nothing, after: 1h}\n", 5000)
	_, err = scenario.Parse("s.yaml", []byte(wrong), catalog())
	var mistakes scenario.Mistakes
	if !errors.As(err, &mistakes) || mistakes.Count() != 5000 || len(mistakes) != 51 {
		t.Errorf("5,000 mistakes: %d", len(mistakes))
	}
	// Lists of lists of aliases grow without end when they are written out.
	laughs := "a: &a [x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'k'; c++ {
		laughs += fmt.Sprintf("%c: &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	if _, err := scenario.Parse("s.yaml", []byte(laughs+"rules: *j\n"), catalog()); err == nil {
		t.Error("a list of lists is accepted")
	}
	if _, err := scenario.Parse("s.yaml", []byte("name: s\nrules: &r [*r]\n"), catalog()); err == nil {
		t.Error("a list that contains itself is accepted")
	}
}

func TestSourcesOfADirectory(t *testing.T) {
	list, err := scenario.Sources(fstest.MapFS{
		"b.yaml": {Data: []byte("name: b")}, "a.yml": {Data: []byte("name: a")}, "scenario.schema.json": {}, "below/c.yaml": {}, "README.md": {},
	})
	if err != nil || len(list) != 2 || list[0].File != "a.yml" || list[1].File != "b.yaml" || string(list[1].Text) != "name: b" {
		t.Errorf("got %v, %v", list, err)
	}
	if _, err := scenario.Sources(os.DirFS("there/is/no/such/directory")); err == nil {
		t.Error("a directory that is not there is read")
	}
}

// Callers without a document may speak about any operation.
func TestCatalogWithoutOperations(t *testing.T) {
	lax := scenario.NewCatalog(nil, nil)
	if _, err := scenario.Parse("s.yaml", []byte("name: s\nrules:\n  - {on: anything, refuse: ANY_CODE}\n  - {on: '*', fault: lost}\n"), lax); err != nil {
		t.Error(err)
	}
	if _, err := scenario.Parse("s.yaml", []byte("name: s\nrules:\n  - {on: any.point, decide: X}\n"), lax); err == nil {
		t.Error("a choice point that no table has is accepted")
	}
	if _, err := scenario.Schema(lax); err != nil {
		t.Error(err)
	}
}

// FuzzLoad holds the parser to its promises: no text makes it panic or hang, a
// refused one has mistakes with places in it, and an accepted one can be used.
func FuzzLoad(f *testing.F) {
	files, _ := os.ReadDir("../../testdata/scenarios")
	for _, file := range files {
		if text, err := os.ReadFile("../../testdata/scenarios/" + file.Name()); err == nil {
			source, _, _ := bytes.Cut(text, []byte(dashes))
			f.Add(source)
		}
	}
	base, err := load(nil, "name: base\n", "name: happy-path\n")
	if err != nil {
		f.Fatal(err)
	}
	known := catalog()
	f.Fuzz(func(t *testing.T, text []byte) {
		library, err := scenario.Load([]scenario.Source{{File: "fuzz.yaml", Text: text}}, known, base)
		var mistakes scenario.Mistakes
		switch {
		case err == nil && library == nil:
			t.Fatal("neither a library nor a mistake")
		case err != nil && (library != nil || !errors.As(err, &mistakes) || len(mistakes) == 0):
			t.Fatalf("refused without mistakes: %v, %v", library, err)
		}
		for _, m := range mistakes {
			if m.Line < 1 || m.Column < 1 || m.Message == "" {
				t.Fatalf("a mistake without a place: %+v", m)
			}
		}
		if err != nil {
			return
		}
		scenario.ListMagic(all(library))
		for _, name := range library.Names() {
			s := library.Get(name)
			for _, r := range s.Rules {
				if _, err := s.Refusal(r.On, scenario.Told(scenario.Facts{}), newDice()); err != nil {
					t.Fatalf("a condition fails: %v", err)
				}
				if _, err := s.Fault(r.On, scenario.Told(scenario.Facts{}), newDice()); err != nil {
					t.Fatalf("a condition fails: %v", err)
				}
			}
		}
	})
}

// A scenario of a thousand rules costs a request next to nothing, as long as
// they are about other operations.
func BenchmarkAThousandRules(b *testing.B) {
	var text strings.Builder
	text.WriteString("name: s\nrules:\n")
	for i := range 1000 {
		on := []string{"registerIndividual", "acceptIndividualConsent"}[i%2]
		fmt.Fprintf(&text, "  - {on: %s, when: 'customer.name == \"Nobody %d\"', refuse: RATE_LIMITED}\n", on, i)
	}
	s, dice, facts := parse(b, text.String()), newDice(), scenario.Told(scenario.Facts{Customer: scenario.Customer{Name: "Ona"}})
	for _, test := range []struct{ name, operation string }{{"elsewhere", "executeOperation"}, {"500 of them here", "registerIndividual"}} {
		b.Run(test.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if r, err := s.Refusal(test.operation, facts, dice); r != nil || err != nil {
					b.Fatal(r, err)
				}
			}
		})
	}
}
