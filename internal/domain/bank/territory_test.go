package bank_test

import (
	"testing"

	"finhub-sandbox/internal/domain/bank"
)

func TestACountryAndItsIBANs(t *testing.T) {
	for _, test := range []struct {
		country, iban string
		want          bool
	}{
		{"DE", "DE89 3704 0044 0532 0130 00", true},
		{"DE", "gb82west12345698765432", false},
		{"JE", "GB82WEST12345698765432", true},
		{"RE", "FR1420041010050500013M02606", true},
		{"FR", "GB82WEST12345698765432", false},
		{"B:", "GB82WEST12345698765432", false},
		{"", "LT263500098765432109", false},
	} {
		if got := bank.Within(test.country, bank.CountryOf(test.iban)); got != test.want {
			t.Errorf("%s with %s: %v", test.country, test.iban, got)
		}
	}
	if bank.CountryOf("x") != "X" {
		t.Error("a text that is no IBAN has no country")
	}
}

func TestTheSameBIC(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"HABALT22", "habalt22xxx", true},
		{"HABALT22", "HABALT22ABC", false},
		{"HABALT22", "COBADEFF", false},
	} {
		if got := bank.SameBIC(test.a, test.b); got != test.want {
			t.Errorf("%s and %s: %v", test.a, test.b, got)
		}
	}
}
