package contract_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"finhub-sandbox/internal/contract"
)

// rules is a document of one operation, with a rule of each kind.
const rules = `{
 "openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "servers": [{"url": "/v"}],
 "paths": {"/houses/{houseId}/{way}": {
  "parameters": [
   {"name": "houseId", "in": "path", "required": true, "schema": {"type": "string"}},
   {"name": "way", "in": "path", "required": true, "schema": {"type": "string"}, "x-synonyms": {"BUY": ["PURCHASE"]}}
  ],
  "post": {"operationId": "o", "responses": {"200": {"description": ""}},
   "requestBody": {"content": {"application/json": {"schema": {"anyOf": [
    {"title": "Whole", "type": "object", "required": ["name", "day"],
     "properties": {
      "name": {"$ref": "#/components/schemas/Name"}, "day": {"type": "string", "format": "date"},
      "nick": {"$ref": "#/components/schemas/Name"}, "built": {"type": "string", "x-past": true},
      "parents": {"type": "array", "items": {"$ref": "#/components/schemas/Parent"}},
      "houseId": {"type": "string", "x-repeats-path": ["gardenId", "houseId"]},
      "gardenId": {"type": "string", "x-repeats-path": "gardenId"},
      "rooms": {"type": "array", "items": {"allOf": [
       {"type": "object", "properties": {"title": {"type": "string"}, "houseId": {"type": "string", "x-repeats-path": "houseId"}}},
       {"required": ["title"]}]}},
      "way": {"type": "string", "x-repeats-path": "way"}}},
    {"title": "Plain", "type": "object", "required": ["plain"], "properties": {"plain": {"type": "boolean"}}}
   ]}}}}}
 }},
 "components": {"schemas": {"Name": {"type": "string", "minLength": 1}, "Parent": {"type": "object", "properties": {
  "born": {"type": "string", "x-past": true}, "parents": {"type": "array", "items": {"$ref": "#/components/schemas/Parent"}}}}}}}`

const houseID = "0F0E0D0C-0b0a-4900-8807-060504030201"

func TestBodiesRepeatThePath(t *testing.T) {
	d, err := contract.Load([]byte(rules), nil)
	if err != nil {
		t.Fatal(err)
	}
	path := func(name string) string { return map[string]string{"houseId": houseID, "way": "purchase"}[name] }
	for _, c := range []struct{ name, body, want string }{
		{"nothing repeated", `{"plain": true}`, ""},
		{"the same", `{"plain": true, "houseId": "` + houseID + `", "way": "purchase"}`, ""},
		{"a UUID in small letters", `{"plain": true, "houseId": "` + strings.ToLower(houseID) + `"}`, ""},
		{"a word in other letters", `{"plain": true, "way": "Purchase"}`, ""},
		{"a synonym", `{"plain": true, "way": "BUY"}`, ""},
		{"a parameter that the path does not have", `{"plain": true, "gardenId": "x"}`, ""},
		{"an empty text", `{"plain": true, "houseId": ""}`, ""},
		{"another word", `{"plain": true, "way": "SELL"}`, "way: is SELL, but the path says purchase"},
		{
			"another id, in a family that does not list the member", `{"plain": true, "houseId": "other"}`,
			"houseId: is other, but the path says " + houseID,
		},
		{
			"another id within a list", `{"plain": true, "rooms": [{"houseId": "` + houseID + `"}, {"houseId": "other"}]}`,
			"rooms.1.houseId: is other, but the path says " + houseID,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			compareViolations(t, c.want, d.Operation("o").CheckRepeats(decoded(t, c.body), path))
		})
	}
}

func TestRequiredTextsAreFilled(t *testing.T) {
	d, err := contract.Load([]byte(rules), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, body, want string }{
		{"filled", `{"name": "a", "day": "2026-01-05"}`, ""},
		{"an optional text of the same schema", `{"name": "a", "day": "2026-01-05", "nick": " "}`, ""},
		{"blanks", `{"name": " \t", "day": "2026-01-05"}`, "name: is required"},
		{"empty, said once", `{"name": "", "day": "2026-01-05"}`, "name: is required"},
		{"blanks where a format is asked for", `{"name": "a", "day": " "}`, "day: is required"},
		{"the format still holds", `{"name": "a", "day": "soon"}`, "day: must be a date of the form YYYY-MM-DD"},
		{"required by another part of allOf", `{"name": "a", "day": "2026-01-05", "rooms": [{"title": " "}]}`, "rooms.0.title: is required"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, list := d.Operation("o").CheckBody(decoded(t, c.body), contract.Sent{})
			compareViolations(t, c.want, list)
		})
	}
}

func decoded(t *testing.T, body string) (value any) {
	t.Helper()
	if err := json.Unmarshal([]byte(body), &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func compareViolations(t *testing.T, want string, list []contract.Violation) {
	t.Helper()
	var got []string
	for _, v := range list {
		got = append(got, v.Field+": "+v.Message)
	}
	slices.Sort(got)
	if joined := strings.Join(got, "; "); joined != want {
		t.Errorf("got %q, want %q", joined, want)
	}
}

// TestPastDates finds the dates that must lie in the past, through lists and through
// a schema that contains itself.
func TestPastDates(t *testing.T) {
	d, err := contract.Load([]byte(rules), nil)
	if err != nil {
		t.Fatal(err)
	}
	body := `{"name": "a", "day": "2026-01-05", "built": "2020-01-01", "plain": true, "parents": [{"born": ""}, {"born": 7, "parents": [{"born": "1950-01-01"}]}]}`
	var got []string
	for _, found := range d.Operation("o").PastDates(decoded(t, body)) {
		got = append(got, found.Field()+" "+found.Pointer+" "+found.Text)
	}
	slices.Sort(got)
	want := []string{"built /built 2020-01-01", "parents.1.parents.0.born /parents/1/parents/0/born 1950-01-01"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
