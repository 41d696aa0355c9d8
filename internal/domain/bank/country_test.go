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

// TestCheckCountryCodes tries every code of two letters: those that are countries
// are as many as ISO 3166-1 has, and Kosovo.
func TestCheckCountryCodes(t *testing.T) {
	known := 0
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			if bank.CheckCountryCode(string(a)+string(b)) == nil {
				known++
			}
		}
	}
	if want := 249 + 1; known != want {
		t.Errorf("%d codes are countries, want %d", known, want)
	}
}
