package app_test

import (
	"slices"
	"testing"

	"finhub-sandbox/internal/domain/bank"
	"finhub-sandbox/internal/domain/money"
)

// TestListsOfCodes compares the lists of codes in the document with those of the
// code, both ways.
func TestListsOfCodes(t *testing.T) {
	product, control := documents(t)
	letters := "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	compare := func(name string, known []string, code string, is bool) {
		if slices.Contains(known, code) != is {
			t.Errorf("%s: %s is listed %t, and known %t", name, code, !is, is)
		}
	}
	for _, a := range letters {
		for _, b := range letters {
			country := string(a) + string(b)
			compare("PayeeCountry", product.Enum("PayeeCountry"), country, bank.CheckCountryCode(country) == nil)
			for _, c := range letters {
				code := country + string(c)
				compare("Currency", product.Enum("Currency"), code, money.CheckCurrency(code) == nil)
				compare("Currency of the control API", control.Enum("Currency"), code, money.CheckCurrency(code) == nil)
			}
		}
	}
}
