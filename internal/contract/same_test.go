package contract_test

import (
	"strings"
	"testing"

	"finhub-sandbox/internal/contract"
)

// synonyms is a document of one operation whose members have several names.
const synonyms = `{
 "openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "servers": [{"url": "/v"}],
 "paths": {"/houses": {"post": {"operationId": "o", "responses": {"200": {"description": ""}},
  "requestBody": {"content": {"application/json": {"schema": {"anyOf": [
   {"title": "Nested", "type": "object", "x-same": [["email", "owner.email"], ["size", "owner.size"], ["password", "owner.password"]]},
   {"title": "Flat", "type": "object", "x-same": [["email", "owner.email"]]},
   {"title": "List", "type": "array", "items": {"anyOf": [{"title": "Item", "type": "object", "x-same": [["share", "part"]]}]}}
  ]}}}}}}}}`

func TestNamesOfOneValueAgree(t *testing.T) {
	d, err := contract.Load([]byte(synonyms), nil)
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", 300)
	for _, c := range []struct{ name, body, want string }{
		{"one name", `{"email": "a@b.c"}`, ""},
		{"the same", `{"email": "a@b.c", "owner": {"email": "A@B.C", "size": 2}, "size": 2}`, ""},
		{"an empty text", `{"email": "", "owner": {"email": "a@b.c"}}`, ""},
		{"an object instead", `{"email": {"a": 1}, "owner": {"email": "a@b.c"}}`, ""},
		{"a number as a text", `{"size": 1000000, "owner": {"size": "1000000"}}`, ""},
		{"others, told once", `{"email": "a@b.c", "owner": {"email": "d@e.f", "size": 3}, "size": 2}`, "owner.email: is d@e.f, but email says a@b.c; owner.size: is 3, but size says 2"},
		{"a secret", `{"password": "one", "owner": {"password": "two"}}`, "owner.password: must be identical to password"},
		{"a long text", `{"email": "a@b.c", "owner": {"email": "` + long + `"}}`, "owner.email: is not what email says"},
		{"in a list", `[{"share": 1}, {"share": 1, "part": 2}]`, "1.part: is 2, but share says 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			compareViolations(t, c.want, d.Operation("o").CheckSame(decoded(t, c.body)))
		})
	}
}
