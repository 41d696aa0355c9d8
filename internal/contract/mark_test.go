package contract_test

import (
	"testing"

	"finhub-sandbox/internal/contract"
)

// TestMarksInSchemasThatLeadToEachOther: whichever of two schemas is looked at
// first, a date is found in every depth.
func TestMarksInSchemasThatLeadToEachOther(t *testing.T) {
	const document = `{
 "openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "servers": [{"url": "/v"}],
 "paths": {"/people": {"post": {"operationId": "o", "responses": {"200": {"description": ""}},
  "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Person"}}}}}}},
 "components": {"schemas": {
  "Person": {"type": "object", "properties": {"born": {"type": "string", "x-past": true}, "house": {"$ref": "#/components/schemas/House"}}},
  "House": {"type": "object", "properties": {"owner": {"$ref": "#/components/schemas/Person"}, "street": {"type": "string"}}}}}}`
	body := decoded(t, `{"house": {"street": "s", "owner": {"house": {"owner": {"born": "1950-01-01"}}}}}`)
	// The members of a schema come in no order: once in two runs the other is first.
	for range 20 {
		d, err := contract.Load([]byte(document), nil)
		if err != nil {
			t.Fatal(err)
		}
		found := d.Operation("o").PastDates(body)
		if len(found) != 1 || found[0].Pointer != "/house/owner/house/owner/born" {
			t.Fatalf("found %v", found)
		}
	}
}
