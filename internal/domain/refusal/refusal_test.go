package refusal_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"finhub-sandbox/internal/domain/refusal"
)

// TestFaultsAreBounded: a small request must not have a large reply; the count of
// all stays.
func TestFaultsAreBounded(t *testing.T) {
	for _, n := range []int{50, 51, 20_000} {
		err := refusal.Invalid(make([]refusal.Fault, n))
		var e *refusal.Error
		if !errors.As(err, &e) || len(e.Faults) != 50 || !strings.HasPrefix(e.Details, strconv.Itoa(n)+" of") || strings.Contains(e.Details, "first 50") != (n > 50) {
			t.Errorf("of %d faults: %d, %s", n, len(e.Faults), e.Details)
		}
	}
}
