package contract

import (
	"fmt"
	"strings"
	"testing"

	"finhub-sandbox/spec"
)

// TestOperationsCanBeReadWhole reads of every operation what a start leaves for
// later: what is wrong with that would stop the first request.
func TestOperationsCanBeReadWhole(t *testing.T) {
	for _, bundled := range [][]byte{spec.Product(), spec.Control()} {
		d, err := Load(bundled, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range d.Operations {
			if r := o.rules(); o.BodyRequired && len(r.families) == 0 || len(o.Headers) != len(r.headers) {
				t.Errorf("%s is read in part", o.ID)
			}
			if len(o.replies()) == 0 {
				t.Errorf("%s has no replies", o.ID)
			}
		}
	}
}

// TestFaultsOfDocuments: what stands in the way of a start is told by Load, and
// what is wrong with values and bodies when they are read.
func TestFaultsOfDocuments(t *testing.T) {
	const whole = `{"paths": {"/a": {"post": {"operationId": "a", "parameters": [{"name": "p", "in": "query", "schema": {"$ref": "#/components/schemas/Name"}}],
 "requestBody": {"content": {"application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Name"}}}}},
 "responses": {"200": {"$ref": "#/components/responses/R"}}}}, "/b": {"get": {"operationId": "b", "responses": {}}}},
 "components": {"schemas": {"Name": {"type": "string"}}, "responses": {"R": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Name"}}}}}}}`
	for _, c := range []struct{ was, is, atStart, later string }{
		{"", "", "", ""},
		{`{"paths"`, `"paths"`, "read OpenAPI document", ""},
		{`"operationId": "b"`, `"operationId": "a"`, "operation a stands twice", ""},
		{`"operationId": "b"`, `"summary": "b"`, "GET /b has no operationId", ""},
		{`responses/R"}`, `responses/S"}`, "#/components/responses/S refers to nothing", ""},
		{`"query", "schema": {"$ref": "#/components/schemas/Name"}`, `"query", "schema": {"$ref": "#/components/schemas/Nam"}`, "", "operation a: parameter p: there is no schema Nam"},
		{`"items": {"$ref": "#/components/schemas/Name"}`, `"items": {"$ref": "#/components/schemas/Nam"}`, "", "operation a: body: there is no schema Nam"},
		{`json": {"schema": {"$ref": "#/components/schemas/Name"}}}}}}}`, `json": {"schema": {"$ref": "#/components/schemas/Nam"}}}}}}}`, "", "operation a: reply 200: there is no schema Nam"},
		{`{"type": "string"}`, `{"type": 7}`, "", "read schema Name"},
	} {
		document := strings.Replace(whole, c.was, c.is, 1)
		if c.was != "" && document == whole {
			t.Fatalf("%s is not in the document", c.was)
		}
		d, err := Load([]byte(document), nil)
		if got := fmt.Sprint(err); (c.atStart == "") != (err == nil) || !strings.Contains(got, c.atStart) {
			t.Errorf("%s: at start %s, want %q", c.is, got, c.atStart)
		}
		if err != nil {
			continue
		}
		if got := readingFault(d.Operation("a")); (c.later == "") != (got == "") || !strings.Contains(got, c.later) {
			t.Errorf("%s: later %q, want %q", c.is, got, c.later)
		}
	}
}

// readingFault reads all of an operation and tells how it panics.
func readingFault(o *Operation) (fault string) {
	defer func() {
		if p := recover(); p != nil {
			fault = fmt.Sprint(p)
		}
	}()
	o.rules()
	o.replies()
	return ""
}

// TestSchemasAsTheyAreRead: prose and widths go, formats and steps of our own
// become those of the validator, and names are found through references.
func TestSchemasAsTheyAreRead(t *testing.T) {
	s, err := newSource([]byte(`{"components": {"schemas": {
 "Account": {"type": "object", "description": "d", "example": {"iban": "x"}, "properties": {
  "description": {"type": "string", "description": "d", "x-format": "iban"},
  "share": {"type": "number", "format": "double", "x-multiple-of": 0.01},
  "parents": {"type": "array", "items": {"$ref": "#/components/schemas/Account"}}}}}}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	ref, err := s.schema([]byte(`{"$ref": "#/components/schemas/Account"}`))
	if err != nil {
		t.Fatal(err)
	}
	account := ref.Value
	text, share, parents := account.Properties["description"].Value, account.Properties["share"].Value, account.Properties["parents"].Value
	if account.Description != "" || account.Example != nil || text.Description != "" {
		t.Error("prose is kept")
	}
	if text.Format != "iban" || share.Format != "" || *share.MultipleOf != 0.01 {
		t.Errorf("formats are %q and %q, the step is %v", text.Format, share.Format, *share.MultipleOf)
	}
	if parents.Items.Value != account {
		t.Error("a schema that refers to itself is read again")
	}
}
