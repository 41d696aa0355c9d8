package bank

import "strings"

// CountryOf gives the country of an IBAN, whose form is not checked.
func CountryOf(iban string) string {
	iban = NormalIBAN(iban)
	return iban[:min(2, len(iban))]
}

// territories use the IBANs of another country (ISO 13616).
const territories = "AX:FI BL:FR GF:FR GP:FR MF:FR MQ:FR NC:FR PF:FR PM:FR RE:FR TF:FR WF:FR YT:FR GG:GB IM:GB JE:GB"

// Within reports whether somebody in a country can have an account whose IBAN is
// of another: only if it is the same, or one of its territories.
func Within(country, iban string) bool {
	return country == iban || len(country) == 2 && strings.Contains(territories, country+":"+iban)
}
