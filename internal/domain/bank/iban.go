// Package bank owns IBAN and BIC: checking, normalising and building them.
//
// It knows only what the numbers say by themselves. Whether an account or a
// bank exists, and which customer an account belongs to, is not its business.
package bank

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// prefix is the part of an IBAN before the BBAN: country code and check digits.
const prefix = 4

// CheckIBAN says what is wrong with an IBAN, in words for the person who typed
// it, or nil. Spaces and lower case do not matter. It checks the country, the
// length and the kind of each character (ISO 13616), and the check digits; not
// the check digits that some countries have inside of the BBAN.
func CheckIBAN(s string) error {
	s = NormalIBAN(s)
	if s == "" {
		return errors.New("an IBAN is needed, this is empty")
	}
	if r, ok := foreign(s); ok {
		return fmt.Errorf("an IBAN has only letters and digits, this has %q", r)
	}
	if len(s) < prefix || !letters(s[:2]) {
		return errors.New("an IBAN begins with a country code and two check digits, such as LT12")
	}
	country := s[:2]
	structure, ok := structures[country]
	if !ok {
		if isCountry(country) {
			return fmt.Errorf("country %s has no IBANs", country)
		}
		return fmt.Errorf("unknown country %s", country)
	}
	if want := prefix + structure.length(); len(s) != want {
		return fmt.Errorf("%s IBAN has %d characters, this has %d", country, want, len(s))
	}
	if !digits(s[2:prefix]) {
		return fmt.Errorf("%s IBAN has two check digits after the country, this has %q", country, s[2:prefix])
	}
	if err := structure.check(country, s[prefix:]); err != nil {
		return err
	}
	if want := checkDigits(country, s[prefix:]); s[2:prefix] != want {
		return fmt.Errorf("checksum wrong: the check digits should be %s, not %s", want, s[2:prefix])
	}
	return nil
}

// NormalIBAN gives the IBAN in the form in which it is stored and compared: in
// upper case and without spaces. It checks nothing.
func NormalIBAN(s string) string { return normal(s) }

// NewIBAN builds the IBAN of a country's BBAN by computing the check digits. The
// BBAN must be of the country's structure, which is not checked.
func NewIBAN(country, bban string) string {
	country, bban = normal(country), normal(bban)
	return country + checkDigits(country, bban) + bban
}

// checkDigits gives the two digits for which the number modulo 97 is 1.
func checkDigits(country, bban string) string {
	check := 98 - mod97(bban+country+"00")
	return string([]byte{byte('0' + check/10), byte('0' + check%10)})
}

// mod97 reads letters as two digits, A as 10 to Z as 35 (ISO 7064). The caller
// passes only letters and digits.
func mod97(s string) int {
	rest := 0
	for _, c := range []byte(s) {
		if digit(rune(c)) {
			rest = (rest*10 + int(c-'0')) % 97
		} else {
			rest = (rest*100 + int(c-'A') + 10) % 97
		}
	}
	return rest
}

// run is a stretch of a BBAN in which every character is of one kind: n for
// digits, a for letters, c for either.
type run struct {
	count int
	kind  byte
}

// structure is the BBAN of one country.
type structure []run

func (s structure) length() int {
	total := 0
	for _, r := range s {
		total += r.count
	}
	return total
}

// check names the first character that is not of its run's kind. The length must
// have been checked.
func (s structure) check(country, bban string) error {
	at := 0
	for _, r := range s {
		for i, c := range bban[at : at+r.count] {
			if want := r.fault(c); want != "" {
				return fmt.Errorf("%s IBAN has %s in places %d to %d, this has %q in place %d", country, want,
					prefix+at+1, prefix+at+r.count, c, prefix+at+i+1)
			}
		}
		at += r.count
	}
	return nil
}

func (r run) fault(c rune) string {
	switch {
	case r.kind == 'n' && !digit(c):
		return "digits"
	case r.kind == 'a' && !letter(c):
		return "letters"
	default:
		return ""
	}
}

// normal leaves letters outside of A to Z as they are: folding them could turn a
// wrong number into a right one.
func normal(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return -1
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		default:
			return r
		}
	}, s)
}

func digit(r rune) bool  { return r >= '0' && r <= '9' }
func letter(r rune) bool { return r >= 'A' && r <= 'Z' }

func digits(s string) bool  { return strings.IndexFunc(s, func(r rune) bool { return !digit(r) }) < 0 }
func letters(s string) bool { return strings.IndexFunc(s, func(r rune) bool { return !letter(r) }) < 0 }

// foreign gives the first character that neither number may hold.
func foreign(s string) (rune, bool) {
	i := strings.IndexFunc(s, func(r rune) bool { return !letter(r) && !digit(r) })
	if i < 0 {
		return 0, false
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	return r, true
}
