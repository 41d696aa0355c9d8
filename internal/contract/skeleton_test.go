package contract

import (
	"strings"
	"testing"
)

func TestSkeleton(t *testing.T) {
	for _, c := range []struct{ name, document, want string }{
		{"prose goes", `{"description": "d", "tags": ["t"], "externalDocs": {}, "example": [1], "title": "t"}`, `{"title":"t"}`},
		{"members are kept whatever they are called",
			`{"properties": {"description": {"type": "string", "description": "d"}, "format": {"format": "date"}}}`,
			`{"properties":{"description":{"type":"string"},"format":{"format":"date"}}}`},
		{"of examples the names", `{"examples": {"A": {"value": {"b": 1}}, "B": {"$ref": "#/x"}}}`, `{"examples":{"A":{},"B":{}}}`},
		{"widths go", `[{"format": "int64"}, {"format": "double"}, {"format": "int32"}]`, `[{},{},{"format":"int32"}]`},
		{"formats and steps of our own", `{"x-format": "iban", "x-multiple-of": 0.01}`, `{"format":"iban","multipleOf":0.01}`},
		{"responses need a description",
			`{"responses": {"200": {"content": {"a": {"schema": {"description": "d"}}}, "description": "d"}, "404": {"$ref": "#/x"}}}`,
			`{"responses":{"200":{"content":{"a":{"schema":{}}},"description":""},"404":{"$ref":"#/x"}}}`},
	} {
		if got, err := skeleton([]byte(c.document)); err != nil || strings.TrimSpace(string(got)) != c.want {
			t.Errorf("%s: got %s and %v, want %s", c.name, got, err, c.want)
		}
	}
	if got, err := skeleton([]byte(`{"openapi": `)); err == nil {
		t.Errorf("half a document gives %s", got)
	}
}
