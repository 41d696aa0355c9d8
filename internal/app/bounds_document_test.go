package app_test

import (
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"finhub-sandbox/spec"
)

// TestEverythingSentHasABound walks what the documents let a client send: a text has
// a greatest length or a form that has one, a list a greatest number of items,
// and an object that may have any members a greatest size.
func TestEverythingSentHasABound(t *testing.T) {
	for _, text := range [][]byte{spec.Product(), spec.Control()} {
		document, err := openapi3.NewLoader().LoadFromData(text)
		if err != nil {
			t.Fatal(err)
		}
		b := bounded{t: t, seen: map[*openapi3.Schema]bool{}}
		for path, item := range document.Paths.Map() {
			for method, o := range item.Operations() {
				for _, p := range append(item.Parameters, o.Parameters...) {
					b.check(method+" "+path+" "+p.Value.In+" "+p.Value.Name, p.Value.Schema.Value)
				}
				if o.RequestBody == nil {
					continue
				}
				if o.Extensions["x-own-body"] == true {
					continue // It reads its body itself, and has the bound of the whole: TestWhatBytesBecome.
				}
				for name, media := range o.RequestBody.Value.Content {
					if name == "application/json" { // Other bodies are texts with the bound of the whole.
						b.check(o.OperationID, media.Schema.Value)
					}
				}
			}
		}
		if b.looked < 10 {
			t.Errorf("%s: %d values only: does this test still look at them?", document.Info.Title, b.looked)
		}
	}
}

type bounded struct {
	t      *testing.T
	seen   map[*openapi3.Schema]bool
	looked int
}

// boundless are the formats whose texts can have any length.
var boundless = []string{"", "byte", "uri", "email", "password", "strong-password"}

func (b *bounded) check(at string, s *openapi3.Schema) {
	if b.seen[s] {
		return
	}
	b.seen[s] = true
	b.looked++
	switch {
	case len(s.Enum) > 0:
	case s.Type.Is("string"):
		b.text(at, s)
	case s.Type.Is("array"):
		if s.MaxItems == nil {
			b.t.Errorf("%s: a list of any length", at)
		}
	case s.Type.Is("object"):
		if len(s.Properties) == 0 && s.Extensions["x-max-bytes"] == nil && s.MaxProps == nil {
			b.t.Errorf("%s: an object of any size", at)
		}
	case s.Type == nil && len(s.AllOf)+len(s.AnyOf)+len(s.OneOf)+len(s.Required)+len(s.Properties) == 0:
		b.t.Errorf("%s: anything at all", at)
	}
	for _, ref := range append(append(append(openapi3.SchemaRefs{}, s.AllOf...), s.AnyOf...), s.OneOf...) {
		b.check(at, ref.Value)
	}
	if s.Items != nil && (s.MaxItems == nil || *s.MaxItems > 0) {
		b.check(at+"[]", s.Items.Value)
	}
	if s.AdditionalProperties.Schema != nil {
		b.check(at+".*", s.AdditionalProperties.Schema.Value)
	}
	for name, member := range s.Properties {
		b.check(at+"."+name, member.Value)
	}
}

func (b *bounded) text(at string, s *openapi3.Schema) {
	if s.MaxLength != nil {
		return
	}
	format := s.Format
	if own, ok := s.Extensions["x-format"].(string); ok {
		format = own // One that only we know.
	}
	for _, without := range boundless {
		if format == without && (s.Pattern == "" || endless.MatchString(s.Pattern) || !strings.HasSuffix(s.Pattern, "$")) {
			b.t.Errorf("%s: a text of any length (format %q, pattern %q)", at, format, s.Pattern)
		}
	}
}
