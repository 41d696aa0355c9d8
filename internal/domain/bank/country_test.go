package bank_test

import (
	"testing"

	"finhub-sandbox/internal/domain/bank"
)

func TestCheckCountry(t *testing.T) {
	for _, c := range []struct {
		country    string
		name, code bool
	}{
		{"LT", true, true}, {"lt", true, false}, {"XK", true, true}, {"ZZ", false, false}, {"L", false, false}, {"", false, false},
		{"LTU", true, false}, {"Lithuania", true, false}, {"Côte d'Ivoire", true, false}, {"Bonaire, Sint Eustatius and Saba", true, false},
		{"Lietuva 2", false, false}, {"---", false, false}, {"LT\x00", false, false},
	} {
		if got := bank.CheckCountry(c.country) == nil; got != c.name {
			t.Errorf("%q is a country: %v, want %v", c.country, got, c.name)
		}
		if got := bank.CheckCountryCode(c.country) == nil; got != c.code {
			t.Errorf("%q is a country's code: %v, want %v", c.country, got, c.code)
		}
	}
}
