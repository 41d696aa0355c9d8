package contract

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"finhub-sandbox/spec"
)

// TestPlainTextsAreThoseOfTheSchema holds the table of every parameter and header
// that has one to the validator, with texts around each bound and with each letter.
func TestPlainTextsAreThoseOfTheSchema(t *testing.T) {
	texts := []string{"", "é", "\xff", "a\n", "ACTIVE"}
	for letter := range 256 {
		texts = append(texts, string([]byte{byte(letter)}), "a"+string([]byte{byte(letter)})+"b")
	}
	for _, length := range []int{2, 127, 128, 129, 255, 256, 257, 1024, 1025} {
		texts = append(texts, strings.Repeat("a", length), strings.Repeat("é", length/2))
	}
	dice := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		text := make([]byte, dice.IntN(140))
		for i := range text {
			text[i] = "abZ09._@+- ,/é"[dice.IntN(15)]
		}
		texts = append(texts, string(text))
	}
	held := 0
	for _, bundled := range [][]byte{spec.Product, spec.Control} {
		d, err := Load(bundled, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range d.Operations {
			for _, v := range o.rules().values() {
				if v.plain == nil {
					continue
				}
				held++
				for _, text := range texts {
					ascii := strings.IndexFunc(text, func(r rune) bool { return r >= 128 }) < 0
					if taken, right := v.plain.takes(text), o.rules().fits(v.schema, text); taken && !right || right && !taken && ascii && text != "" {
						t.Fatalf("%s, %s: %q is taken %v, and right %v", o.ID, v.schema.Pattern, text, taken, right)
					}
				}
			}
		}
	}
	if held < 100 {
		t.Errorf("only %d parameters and headers are plain texts", held)
	}
}

// TestWhatIsNoPlainText: whatever else a schema says is the validator's.
func TestWhatIsNoPlainText(t *testing.T) {
	for _, schema := range []string{
		`{"type": "string"}`, `{"type": "integer", "maxLength": 3}`, `{"type": "string", "maxLength": 3, "enum": ["a"]}`,
		`{"type": "string", "maxLength": 3, "format": "uuid"}`, `{"type": "string", "maxLength": 3, "pattern": "^[a-z]+"}`,
		`{"type": "string", "maxLength": 3, "pattern": "[a-z]+$"}`, `{"type": "string", "maxLength": 3, "pattern": "^[a-z]*$"}`,
		`{"type": "string", "maxLength": 3, "pattern": "^[a-z]+[0-9]+$"}`, `{"type": "string", "maxLength": 3, "pattern": "[0-9][a-z]+$"}`, `{"type": "string", "maxLength": 3, "pattern": "^[a-z]+[0-9]"}`, `{"type": "string", "maxLength": 3, "not": {"maxLength": 1}}`,
	} {
		d, err := Load([]byte(`{"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "servers": [{"url": "/v"}], "paths": {"/x/{id}": {"get": {
 "operationId": "o", "responses": {"200": {"description": ""}}, "parameters": [{"name": "id", "in": "path", "required": true, "schema": `+schema+`}]}}}}`), nil)
		if err != nil {
			t.Fatal(err)
		}
		if d.Operation("o").rules().values()[0].plain != nil {
			t.Errorf("%s is taken for a plain text", schema)
		}
	}
}

// values are what the document says of parameters and headers.
func (r *rules) values() []value {
	list := slices.Clone(r.headers)
	for _, p := range r.params {
		list = append(list, p.value)
	}
	return list
}
