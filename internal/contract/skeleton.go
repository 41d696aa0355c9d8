package contract

import (
	"bytes"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
)

// skeleton reduces a document to what checking needs, which loads in half of the
// time: prose goes, and of the examples only the names stay. Formats of our own,
// which the document has as x-format since other programs refuse a format that
// they do not know, become formats; and so do steps of decimals (x-multiple-of),
// since others divide binary fractions, by which 1.1 is no multiple of 0.01.
//
// It goes through the text once and builds nothing of it: every start does this.
func skeleton(document []byte) ([]byte, error) {
	reduced := bytes.NewBuffer(make([]byte, 0, len(document)/2))
	r := reducer{
		in:  jsontext.NewDecoder(bytes.NewBuffer(document), jsontext.AllowDuplicateNames(true)),
		out: jsontext.NewEncoder(reduced, jsontext.AllowDuplicateNames(true)),
	}
	if err := r.value(anywhere); err != nil {
		return nil, fmt.Errorf("read OpenAPI document: %w", err)
	}
	return reduced.Bytes(), nil
}

// reducer copies a document from in to out.
type reducer struct {
	in  *jsontext.Decoder
	out *jsontext.Encoder
}

// place is where in the document a value stands, as far as that says what its
// members are.
type place int

const (
	anywhere place = iota
	// properties and responses have members with names of the document's own: there
	// a description is a member like any other.
	properties
	responses
	// response is a value that cannot be loaded without a description.
	response
)

// value copies one value.
func (r reducer) value(at place) error {
	switch r.in.PeekKind() {
	case '{':
		return r.between(func() error { return r.members(at) })
	case '[':
		return r.between(func() error {
			for r.in.PeekKind() != ']' {
				if err := r.value(anywhere); err != nil {
					return err
				}
			}
			return nil
		})
	}
	value, err := r.in.ReadValue()
	if err != nil {
		return err
	}
	return r.out.WriteValue(value)
}

// between copies the brackets of a value, and has its content copied.
func (r reducer) between(content func() error) error {
	if err := r.token(); err != nil {
		return err
	}
	if err := content(); err != nil {
		return err
	}
	return r.token()
}

func (r reducer) token() error {
	token, err := r.in.ReadToken()
	if err != nil {
		return err
	}
	return r.out.WriteToken(token)
}

// members copies what an object has, and gives a response its description.
func (r reducer) members(at place) error {
	refers := false
	for r.in.PeekKind() == '"' {
		token, err := r.in.ReadToken()
		if err != nil {
			return err
		}
		name := token.String()
		refers = refers || name == "$ref"
		switch at {
		case properties:
			err = r.member(name, anywhere)
		case responses:
			err = r.member(name, response)
		default:
			err = r.keyword(name)
		}
		if err != nil {
			return err
		}
	}
	if at != response || refers {
		return nil
	}
	return r.write("description", jsontext.Value(`""`))
}

// keyword copies a member whose name OpenAPI gives a meaning, or drops it.
func (r reducer) keyword(name string) error {
	switch name {
	case "description", "externalDocs", "example", "tags":
		return r.in.SkipValue()
	case "examples":
		if err := r.out.WriteToken(jsontext.String(name)); err != nil {
			return err
		}
		return r.between(r.exampleNames)
	case "format":
		value, err := r.in.ReadValue()
		// The width is a generator's business: a bound of the schema says more.
		if err != nil || string(value) == `"int64"` || string(value) == `"double"` {
			return err
		}
		return r.write(name, value)
	case "x-format":
		return r.member("format", anywhere)
	case "x-multiple-of":
		return r.member("multipleOf", anywhere)
	case "properties":
		return r.member(name, properties)
	case "responses":
		return r.member(name, responses)
	}
	return r.member(name, anywhere)
}

func (r reducer) exampleNames() error {
	for r.in.PeekKind() == '"' {
		if err := r.token(); err != nil {
			return err
		}
		if err := r.in.SkipValue(); err != nil {
			return err
		}
		if err := r.out.WriteValue(jsontext.Value("{}")); err != nil {
			return err
		}
	}
	return nil
}

func (r reducer) member(name string, at place) error {
	if err := r.out.WriteToken(jsontext.String(name)); err != nil {
		return err
	}
	return r.value(at)
}

func (r reducer) write(name string, value jsontext.Value) error {
	if err := r.out.WriteToken(jsontext.String(name)); err != nil {
		return err
	}
	return r.out.WriteValue(value)
}
