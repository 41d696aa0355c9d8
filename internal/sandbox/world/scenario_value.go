package world

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/bank"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/scenario"
)

// factValues say of facts whether they can ever have a value with which a condition
// compares them: a rule that waits for an IBAN with blanks or for a country's name
// would wait for ever.
func factValues() map[string]scenario.Check {
	checks := map[string]scenario.Check{"customer.email": emailFact, "customer.people.email": emailFact, "customer.category": categoryFact}
	for _, fact := range []string{
		"customer.nationality", "customer.country", "customer.people.nationality", "customer.people.country", "document.country",
		"verification.documents.country", "beneficiary.country",
	} {
		checks[fact] = countryValue
	}
	for _, fact := range []string{"beneficiary.iban", "wallet.iban"} {
		checks[fact] = ibanValue
	}
	for _, fact := range []string{"order.source", "order.target"} {
		checks[fact] = accountValue
	}
	for _, fact := range []string{"order.currency", "wallet.currency", "beneficiary.currency"} {
		checks[fact] = currencyValue
	}
	for _, fact := range []string{"customer.dateOfBirth", "customer.people.dateOfBirth", "document.expiry", "verification.documents.expiry", "clock.date"} {
		checks[fact] = dateValue
	}
	for _, feature := range onboarding.Features() {
		for _, key := range feature.Keys() {
			checks["customer.features."+key] = oneOfFact(feature.Allowed[key])
		}
	}
	checks["paymentConsent.kind"] = oneOfFact(texts(payments.PaymentConsentKinds()))
	checks["paymentConsent.type"] = oneOfFact(texts(payments.PaymentConsentOperations()))
	return checks
}

func texts[T ~string](words []T) (list []string) {
	for _, w := range words {
		list = append(list, string(w))
	}
	return list
}

// oneOfFact takes the values of a list; an empty list takes all.
func oneOfFact(right []string) scenario.Check {
	return func(value string) error {
		if len(right) == 0 || slices.Contains(right, value) {
			return nil
		}
		return fmt.Errorf("can be %s", scenario.DidYouMean(value, right))
	}
}

func countryValue(value string) error {
	code := bank.CountryCode(value)
	switch {
	case code == value:
		return nil
	case code != "":
		return fmt.Errorf("is written %q", code)
	case len(value) <= 3:
		return errors.New(`is a code of two letters such as "LT"`)
	}
	return nil // A name in another language, as it was sent.
}

func ibanValue(value string) error {
	if normal := bank.NormalIBAN(value); normal != value {
		return fmt.Errorf("is written without blanks and in capitals, %q", normal)
	}
	return bank.CheckIBAN(value)
}

// accountValue is an IBAN, or the id of an account without one.
func accountValue(value string) error {
	if bank.CheckIBAN(value) == nil {
		return ibanValue(value)
	}
	return nil
}

func currencyValue(value string) error {
	if value != payments.Currency {
		return fmt.Errorf("is %q alone", payments.Currency)
	}
	return nil
}

func dateValue(value string) error {
	if _, err := time.Parse(time.DateOnly, value); err != nil {
		return errors.New(`is written as "2026-01-31"`)
	}
	return nil
}

func emailFact(value string) error {
	if strings.ContainsAny(value, "*%") || !strings.Contains(value, "@") {
		return errors.New("is a whole address without placeholders; endsWith and contains compare a part")
	}
	return nil
}

func categoryFact(value string) error {
	var codes []string
	for _, category := range onboarding.Categories() {
		codes = append(codes, category.Code)
	}
	return oneOfFact(codes)(value)
}
