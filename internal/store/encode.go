package store

import (
	"fmt"

	"github.com/go-json-experiment/json"
)

// Encode turns a value into what is stored. The form is JSON: a person can
// read a data file, and a field that is added later is simply absent in older
// ones.
func Encode(v any) (string, error) {
	b, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return "", fmt.Errorf("encode %T: %w", v, err)
	}
	return string(b), nil
}

// Decode is the reverse of Encode.
func Decode(text string, v any) error {
	if err := json.Unmarshal([]byte(text), v); err != nil {
		return fmt.Errorf("decode %T: %w", v, err)
	}
	return nil
}
