package bank

import (
	"strings"
	"testing"
)

func TestCountryCode(t *testing.T) {
	for name, code := range map[string]string{
		"LT": "LT", "lt": "LT", "Lithuania": "LT", "LITHUANIA": "LT", "the Netherlands": "NL", "Bosnia and Herzegovina": "BA", "Cote d'Ivoire": "",
		"Côte d'Ivoire": "CI", "USA": "US", "Lietuva": "", "": "", "XX": "", "Turkey": "TR", "Türkiye": "TR", "Zimbabwe": "ZW", "AD": "AD", "=": "", "lithuania;": "LT", "  ": "",
	} {
		if got := CountryCode(name); got != code {
			t.Errorf("%q: got %q, want %q", name, got, code)
		}
	}
	for code := range strings.FieldsSeq(countries) {
		if !strings.Contains(countryNames, ";"+code+"=") {
			t.Errorf("%s has no name", code)
		}
	}
}
