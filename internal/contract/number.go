package contract

import (
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// The validator knows a number as a float, to which 2.0 is whole, 1e1 is 10, and
// what lies beyond 2^53 is its neighbour. How a number is written decides whether
// what is read is what was sent.

// Numbers are those numbers of a body that are not written in a few digits
// alone, as they are written, by their JSON pointers.
type Numbers map[string]string

// exactDigits is how many digits every float keeps.
const exactDigits = 15

// IsPlain reports whether a number is written so that nothing can be read into
// it: in a few digits.
func IsPlain(number string) bool {
	digits := strings.TrimPrefix(number, "-")
	return len(digits) <= exactDigits && isDigits(digits)
}

func isDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

func isNumber(s *openapi3.Schema) bool {
	return s.Type.Is(openapi3.TypeInteger) || s.Type.Is(openapi3.TypeNumber)
}

// inexact finds the numbers of a body that cannot be read as they are written.
// What the family does not know is looked at as another one knows it.
func (r *rules) inexact(f family, body any, numbers Numbers) []Violation {
	if len(numbers) == 0 {
		return nil
	}
	var list []Violation
	seen := map[string]bool{}
	for _, known := range append([]marks{f.numbers}, r.numbers) {
		for _, found := range known.in(body) {
			written, odd := numbers[found.Pointer]
			if !odd || seen[found.Pointer] {
				continue
			}
			seen[found.Pointer] = true
			if message := misread(found.schema, written); message != "" {
				list = append(list, Violation{In: "body", Field: found.Field(), Pointer: found.Pointer, Message: message, rule: ruleWritten})
			}
		}
	}
	return list
}

// misread says why a number cannot be read as it is written, or nothing.
func misread(s *openapi3.Schema, written string) string {
	whole := isDigits(strings.TrimPrefix(written, "-"))
	if s.Type.Is(openapi3.TypeInteger) {
		n, err := strconv.ParseInt(written, 10, 64)
		switch {
		case !whole:
			return "must be a whole number in digits, without a point or an exponent"
		case s.Max == nil && (err != nil || n > maxExact || n < -maxExact):
			return "must be a whole number of at most " + strconv.Itoa(maxExact)
		}
		return ""
	}
	mantissa, _, _ := strings.Cut(strings.ToLower(strings.TrimPrefix(written, "-")), "e")
	digits := strings.TrimLeft(strings.Replace(mantissa, ".", "", 1), "0")
	n, err := strconv.ParseFloat(written, 64)
	switch {
	case err != nil || n == 0 && digits != "":
		return "has more digits behind the point than can be kept"
	case len(strings.TrimRight(digits, "0")) > exactDigits:
		return "must be a number of at most " + strconv.Itoa(exactDigits) + " digits"
	}
	return ""
}
