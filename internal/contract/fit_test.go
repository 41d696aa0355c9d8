package contract

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"finhub-sandbox/internal/domain/bank"
	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/spec"
)

// readWhole reads all of the documents that are shipped.
func readWhole(t testing.TB) []*Document {
	t.Helper()
	formats := Formats{
		"iban": bank.CheckIBAN, "bic": bank.CheckBIC, "country": bank.CheckCountry, "country-code": bank.CheckCountryCode, "currency": money.CheckCurrency,
	}
	var list []*Document
	for _, bundled := range [][]byte{spec.Product(), spec.Control()} {
		d, err := Load(bundled, formats)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range d.Operations {
			o.rules()
			o.replies()
		}
		list = append(list, d)
	}
	return list
}

// TestFitsAreThoseOfTheValidator holds what is made ready of every schema to the
// validator, with values made for the schema, as they are and spoiled.
func TestFitsAreThoseOfTheValidator(t *testing.T) {
	maker := newValueMaker(t)
	taken, refused := 0, 0
	for _, d := range readWhole(t) {
		for _, ready := range []struct {
			*fitter
			checker
		}{{d.source.fitter, d.source.checking}, {d.source.replyFitter, d.source.replying}} {
			for s, f := range ready.made {
				if f.unknown {
					t.Errorf("%s: nothing is made ready of %s", d.Title, shown(s))
				}
				for range 40 {
					value := maker.value(s, 0)
					if got, want := f.takes(value), ready.fits(s, value); got != want {
						t.Fatalf("%s: %s fits %s: %v, and the validator says %v", d.Title, shown(value), shown(s), got, want)
					} else if got {
						taken++
					} else {
						refused++
					}
				}
			}
		}
	}
	if taken < 5000 || refused < 5000 {
		t.Errorf("%d values are taken and %d refused: too few of one kind", taken, refused)
	}
}

// TestBodiesAreTakenAsTheValidatorDoes holds the quick way of a body to the slow
// one: with members of one family, of several, and spoiled.
func TestBodiesAreTakenAsTheValidatorDoes(t *testing.T) {
	maker := newValueMaker(t)
	taken, refused := 0, 0
	for _, d := range readWhole(t) {
		for _, o := range d.Operations {
			r := o.rules()
			all := slices.Concat(r.families, r.relaxed)
			for range 60 * min(len(all), 3) {
				body := maker.value(all[maker.IntN(len(all))].schema, 0)
				if object, ok := body.(map[string]any); ok && maker.IntN(2) == 0 {
					other, _ := maker.value(all[maker.IntN(len(all))].schema, 0).(map[string]any)
					maps.Copy(object, other)
				}
				for _, f := range all {
					sent := Sent{Numbers: maker.numbers(f, body)}
					if got, want := r.takes(f, body, sent), r.accepts(f, body, sent); got != want {
						t.Fatalf("%s: %s is %s: %v, and the validator says %v", o.ID, shown(body), f.name, got, want)
					} else if got {
						taken++
					} else {
						refused++
					}
				}
			}
		}
	}
	if taken < 500 || refused < 500 {
		t.Errorf("%d bodies are taken and %d refused: too few of one kind", taken, refused)
	}
}

// TestWhatIsNotMadeReady: whatever else a schema says is the validator's, and the
// bounds of numbers and texts are held to it one by one.
func TestWhatIsNotMadeReady(t *testing.T) {
	for _, c := range []struct {
		schema string
		known  bool
	}{
		{`{}`, true},
		{`{"type": "string", "minLength": 2, "maxLength": 3, "pattern": "^[a-z]+$"}`, true},
		{`{"type": "string", "pattern": "^[a-z]+"}`, true},
		{`{"type": "string", "pattern": "[0-9][a-z]+$"}`, true},
		{`{"type": "string", "pattern": "^[a-z]*$"}`, true},
		{`{"type": "string", "nullable": true, "enum": ["a", null]}`, true},
		{`{"type": "number", "minimum": 1, "exclusiveMinimum": true, "maximum": 2, "exclusiveMaximum": true}`, true},
		{`{"type": "number", "exclusiveMinimum": 1, "exclusiveMaximum": 2}`, true},
		{`{"type": "number", "multipleOf": 0.01}`, true},
		{`{"type": ["string", "integer"], "maximum": 1}`, true},
		{`{"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "boolean"}}`, true},
		{`{"minProperties": 1, "maxProperties": 2, "properties": {"a": {"type": "string"}}, "additionalProperties": false}`, true},
		{`{"required": ["a"], "additionalProperties": {"type": "string"}}`, true},
		{`{"allOf": [{"minLength": 2}], "anyOf": [{"maxLength": 1}, {"maxLength": 3}]}`, true},
		{`{"allOf": [{"allOf": [{"minProperties": 1, "type": "object"}]}]}`, true},
		{`{"type": "string", "pattern": "^\\u0041$"}`, false},
		{`{"type": "string", "format": "byte"}`, false},
		{`{"type": "integer", "format": "int32"}`, false},
		{`{"enum": ["a", 1, true, null]}`, true},
		{`{"enum": ["a", ["a"], {}]}`, false},
		{`{"type": "number", "multipleOf": -1}`, false},
		{`{"type": "array", "uniqueItems": true}`, false},
		{`{"not": {"type": "string"}}`, false},
		{`{"oneOf": [{"type": "string"}]}`, false},
	} {
		s := &openapi3.Schema{}
		if err := json.Unmarshal([]byte(c.schema), s); err != nil {
			t.Fatal(err)
		}
		f, check := newFitter(knownFormats(nil)).fit(s), newChecker(knownFormats(nil))
		if f.unknown == c.known {
			t.Errorf("%s is made ready: %v", c.schema, !f.unknown)
		}
		for _, value := range oddValues() {
			if got, want := f.takes(value), check.fits(s, value); got != want && (got || c.known) {
				t.Errorf("%s takes %s: %v, and the validator says %v", c.schema, shown(value), got, want)
			}
		}
	}
}

// TestSchemaThatMustFitItself: such a one has no end, and is left to the validator.
func TestSchemaThatMustFitItself(t *testing.T) {
	s := &openapi3.Schema{}
	s.AllOf = openapi3.SchemaRefs{{Value: s}}
	if newFitter(knownFormats(nil)).fit(s).takes("a") {
		t.Error("a value is taken without an end")
	}
}

// FuzzFits holds what is made ready of one schema or another to the validator.
func FuzzFits(f *testing.F) {
	type ready struct {
		fit     *fit
		schema  *openapi3.Schema
		checker checker
	}
	var all []ready
	for _, d := range readWhole(f) {
		for _, o := range d.Operations {
			for _, family := range o.rules().families {
				all = append(all, ready{family.fit, family.schema, d.source.checking})
			}
			for _, v := range o.rules().values() {
				all = append(all, ready{v.fit, v.schema, d.source.checking})
			}
		}
	}
	maker := newValueMaker(f)
	for i := range 200 {
		text, err := json.Marshal(maker.value(all[i].schema, 0))
		if err != nil {
			continue // A number beyond all bounds.
		}
		f.Add(uint16(i), text) //nolint:gosec // there are 200
	}
	f.Fuzz(func(t *testing.T, which uint16, text []byte) {
		var value any
		if json.Unmarshal(text, &value) != nil {
			return
		}
		r := all[int(which)%len(all)]
		if r.fit.takes(value) && !r.checker.fits(r.schema, value) {
			t.Errorf("%s is taken for %s", text, shown(r.schema))
		}
	})
}

// values are what the document says of parameters and headers.
func (r *rules) values() []value {
	list := slices.Clone(r.headers)
	for _, p := range r.params {
		list = append(list, p.value)
	}
	return list
}

func shown(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}

// TestLettersAreThoseOfThePattern tries each letter, and texts without any.
func TestLettersAreThoseOfThePattern(t *testing.T) {
	held := 0
	for _, d := range readWhole(t) {
		for s, f := range d.source.fitter.made {
			if f.text.letters == nil {
				continue
			}
			held++
			for letter := range 256 {
				text := "A" + string([]byte{byte(letter)}) + "A"
				if got, want := f.text.letters.make(text), f.text.pattern.MatchString(text); got != (want && letter < utf8.RuneSelf) {
					t.Fatalf("%q is of the letters of %s: %v, and the pattern says %v", text, s.Pattern, got, want)
				}
			}
			if f.text.letters.make("") {
				t.Errorf("no letters are of the letters of %s", s.Pattern)
			}
		}
	}
	if held < 5 {
		t.Errorf("only %d patterns are of letters", held)
	}
}
