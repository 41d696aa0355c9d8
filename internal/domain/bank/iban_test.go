package bank_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"finhub-sandbox/internal/domain/bank"
)

// One published example of each country's registry entry.
const examples = `
AD1200012030200359100100 AE070331234567890123456 AL47212110090000000235698741 AT611904300234573201
AZ21NABZ00000000137010001944 BA391290079401028494 BE68539007547034 BG80BNBG96611020345678
BH67BMAG00001299123456 BI4210000100010000332045181 BR1800360305000010009795493C1 BY13NBRB3600900000002Z00AB00
CH9300762011623852957 CR05015202001026284066 CY17002001280000001200527600 CZ6508000000192000145399
DE89370400440532013000 DJ2100010000000154000100186 DK5000400440116243 DO28BAGR00000001212453611324
EE382200221020145685 EG380019000500000000263180002 ES9121000418450200051332 FI2112345600000785
FK88SC123456789012 FO6264600001631634 FR1420041010050500013M02606 GB29NWBK60161331926819
GE29NB0000000101904917 GI75NWBK000000007099453 GL8964710001000206 GR1601101250000000012300695
GT82TRAJ01020000001210029690 HN88CABF00000000000250005469 HR1210010051863000160 HU42117730161111101800000000
IE29AIBK93115212345678 IL620108000000099999999 IQ98NBIQ850123456789012 IS140159260076545510730339
IT60X0542811101000000123456 JO94CBJO0010000000000131000302 KW81CBKU0000000000001234560101
KZ86125KZT5004100100 LB62099900000001001901229114 LC55HEMM000100010012001200023015 LI21088100002324013AA
LT121000011101001000 LU280019400644750000 LV80BANK0000435195001 LY83002048000020100120361
MC5811222000010123456789030 MD24AG000225100013104168 ME25505000012345678951 MK07250120000058984
MN121234123456789123 MR1300020001010000123456753 MT84MALT011000012345MTLCAST001S
MU17BOMM0101101030300200000MUR NI45BAPR00000013000003558124 NL91ABNA0417164300 NO9386011117947
OM810180000001299123456 PK36SCBL0000001123456702 PL61109010140000071219812874 PS92PALS000000000400123456702
PT50000201231234567890154 QA58DOHB00001234567890ABCDEFG RO49AAAA1B31007593840000 RS35260005601001611379
RU0304452522540817810538091310419 SA0380000000608010167519 SC18SSCB11010000000000001497USD SD2129010501234001
SE4550000000058398257466 SI56263300012039086 SK3112000000198742637541 SM86U0322509800000000270100
SO211000001001000100141 ST23000100010051845310146 SV62CENR00000000000000700025 TL380080012345678910157
TN5910006035183598478831 TR330006100519786457841326 UA213223130000026007233566001 VA59001123000012345678
VG96VPVG0000012345678901 XK051212012345678906 YE15CBYE0001018861234567891234`

func TestExamplesOfEveryCountryPass(t *testing.T) {
	ibans := strings.Fields(examples)
	if want := 89; len(ibans) != want {
		t.Fatalf("%d examples, want %d", len(ibans), want)
	}
	for _, iban := range ibans {
		if err := bank.CheckIBAN(iban); err != nil {
			t.Errorf("%s: %v", iban, err)
		}
		if got := bank.NewIBAN(iban[:2], iban[4:]); got != iban {
			t.Errorf("built %s, want %s", got, iban)
		}
	}
}

func TestCheckIBANAsWritten(t *testing.T) {
	for _, iban := range []string{
		"LT12 1000 0111 0100 1000", "lt121000011101001000", "LT12\u00a01000\u00a00111\u00a00100\u00a01000 ",
	} {
		if err := bank.CheckIBAN(iban); err != nil {
			t.Errorf("%q: %v", iban, err)
		}
		if got, want := bank.NormalIBAN(iban), "LT121000011101001000"; got != want {
			t.Errorf("%q in normal form is %q, want %q", iban, got, want)
		}
	}
}

func TestCheckIBANSaysWhatIsWrong(t *testing.T) {
	for iban, want := range map[string]string{
		"":                             "an IBAN is needed, this is empty",
		"  ":                           "an IBAN is needed, this is empty",
		"LT1":                          "an IBAN begins with a country code and two check digits, such as LT12",
		"121000011101001000":           "an IBAN begins with a country code and two check digits, such as LT12",
		"LT12-1000-0111":               "an IBAN has only letters and digits, this has '-'",
		"LT12100001110100100é":         "an IBAN has only letters and digits, this has 'é'",
		"LT12100001110100100\xff":      "an IBAN has only letters and digits, this has '�'",
		"lı121000011101001000":         "an IBAN has only letters and digits, this has 'ı'",
		"XX121000011101001000":         "unknown country XX",
		"US121000011101001000":         "country US has no IBANs",
		"LT12100001110100100":          "LT IBAN has 20 characters, this has 19",
		"LT1210000111010010000":        "LT IBAN has 20 characters, this has 21",
		"DE8937040044053201300":        "DE IBAN has 22 characters, this has 21",
		"LTX21000011101001000":         `LT IBAN has two check digits after the country, this has "X2"`,
		"LT12100001110100100A":         "LT IBAN has digits in places 5 to 20, this has 'A' in place 20",
		"GB29NW8K60161331926819":       "GB IBAN has letters in places 5 to 8, this has '8' in place 7",
		"NL91ABNA041716430O":           "NL IBAN has digits in places 9 to 18, this has 'O' in place 18",
		"LT131000011101001000":         "checksum wrong: the check digits should be 12, not 13",
		"LT121000011101001001":         "checksum wrong: the check digits should be 82, not 12",
		"FR7612345678901234567890123":  "checksum wrong: the check digits should be 48, not 76",
		"MT84MALT011000012345MTLCAST1": "MT IBAN has 31 characters, this has 28",
	} {
		err := bank.CheckIBAN(iban)
		if err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", iban, err, want)
		}
	}
}

// Check digits 00, 01 and 99 give the same remainder as 97, 98 and 02, but no
// bank computes them.
func TestCheckIBANRefusesEquivalentCheckDigits(t *testing.T) {
	for _, digits := range []string{"00", "01", "99"} {
		for account := range 97 {
			bban := "10000" + strings.Repeat("0", 9) + string([]byte{byte('0' + account/10), byte('0' + account%10)})
			if bank.CheckIBAN("LT"+digits+bban) == nil {
				t.Errorf("LT%s%s passes", digits, bban)
			}
		}
	}
}

// A single wrong digit, and two neighbours swapped, never go unnoticed.
func TestCheckIBANNoticesSlips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		iban := bank.NewIBAN("LT", rapid.StringMatching(`[0-9]{16}`).Draw(t, "bban"))
		if err := bank.CheckIBAN(iban); err != nil {
			t.Fatalf("%s: %v", iban, err)
		}
		at := rapid.IntRange(4, len(iban)-2).Draw(t, "place")
		wrong := []byte(iban)
		wrong[at] = '0' + (wrong[at]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
		if bank.CheckIBAN(string(wrong)) == nil {
			t.Errorf("%s passes for %s", wrong, iban)
		}
		swapped := []byte(iban)
		swapped[at], swapped[at+1] = swapped[at+1], swapped[at]
		if string(swapped) != iban && bank.CheckIBAN(string(swapped)) == nil {
			t.Errorf("%s passes for %s", swapped, iban)
		}
	})
}

func TestCheckIBANTakesAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		if s := rapid.String().Draw(t, "text"); bank.CheckIBAN(s) == nil {
			t.Errorf("%q passes", s)
		}
	})
}
