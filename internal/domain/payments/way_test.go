package payments_test

import (
	"strings"
	"testing"

	"finhub-sandbox/internal/domain/payments"
)

// TestTheWayOfAPayment joins every word of a path with every word of a body, and
// finds the network for a payee inside and outside of the tenant: "-" where the
// words contradict each other, "x" where the payee cannot be paid so.
func TestTheWayOfAPayment(t *testing.T) {
	kinds := []string{"", "INTERNAL", "EXTERNAL", "SEPA", "SEPA_INSTANT", "SWIFT", "TRANSFER", "SEPA_TRANSFER_INTERNAL", "SEPA_TRANSFER_EXTERNAL", "SEPA_INSTANT_PAYMENT", "TOPUP"}
	for path, want := range map[string]string{
		"transfer": "INTERNAL/SEPA/SWIFT INTERNAL/x/x INTERNAL/SEPA/SWIFT INTERNAL/SEPA/x INTERNAL/SEPA_INSTANT/x INTERNAL/SWIFT/SWIFT " +
			"INTERNAL/SEPA/SWIFT INTERNAL/x/x x/SEPA/x x/SEPA_INSTANT/x -",
		"withdraw": "INTERNAL/SEPA/SWIFT INTERNAL/x/x INTERNAL/SEPA/SWIFT INTERNAL/SEPA/x INTERNAL/SEPA_INSTANT/x INTERNAL/SWIFT/SWIFT " +
			"- - - - -",
		"sepa_transfer_internal": "INTERNAL/x/x INTERNAL/x/x - - - - INTERNAL/x/x INTERNAL/x/x - - -",
		"sepa_transfer_external": "x/SEPA/x - x/SEPA/x x/SEPA/x - - x/SEPA/x - x/SEPA/x - -",
		"Sepa_Instant_Payment":   "x/SEPA_INSTANT/x - x/SEPA_INSTANT/x - x/SEPA_INSTANT/x - x/SEPA_INSTANT/x - - x/SEPA_INSTANT/x -",
	} {
		way, known := payments.ParseOrderType(path)
		if !known {
			t.Fatal(path)
		}
		var got []string
		for _, kind := range kinds {
			got = append(got, routes(t, way, kind))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s gives\n%s, want\n%s", path, strings.Join(got, " "), want)
		}
	}
}

func routes(t *testing.T, way payments.Way, word string) string {
	if word != "" {
		kind, known := payments.ParseOrderKind(strings.ToLower(word))
		if !known {
			t.Fatal(word)
		}
		var agree bool
		if way, agree = way.And(kind); !agree {
			return "-"
		}
	}
	var list []string
	for _, payee := range []struct {
		ours    bool
		network payments.Network
	}{{true, payments.SEPA}, {false, payments.SEPA}, {false, payments.SWIFT}} {
		n, misfit := way.Route(payee.ours, payee.network)
		if misfit != "" {
			n = "x"
		}
		list = append(list, string(n))
	}
	return strings.Join(list, "/")
}

func TestWordsForOrders(t *testing.T) {
	for segment, want := range map[string]payments.Operation{
		"transfer": payments.Transfer, "TRANSFER": payments.Transfer, "topup": payments.Topup, "withdraw": payments.Withdrawal,
		"Withdrawal": payments.Withdrawal, "exchange": "", "internal": "", "payment": "",
	} {
		if w, _ := payments.ParseOrderType(segment); w.Operation != want {
			t.Errorf("%s is %s", segment, w.Operation)
		}
	}
	if _, known := payments.ParseOrderKind("FOO"); known {
		t.Error("FOO is a kind of order")
	}
	if o, known := payments.ParsePaymentConsentOperation("exchange"); !known || o != payments.Exchange {
		t.Error("exchange is not known, so that nobody can be told why it is refused")
	}
}

func TestFees(t *testing.T) {
	for n, want := range map[payments.Network]int64{payments.Internal: 0, payments.SEPA: 150, payments.SEPAInstant: 250, payments.SWIFT: 2500} {
		fees := payments.Fees(nil)
		if fees.Fee(payments.Transfer, n) != want || fees.Fee(payments.Withdrawal, n) != want || fees.Fee(payments.Topup, n) != 0 {
			t.Errorf("%s costs %d", n, fees.Fee(payments.Transfer, n))
		}
	}
}
