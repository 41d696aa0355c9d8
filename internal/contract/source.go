package contract

import (
	stdjson "encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// source is a document as text. A start needs little of it, and a run few of its
// schemas: what an operation says of bodies is read when the first one comes.
type source struct {
	text []byte
	index
	checking checker
	replying checker
	// reading guards what has been read so far.
	reading sync.Mutex
	schemas map[string]*openapi3.Schema
	filler  filler
	// fitter makes the schemas of requests ready, and replyFitter those of replies.
	fitter, replyFitter *fitter
}

// index is what a start reads of a document.
type index struct {
	Info       struct{ Title, Version string } `json:"info"`
	Servers    []server                        `json:"servers"`
	Paths      map[string]pathItem             `json:"paths"`
	Components struct {
		Schemas       map[string]place        `json:"schemas"`
		Parameters    map[string]*parameter   `json:"parameters"`
		RequestBodies map[string]*requestBody `json:"requestBodies"`
		Responses     map[string]*response    `json:"responses"`
	} `json:"components"`
}

type server struct {
	URL string `json:"url"`
}

type pathItem struct {
	Servers    []server     `json:"servers"`
	Parameters []*parameter `json:"parameters"`
	Get        place        `json:"get"`
	Put        place        `json:"put"`
	Post       place        `json:"post"`
	Delete     place        `json:"delete"`
	Patch      place        `json:"patch"`
}

// operation is an operation as the document has it.
type operation struct {
	ID          string               `json:"operationId"`
	Summary     string               `json:"summary"`
	Callers     []string             `json:"x-callers"`
	Roles       []string             `json:"x-roles"`
	LapsedToken bool                 `json:"x-lapsed-token"`
	AnyHost     bool                 `json:"x-any-host"`
	RawBody     bool                 `json:"x-raw-body"`
	OwnBody     bool                 `json:"x-own-body"`
	Looks       bool                 `json:"x-looks"`
	MaxBody     int64                `json:"x-max-body"`
	Parameters  []*parameter         `json:"parameters"`
	RequestBody *requestBody         `json:"requestBody"`
	Responses   map[string]*response `json:"responses"`
}

type parameter struct {
	Ref      string              `json:"$ref"`
	Name     string              `json:"name"`
	In       string              `json:"in"`
	Required bool                `json:"required"`
	Relaxed  bool                `json:"x-relaxed"`
	Needed   bool                `json:"x-required"`
	Aliases  []string            `json:"x-aliases"`
	Synonyms map[string][]string `json:"x-synonyms"`
	Schema   jsontext.Value      `json:"schema"`
}

type requestBody struct {
	Ref      string           `json:"$ref"`
	Required bool             `json:"required"`
	Content  map[string]media `json:"content"`
}

type response struct {
	Ref     string           `json:"$ref"`
	Content map[string]media `json:"content"`
}

type media struct {
	Schema jsontext.Value `json:"schema"`
	// Examples are known by their names alone.
	Examples map[string]ignored `json:"examples"`
}

// place is where in the text of the document a value stands.
type place struct{ from, to int }

// UnmarshalJSONFrom notes the place of a value, and skips it.
func (p *place) UnmarshalJSONFrom(in *jsontext.Decoder) error {
	value, err := in.ReadValue()
	p.to = int(in.InputOffset())
	p.from = p.to - len(value)
	return err
}

// ignored is a value that nobody reads.
type ignored struct{}

func (*ignored) UnmarshalJSONFrom(in *jsontext.Decoder) error { return in.SkipValue() }

// read reads JSON. That no name stands twice in it is the generator's business.
func read(text []byte, into any) error {
	return json.Unmarshal(text, into, jsontext.AllowDuplicateNames(true))
}

func newSource(text []byte, formats Formats) (*source, error) {
	requests := knownFormats(formats)
	replies := ofAnyYear(requests)
	s := &source{
		text: text, checking: newChecker(requests), replying: newChecker(replies), schemas: map[string]*openapi3.Schema{},
		filler: filler{}, fitter: newFitter(requests), replyFitter: newFitter(replies),
	}
	if err := read(text, &s.index); err != nil {
		return nil, fmt.Errorf("read OpenAPI document: %w", err)
	}
	return s, nil
}

// operation reads an operation; what it refers to, other than schemas, is put in.
func (s *source) operation(item pathItem, at place) (*operation, error) {
	op := &operation{}
	if err := read(s.text[at.from:at.to], op); err != nil {
		return nil, fmt.Errorf("read operation: %w", err)
	}
	op.Parameters = append(item.Parameters[:len(item.Parameters):len(item.Parameters)], op.Parameters...)
	for i, p := range op.Parameters {
		if err := follow(p.Ref, s.Components.Parameters, &op.Parameters[i]); err != nil {
			return nil, err
		}
	}
	if op.RequestBody != nil {
		if err := follow(op.RequestBody.Ref, s.Components.RequestBodies, &op.RequestBody); err != nil {
			return nil, err
		}
	}
	for status, r := range op.Responses {
		if err := follow(r.Ref, s.Components.Responses, &r); err != nil {
			return nil, err
		}
		op.Responses[status] = r
	}
	return op, nil
}

// follow puts in what a reference refers to, if there is one.
func follow[T any](ref string, components map[string]*T, into **T) error {
	if ref == "" {
		return nil
	}
	if *into = components[nameIn(ref)]; *into == nil {
		return fmt.Errorf("%s refers to nothing", ref)
	}
	return nil
}

// nameIn is the name of the component to which a reference refers.
func nameIn(ref string) string { return ref[strings.LastIndexByte(ref, '/')+1:] }

// schema reads a schema, with all that it refers to.
func (s *source) schema(text []byte) (*openapi3.SchemaRef, error) {
	ref := &openapi3.SchemaRef{}
	if err := stdjson.Unmarshal(text, ref); err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	return ref, s.resolve(ref)
}

// named gives a component, which is read once.
func (s *source) named(name string) (*openapi3.Schema, error) {
	if done := s.schemas[name]; done != nil {
		return done, nil
	}
	at, known := s.Components.Schemas[name]
	if !known {
		return nil, fmt.Errorf("there is no schema %s", name)
	}
	schema := &openapi3.Schema{}
	if err := stdjson.Unmarshal(s.text[at.from:at.to], schema); err != nil {
		return nil, fmt.Errorf("read schema %s: %w", name, err)
	}
	// Before its parts, which may lead back to it.
	s.schemas[name] = schema
	return schema, s.finish(schema)
}

// resolve gives a reference its schema; what is no reference has its own.
func (s *source) resolve(ref *openapi3.SchemaRef) (err error) {
	if ref.Ref == "" {
		return s.finish(ref.Value)
	}
	ref.Value, err = s.named(nameIn(ref.Ref))
	return err
}

// finish resolves what a schema refers to and leaves of it what checking needs.
// Formats of our own, which the document has as x-format since other programs
// refuse a format that they do not know, become formats; and so do steps of
// decimals (x-multiple-of), since others divide binary fractions, by which 1.1 is
// no multiple of 0.01.
func (s *source) finish(schema *openapi3.Schema) error {
	for _, ref := range within(schema) {
		if err := s.resolve(ref); err != nil {
			return err
		}
	}
	schema.Description, schema.Example, schema.ExternalDocs = "", nil, nil
	if schema.Format == "int64" || schema.Format == "double" {
		// The width is a generator's business: a bound of the schema says more.
		schema.Format = ""
	}
	if format, ours := schema.Extensions["x-format"].(string); ours {
		schema.Format = format
	}
	if step, ours := schema.Extensions["x-multiple-of"].(float64); ours {
		schema.MultipleOf = &step
	}
	return nil
}

// within gives the references and schemas that stand directly in a schema.
func within(s *openapi3.Schema) []*openapi3.SchemaRef {
	var list []*openapi3.SchemaRef
	for _, refs := range []openapi3.SchemaRefs{s.AllOf, s.AnyOf, s.OneOf} {
		list = append(list, refs...)
	}
	for _, ref := range []*openapi3.SchemaRef{s.Not, s.Items, s.AdditionalProperties.Schema} {
		if ref != nil {
			list = append(list, ref)
		}
	}
	for _, member := range s.Properties {
		list = append(list, member)
	}
	return list
}
