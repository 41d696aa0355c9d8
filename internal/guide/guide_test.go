package guide_test

import (
	"strings"
	"testing"

	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/guide"
	"finhub-sandbox/spec"
)

// TestLLMs: the text for programs has every path that a life needs and every refusal, in
// the order of a life, and is short enough to be read as a whole.
func TestLLMs(t *testing.T) {
	text, err := guide.LLMs(spec.Product(), spec.Control())
	if err != nil {
		t.Fatal(err)
	}
	if len(text) >= guide.MaxLLMs {
		t.Errorf("it has %d bytes, and may have less than %d", len(text), guide.MaxLLMs)
	}
	for parameter, head := range map[string]string{"{organizationId}": "/customer/organization/", "{customerId}": "/customer/individual/", "{accountId}": "/fintrans/"} {
		if !strings.Contains(text, "What begins with "+parameter+" begins with "+head+parameter+".\n") {
			t.Errorf("it does not say what stands before %s", parameter)
		}
	}
	for _, d := range refusal.All() {
		if !strings.Contains(text, string(d.Code)) {
			t.Errorf("%s is missing", d.Code)
		}
	}
	at := -1
	for _, path := range []string{
		"POST /customer/individual/registration", "POST {organizationId}/director", "POST {customerId}/verification",
		"POST {customerId}/consents/{consentType}", "POST {customerId}/activation", "|POST {accountId}/beneficiaries",
		"POST {accountId}/payment-consents/types/{operationType}", "POST {accountId}/types/{operationType}/prepare", "POST /clock/advance",
	} {
		next := strings.Index(text, path)
		if next <= at {
			t.Errorf("%s stands at %d, and what comes before it at %d", path, next, at)
		}
		at = next
	}
}

// TestHost: what a caller says of the host stands in a command only if it cannot be
// more than a host.
func TestHost(t *testing.T) {
	for asked, want := range map[string]string{
		"localhost:8080": "localhost:8080", "127.0.0.1:1": "127.0.0.1:1", "[::1]:80": "[::1]:80", "a b": "other", "x;rm -rf /": "other", "$(x)": "other", "": "other",
	} {
		if got := guide.Host(asked, "other"); got != want {
			t.Errorf("%q gives %q, want %q", asked, got, want)
		}
	}
}
