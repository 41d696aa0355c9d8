package contract

import (
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"
)

var uuidPattern = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// knownFormats gives all formats: the validator accepts those that it does not
// know unchecked.
func knownFormats(more Formats) Formats {
	formats := Formats{
		"uuid": checkUUID, "email": checkEmail, "uri": checkURI,
		"date": checkDate, "date-time": checkDateTime, "day-or-instant": checkDayOrInstant, "strong-password": checkPassword,
	}
	for name, check := range more {
		formats[name] = check
	}
	return formats
}

func validators(formats Formats) openapi3.SchemaValidationOption {
	known := map[string]openapi3.StringFormatValidator{}
	for name, check := range filledFormats(formats) {
		known[name] = openapi3.NewCallbackValidator(check)
	}
	return openapi3.WithStringFormatValidators(known)
}

// ofAnyYear gives formats whose days and instants have no bounds: what begins on
// the last day of the last year ends in the next.
func ofAnyYear(formats Formats) Formats {
	free := Formats{}
	for name, check := range formats {
		free[name] = func(s string) error {
			err := check(s)
			if errors.As(err, new(yearError)) {
				return nil
			}
			return err
		}
	}
	return free
}

// yearError is what is wrong with a day or an instant that is none of ours.
type yearError string

func (e yearError) Error() string { return string(e) }

func checkUUID(s string) error {
	if !uuidPattern.MatchString(s) {
		return errors.New("must be a UUID")
	}
	return nil
}

// checkEmail accepts a plain address as people have them: no display name, one
// at sign, a domain with a dot.
func checkEmail(s string) error {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || !strings.Contains(s[strings.LastIndexByte(s, '@')+1:], ".") {
		return errors.New("must be a valid e-mail address")
	}
	return nil
}

func checkURI(s string) error {
	u, err := url.Parse(s)
	if err != nil || !u.IsAbs() || u.Host == "" {
		return errors.New("must be an absolute URI")
	}
	return nil
}

// checkDate accepts the days of the calendar from firstYear on: nobody lives or
// does business who was born or founded before.
func checkDate(s string) error {
	day, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return errors.New("must be a date of the form YYYY-MM-DD")
	}
	return checkYear(day)
}

// firstYear is that of the first days on which somebody alive can have been born;
// no company that opens an account is older by its papers. lastYear is the last
// that a tenant's clock can show.
const (
	firstYear = 1900
	lastYear  = 2200
)

func checkYear(at time.Time) error {
	switch year := at.UTC().Year(); {
	case year < firstYear:
		return yearError(fmt.Sprintf("must not be before %d-01-01", firstYear))
	case year > lastYear:
		return yearError(fmt.Sprintf("must not be after %d-12-31", lastYear))
	}
	return nil
}

// maxInstant is the length of an instant with nanoseconds and a zone, and a few
// more: a parser takes any number of digits behind the point.
const maxInstant = 40

// checkDateTime accepts an instant with or without a zone: several documented
// instants have none.
func checkDateTime(s string) error {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if at, err := time.Parse(layout, s[:min(len(s), maxInstant)]); err == nil && len(s) <= maxInstant {
			return checkYear(at)
		}
	}
	return errors.New("must be an instant of the form 2026-01-31T12:00:00Z")
}

// checkDayOrInstant accepts a day, or an instant with or without seconds and a
// zone: several documented members come in both forms.
func checkDayOrInstant(s string) error {
	if len(s) == len(time.DateOnly) {
		return checkDate(s)
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04Z07:00"} {
		if at, err := time.Parse(layout, s); err == nil {
			return checkYear(at)
		}
	}
	return checkDateTime(s)
}

// checkPassword holds the documented rule: eight characters or more, among them
// upper and lower case, a digit and a special character.
func checkPassword(s string) error {
	var missing []string
	need := func(what string, is func(rune) bool) {
		if !strings.ContainsFunc(s, is) {
			missing = append(missing, what)
		}
	}
	if len([]rune(s)) < 8 {
		missing = append(missing, "eight characters")
	}
	need("an upper-case letter", unicode.IsUpper)
	need("a lower-case letter", unicode.IsLower)
	need("a digit", unicode.IsDigit)
	need("a special character", func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(missing) > 0 {
		return fmt.Errorf("password needs at least %s", strings.Join(missing, ", "))
	}
	return nil
}
