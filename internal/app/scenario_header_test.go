package app_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestRepliesNameTheScenario lets a customer live whole and looks at the header
// of every reply: what concerns the customer names what governs it, and control
// replies and those about nobody name nothing.
func TestRepliesNameTheScenario(t *testing.T) {
	handler := openApp(t).Handler()
	c := &client{documents: loadDocuments(t)}
	c.send = inProcess(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, r)
		for name, values := range recorder.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(recorder.Code)
		_, _ = w.Write(recorder.Body.Bytes())
		want := "kyc-second-passport"
		if strings.HasPrefix(r.URL.Path, "/_sandbox/") || strings.Contains(r.URL.Path, "/hierarchy/") {
			want = ""
		}
		if got := recorder.Header().Get("X-Sandbox-Scenario"); got != want {
			t.Errorf("%s %s names the scenario %q, want %q", r.Method, r.URL.Path, got, want)
		}
	}))
	l := c.live(t, "named", "anna+kyc-second-passport@example.com")
	c.execute(t, l)
	for _, operation := range []string{"getOrder", "listBeneficiaries", "getAccountBalance", "getCustomerWallets", "listPaymentConsents"} {
		c.on(t, l, operation, nil)
	}
}
