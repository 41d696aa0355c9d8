package bank

import (
	"errors"
	"strings"
	"unicode"
)

// CheckCountryCode refuses what is no ISO 3166-1 code in capital letters.
func CheckCountryCode(code string) error {
	if !isCountry(code) {
		return errors.New("must be an ISO 3166 code of two letters, such as LT")
	}
	return nil
}

// CheckCountry refuses what is neither a country's code, in any case, nor can be
// a country's name. Names are not looked up: they come in many languages.
func CheckCountry(s string) error {
	if len(s) == 2 && CheckCountryCode(strings.ToUpper(s)) == nil {
		return nil
	}
	if len([]rune(s)) < 3 || !strings.ContainsFunc(s, unicode.IsLetter) || strings.ContainsFunc(s, notOfAName) {
		return errors.New("must be a country's name, or its ISO 3166 code of two letters, such as LT")
	}
	return nil
}

func notOfAName(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune(" .,'’()-&", r)
}
