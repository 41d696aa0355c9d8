package app_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"finhub-sandbox/internal/app"
)

// TestWaitIsWokenByCommits: each that waits is answered by the commit that brings what
// it waits for, in whatever way that comes, and nobody by one in another tenant.
func TestWaitIsWokenByCommits(t *testing.T) {
	s := openLocal(t, app.Config{})
	for _, tenant := range []string{"demo", "other"} {
		s.must(tenant, http.MethodPost, "/_sandbox/clock/freeze", "{}")
	}
	id := s.must("demo", http.MethodPost, registrationPath, registrationOf("anna@example.com")).get("data.id")
	verification := s.must("demo", http.MethodPost, "/api/v2.1/customer/individual/"+id+"/verification", passportOfAnna).get("data.verificationId")
	for i, c := range []struct{ wait, method, path, body string }{
		{"kind=verification&state=APPROVED&id=" + verification, http.MethodPost, "/_sandbox/clock/advance", `{"by":"3d"}`},
		{"event=customer.created&after=1", http.MethodPost, registrationPath, registrationOf("ben@example.com")},
	} {
		var waiting sync.WaitGroup
		var got answer
		looked := make(chan struct{})
		waiting.Go(func() {
			close(looked)
			got = s.call("demo", http.MethodGet, "/_sandbox/wait?within=1m&"+c.wait, "")
		})
		<-looked
		s.must("other", http.MethodPost, registrationPath, registrationOf(fmt.Sprintf("eve%d@example.com", i)))
		s.must("demo", c.method, c.path, c.body)
		waiting.Wait()
		if got.status != http.StatusOK || got.get("reached") != "true" {
			t.Errorf("%s: %d %s", c.wait, got.status, got.text)
		}
	}
}

const passportOfAnna = `{"verificationType": "IDENTITY", "verificationData": {"documentType": "PASSPORT", "documentNumber": "24010101", "issuingCountry": "LT"}}`

// TestWhoLeavesIsNotWaitedFor: the end of the caller is that of the call.
func TestWhoLeavesIsNotWaitedFor(t *testing.T) {
	s := openLocal(t, app.Config{})
	ctx, leave := context.WithCancel(t.Context())
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/_sandbox/wait?event=customer.created&within=1m", http.NoBody)
	done := make(chan struct{})
	go func() {
		defer close(done)
		closes(func() { s.app.Handler().ServeHTTP(httptest.NewRecorder(), r) })
	}()
	leave()
	<-done
}
