package money

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

const (
	// defaultScale is what an amount without a scale means on the wire.
	defaultScale = 2
	// maxScale keeps a hostile scale from asking for endless zeros; no currency
	// and no int64 needs more.
	maxScale = 18
	// maxText bounds the text of a number; no amount needs as much.
	maxText = 40
	// exactInteger is the last whole number up to which every float64 stands for
	// itself alone; exactDigits is the same promise for decimals.
	exactInteger = 1<<53 - 1
	exactDigits  = 15
)

// Scaled is an amount as the wire carries it: a whole number that is the amount
// times ten to the power of the scale.
type Scaled struct {
	// Value is a string of digits or a JSON number.
	Value any `json:"value"`
	// Scale is two when it is absent.
	Scale    *int   `json:"scale"`
	Currency string `json:"currency"`
}

// Amount reads the wire form. A scale other than the currency's own is converted
// if that loses nothing, and refused otherwise.
func (s Scaled) Amount() (Amount, error) {
	scale := defaultScale
	if s.Scale != nil {
		scale = *s.Scale
	}
	if scale < 0 || scale > maxScale {
		return Amount{}, fmt.Errorf("%w: scale %d is not between 0 and %d", ErrMalformed, scale, maxScale)
	}
	text, err := plain(s.Value)
	if err != nil {
		return Amount{}, err
	}
	whole, fraction, _ := strings.Cut(text, ".")
	if strings.Trim(fraction, "0") != "" {
		return Amount{}, fmt.Errorf("%w: value %s must be a whole number", ErrInexact, text)
	}
	return shift(whole, scale, s.Currency)
}

// Scaled gives the wire form in the currency's own scale, with the value as a
// string.
func (a Amount) Scaled() Scaled {
	scale, err := Digits(a.Currency)
	if err != nil {
		scale = 0
	}
	return Scaled{Value: strconv.FormatInt(a.Minor, 10), Scale: &scale, Currency: a.Currency}
}

// ParseMajor reads an amount in major units, such as "10.5", 10.5 or 10000. It
// refuses more decimals than the currency has, unless they are zeros.
func ParseMajor(value any, code string) (Amount, error) {
	text, err := plain(value)
	if err != nil {
		return Amount{}, err
	}
	whole, fraction, _ := strings.Cut(text, ".")
	return shift(whole+fraction, len(fraction), code)
}

// ParseMinor reads an amount in minor units: a whole number as a string or a
// number.
func ParseMinor(value any, code string) (Amount, error) {
	digits, err := Digits(code)
	if err != nil {
		return Amount{}, err
	}
	return Scaled{Value: value, Scale: &digits, Currency: code}.Amount()
}

// shift gives the amount of digits with the decimal point set that many places
// from their end, in major units. It works on the text, so nothing is rounded.
func shift(digits string, places int, code string) (Amount, error) {
	decimals, err := Digits(code)
	if err != nil {
		return Amount{}, err
	}
	digits = strings.TrimLeft(digits, "0")
	switch surplus := places - decimals; {
	case digits == "":
		digits = "0"
	case surplus <= 0:
		digits += strings.Repeat("0", -surplus)
	case strings.Trim(digits[max(0, len(digits)-surplus):], "0") != "":
		return Amount{}, fmt.Errorf("%w: %s has %d decimals", ErrInexact, code, decimals)
	default:
		// All that is cut are zeros, and digits does not begin with one, so more
		// than those zeros stays.
		digits = digits[:len(digits)-surplus]
	}
	minor, err := strconv.ParseInt(digits, 10, 64)
	if errors.Is(err, strconv.ErrRange) {
		return Amount{}, fmt.Errorf("%w: more than %s can hold", ErrOverflow, code)
	}
	if err != nil {
		return Amount{}, fmt.Errorf("%w: %q", ErrMalformed, digits)
	}
	return Amount{Minor: minor, Currency: code}, nil
}

// plain gives a decoded JSON value as decimal text: digits, and perhaps a point
// and digits.
func plain(value any) (string, error) {
	switch v := value.(type) {
	case string:
		return plainText(v)
	case json.Number:
		return plainNumber(v)
	case float64:
		return plainFloat(v)
	case int:
		return plainText(strconv.Itoa(v))
	case int64:
		return plainText(strconv.FormatInt(v, 10))
	default:
		return "", fmt.Errorf("%w: a string or a number is needed, this is %T", ErrMalformed, value)
	}
}

// plainNumber keeps the literal's own digits where they are plain. A literal
// with an exponent is legal JSON too, and goes the way of a float.
func plainNumber(n json.Number) (string, error) {
	if !strings.ContainsAny(n.String(), "eE") {
		return plainText(n.String())
	}
	f, err := n.Float64()
	if err != nil {
		return "", fmt.Errorf("%w: %.*s", ErrOverflow, maxText, n)
	}
	return plainFloat(f)
}

// plainFloat gives the shortest decimal that means this float, which is the one
// that was sent, as long as it is short enough to be the only candidate.
func plainFloat(f float64) (string, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return "", fmt.Errorf("%w: %v", ErrMalformed, f)
	}
	text := strconv.FormatFloat(f, 'f', -1, 64)
	if f == math.Trunc(f) {
		if math.Abs(f) > exactInteger {
			return "", fmt.Errorf("%w: send a number of this size as a string", ErrOverflow)
		}
	} else if significant := strings.TrimLeft(strings.Replace(text, ".", "", 1), "-0"); len(significant) > exactDigits {
		return "", fmt.Errorf("%w: send a number with so many digits as a string", ErrInexact)
	}
	return plainText(text)
}

func plainText(text string) (string, error) {
	if len(text) > maxText {
		return "", fmt.Errorf("%w: longer than %d characters", ErrMalformed, maxText)
	}
	unsigned, negative := strings.CutPrefix(text, "-")
	whole, fraction, point := strings.Cut(unsigned, ".")
	if !allDigits(whole) || (point && !allDigits(fraction)) {
		return "", fmt.Errorf("%w: %q", ErrMalformed, text)
	}
	if negative && strings.Trim(unsigned, "0.") != "" {
		return "", fmt.Errorf("%w: %s", ErrNegative, text)
	}
	return unsigned, nil
}

func allDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}
