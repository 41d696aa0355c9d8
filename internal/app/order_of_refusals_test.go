package app_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"finhub-sandbox/internal/app"
)

// TestWhoAsksIsRefusedFirst: bodies are read before anybody is known, since a
// request is one transaction, and judged after. Whoever may not ask is told that,
// and nothing of the body.
func TestWhoAsksIsRefusedFirst(t *testing.T) {
	opened := openFlowApp(t, app.Config{Tenants: []string{"demo"}})
	const registration = "/api/v2.1/customer/individual/registration"
	large := `{"firstName": "` + strings.Repeat("a", 2<<20) + `"}`
	for _, c := range []struct {
		name, tenant, token, media, body, platform string
		status                                     int
		refusal                                    string
	}{
		{"no token, half a body", "demo", "", "application/json", `{"firstName": `, "web", http.StatusUnauthorized, "TOKEN_MISSING"},
		{"no token, a large body", "demo", "", "application/json", large, "web", http.StatusUnauthorized, "TOKEN_MISSING"},
		{"a wrong token, no JSON", "demo", "nobody", "text/plain", "hello", "web", http.StatusUnauthorized, "TOKEN_INVALID"},
		{"another tenant, no JSON", "other", "sandbox-admin", "text/plain", "hello", "web", http.StatusForbidden, "TENANT_ACCESS_DENIED"},
		{"a header less, a large body", "demo", "sandbox-admin", "application/json", large, "", http.StatusBadRequest, "HEADERS_MISSING"},
		{"who may ask, half a body", "demo", "sandbox-admin", "application/json", `{"firstName": `, "web", http.StatusBadRequest, "BODY_MALFORMED"},
		{"who may ask, a large body", "demo", "sandbox-admin", "application/json", large, "web", http.StatusRequestEntityTooLarge, "BODY_TOO_LARGE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "http://localhost"+registration, strings.NewReader(c.body))
			for name, value := range map[string]string{
				"X-Tenant-ID": c.tenant, "Content-Type": c.media, "X-Forwarded-For": "127.0.0.1", "X-Forwarded-From": "test", "platform": c.platform, "deviceId": "d",
			} {
				if value != "" {
					r.Header.Set(name, value)
				}
			}
			if c.token != "" {
				r.Header.Set("Authorization", "Bearer "+c.token)
			}
			w := httptest.NewRecorder()
			opened.Handler().ServeHTTP(w, r)
			if w.Code != c.status || !strings.Contains(w.Body.String(), `"refusal":"`+c.refusal+`"`) {
				t.Errorf("got %d %.300s, want %d %s", w.Code, w.Body, c.status, c.refusal)
			}
		})
	}
}
