package bank

import (
	"errors"
	"fmt"
	"sort"
)

// The parts of a BIC (ISO 9362): four characters for the bank, two for the
// country, two for the place, and three for the branch that may be left out.
const (
	bicCountry = 4
	bicPlace   = 6
	bicShort   = 8
	bicLong    = 11
)

// CheckBIC says what is wrong with a BIC, in words for the person who typed it,
// or nil. Spaces and lower case do not matter.
func CheckBIC(s string) error {
	s = NormalBIC(s)
	if s == "" {
		return errors.New("a BIC is needed, this is empty")
	}
	if r, ok := foreign(s); ok {
		return fmt.Errorf("a BIC has only letters and digits, this has %q", r)
	}
	if len(s) != bicShort && len(s) != bicLong {
		return fmt.Errorf("a BIC has %d or %d characters, this has %d", bicShort, bicLong, len(s))
	}
	if country := s[bicCountry:bicPlace]; !isCountry(country) {
		return fmt.Errorf("unknown country %s in places %d and %d of the BIC", country, bicCountry+1, bicPlace)
	}
	return nil
}

// NormalBIC gives the BIC in the form in which it is stored and compared: in
// upper case and without spaces. It checks nothing.
func NormalBIC(s string) string { return normal(s) }

// SameBIC reports whether two BICs mean the same branch: without one, or as XXX, it
// is the head office.
func SameBIC(a, b string) bool { return branch(a) == branch(b) }

func branch(s string) string {
	if s = NormalBIC(s); len(s) == bicShort {
		s += "XXX"
	}
	return s
}

// isCountry reports whether a code is one of two capital letters that is in use:
// one of countries, which stand in their order.
func isCountry(code string) bool {
	const width = len("XK ")
	n := (len(countries) + 1) / width
	at := sort.Search(n, func(i int) bool { return countries[i*width:i*width+2] >= code })
	return len(code) == len("XK") && at < n && countries[at*width:at*width+2] == code
}
