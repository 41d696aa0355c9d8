package app_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"finhub-sandbox/internal/app"
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

// TestAMistypedScenarioIsLogged: the log has it too, also where it tells only what
// is wrong.
func TestAMistypedScenarioIsLogged(t *testing.T) {
	for _, quiet := range []bool{true, false} {
		var log bytes.Buffer
		a, err := app.Open(app.Config{Seed: "test", Settings: scaled(1), Quiet: quiet}, &log)
		if err != nil {
			t.Fatal(err)
		}
		c := &client{documents: loadDocuments(t), send: inProcess(a.Handler())}
		c.live(t, "mistyped", "anna+kyc-rejectd@example.com")
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		const want = `level=WARN msg=request request=req-1 operation=registerIndividual`
		const notice = `notice="the tag +kyc-rejectd names no scenario (did you mean +kyc-rejected?); happy-path governs"`
		if text := log.String(); !strings.Contains(text, want) || strings.Count(text, notice) != 1 {
			t.Errorf("quiet %v: %s", quiet, text)
		}
	}
}
