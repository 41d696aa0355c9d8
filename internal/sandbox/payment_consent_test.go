package sandbox

import (
	"testing"

	"finhub-sandbox/internal/sandbox/accounts"
)

// TestAListWithoutPagesIsBounded: of very many payment consents the newest are
// shown.
func TestAListWithoutPagesIsBounded(t *testing.T) {
	b := newBank(t, "INDIVIDUAL_STANDARD")
	var last accounts.PaymentConsentDetail
	const listed = 1_000
	for range listed + 5 {
		last = b.consentOf(b.wallets[0], func(*accounts.PaymentConsentRequest) {})
	}
	list, err := b.ListPaymentConsents(b.staff, b.wallets[0])
	b.ok(err)
	allowed, err := b.GetAllowedOperations(b.staff, b.wallets[0], true)
	b.ok(err)
	if len(list) != listed || list[len(list)-1].Consent.ID != last.Consent.ID || len(allowed.Consents) != listed {
		t.Errorf("%d consents are listed, %d allow operations", len(list), len(allowed.Consents))
	}
}
