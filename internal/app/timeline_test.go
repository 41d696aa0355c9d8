package app_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"finhub-sandbox/internal/app"
)

// TestTimelineIsInOrder: on a clock that stands still requests and events follow each
// other as they happened, a decision names its rule, and nobody else's are among them.
func TestTimelineIsInOrder(t *testing.T) {
	s := openLocal(t, app.Config{})
	s.must("demo", http.MethodPost, "/_sandbox/clock/freeze", "{}")
	s.must("demo", http.MethodPut, "/_sandbox/scenario", travels, "Content-Type", "application/yaml")
	s.must("demo", http.MethodPost, "/api/v2.1/webhooks/subscriptions", `{"name": "n", "url": "https://shop.example/hook", "events": ["customer.created"]}`)
	id := s.must("demo", http.MethodPost, registrationPath, registrationOf("anna@example.com")).get("data.id")
	s.must("demo", http.MethodPost, registrationPath, registrationOf("ben@example.com"))
	s.must("demo", http.MethodGet, "/api/v2.1/wallets/customer/"+id, "")
	s.call("demo", http.MethodPost, "/api/v2.1/customer/individual/"+id+"/activation", `{"userId": "anna@example.com", "code": "ACTIVATION_CODE_1"}`)
	s.must("demo", http.MethodPost, "/api/v2.1/customer/individual/"+id+"/verification", passport)
	s.must("demo", http.MethodPost, "/_sandbox/clock/advance", `{"by":"3h"}`)
	s.must("demo", http.MethodGet, "/api/v2.1/wallets/customer/"+id, "")
	a := s.must("demo", http.MethodGet, "/_sandbox/customers/"+id+"/timeline", "")
	var got []string
	list, _ := a.value.(map[string]any)["entries"].([]any)
	for _, e := range list {
		entry := e.(map[string]any)
		line := fmt.Sprint(entry["type"], " ", entry["what"])
		if rules, ok := entry["rules"].([]any); ok {
			line += fmt.Sprint(" by line ", rules[0].(map[string]any)["line"])
		}
		got = append(got, line)
	}
	want := []string{
		"request registerIndividual", "event customer.created", "request getCustomerWallets", "request activateIndividual", "request submitIndividualVerification by line 3",
		"event verification.created", "decision verification.rejected by line 3", "request getCustomerWallets",
	}
	if at := slices.Index(got, "delivery customer.created"); at < slices.Index(got, "event customer.created") {
		t.Errorf("the attempt stands at %d of %q", at, got)
	}
	got = slices.DeleteFunc(got, func(line string) bool { return line == "delivery customer.created" })
	if !slices.Equal(got, want) {
		t.Errorf("it has %q", got)
	}
}
