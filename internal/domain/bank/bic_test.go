package bank_test

import (
	"testing"

	"finhub-sandbox/internal/domain/bank"
)

func TestCheckBIC(t *testing.T) {
	const fine = ""
	for bic, want := range map[string]string{
		"DEUTDEFF":     fine,
		"REVOLT21":     fine,
		"CHASUS33XXX":  fine,
		"NDEAFIHH":     fine,
		"NCBVXKPR":     fine,
		"deut de ff":   fine,
		"":             "a BIC is needed, this is empty",
		"DEUTDEF":      "a BIC has 8 or 11 characters, this has 7",
		"DEUTDEFF50":   "a BIC has 8 or 11 characters, this has 10",
		"DEUTDEFF5000": "a BIC has 8 or 11 characters, this has 12",
		"DEUTXXFF":     "unknown country XX in places 5 and 6 of the BIC",
		"DEUT12FF":     "unknown country 12 in places 5 and 6 of the BIC",
		"DEUTE FFX":    "unknown country EF in places 5 and 6 of the BIC",
		"DEUT-EFF":     "a BIC has only letters and digits, this has '-'",
		"DEUTDÉFF":     "a BIC has only letters and digits, this has 'É'",
	} {
		got := ""
		if err := bank.CheckBIC(bic); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", bic, got, want)
		}
	}
}

func TestNormalBIC(t *testing.T) {
	if got := bank.NormalBIC(" revo lt21 "); got != "REVOLT21" {
		t.Errorf("got %q", got)
	}
}
