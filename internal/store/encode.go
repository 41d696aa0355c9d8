package store

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/go-json-experiment/json"
)

// Encode turns a value into what is stored. The form is JSON: a person can
// read a data file, and a field that is added later is simply absent in older
// ones.
func Encode(v any) (string, error) {
	buffer := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buffer)
	buffer.Reset()
	if err := json.MarshalWrite(buffer, v, json.Deterministic(true)); err != nil {
		return "", fmt.Errorf("encode %T: %w", v, err)
	}
	return buffer.String(), nil
}

// buffers are used again, since every commit decodes and encodes several records.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Decode is the reverse of Encode.
func Decode(text string, v any) error {
	buffer := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buffer)
	buffer.Reset()
	buffer.WriteString(text)
	if err := json.Unmarshal(buffer.Bytes(), v); err != nil {
		return fmt.Errorf("decode %T: %w", v, err)
	}
	return nil
}
