package contract

import (
	"fmt"

	"github.com/getkin/kin-openapi/openapi3"
)

// maxBytes is how large an object may be that may have any members and is kept as
// it came (x-max-bytes); 0 where it is not said.
func maxBytes(s *openapi3.Schema) int {
	n, _ := s.Extensions["x-max-bytes"].(float64)
	return int(n)
}

func hasMaxBytes(s *openapi3.Schema) bool { return maxBytes(s) > 0 }

// CheckSizes finds the objects of a body that are larger than their schema allows
// (x-max-bytes).
func (o *Operation) CheckSizes(body any) []Violation {
	var list []Violation
	for _, found := range o.rules().sizes.in(body) {
		if limit := maxBytes(found.schema); size(found.object) > limit {
			list = append(list, Violation{
				In: "body", Field: found.Field(), Pointer: found.Pointer, Message: fmt.Sprintf("must have at most %d bytes", limit),
			})
		}
	}
	return list
}

// size is about how many bytes a value has as JSON.
func size(value any) int {
	n := 2
	switch v := value.(type) {
	case string:
		n += len(v)
	case []any:
		for _, item := range v {
			n += size(item) + 1
		}
	case map[string]any:
		for name, member := range v {
			n += len(name) + 4 + size(member)
		}
	default:
		n = 8
	}
	return n
}
