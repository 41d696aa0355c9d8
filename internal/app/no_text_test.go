package app_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"finhub-sandbox/internal/app"
)

// TestWhatIsNoTextIsShown: requests whose path, query, host or headers are no text are
// refused, and whoever looks back on them is answered all the same.
func TestWhatIsNoTextIsShown(t *testing.T) {
	sandbox := openLocal(t, app.Config{})
	if reply := sandbox.call("odd", http.MethodPost, "/_sandbox/recording", ""); reply.status != http.StatusOK {
		t.Fatalf("got %d %s", reply.status, reply.text)
	}
	for _, spoil := range []func(*http.Request){
		func(r *http.Request) { r.URL.Path, r.URL.RawPath = "/api/v2.1/nope/\xff", "/api/v2.1/nope/%ff" },
		func(r *http.Request) { r.URL.RawQuery = "limit=\xff" },
		func(r *http.Request) { r.Host = "local\xffhost" },
		func(r *http.Request) { r.Header.Set("X-Request-Id", "a\xffb") },
		func(r *http.Request) { r.Header.Set("Traceparent", "\xff") },
		func(r *http.Request) { r.Header.Set("platform", "\xc3(") },
		func(r *http.Request) { r.Header.Set("Authorization", "Bearer \xff\xfe") },
		func(r *http.Request) {
			r.Method, r.URL.Path = http.MethodPost, "/api/v2.1/customer/individual/registration"
			r.Header.Set("Content-Type", "application/json")
			r.Body = io.NopCloser(strings.NewReader("{\"firstName\": \"\xff\"}"))
		},
		func(r *http.Request) {
			r.Method, r.URL.Path = http.MethodPut, "/_sandbox/state"
			r.Header.Set("Content-Type", "application/json")
			r.Body = io.NopCloser(strings.NewReader("{\"a\":\"\xff\"}"))
		},
		func(r *http.Request) {
			r.Method, r.URL.Path = http.MethodPost, "/api/v2.1/nowhere"
			r.Body = io.NopCloser(strings.NewReader("\xff\xfe"))
		},
	} {
		r := httptest.NewRequest(http.MethodGet, "/api/v2.1/customer/individual/categorization/hierarchy/odd", http.NoBody)
		r.Host = "localhost"
		r.Header.Set("X-Tenant-ID", "odd")
		spoil(r)
		w := httptest.NewRecorder()
		sandbox.app.Handler().ServeHTTP(w, r)
		if w.Code < 400 || w.Code >= 500 {
			t.Errorf("%q gives %d %s", r.URL, w.Code, w.Body)
		}
	}
	for call, body := range map[string]string{
		"GET /_sandbox/journal": "", "GET /_sandbox/journal?format=ndjson": "", "GET /_sandbox/journal?format=har": "", "GET /_sandbox/journal?format=curl": "",
		"GET /_sandbox/journal/2": "", "GET /_sandbox/recording": "", "GET /_sandbox/coverage": "", "GET /_sandbox/explain?request=3": "",
		"POST /_sandbox/verify": `{"operation": "registerIndividual", "where": {"status": 200}}`, "GET /_sandbox/metrics": "",
	} {
		method, path, _ := strings.Cut(call, " ")
		reply := sandbox.call("odd", method, path, body)
		if reply.status != http.StatusOK || !utf8.ValidString(reply.text) {
			t.Errorf("%s gives %d %s", call, reply.status, reply.text)
		}
	}
	if reply := sandbox.call("odd", http.MethodGet, "/_sandbox/recording", ""); !strings.Contains(reply.text, "were no text, and others stand for them") {
		t.Errorf("the file does not say that it has other bytes: %s", reply.text)
	}
}
